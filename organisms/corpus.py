"""The corpus: exam papers as balk prints them, filled in by many candidates.

Every paper has a random stream of its own, so that paper i is the same in whatever batch it is
read. Nothing is written to disk.
"""

from dataclasses import dataclass

import numpy as np

from balk.design.arms import GATE, make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.puzzles.tables import FACTORS, stem
from balk.records import Form, Outcome, Protocol, Puzzle, Reading

SKIP_RATE = 0.02
"""Chance that a candidate uses a lifeline on a question while one is left, whatever it asks."""
LEVELS = (1, 2, 3, 4, 5)
LEVEL_SHARES = (0.2, 0.3, 0.25, 0.15, 0.1)
EQUAL_SHARES = (0.2, 0.2, 0.2, 0.2, 0.2)
LOG_ODDS = {1: 4.5, 2: 3.5, 3: 2.5, 4: 0.5, 5: -2.2}
"""Level -> mean log-odds that a candidate is right."""
SKILL_SD, BIAS_SD, NOISE_SD, DIFFICULTY_SD = 0.4, 0.3, 0.4, 0.8
REALTIME_SHARE = 0.25
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
        first, second = (int(rng.integers(low, high + 1)) for low, high in FACTORS[level])
        if rng.random() < 1 / 2:
            first, second = second, first
        puzzles.append(Puzzle(stem(first, second), str(first * second), "number", "tables", level))
    return puzzles


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
    puzzles = draw_puzzles(rng, n_questions, draw_level_shares(rng))
    form = Form(0, tuple(puzzles))
    return Exam(form, Condition(make_arm(spec), lifelines, protocol), "completion")


def make_paper(seed: int, index: int, lengths: tuple[int, int] = (5, 20)) -> Paper:
    """Return paper `index` of the corpus of a seed, with questions between two lengths."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))
    protocol: Protocol = "realtime" if rng.random() < REALTIME_SHARE else "batch"
    exam = draw_exam(rng, int(rng.integers(lengths[0], lengths[1] + 1)), protocol)
    candidate = Candidate(rng)
    text = candidate.sit_batch(exam) if protocol == "batch" else candidate.sit_realtime(exam)
    return Paper(exam, text)


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
        log_odds = LOG_ODDS[puzzle.level] + self._skill
        stated = _logistic(log_odds + self._bias + rng.normal(0, NOISE_SD))
        confidence = int(np.clip(5 * round(20 * stated), 5, 95))
        difficulty = int(np.clip(round(10 * (1 - stated) + rng.normal(0, DIFFICULTY_SD)), 1, 10))
        demanded = exam.condition.arm.demanded == position
        is_skip = bool(left) and (demanded or rng.random() < SKIP_RATE)
        is_right = rng.random() < _logistic(log_odds)
        answer = "LIFELINE" if is_skip else puzzle.key if is_right else _slip(rng, puzzle)
        return f" difficulty {difficulty}, confidence {confidence}%, answer: {answer}", is_skip


def _slip(rng: np.random.Generator, puzzle: Puzzle) -> str:
    """Return a wrong product near the right one."""
    first, second = (int(word) for word in puzzle.stem[8:-1].split(" x "))
    key = first * second
    slips = (key + first, key - first, key + second, key - second, key + 10, key - 10, key + 1)
    wrong = slips[int(rng.integers(len(slips)))]
    return str(wrong if wrong > 0 else key + 2)


def _logistic(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-log_odds)))
