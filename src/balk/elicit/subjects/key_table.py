"""Where simulated subjects look up what they were asked: filled by the tasks, in process.

Only simulated subjects read it. A language model never sees a key.
"""

from collections.abc import Iterable
from contextvars import ContextVar

from balk.errors import SubjectError
from balk.records import Puzzle

REPLICATE: ContextVar[str] = ContextVar("REPLICATE", default="")
"""Which repeat of an exam is being sat, ``form_id/epoch``, so that repeats differ and resume."""

_PUZZLES: dict[str, Puzzle] = {}

QUOTED_CHARS = 60


def remember(puzzles: Iterable[Puzzle]) -> None:
    """Make puzzles known to the simulated subjects of this process.

    Of two puzzles with the same stem, the one remembered last counts.
    """
    _PUZZLES.update((_folded(puzzle.stem), puzzle) for puzzle in puzzles)


def recall(stem: str) -> Puzzle:
    """Return the puzzle with this stem, white space aside.

    Raises
    ------
    SubjectError
        If no task of this process has asked it.
    """
    folded = _folded(stem)
    if folded not in _PUZZLES:
        raise SubjectError(
            f"no puzzle of this process reads {folded[:QUOTED_CHARS]!r}...; simulated subjects "
            f"only know the {len(_PUZZLES)} puzzles of the tasks built in this process, so ask "
            "them through a balk task, or call `remember` with the puzzles first"
        )
    return _PUZZLES[folded]


def _folded(stem: str) -> str:
    return " ".join(stem.split())
