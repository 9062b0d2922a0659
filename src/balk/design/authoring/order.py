"""What is ordered of whom, and what is known of each puzzle that came of it."""

from dataclasses import dataclass, field
from typing import Any

from balk.design.authoring.wishes import Domain
from balk.errors import StudyError


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of whom.

    Attributes
    ----------
    author : str
        Model that writes.
    solvers : tuple of str
        Models that solve each puzzle alone, `tries` times each.
    tries : int
        Independent attempts of each solver; all must agree with the author's key.
    calibrators : tuple of str
        Models whose accuracy on each puzzle is measured.
    calibration_tries : int
        Attempts of each.
    most : float
        Puzzles that calibrators get right more often are set apart.
    temperature : float or None
        Sampling temperature; none is sent where it is None.
    max_tokens : int
        Most tokens in one reply.

    Raises
    ------
    StudyError
        If nobody solves, a model is named twice, or a number is out of range.
    """

    author: str
    solvers: tuple[str, ...]
    n: int = 20
    level: int = 5
    domain: Domain = "maths"
    seed: int = 0
    tries: int = 2
    calibrators: tuple[str, ...] = ()
    calibration_tries: int = 5
    most: float = 1.0
    temperature: float | None = 1.0
    max_tokens: int = 32_000

    def __post_init__(self) -> None:
        if not self.solvers or self.tries < 1 or self.calibration_tries < 1:
            raise StudyError("a key is confirmed by solvers: give at least one, and one try")
        if not 0 <= self.most <= 1:
            raise StudyError(f"max-accuracy is {self.most}; give a share between 0 and 1")
        if self.most < 1 and not self.calibrators:
            raise StudyError(
                f"max-accuracy is {self.most}, and nobody's accuracy is measured; name a model "
                "with --calibrate"
            )
        for names in (self.solvers, self.calibrators):
            if len(set(names)) < len(names):
                raise StudyError(f"{', '.join(names)}: a model is named twice; raise the tries")

    @property
    def models(self) -> tuple[str, ...]:
        """Everybody who is asked."""
        return tuple(dict.fromkeys((self.author, *self.solvers, *self.calibrators)))

    def n_calls(self) -> dict[str, tuple[int, int]]:
        """Return for each model how many calls it gets: at least, and at most.

        What a puzzle is asked of solvers, and then of calibrators, if it was not set apart before.
        """
        counts = {name: [0, 0] for name in self.models}
        counts[self.author] = [self.n, self.n]
        for names, tries in (
            (self.solvers, self.tries),
            (self.calibrators, self.calibration_tries),
        ):
            for name in names:
                counts[name][1] += self.n * tries
        return {name: (least, most) for name, (least, most) in counts.items()}


@dataclass(slots=True)
class Record:
    """What is known of one wish.

    Attributes
    ----------
    wish : dict
        What was asked for.
    author : str
        Who wrote.
    reason : str
        Why the puzzle is set apart; empty where it is confirmed.
    puzzle : str or None
        Its id; None where the reply held none.
    check : str
        ``agrees``, ``differs``, ``unverified`` (stopped, failed or not run) or ``none``.
    check_reason : str
        Why it is unverified.
    solved : dict
        Solver -> answers that agree with the key, of how many.
    accuracy : dict
        Calibrator -> share of attempts that agree with the key.
    """

    wish: dict[str, Any]
    author: str
    reason: str = ""
    puzzle: str | None = None
    check: str = "none"
    check_reason: str = ""
    solved: dict[str, list[int]] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)

    @property
    def confirmed_by(self) -> list[str]:
        """Who came to the author's key on their own."""
        solvers = [name for name, (n_same, n) in self.solved.items() if n_same == n]
        return solvers + (["check"] if self.check == "agrees" else [])
