"""Keys against a search through every case, with the statements read back from the stem."""

import re
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
import pytest

from balk.design.puzzles.truth_tellers import (
    KINDS,
    NAMES,
    Cast,
    Claim,
    draw_truth_tellers,
    fits,
    possibilities,
)

World = dict[str, str]
"""Speaker -> kind; who took the thing stands under ``taker``."""
Statement = Callable[[World], bool]


def mentioned(text: str, speakers: list[str]) -> list[str]:
    """Return the speakers named in a text; a count in front of "of" names nobody."""
    words = re.sub(r"(exactly|at least) \d+ of( all \d+)?", "", text, flags=re.IGNORECASE)
    return [word for word in re.findall(r"\w+", words) if word in speakers]


def read(text: str, speakers: list[str]) -> Statement:
    """Return one printed statement as a test of a world."""
    who = mentioned(text, speakers)
    if "whoever took" in text.lower():
        return lambda world: world[world["taker"]] == kind_in(text)
    if re.search(r"took|taken|not take", text):
        return lambda world: (world["taker"] in who) != ("did not" in text)
    if re.search(r"different kinds|[Ee]xactly one of statements", text):
        return lambda world: world[who[0]] != world[who[1]]
    if re.search(r"same kind|both true or both false", text):
        return lambda world: world[who[0]] == world[who[1]]
    return read_count(text, who or speakers)


def read_count(text: str, who: list[str]) -> Statement:
    """Return a statement about how many of a group are of a kind, or that one of them is."""
    kind, found = kind_in(text), re.match(r"(Exactly|At least) (\d+)", text)

    def count(world: World) -> int:
        return sum(world[name] == kind for name in who)

    if " odd" in text:
        return lambda world: count(world) % 2 == 1
    if not found:
        assert len(who) == 1, text
        return lambda world: count(world) == 1
    number = int(found[2])
    return lambda world: count(world) == number or (found[1] != "Exactly" and count(world) > number)


def kind_in(text: str) -> str:
    (kind,) = {word for word in KINDS[2] + ("true", "false") if re.search(rf"\b{word}s?\b", text)}
    return kind


def speeches(stem: str) -> dict[str, list[Statement]]:
    """Return what each speaker of a stem says."""
    spoken = re.findall(r'(\w+) says: "([^"]+)\."', stem)
    lines = spoken or re.findall(r"\((\d+)\) ([^.]+)\.", stem)
    speakers = [speaker for speaker, _ in lines]
    return {s: [read(part, speakers) for part in said.split(". ")] for s, said in lines}


def solutions(stem: str) -> Iterator[World]:
    """Yield every world in which all speakers speak as their kind does."""
    said = speeches(stem)
    n_said = len(next(iter(said.values())))
    kinds = ("false", "true") if "statements is either" in stem else KINDS[n_said]
    known = re.findall(r"Exactly (\d+) of them are knights", stem)
    for world in worlds(list(said), kinds, has_taker="Who took" in stem):
        if known and list(world.values())[: len(said)].count("knight") != int(known[0]):
            continue
        if all(
            kinds[sum(claim(world) for claim in claims)] == world[speaker]
            for speaker, claims in said.items()
        ):
            yield world


def worlds(speakers: list[str], kinds: tuple[str, ...], *, has_taker: bool) -> Iterator[World]:
    for assigned in product(kinds, repeat=len(speakers)):
        for taker in speakers if has_taker else [""]:
            yield dict(zip(speakers, assigned, strict=True)) | {"taker": taker}


def answers(stem: str) -> set[str]:
    """Return every answer that some solution of a stem gives."""
    if found := re.search(r"Exactly (\d+) of these statements", stem):
        said = speeches(stem)
        return {
            name.lower()
            for name in said
            if sum(claim({"taker": name}) for claims in said.values() for claim in claims)
            == int(found[1])
        }
    if "Who took" in stem:
        return {world["taker"].lower() for world in solutions(stem)}
    if "numbers of the true" in stem:
        return {
            str(sum(int(i) for i, kind in world.items() if kind == "true"))
            for world in solutions(stem)
        }
    worn = re.findall(r"(\w+) (\d+)", stem[stem.index("badges") :])
    asked = re.findall(r"of all the (\w+)s\?", stem)[0]
    sums = [sum(int(b) for name, b in worn if world[name] == asked) for world in solutions(stem)]
    assert len(sums) == 1, "the badges of one solution only may be asked for"
    return {str(sums[0])}


@pytest.mark.parametrize("level", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(20))
def test_key_is_the_only_answer_that_the_statements_allow(level: int, seed: int) -> None:
    draft = draw_truth_tellers(np.random.default_rng([6, seed]), level)
    assert answers(draft.stem) == {draft.key}


@pytest.mark.parametrize("seed", range(4))
def test_key_of_the_top_level_is_the_only_answer_too(seed: int) -> None:
    draft = draw_truth_tellers(np.random.default_rng([7, seed]), 5)
    assert answers(draft.stem) == {draft.key}


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        (Claim("is", (1,), 1), "Ben is a knight"),
        (Claim("differ", (0, 2)), "Ada and Cleo are of different kinds"),
        (Claim("least", (0, 1, 2), 0, 2), "at least 2 of Ada, Ben and Cleo are knaves"),
        (Claim("odd", (0, 2), 1), "the number of knights among Ada and Cleo is odd"),
        (Claim("total", (0, 1, 2), 1, 1), "exactly 1 of all 3 of us is a knight"),
    ],
)
def test_claim_says_what_it_tests(claim: Claim, text: str) -> None:
    people = list(NAMES[:3])
    assert Cast(tuple(people), KINDS[1]).text(claim) == text
    states = possibilities(3, 2)
    spoken = read(text[0].upper() + text[1:], people)
    named = [dict(zip(people, (KINDS[1][k] for k in row), strict=True)) for row in states.tolist()]
    assert claim.holds(states).tolist() == [spoken(world) for world in named]


def test_nobody_can_call_themselves_a_knave() -> None:
    assert not fits(possibilities(2, 2), 0, [Claim("is", (0,), 0)]).any()


@pytest.mark.parametrize("seed", range(10))
def test_distractors_to_a_name_are_other_people_of_the_stem(seed: int) -> None:
    draft = draw_truth_tellers(np.random.default_rng([8, seed]), 1)
    people = {name.lower() for name in NAMES if f"{name} says" in draft.stem}
    assert draft.marking == "number" or set(draft.distractors) <= people - {draft.key}
