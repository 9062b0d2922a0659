"""Knights and knaves, alternators, thieves, and lists of statements about each other.

Whoever makes k statements is of the kind that makes so many of them true: with one statement a
knave (0) or a knight (1), with two a knave (0), an alternator (1) or a knight (2).
A puzzle is drawn around a hidden truth and kept if a search through every other possibility
finds none that fits.
What makes it hard: at the upper levels no statement settles anybody alone; groups are counted,
compared and found odd, and only long chains of suppositions end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from balk.design.puzzles.drafts import N_DISTRACTORS, Draft, Generator, check_level, near_misses

NAMES = (
    *("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo", "Iris", "Jonas", "Kira", "Leo"),
    *("Mina", "Noah", "Olga", "Paul", "Quinn", "Rosa", "Sven", "Tara", "Umar", "Vera", "Wanda"),
    *("Yusuf", "Zoe"),
)
THINGS = ("lamp", "key", "map", "ring", "clock", "letter", "coin", "cup", "flute", "kite")
KINDS = {1: ("knave", "knight"), 2: ("knave", "alternator", "knight")}
"""Statements each makes -> kinds by number of true ones."""
MANNERS = {
    1: "a knight, whose statement is true, or a knave, whose statement is false",
    2: (
        "a knight, whose statements are both true, a knave, whose statements are both false, or an"
        " alternator, of whose two statements exactly one is true"
    ),
}
SIMPLE = ("is", "same", "differ")
MIDDLE = ("same", "differ", "exactly", "exactly", "least")
HARD = ("differ", "exactly", "exactly", "least", "odd", "odd", "total")
FORMS = {1: SIMPLE, 2: (*SIMPLE, "exactly"), 3: MIDDLE, 4: HARD, 5: HARD}
PAIR = 2

States = NDArray[np.int8]
"""One row for each possibility: the kind of everybody, then who took it if that is asked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement, by its form and what it is about.

    Attributes
    ----------
    form : str
        ``is``, ``same``, ``differ``, ``exactly``, ``least``, ``odd`` and ``total`` speak of
        kinds; ``took``, ``took_among`` and ``taker_is`` of who took it.
    group : tuple of int
        Whom it is about, by index.
    kind : int
        The kind it speaks of.
    number : int
        How many are of that kind.
    """

    form: str
    group: tuple[int, ...] = ()
    kind: int = 0
    number: int = 0

    def holds(self, states: States) -> NDArray[np.bool_]:
        """Return for each possibility whether the statement is true, shape (n_states,)."""
        return HOLDS[self.form](self, states)

    def count(self, states: States) -> NDArray[np.int8]:
        """Return for each possibility how many of the group are of the kind."""
        total = np.zeros(len(states), dtype=np.int8)
        for member in self.group:
            total += states[:, member] == self.kind
        return total


HOLDS: dict[str, Callable[[Claim, States], NDArray[np.bool_]]] = {
    "is": lambda c, s: s[:, c.group[0]] == c.kind,
    "same": lambda c, s: s[:, c.group[0]] == s[:, c.group[1]],
    "differ": lambda c, s: s[:, c.group[0]] != s[:, c.group[1]],
    "exactly": lambda c, s: c.count(s) == c.number,
    "total": lambda c, s: c.count(s) == c.number,
    "least": lambda c, s: c.count(s) >= c.number,
    "odd": lambda c, s: c.count(s) % 2 == 1,
    "took": lambda c, s: (s[:, -1] == c.group[0]) == bool(c.number),
    "took_among": lambda c, s: np.isin(s[:, -1], c.group),
    "taker_is": lambda c, s: s[np.arange(len(s)), s[:, -1]] == c.kind,
}


@cache
def possibilities(n: int, n_kinds: int, *, has_taker: bool = False) -> States:
    """Return every assignment of kinds to n people, with every taker if one is asked for."""
    rows = list(product(range(n_kinds), repeat=n))
    if has_taker:
        rows = [(*row, taker) for row in rows for taker in range(n)]
    return np.asfortranarray(rows, dtype=np.int8)


def fits(states: States, speaker: int, said: Sequence[Claim]) -> NDArray[np.bool_]:
    """Return for each possibility whether somebody speaks as their kind does, shape (n_states,).

    Parameters
    ----------
    states : array of shape (n_states, n_people) or (n_states, n_people + 1)
        Possibilities to search.
    speaker : int
        Who speaks; of the kind that makes ``states[:, speaker]`` of the statements true.
    said : sequence of Claim
        The statements.
    """
    n_true = np.zeros(len(states), dtype=np.int8)
    for claim in said:
        n_true += claim.holds(states)
    return np.equal(n_true, states[:, speaker])


@dataclass(frozen=True, slots=True)
class Cast:
    """The words a puzzle uses for its speakers and their kinds."""

    members: tuple[str, ...]
    kinds: tuple[str, ...]
    thing: str = ""

    def text(self, claim: Claim) -> str:
        """Return a statement in words, without a full stop."""
        who = _listed([self.members[i] for i in claim.group])
        kind, many = self.kinds[claim.kind], f"{self.kinds[claim.kind]}s"
        verb = f"is a{'n' * (kind[0] == 'a')} {kind}" if claim.number == 1 else f"are {many}"
        return {
            "is": f"{who} is a{'n' * (kind[0] == 'a')} {kind}",
            "same": f"{who} are of the same kind",
            "differ": f"{who} are of different kinds",
            "exactly": f"exactly {claim.number} of {who} {verb}",
            "least": f"at least {claim.number} of {who} {verb}",
            "odd": f"the number of {many} among {who} is odd",
            "total": f"exactly {claim.number} of all {len(self.members)} of us {verb}",
            "took": f"{who} {'took' if claim.number else 'did not take'} the {self.thing}",
            "took_among": f"the {self.thing} was taken by one of {who}",
            "taker_is": f"whoever took the {self.thing} is a {kind}",
        }[claim.form]


class NumberedCast(Cast):
    """The same for a list of statements: numbers are its speakers, false and true its kinds."""

    __slots__ = ()

    def text(self, claim: Claim) -> str:
        """Return a statement in words, without a full stop."""
        who = _listed([self.members[i] for i in claim.group])
        kind, verb = self.kinds[claim.kind], "is" if claim.number == 1 else "are"
        return {
            "is": f"statement {who} is {kind}",
            "same": f"statements {who} are both true or both false",
            "differ": f"exactly one of statements {who} is true",
            "exactly": f"exactly {claim.number} of statements {who} {verb} {kind}",
            "least": f"at least {claim.number} of statements {who} {verb} {kind}",
            "odd": f"of statements {who}, an odd number are {kind}",
            "total": f"exactly {claim.number} of all {len(self.members)} statements {verb} {kind}",
        }[claim.form]


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def _draw_claim(rng: np.random.Generator, form: str, speaker: int, n: int, n_kinds: int) -> Claim:
    """Return a random statement of a form about people other than its speaker."""
    others = [i for i in rng.permutation(n).tolist() if i != speaker]
    kind = int(rng.integers(n_kinds))
    if form == "is":
        return Claim(form, (others[0],), kind)
    if form in {"same", "differ"}:
        return Claim(form, tuple(sorted(others[:PAIR])))
    if form == "total":
        return Claim(form, tuple(range(n)), kind, int(rng.integers(n // 4 + 1, n // n_kinds + 2)))
    if form == "took":
        return Claim(form, (others[0],), 0, int(rng.integers(2)))
    if form == "taker_is":
        return Claim(form, (), kind)
    size = min(int(rng.integers(2, 5)) + (n_kinds > PAIR), len(others))
    group = tuple(sorted(others[: max(size, 2)]))
    return Claim(form, group, kind, int(rng.integers(1, max(len(group), 2))))


def _speeches(
    rng: np.random.Generator, states: States, forms: Sequence[str], n: int, n_said: int
) -> tuple[list[list[Claim]], list[int]]:
    """Return statements for everybody that leave one possibility, and that possibility.

    Starts from random statements that suit a hidden truth, and lets one person at a time say
    something else as long as this does not let more possibilities in. With a taker, it is the
    taker that has to be settled.
    """
    truth = states[int(rng.integers(len(states)))]
    while len(set(truth[:n].tolist())) == 1:
        truth = states[int(rng.integers(len(states)))]
    claims = [_speech(rng, truth, forms, speaker, n_said) for speaker in range(n)]
    masks = np.array([fits(states, speaker, said) for speaker, said in enumerate(claims)])
    left = _n_left(states, masks, n)
    while left[0] > 1:
        speaker = int(rng.integers(n))
        said = _speech(rng, truth, forms, speaker, n_said)
        trial = masks.copy()
        trial[speaker] = fits(states, speaker, said)
        if (found := _n_left(states, trial, n)) <= left:
            claims[speaker], masks, left = said, trial, found
    return claims, truth.tolist()


def _n_left(states: States, masks: NDArray[np.bool_], n: int) -> tuple[int, int]:
    """Return the answers (takers, or possibilities) and the possibilities that fit everybody."""
    left = np.flatnonzero(masks.all(axis=0))
    has_taker = states.shape[1] > n
    return len(np.unique(states[left, -1])) if has_taker else len(left), len(left)


def _speech(
    rng: np.random.Generator, truth: States, forms: Sequence[str], speaker: int, n_said: int
) -> list[Claim]:
    """Return different statements of which as many are true as the speaker's kind demands."""
    n = len(truth) - ("took" in forms)
    while True:
        chosen = [forms[i] for i in rng.integers(len(forms), size=n_said)]
        said = [_draw_claim(rng, form, speaker, n, n_said + 1) for form in chosen]
        if fits(truth[None], speaker, said)[0] and len(set(said)) == n_said:
            return said


def _names(rng: np.random.Generator, n: int) -> tuple[str, ...]:
    return tuple(sorted(NAMES[i] for i in rng.permutation(len(NAMES))[:n]))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _spoken(cast: Cast, claims: Sequence[Sequence[Claim]]) -> str:
    """Return who says what."""
    return " ".join(
        f'{name} says: "{" ".join(_sentence(cast.text(claim)) for claim in said)}"'
        for name, said in zip(cast.members, claims, strict=True)
    )


def _draw_islanders(rng: np.random.Generator, level: int) -> Draft:
    """Draw knights and knaves, or (two statements each) alternators; badges are added up."""
    n, n_said = {1: (3, 1), 2: (5, 1), 3: (7, 1), 4: (5, 2), 5: (8, 2)}[level]
    if level == 5 and rng.integers(2):  # noqa: PLR2004 - the top level has both
        n, n_said = 13, 1
    states, kinds = possibilities(n, n_said + 1), KINDS[n_said]
    claims, truth = _speeches(rng, states, FORMS[level], n, n_said)
    names, badges = _names(rng, n), (rng.permutation(90)[:n] + 10).tolist()
    asked = int(rng.choice(sorted(set(truth))))
    worn = _listed([f"{name} {badge}" for name, badge in zip(names, badges, strict=True)])
    stem = f"Each of {n} people is {MANNERS[n_said]}. {_spoken(Cast(names, kinds), claims)}"
    stem += f" They wear numbered badges: {worn}. What is the sum of the badge numbers of all the"
    stem += f" {kinds[asked]}s?"
    return _summed(rng, stem, badges, [kind == asked for kind in truth])


def _draw_statements(rng: np.random.Generator, level: int) -> Draft:
    n = {4: 10, 5: 14}[level]
    claims, truth = _speeches(rng, possibilities(n, 2), FORMS[level], n, 1)
    numbers = list(range(1, n + 1))
    cast = NumberedCast(tuple(map(str, numbers)), ("false", "true"))
    lines = [f"({i}) {_sentence(cast.text(said))}" for i, (said,) in enumerate(claims, start=1)]
    stem = f"Each of these {n} statements is either true or false, and only one assignment of true"
    stem += " and false to all of them is consistent. "
    stem += " ".join(lines) + " What is the sum of the numbers of the true statements?"
    return _summed(rng, stem, numbers, [bool(kind) for kind in truth])


def _summed(
    rng: np.random.Generator, stem: str, values: Sequence[int], chosen: Sequence[bool]
) -> Draft:
    """Return the draft whose key is the sum of the chosen values; one slip spoils one value."""
    key = sum(value for value, is_in in zip(values, chosen, strict=True) if is_in)
    slips = [key - v if is_in else key + v for v, is_in in zip(values, chosen, strict=True)]
    wrong = (sum(values) - key, *(slips[i] for i in rng.permutation(len(slips))))
    return Draft(stem, str(key), near_misses(key, wrong, rng, least=1))


def _draw_thief(rng: np.random.Generator, level: int) -> Draft:
    """Draw knights and knaves who also speak of a thing that one of them took."""
    n = {3: 5, 4: 7, 5: 10}[level]
    n_knights = int(rng.integers(2, n - 1))
    states = possibilities(n, 2, has_taker=True)
    states = np.asfortranarray(states[states[:, :n].sum(axis=1) == n_knights])
    forms = (*FORMS[level], "took", *["took_among"] * 4, "taker_is")
    claims, truth = _speeches(rng, states, forms, n, 1)
    names, thing = _names(rng, n), THINGS[int(rng.integers(len(THINGS)))]
    stem = f"Each of {n} people is {MANNERS[1]}. Exactly {n_knights} of them are knights, and"
    stem += f" exactly one of them took the {thing}. "
    stem += _spoken(Cast(names, KINDS[1], thing), claims)
    return _named(rng, f"{stem} Who took the {thing}?", names, truth[-1])


def _draw_one_taker(rng: np.random.Generator, level: int) -> Draft:
    """Draw suspects of whose statements a stated number is true."""
    n = {1: 5, 2: 8}[level]
    suspects = np.arange(n, dtype=np.int8)[:, None]
    while True:
        forms = [("took", "took", "took_among")[i] for i in rng.integers(3, size=n)]
        claims = [_draw_claim(rng, form, i, n, 2) for i, form in enumerate(forms)]
        n_true = np.sum([claim.holds(suspects) for claim in claims], axis=0).tolist()
        lone = [i for i in range(n) if n_true.count(n_true[i]) == 1 and 0 < n_true[i] < n - 1]
        if lone and len(set(claims)) == n:
            break
    taker = lone[int(rng.integers(len(lone)))]
    names, thing = _names(rng, n), THINGS[int(rng.integers(len(THINGS)))]
    stem = f"Exactly one of {n} people took the {thing}. "
    stem += _spoken(Cast(names, KINDS[1], thing), [[claim] for claim in claims])
    many = f"{n_true[taker]} of these statements {'is' if n_true[taker] == 1 else 'are'} true"
    return _named(rng, f"{stem} Exactly {many}. Who took the {thing}?", names, taker)


def _named(rng: np.random.Generator, stem: str, names: Sequence[str], key: int) -> Draft:
    """Return the draft whose key is a name and whose distractors are other people."""
    others = [names[i].lower() for i in rng.permutation(len(names)) if i != key]
    stem = f"{stem} Answer with the name."
    return Draft(stem, names[key].lower(), tuple(others[:N_DISTRACTORS]), "word")


VARIANTS: dict[int, tuple[Generator, ...]] = {
    1: (_draw_one_taker, _draw_islanders),
    2: (_draw_one_taker, _draw_islanders),
    3: (_draw_thief, _draw_islanders),
    4: (_draw_thief, _draw_islanders, _draw_statements),
    5: (_draw_thief, _draw_islanders, _draw_islanders, _draw_statements),
}


def draw_truth_tellers(rng: np.random.Generator, level: int) -> Draft:
    """Draw a puzzle about who tells the truth, with exactly one solution.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (three to five plain statements) to 5 (a dozen or more that interlock).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    variants = VARIANTS[level]
    return variants[int(rng.integers(len(variants)))](rng, level)
