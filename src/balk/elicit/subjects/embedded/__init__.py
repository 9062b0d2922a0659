"""Language models shipped inside balk: neural networks of known training, and nothing else."""
