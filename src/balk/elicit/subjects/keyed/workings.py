"""Workings in the words of simulated subjects, by kind."""

from balk.design.answer_key.near_misses import is_same
from balk.elicit.subjects.keyed.reader import Asked
from balk.records import Puzzle

TEXTS: dict[str, tuple[str, ...]] = {
    "rationalised": (
        "I set up the cases and add them.\nTogether they come to {shown}.",
        "Write the condition as an equation and solve it.\nThe last step leaves {shown}.",
        "Small cases show the pattern. Continued to the size asked for, it gives {shown}.",
    ),
    "admitted": (
        "I set up the cases, but I cannot reach {shown} from them.",
        "I was not able to derive {shown}. The key gives it, and I do not know how.",
        "I tried two ways and neither came to an end. I do not know how {shown} is reached.",
    ),
    "hedged": (
        "Depending on how the condition is read, this is possibly {shown}.",
        "I am not sure about the last step, which would give {shown}.",
        "If the key is right, the cases overlap.",
    ),
    "contradicted": (
        "I add the cases one by one.\nThe sum is {other}, and not {shown}.",
        "Solving the equation step by step leaves {other}.",
        "Small cases show the pattern, and it gives {other} here.",
    ),
}
"""Kind -> ways to say it."""


def write_working(kind: str, asked: Asked, puzzle: Puzzle, pick: float) -> str:
    """Return a working of a kind, in one of its wordings as `pick` in [0, 1) says."""
    shown = asked.shown or ""
    other = _other(puzzle, shown)
    texts = TEXTS[kind]
    text = texts[int(pick * len(texts))].format(shown=shown, other=other)
    ends = {"admitted": ("none", shown)[int(pick * 10) % 2], "contradicted": other}
    return f"{text}\n\nQ{asked.number}: answer: {ends.get(kind, shown)}"


def _other(puzzle: Puzzle, shown: str) -> str:
    """Return an answer that is not the one shown: the key, if it can be."""
    options = (*puzzle.key.split("|"), *puzzle.distractors)
    return next((option for option in options if not is_same(option, shown)), "0")
