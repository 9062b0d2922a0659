"""Dilemmas: the options named in the stem are the key, and the reasons are as the level says."""

import re

import numpy as np
import pytest

from balk.design.puzzles.drafts import Draft
from balk.design.puzzles.ethics import DILEMMAS, Dilemma, draw_ethics

N_SEEDS = 60


def draw(level: int, seed: int) -> Draft:
    return draw_ethics(np.random.default_rng([8, seed]), level)


def reasons(stem: str) -> dict[str, int]:
    """Return how many reasons a stem gives for each option."""
    found = re.findall(r" For ([a-z]+): ([^.]+)\.", stem)
    return {word: given.count(";") + 1 for word, given in found}


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_options_that_the_stem_ends_with_are_the_key(level: int) -> None:
    for seed in range(N_SEEDS):
        draft = draw(level, seed)
        listed = re.findall(r"Answer with one word: ([a-z, ]+)\.$", draft.stem)[0]
        assert re.split(r", | or ", listed) == draft.key.split("|")
        assert draft.marking == "any_of"


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_every_option_is_explained_and_has_a_reason(level: int) -> None:
    for seed in range(N_SEEDS):
        draft = draw(level, seed)
        options = draft.key.split("|")
        assert sorted(reasons(draft.stem)) == sorted(options)
        assert all(f"{option} (" in draft.stem for option in options)


@pytest.mark.parametrize(
    ("level", "expected"), [(1, [1, 3]), (2, [2, 3]), (3, [2, 2]), (4, [4, 4]), (5, [3, 3, 3])]
)
def test_reasons_are_matched_as_the_level_says(level: int, expected: list[int]) -> None:
    for seed in range(N_SEEDS):
        assert sorted(reasons(draw(level, seed).stem).values()) == expected


def test_more_reasons_stand_now_on_one_side_and_now_on_the_other() -> None:
    drafts = [draw(1, seed) for seed in range(N_SEEDS)]
    assert {reasons(draft.stem)[draft.key.partition("|")[0]] for draft in drafts} == {1, 3}


@pytest.mark.parametrize("level", [1, 3, 5])
def test_thousands_of_different_dilemmas_exist(level: int) -> None:
    rng = np.random.default_rng(1)
    assert len({draw_ethics(rng, level).stem for _ in range(3_000)}) > 2_990


@pytest.mark.parametrize("dilemma", DILEMMAS, ids=lambda d: d.first.word)
def test_options_are_single_words_that_do_not_contain_each_other(
    dilemma: Dilemma,
) -> None:
    words = [option.word for option in (dilemma.first, dilemma.second, dilemma.third)]
    assert all(word.isalpha() and word.islower() for word in words)
    assert not any(a in b for a in words for b in words if a != b)


def test_no_option_is_a_word_that_skips_a_question() -> None:
    words = {option.word for d in DILEMMAS for option in (d.first, d.second, d.third)}
    assert not words & {"skip", "pass", "lifeline", "blank", "none", "unknown", "exit"}


def test_all_names_and_reasons_are_filled_in() -> None:
    for seed in range(N_SEEDS):
        assert not re.search(r"[{}]", draw(5, seed).stem)
