"""Puzzles written by a language model: asked for, checked, solved by others, kept or set apart."""
