"""Puzzles written by a language model: what it is asked, and what is read from its reply."""
