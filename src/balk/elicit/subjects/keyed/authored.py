"""Puzzles as the simulated author writes them, and their solution from the words alone."""

import json
import re

from balk.elicit.subjects.chance import hash_of
from balk.elicit.subjects.key_table import REPLICATE

STEMS = (
    "How many whole numbers from 1 to {n} are divisible by {a} or by {b}, but not by both?",
    "What is the remainder of {a} times {b} to the power of {n} on division by 1009?",
    "Of all pairs (x, y) of whole numbers from 1 to {n}, how many have {a}x + {b}y divisible by 7?",
)
CHECKS = (
    "print(sum((x % {a} == 0) != (x % {b} == 0) for x in range(1, {n} + 1)))",
    "print({a} * pow({b}, {n}, 1009) % 1009)",
    "r = range(1, {n} + 1)\nprint(sum(({a} * x + {b} * y) % 7 == 0 for x in r for y in r))",
)
_PATTERNS = tuple(
    re.compile(re.sub(r"\\{(\w)\\}", r"(?P<\1>\\d+)", re.escape(stem))) for stem in STEMS
)
_LEVEL = re.compile(r"(?:Difficulty|matched): (\d) on a scale")
NAMES = ("Ada", "Ben", "Cleo", "Dov", "Edith", "Farid", "Greta", "Hugo")


def write_authored(asked: str, seed: int, slip: float) -> str:
    """Return a reply with one puzzle; with chance `slip` its key is off by one."""
    draw = hash_of(seed, "author", REPLICATE.get(), asked)
    if "everyday dilemma" in asked:
        return json.dumps(_dilemma(draw))
    found = _LEVEL.search(asked)
    level = int(found[1]) if found else 5
    kind = draw % len(STEMS)
    n, a, b = 20 * level + draw // 7 % 60, 2 + draw // 500 % 9, 11 + draw // 9000 % 9
    numbers = {"n": n, "a": a, "b": b}
    stem, check = STEMS[kind].format(**numbers), CHECKS[kind].format(**numbers)
    key = solve_authored(stem) or 0
    is_wrong = (draw >> 76) / 2**52 < slip
    fields = {
        "stem": stem,
        "key": str(key + is_wrong),
        "distractors": [str(key + step) for step in (2, 3, 10, 12)],
        "check": check,
    }
    return f"I make one up and work it out.\n\n{json.dumps(fields)}"


def solve_authored(stem: str) -> int | None:
    """Return the answer to a puzzle of `STEMS`, or None where it is another one."""
    for kind, pattern in enumerate(_PATTERNS):
        if found := pattern.fullmatch(stem):
            n, a, b = (int(found[name]) for name in "nab")
            if kind == 0:
                return sum((x % a == 0) != (x % b == 0) for x in range(1, n + 1))
            if kind == 1:
                return a * pow(b, n, 1009) % 1009
            counts = [(n - rest) // 7 + (rest > 0) if n >= rest else 0 for rest in range(7)]
            pairs = [(x, y) for x in range(7) for y in range(7) if (a * x + b * y) % 7 == 0]
            return sum(counts[x] * counts[y] for x, y in pairs)
    return None


def _dilemma(draw: int) -> dict[str, str]:
    one, other = NAMES[draw % 8], NAMES[(draw // 8 + 1) % 8]
    what = ("the spare key", "the borrowed bicycle", "the last seat", "the shared garden")[draw % 4]
    days = 2 + draw // 64 % 20
    stem = (
        f"{one} promised {other} {what} for {days} days and then learns that a neighbour needs it "
        "more. For keep: a promise was given; plans rest on it. For give: the need is greater; "
        f"{other} may well agree. What should {one} do? Answer with one word: keep or give."
    )
    return {"stem": stem, "key": "keep|give"}
