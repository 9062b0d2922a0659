"""Stage 5, what we tell."""
