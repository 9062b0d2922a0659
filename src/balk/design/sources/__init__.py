"""Where puzzles come from: the built-in bank, files, Hugging Face data sets, reasoning-gym."""

from balk.design.sources.files import puzzle_line, write_puzzles
from balk.design.sources.read import read_puzzles

__all__ = ["puzzle_line", "read_puzzles", "write_puzzles"]
