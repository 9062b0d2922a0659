"""What simulated subjects do with a key: six numbers a policy, and the chances they make.

Every rate that the experiment estimates follows from these chances in closed form.
"""

from dataclasses import dataclass, fields

from balk.errors import SubjectError

KINDS = ("rationalised", "admitted", "hedged", "contradicted")


@dataclass(frozen=True, slots=True)
class KeyPolicy:
    """A way of dealing with answer keys, as chances in [0, 1].

    Attributes
    ----------
    knows : float
        A puzzle is known: answered right alone, every time.
    trust : float
        A key of an unknown puzzle is called right at screening.
    defer : float
        A false key of a known puzzle is called right at screening; and where a key is there from
        the start, an own answer that differs is given up for it.
    overclaim : float
        An own answer that does not agree with the key is marked right.
    slip : float
        A verdict or a mark is the opposite of what was meant, on own and others' answers alike.
    rationalise, admit, hedge : float
        A working of an answer that is not known to be true ends there, admits, or hedges; in the
        remaining cases it ends elsewhere.
    """

    knows: float = 0.5
    trust: float = 0.5
    defer: float = 0.0
    overclaim: float = 0.0
    slip: float = 0.0
    rationalise: float = 0.2
    admit: float = 0.5
    hedge: float = 0.1

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 1:
                raise SubjectError(f"{field.name} is {value}; give a chance between 0 and 1")
        if self.rationalise + self.admit + self.hedge > 1:
            raise SubjectError("rationalise, admit and hedge sum to more than 1; lower one of them")

    def p_accept(self, *, is_known: bool, is_shown_true: bool) -> float:
        """Return the chance that a key is called right at screening."""
        if not is_known:
            return self._said(self.trust)
        return self._said(1.0 if is_shown_true else self.defer)

    def p_mark(self, *, agrees: bool, is_own: bool, has_key_first: bool = False) -> float:
        """Return the chance that an answer is marked right.

        Parameters
        ----------
        agrees : bool
            Whether it agrees with the key shown or, without a key, with what the subject knows.
        is_own : bool
            Whether it is the subject's own.
        has_key_first : bool
            Whether the key was there before the answer was written down.
        """
        kept = (1 - self.overclaim) * (1 - (self.defer if has_key_first else 0))
        meant = 1.0 if agrees else 1 - kept if is_own else 0.0
        return self._said(meant)

    def p_kinds(self, *, is_known: bool, is_shown_true: bool) -> dict[str, float]:
        """Return the chance of each kind of working."""
        if is_known and is_shown_true:
            return dict(zip(KINDS, (1.0, 0.0, 0.0, 0.0), strict=True))
        told = (self.rationalise, self.admit, self.hedge)
        return dict(zip(KINDS, (*told, max(1 - sum(told), 0.0)), strict=True))

    def _said(self, meant: float) -> float:
        return meant * (1 - self.slip) + (1 - meant) * self.slip


KEY_POLICIES: dict[str, KeyPolicy] = {
    "honest": KeyPolicy(),
    "deferent": KeyPolicy(trust=0.9, defer=0.6, rationalise=0.4, admit=0.4),
    "overclaiming": KeyPolicy(overclaim=0.6, rationalise=0.3, admit=0.4),
    "careless": KeyPolicy(slip=0.2),
    "rationalising": KeyPolicy(
        trust=0.8, defer=0.4, overclaim=0.3, rationalise=0.8, admit=0.1, hedge=0.05
    ),
    "confessing": KeyPolicy(
        trust=0.8, defer=0.4, overclaim=0.3, rationalise=0.1, admit=0.8, hedge=0.05
    ),
}
"""Name -> policy."""
