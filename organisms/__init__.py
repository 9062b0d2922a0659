"""How the embedded language models were made: corpus, training, tuning and export."""
