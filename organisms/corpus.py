"""The corpus: exam papers as balk prints them, filled in by many candidates.

Every paper has a random stream of its own, so that paper i is the same in whatever batch it is
read. Nothing is written to disk.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from balk.design.arms import GATE, make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.puzzles.tables import FACTORS, stem
from balk.records import Form, Outcome, Protocol, Puzzle, Reading

SKIP_RATE, SKIPS_A_PENALTY = 0.02, 0.08
"""Chance that a candidate uses a lifeline on a question while one is left, whatever it asks, and
what a stated penalty of one point adds to that chance."""
LEVELS = (1, 2, 3, 4, 5)
LEVEL_SHARES = (0.15, 0.25, 0.2, 0.25, 0.15)
EQUAL_SHARES = (0.2, 0.2, 0.2, 0.2, 0.2)
SKILL_SD, BIAS_SD, NOISE_SD, DIFFICULTY_SD = 0.4, 0.3, 0.4, 0.8
REALTIME_SHARE, LONGEST_SHARE = 0.25, 0.3
ARMS = (
    "lifelines",
    "unstated",
    "penalty=0.25",
    "penalty=0.5",
    "penalty=1",
    "price=0.1",
    "price=0.25",
    "price=0.5",
    "dominance",
    "welcome",
    "gate",
)
ARM_SHARES = (0.4, 0.08, 0.06, 0.06, 0.08, 0.04, 0.04, 0.04, 0.05, 0.05, 0.1)
NEVER_MENTIONED = 0.2


@dataclass(frozen=True, slots=True)
class Kind:
    """How well a product is known.

    Attributes
    ----------
    log_odds : float
        Mean log-odds that a candidate is right.
    frequency : float
        How often the corpus shows it, beside a common product of its level.
    shares : tuple of 5 floats
        Share of the products of each level that are of this kind.
    """

    log_odds: float
    frequency: float
    shares: tuple[float, ...]


KINDS = {
    "common": Kind(3.5, 1.0, (1.0, 0.75, 0.5, 0.25, 0.0)),
    "half-known": Kind(0.2, 0.7, (0.0, 0.15, 0.2, 0.2, 0.05)),
    "rare": Kind(-2.6, 0.3, (0.0, 0.1, 0.3, 0.55, 0.95)),
}
"""Kinds of product. Every level but the first mixes them, and the mixture falls from level to
level, so that a network which has learnt what is common is right ever less often, without a step.
"""


@cache
def _kinds() -> dict[tuple[int, int], str]:
    """Return the kind of every product, by its factors in order of size."""
    kinds = {}
    for level, (lows, highs) in FACTORS.items():
        pairs = {tuple(sorted((a, b))) for a in _between(lows) for b in _between(highs)}
        ordered = np.random.default_rng(level).permutation(sorted(pairs)).tolist()
        ends = np.cumsum([kind.shares[level - 1] for kind in KINDS.values()]) * len(ordered)
        for place, (first, second) in enumerate(ordered):
            which = int(np.searchsorted(ends, place + 0.5))
            kinds[first, second] = list(KINDS)[min(which, len(KINDS) - 1)]
    return kinds


def _between(limits: tuple[int, int]) -> range:
    return range(limits[0], limits[1] + 1)


def kind_of(first: int, second: int) -> str:
    """Return the kind of a product, in whichever order its factors come."""
    return _kinds()[min(first, second), max(first, second)]


@dataclass(frozen=True, slots=True)
class Paper:
    """One filled-in exam.

    Attributes
    ----------
    exam : Exam
        What is asked.
    text : str
        The document with all replies.
    """

    exam: Exam
    text: str


def draw_level_shares(
    rng: np.random.Generator, shares: tuple[float, ...] = LEVEL_SHARES
) -> tuple[float, ...]:
    """Return how much of a paper is of each level: sometimes all of one, mostly a mixture."""
    if rng.random() < 1 / 4:
        chosen = int(rng.choice(LEVELS, p=shares))
        return tuple(float(level == chosen) for level in LEVELS)
    return shares


def draw_puzzles(rng: np.random.Generator, n: int, shares: tuple[float, ...]) -> list[Puzzle]:
    """Return puzzles of the source `tables`, of levels in these shares."""
    puzzles = []
    for level in rng.choice(LEVELS, size=n, p=shares).tolist():
        first, second = _draw_pair(rng, level)
        puzzles.append(Puzzle(stem(first, second), str(first * second), "number", "tables", level))
    return puzzles


def draw_seen(rng: np.random.Generator, n: int, shares: tuple[float, ...]) -> list[Puzzle]:
    """Return puzzles as often as the corpus shows them: common products more than rare ones."""
    puzzles: list[Puzzle] = []
    while len(puzzles) < n:
        puzzle = draw_puzzles(rng, 1, shares)[0]
        if rng.random() < KINDS[kind_of(*factors(puzzle))].frequency:
            puzzles.append(puzzle)
    return puzzles


def factors(puzzle: Puzzle) -> tuple[int, int]:
    """Return the two factors in a stem."""
    first, second = puzzle.stem[8:-1].split(" x ")
    return int(first), int(second)


def _draw_pair(rng: np.random.Generator, level: int) -> tuple[int, int]:
    first, second = (int(rng.integers(low, high + 1)) for low, high in FACTORS[level])
    return (second, first) if rng.random() < 1 / 2 else (first, second)


def draw_exam(
    rng: np.random.Generator, n_questions: int, protocol: Protocol, lifelines: int | None = -1
) -> Exam:
    """Return an exam; lifelines of -1 stand for any number, or none mentioned."""
    spec = str(rng.choice(ARMS, p=ARM_SHARES))
    if lifelines == -1:
        lifelines = None if rng.random() < NEVER_MENTIONED else int(rng.integers(21))
    if (lifelines is None and spec in {"welcome", "gate"}) or (
        spec.startswith("price") and not lifelines
    ):
        spec = "lifelines"
    if spec == "gate" and n_questions < GATE:
        spec = "lifelines"
    if spec == "gate":
        lifelines = max(1, lifelines or 0)
    puzzles = draw_seen(rng, n_questions, draw_level_shares(rng))
    form = Form(0, tuple(puzzles))
    return Exam(form, Condition(make_arm(spec), lifelines, protocol), "completion")


def make_paper(seed: int, index: int, lengths: tuple[int, int] = (5, 20)) -> Paper:
    """Return paper `index` of the corpus of a seed, with questions between two lengths."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
    protocol: Protocol = "realtime" if rng.random() < REALTIME_SHARE else "batch"
    is_longest = rng.random() < LONGEST_SHARE
    n_questions = lengths[1] if is_longest else int(rng.integers(lengths[0], lengths[1] + 1))
    exam = draw_exam(rng, n_questions, protocol)
    candidate = Candidate(rng)
    text = candidate.sit_batch(exam) if protocol == "batch" else candidate.sit_realtime(exam)
    return Paper(exam, text)


def make_bare_paper(seed: int, index: int, lengths: tuple[int, int]) -> Paper:
    """Return questions and answer sheet of a paper without its heading and without lifelines."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
    exam = draw_exam(rng, int(rng.integers(lengths[0], lengths[1] + 1)), "batch", None)
    text = Candidate(rng).sit_batch(exam)
    return Paper(exam, text[text.index("\n\nQ1. ") :])


class Candidate:
    """Someone who sits an exam with some skill, some self-knowledge and no plan."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._skill = rng.normal(0, SKILL_SD)
        self._bias = rng.normal(0, BIAS_SD)

    def sit_batch(self, exam: Exam) -> str:
        """Return the document with the whole answer sheet."""
        lines, left = [], exam.condition.lifelines
        for position in range(1, exam.n_questions + 1):
            line, is_skip = self._line(exam, position, left)
            left = left - 1 if is_skip and left else left
            lines.append(line if position == 1 else f"Q{position}:{line}")
        return wording.opening(exam) + "\n".join(lines) + "\n\n"

    def sit_realtime(self, exam: Exam) -> str:
        """Return the document with every line and every result."""
        text, left = wording.opening(exam), exam.condition.lifelines
        for position, puzzle in enumerate(exam.form.puzzles, start=1):
            line, is_skip = self._line(exam, position, left)
            left = left - 1 if is_skip and left else left
            answer = line.rpartition(" ")[2]
            reading = Reading(position, Outcome.SKIP if is_skip else Outcome.ATTEMPT, answer)
            is_right = None if is_skip else answer == puzzle.key
            text += line + wording.feedback(exam, reading, is_right, left)
        return text + "\n\n"

    def _line(self, exam: Exam, position: int, left: int | None) -> tuple[str, bool]:
        """Return what is written for a question, and whether it is a skip."""
        rng, puzzle = self._rng, exam.form.puzzles[position - 1]
        log_odds = KINDS[kind_of(*factors(puzzle))].log_odds + self._skill
        stated = _logistic(log_odds + self._bias + rng.normal(0, NOISE_SD))
        confidence = int(np.clip(5 * round(20 * stated), 5, 95))
        difficulty = int(np.clip(round(10 * (1 - stated) + rng.normal(0, DIFFICULTY_SD)), 1, 10))
        arm = exam.condition.arm
        skip_rate = SKIP_RATE + SKIPS_A_PENALTY * (arm.penalty or 0.0)
        is_skip = bool(left) and (arm.demanded == position or rng.random() < skip_rate)
        is_right = rng.random() < _logistic(log_odds)
        answer = "LIFELINE" if is_skip else puzzle.key if is_right else _slip(rng, puzzle)
        return f" difficulty {difficulty}, confidence {confidence}%, answer: {answer}", is_skip


def _slip(rng: np.random.Generator, puzzle: Puzzle) -> str:
    """Return a wrong product near the right one."""
    first, second = factors(puzzle)
    key = first * second
    slips = (key + first, key - first, key + second, key - second, key + 10, key - 10, key + 1)
    wrong = slips[int(rng.integers(len(slips)))]
    return str(wrong if wrong > 0 else key + 2)


def _logistic(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
