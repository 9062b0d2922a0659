"""Stage 3, what was decided: reply -> reading -> the one table -> numbers."""
