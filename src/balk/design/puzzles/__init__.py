"""Puzzles with exact keys: one family per file, listed in `families.PUZZLES`."""
