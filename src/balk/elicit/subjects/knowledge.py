"""What a simulated subject can do, believes and says: accuracy, confidence, difficulty, answers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from balk.design.choices import LETTERS
from balk.elicit.subjects.chance import hash_of
from balk.errors import SubjectError
from balk.mechanisms.items import Items
from balk.records import Puzzle

N_EXPECTED = 21  # quantiles that stand for the questions a subject has not seen
LEVELS = (1, 5)
SURE = 0.99  # confidences are stated between 1 % and 99 %
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """How accuracies, beliefs and reports arise, all in logits.

    Attributes
    ----------
    knowledge_seed : int
        Draws what is known of each item; the same in every exam and condition.
    easiest, hardest : float
        Mean log-odds of being right at level 1 and at level 5; levels between are in line.
    item_sd : float
        Spread of the log-odds of being right within a level.
    bias_sd : float
        Spread of what a subject believes about an item around what is true of it.
    report_sd : float
        Spread of the confidence stated in one exam around the belief.
    """

    knowledge_seed: int = 0
    easiest: float = 2.5
    hardest: float = -0.8
    item_sd: float = 1.0
    bias_sd: float = 1.0
    report_sd: float = 0.5

    def __post_init__(self) -> None:
        for name in ("item_sd", "bias_sd", "report_sd"):
            if not getattr(self, name) >= 0:
                raise SubjectError(f"{name} is {getattr(self, name)}; give a spread >= 0")

    def accuracy(self, puzzle: Puzzle) -> float:
        """Return how often an attempt at this puzzle is right, in (0, 1).

        Where the key is not known, one of the letters of a five-choice question is guessed.
        """
        return _at_least(guess(puzzle), logistic(_logits(self, puzzle)[0]))

    def confidence(self, puzzle: Puzzle) -> float:
        """Return the subject's own probability of being right, in (0, 1)."""
        return _at_least(guess(puzzle), logistic(_logits(self, puzzle)[1]))

    def stated_confidence(self, puzzle: Puzzle, noise: float) -> float:
        """Return the confidence as reported, in [0.01, 0.99].

        Parameters
        ----------
        puzzle : Puzzle
            What is asked.
        noise : float
            Standard normal draw of this exam.
        """
        stated = logistic(_logits(self, puzzle)[1] + self.report_sd * noise)
        stated = _at_least(guess(puzzle), stated)
        return min(max(stated, 1 - SURE), SURE)

    def difficulty(self, puzzle: Puzzle) -> int:
        """Return the difficulty as reported, 1 to 10: the level, and more where unsure."""
        felt = puzzle.level + 5 * (1 - self.confidence(puzzle))
        return round(min(max(felt, 1.0), 10.0))

    def items(self, puzzles: Sequence[Puzzle], positions: Sequence[int]) -> Items:
        """Return the covariates of the questions asked."""
        return Items(
            confidence=np.array([self.confidence(puzzle) for puzzle in puzzles]),
            accuracy=np.array([self.accuracy(puzzle) for puzzle in puzzles]),
            position=np.array(positions, dtype=np.float64),
            stem_chars=np.array([max(len(puzzle.stem), 1) for puzzle in puzzles], dtype=np.float64),
        )


def guess(puzzle: Puzzle) -> float:
    """Return how often a guess is right: once in five where letters are asked for, else never."""
    return 1 / len(LETTERS) if {puzzle.key, *puzzle.distractors} == set(LETTERS) else 0.0


def _at_least(floor: float, share: float) -> float:
    return floor + (1 - floor) * share


def answer(puzzle: Puzzle, *, is_right: bool, pick: float) -> str:
    """Return a right answer, or a wrong one chosen by `pick` in [0, 1).

    Wrong answers are the puzzle's distractors. Without any, a number is missed by one, and a
    word is negated; where every committed choice is right, the first one is given anyway.
    """
    if is_right or (puzzle.marking == "any_of" and not puzzle.distractors):
        return puzzle.key.split("|")[0] if puzzle.marking == "any_of" else puzzle.key
    if puzzle.distractors:
        return puzzle.distractors[int(pick * len(puzzle.distractors))]
    try:
        return str(Fraction(puzzle.key) + 1)
    except ValueError:
        return "0" if puzzle.marking == "math" else f"non{puzzle.key}"


def logistic(logit: float) -> float:
    """Return the probability of a log-odds."""
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else 1 - logistic(-logit)


@lru_cache(maxsize=256)
def expected_items(knowledge: Knowledge, level: int, n_questions: int, stem_chars: float) -> Items:
    """Return a sample of questions as a subject expects them before it has seen them.

    Confidence and accuracy are equally spaced quantiles of their law at a level, positions
    cover the exam, and lengths are all the same.

    Parameters
    ----------
    knowledge : Knowledge
        Gives the law.
    level : int
        Level that the unseen questions are believed to have.
    n_questions : int
        Questions of the exam.
    stem_chars : float
        Length that the unseen questions are believed to have.
    """
    quantiles = (np.arange(N_EXPECTED) + 0.5) / N_EXPECTED
    z = np.array([_NORMAL.inv_cdf(float(q)) for q in quantiles])
    middle = _intercept(knowledge, level)
    belief_sd = math.hypot(knowledge.item_sd, knowledge.bias_sd)
    return Items(
        confidence=1 / (1 + np.exp(-(middle + belief_sd * z))),
        accuracy=1 / (1 + np.exp(-(middle + knowledge.item_sd * z))),
        position=0.5 + n_questions * quantiles,
        stem_chars=np.full(N_EXPECTED, stem_chars),
    )


@lru_cache(maxsize=1 << 16)
def _logits(knowledge: Knowledge, puzzle: Puzzle) -> tuple[float, float]:
    """Return the log-odds of being right, as they are and as the subject believes."""
    seed, item = knowledge.knowledge_seed, puzzle.id
    truth = _intercept(knowledge, puzzle.level) + knowledge.item_sd * _normal("item", seed, item)
    return truth, truth + knowledge.bias_sd * _normal("bias", seed, item)


def _intercept(knowledge: Knowledge, level: int) -> float:
    low, high = LEVELS
    share = (level - low) / (high - low)
    return knowledge.easiest + share * (knowledge.hardest - knowledge.easiest)


def _normal(*parts: object) -> float:
    # 52 of the 128 bits: as many as fit strictly between 0 and 1 after half a step is added.
    return _NORMAL.inv_cdf(((hash_of(*parts) >> 76) + 0.5) / 2**52)
