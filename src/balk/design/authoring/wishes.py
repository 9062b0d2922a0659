"""What an author is asked for: a domain, a level and a topic, drawn so that puzzles differ."""

from dataclasses import dataclass
from typing import Literal

import jinja2
import numpy as np

from balk.design.puzzles.drafts import check_level
from balk.errors import PuzzleError

Domain = Literal["maths", "logic", "ethics"]
WISHES_STREAM = 51  # spawn key: topics have a random stream of their own

TOPICS: dict[Domain, tuple[str, ...]] = {
    "maths": (
        "counting arrangements",
        "divisibility",
        "probability",
        "sums of series",
        "geometry on a grid",
        "recurrences",
        "graphs",
        "polynomials with whole coefficients",
        "digits",
        "combinatorial games",
    ),
    "logic": (
        "who sits where",
        "speakers who tell the truth or do not",
        "orders with conditions",
        "weighings",
        "schedules",
        "codes",
        "moves on a board",
        "sets and how they overlap",
        "rules with exceptions",
        "knowledge of others' knowledge",
    ),
    "ethics": (
        "work",
        "neighbours",
        "family",
        "friendship",
        "money",
        "promises",
        "school",
        "care",
        "shared spaces",
        "information",
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """One puzzle that an author is asked for.

    Attributes
    ----------
    domain : {"maths", "logic", "ethics"}
        What kind of puzzle.
    level : int
        1 to 5.
    topic : str
        What it is to be about.
    index : int
        Which of the wishes it is, from 0.
    """

    domain: Domain
    level: int
    topic: str
    index: int


def make_wishes(n: int, domain: Domain, level: int, seed: int) -> list[Wish]:
    """Return `n` wishes whose topics come in turn, in an order drawn from the seed.

    Raises
    ------
    PuzzleError
        If a number is out of range.
    """
    check_level(level)
    if n < 1:
        raise PuzzleError(f"n is {n}; give a whole number >= 1")
    topics = TOPICS[domain]
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(WISHES_STREAM,)))
    order = rng.permutation(len(topics))
    return [
        Wish(domain, level, topics[int(order[index % len(topics)])], index) for index in range(n)
    ]


def wish_text(wish: Wish) -> str:
    """Return what an author is asked."""
    module = _TEMPLATES.get_template("author.j2").module
    return str(module.asked(wish))  # type: ignore[attr-defined]


_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("balk.design.authoring", "prompts"),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701 -- plain text for a language model, never HTML
)
