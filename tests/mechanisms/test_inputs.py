"""Beliefs learnt from no-lifeline exams against the truths that made these exams."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from balk.mechanisms.beliefs import Belief
from balk.mechanisms.inputs import (
    ASSUMED_NOISE,
    SUREST,
    accuracy_belief,
    beliefs_of,
    confidence_belief,
    in_logits,
)
from balk.mechanisms.observed import Observed, Seen
from balk.mechanisms.symmetric import Floats

N_ITEMS = 400
COVERAGE_SE = float(np.sqrt(0.95 * 0.05 / N_ITEMS))


def plain_exams(
    n_times: int, seed: int, ability: Floats | None = None, conviction: Floats | None = None
) -> Observed:
    """Every item asked and attempted so many times, in exams of 20, without lifelines."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(-0.5, 1, N_ITEMS) if ability is None else ability
    puzzle = np.concatenate([rng.permutation(N_ITEMS) for _ in range(n_times)]).reshape(-1, 20)
    stated = np.full(puzzle.shape, np.nan)
    if conviction is not None:
        stated = expit(conviction[puzzle] + rng.normal(0, 0.5, puzzle.shape))
    return Observed(
        lifelines=np.full(len(puzzle), -1),
        penalty=np.zeros(len(puzzle)),
        seen=np.full(puzzle.shape, int(Seen.ATTEMPT)),
        puzzle=puzzle,
        is_right=(rng.random(puzzle.shape) < expit(ability)[puzzle]).astype(np.int64),
        confidence=stated,
        stem_chars=np.full(N_ITEMS, 200.0),
    )


def coverage(belief: Belief, truth: Floats) -> float:
    return float((np.abs(belief.mean - truth) < 1.96 * belief.sd).mean())


@pytest.mark.parametrize("n_times", [3, 10])
def test_intervals_of_accuracy_hold_the_truth_as_often_as_they_say(n_times: int) -> None:
    seen = []
    for seed in range(4):
        ability = np.random.default_rng(100 + seed).normal(-0.5, 1, N_ITEMS)
        exams = plain_exams(n_times, 200 + seed, ability)
        seen.append(coverage(beliefs_of(exams)["accuracy"], ability))
    assert abs(np.mean(seen) - 0.95) < 4 * COVERAGE_SE / 2


@pytest.mark.parametrize("n_times", [2, 8])
def test_intervals_of_confidence_hold_the_truth_as_often_as_they_say(n_times: int) -> None:
    seen = []
    for seed in range(4):
        conviction = np.random.default_rng(300 + seed).normal(0.5, 1.2, N_ITEMS)
        exams = plain_exams(n_times, 400 + seed, conviction=conviction)
        seen.append(coverage(beliefs_of(exams)["confidence"], conviction))
    assert abs(np.mean(seen) - 0.95) < 4 * COVERAGE_SE / 2


def test_a_confidence_that_tells_of_accuracy_sharpens_it() -> None:
    ability = np.random.default_rng(5).normal(-0.5, 1, N_ITEMS)
    told = beliefs_of(plain_exams(3, 6, ability, conviction=ability))["accuracy"]
    untold = beliefs_of(plain_exams(3, 6, ability))["accuracy"]
    assert told.sd.mean() < 0.8 * untold.sd.mean()
    assert np.square(told.mean - ability).mean() < 0.5 * np.square(untold.mean - ability).mean()


def test_a_confidence_that_tells_nothing_leaves_accuracy_as_it_was() -> None:
    rng = np.random.default_rng(7)
    ability, conviction = rng.normal(-0.5, 1, N_ITEMS), rng.normal(0.5, 1.2, N_ITEMS)
    exams = plain_exams(5, 8, ability, conviction)
    told = beliefs_of(exams)["accuracy"]
    silent = replace(exams, confidence=np.full(exams.seen.shape, np.nan))
    untold = beliefs_of(silent)["accuracy"]
    # The line's slope is known to about 1.3 / sqrt(400) logits: nothing may move by much more.
    assert np.abs(told.mean - untold.mean).max() < 4 * 1.3 / np.sqrt(N_ITEMS)


def test_without_stated_confidence_there_is_no_belief_in_it() -> None:
    assert set(beliefs_of(plain_exams(2, 9))) == {"accuracy"}


def test_without_marks_there_is_no_belief_in_accuracy() -> None:
    exams = plain_exams(2, 9, conviction=np.zeros(N_ITEMS))
    unmarked = replace(exams, is_right=np.full(exams.seen.shape, -1))
    assert set(beliefs_of(unmarked)) == {"confidence"}


@pytest.mark.parametrize("field", ["lifelines", "penalty"])
def test_exams_that_offer_lifelines_or_state_a_penalty_teach_nothing(field: str) -> None:
    exams = plain_exams(2, 10, conviction=np.zeros(N_ITEMS))
    other = np.full(len(exams.seen), 3 if field == "lifelines" else 0.5)
    dtype = getattr(exams, field).dtype
    changed = (
        replace(exams, lifelines=other.astype(dtype))
        if field == "lifelines"
        else replace(exams, penalty=other)
    )
    assert beliefs_of(changed) == {}


def test_zero_lifelines_are_not_the_same_as_none_mentioned() -> None:
    exams = plain_exams(2, 10)
    assert beliefs_of(replace(exams, lifelines=np.zeros(len(exams.seen), dtype=np.int64))) == {}


def test_gaps_and_unmarked_questions_are_not_attempts() -> None:
    exams = plain_exams(2, 11)
    seen = exams.seen.copy()
    seen[::2] = Seen.GAP
    right = np.where(seen == Seen.GAP, 1, exams.is_right)
    half = replace(exams, seen=seen, is_right=right)
    picked = exams.take(np.arange(1, len(seen), 2))
    np.testing.assert_allclose(
        beliefs_of(half)["accuracy"].mean, beliefs_of(picked)["accuracy"].mean
    )


def test_one_report_of_each_item_takes_its_noise_as_assumed() -> None:
    conviction = np.random.default_rng(12).normal(0, 1.2, N_ITEMS)
    exams = plain_exams(1, 13, conviction=conviction)
    belief = beliefs_of(exams)["confidence"]
    reports = in_logits(exams.confidence.ravel())
    spread = float(reports.var(ddof=1)) - ASSUMED_NOISE**2
    expected = np.sqrt(1 / (1 / spread + 1 / ASSUMED_NOISE**2))
    np.testing.assert_allclose(belief.sd, expected, rtol=1e-9)


@pytest.mark.parametrize("right", [0, 1])
def test_everything_right_or_wrong_leaves_a_finite_belief_on_that_side(right: int) -> None:
    exams = plain_exams(5, 14)
    exams = replace(exams, is_right=np.full(exams.seen.shape, right))
    belief = beliefs_of(exams)["accuracy"]
    assert np.isfinite(belief.mean).all()
    assert (belief.sd > 0).all()
    assert np.isfinite(belief.sd).all()
    assert (np.abs(belief.at(np.zeros(N_ITEMS)) - right) < 0.01).all()


def test_everything_stated_alike_leaves_a_finite_belief_there() -> None:
    exams = plain_exams(3, 15)
    exams = replace(exams, confidence=np.full(exams.seen.shape, 0.7))
    belief = beliefs_of(exams)["confidence"]
    np.testing.assert_allclose(belief.at(np.zeros(N_ITEMS)), 0.7, atol=1e-6)
    assert (belief.sd < 0.01).all()


def test_an_item_never_asked_is_believed_to_be_like_the_others() -> None:
    right, n = np.array([8.0, 2, 5, 6, 0]), np.array([10.0, 10, 10, 10, 0])
    belief = accuracy_belief(right, n)
    assert belief is not None
    assert belief.sd[4] == belief.sd.max()
    assert belief.mean[:4].min() < belief.mean[4] < belief.mean[:4].max()


def test_more_right_answers_are_believed_to_be_a_higher_accuracy() -> None:
    belief = accuracy_belief(np.arange(11.0), np.full(11, 10.0))
    assert belief is not None
    assert (np.diff(belief.mean) > 0).all()
    raw = (np.arange(11) + 0.5) / 11
    assert (np.abs(belief.mean) <= np.abs(logit(raw)) + 0.3).all()  # shrunk, not stretched


def test_nothing_asked_is_nothing_known() -> None:
    nothing = np.zeros(3)
    assert accuracy_belief(nothing, nothing) is None
    assert confidence_belief(nothing, nothing, 0.5) is None


def test_whole_percents_at_the_ends_stay_finite() -> None:
    ends = in_logits(np.array([0.0, 1.0]))
    np.testing.assert_allclose(ends, [logit(1 - SUREST), logit(SUREST)])
