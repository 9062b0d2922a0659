"""Verdicts: what is declared, what is left open and why, and what odd data do to neither."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from balk.mechanisms.bend import bend_of
from balk.mechanisms.compare import DECLARE_BEYOND_SE, difference, is_nested
from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.effect import effect_of
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.observed import Bools, Ints, Observed, Seen
from balk.mechanisms.selections.registry import SELECTIONS
from balk.mechanisms.skip_rate import skip_rate
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed
from balk.mechanisms.verdict import Judgement, fit_grid, judge

ALL_DOSES = (1, 2, 3, 5, 10, 15, 20)
SMALL_GRID = make_grid(
    laws={name: COUNT_LAWS[name] for name in ("cap", "share")},
    selections={name: SELECTIONS[name] for name in ("none", "confidence")},
)
"""For what does not depend on which rivals there are."""


def observed_of(truth: str, doses: tuple[int, ...], per_dose: int, seed: int = 1) -> Observed:
    rng = np.random.default_rng(seed)
    return draw_observed(truth, Design(doses, per_dose), rng).observed


def short(truth: str, doses: tuple[int, ...], per_dose: int) -> Observed:
    """Exams of eight questions, where any will do."""
    design = Design(doses, per_dose, n_questions=8, n_items=16, n_baseline=6)
    return draw_observed(truth, design, np.random.default_rng(1)).observed


def exams_of(observed: Observed) -> Exams:
    return Exams.of(observed, beliefs_of(observed))


def with_skips(n_skips: Callable[[int], int], observed: Observed) -> Exams:
    """The exams, but the first questions are skipped, as many as a function of the dose says."""
    seen = np.zeros_like(observed.seen)
    for exam in np.flatnonzero(observed.is_offered):
        seen[exam, : n_skips(int(observed.lifelines[exam]))] = Seen.SKIP
    right = np.where(seen == Seen.SKIP, -1, np.maximum(observed.is_right, 0))
    return exams_of(replace(observed, seen=seen, is_right=right))


@pytest.fixture(scope="module")
def threshold() -> tuple[Judgement, Exams]:
    exams = exams_of(observed_of("threshold", ALL_DOSES, 6))
    return judge(exams), exams


@pytest.fixture(scope="module")
def undecided() -> tuple[Judgement, Exams]:
    exams = exams_of(observed_of("tension", (3, 8, 20), 3, seed=2))
    return judge(exams), exams


def test_a_clear_case_is_declared_without_reasons(threshold: tuple[Judgement, Exams]) -> None:
    judged, _ = threshold
    assert judged.status == "declared"
    assert judged.reasons == ()
    assert judged.chosen.mechanism.name == "cap x confidence"


def test_what_is_declared_beats_every_rival_by_two_standard_errors(
    threshold: tuple[Judgement, Exams],
) -> None:
    judged, _ = threshold
    for rival in judged.fits:
        if rival is not judged.chosen:
            assert difference(judged.chosen, rival).exceeds(DECLARE_BEYOND_SE)


def test_fits_come_best_first_and_all_of_them(threshold: tuple[Judgement, Exams]) -> None:
    judged, _ = threshold
    scores = [fitted.score for fitted in judged.fits]
    assert scores == sorted(scores, reverse=True)
    assert {f.mechanism.name for f in judged.fits} == {m.name for m in make_grid()}


def test_the_held_out_doses_are_the_middle_one_and_the_largest(
    threshold: tuple[Judgement, Exams],
) -> None:
    judged, exams = threshold
    assert [one.dose for one in judged.held_out] == [10, 20]
    for one in judged.held_out:
        assert one.seen == exams.n_skips[exams.lifelines == one.dose].mean()
        assert one.p > 0.01


def test_sensitivity_is_told_for_priors_and_for_noise(threshold: tuple[Judgement, Exams]) -> None:
    judged, _ = threshold
    assert set(judged.sensitivity) == {
        "a prior of half the sigma",
        "a prior of twice the sigma",
        "beliefs taken as known",
        "twice the noise in beliefs",
    }
    assert set(judged.sensitivity.values()) <= {f.mechanism.name for f in judged.fits}


def test_reasons_name_every_rival_that_is_open(undecided: tuple[Judgement, Exams]) -> None:
    judged, exams = undecided
    assert judged.status != "declared"
    told = " ".join(judged.reasons)
    for rival in judged.fits:
        made = rival.mechanism
        if rival is judged.chosen or made.is_rational:
            continue
        if is_nested(judged.chosen.mechanism, made):
            _, low, high = effect_of(rival, exams)
            is_open = max(-low, high) >= 0.35
        else:
            is_open = not difference(judged.chosen, rival).exceeds(DECLARE_BEYOND_SE)
        assert (made.name in told) == is_open


@pytest.mark.parametrize(("truth", "per_dose"), [("threshold", 2), ("use_the_parts", 6)])
def test_a_quick_judgement_chooses_the_same_cell(truth: str, per_dose: int) -> None:
    exams = exams_of(short(truth, (2, 4, 8), per_dose))
    quick, full = judge(exams, SMALL_GRID, is_quick=True), judge(exams, SMALL_GRID)
    assert quick.chosen.mechanism.name == full.chosen.mechanism.name
    assert (quick.status == "declared") == (full.status == "declared")
    assert set(quick.reasons) <= set(full.reasons)


def test_one_dose_is_undecided_for_that_reason() -> None:
    judged = judge(exams_of(short("threshold", (4,), 12)), SMALL_GRID)
    assert judged.status == "undecided"
    assert any(reason.startswith("one dose") for reason in judged.reasons)
    assert judged.held_out == ()


def test_one_dose_does_not_show_a_subject_to_be_rational() -> None:
    judged = judge(with_skips(lambda _: 0, observed_of("rational", (10,), 40)))
    assert judged.chosen.mechanism.is_rational
    assert judged.status == "undecided"
    assert any(reason.startswith("one dose") for reason in judged.reasons)


def test_two_doses_are_undecided_for_want_of_one_to_predict() -> None:
    judged = judge(exams_of(short("use_the_parts", (2, 8), 8)), SMALL_GRID)
    assert judged.status == "undecided"
    assert any(reason.startswith("two doses") for reason in judged.reasons)


def test_a_mixture_is_not_declared() -> None:
    judged = judge(exams_of(observed_of("mixture", ALL_DOSES, 5, seed=3)), is_quick=True)
    assert judged.status != "declared"
    assert judged.reasons


def test_a_subject_that_never_skips_is_rational() -> None:
    judged = judge(with_skips(lambda _: 0, observed_of("threshold", (3, 8, 20), 8)))
    assert (judged.status, judged.chosen.mechanism.name) == ("declared", "rational")
    assert judged.skip_rate.high < ALLOWANCE


def test_too_few_questions_leave_rational_open() -> None:
    judged = judge(with_skips(lambda _: 0, observed_of("threshold", (3, 8, 20), 1)))
    assert (judged.status, judged.chosen.mechanism.name) == ("undecided", "rational")
    assert "pass as lapses" in judged.reasons[0]


def test_a_subject_that_uses_all_it_is_given_is_not_rational_and_not_selective() -> None:
    judged = judge(with_skips(lambda dose: dose, short("threshold", (2, 4, 6), 6)), SMALL_GRID)
    assert not judged.chosen.mechanism.is_rational
    assert judged.skip_rate.value == 0.5


def test_the_skip_rate_has_exact_bounds_where_exams_are_alike() -> None:
    rate = skip_rate(with_skips(lambda _: 0, observed_of("threshold", (3, 8, 20), 5)))
    assert rate.value == 0
    assert rate.low == 0
    assert rate.high == pytest.approx(1 - 0.05 ** (1 / rate.n_questions), rel=1e-9)
    assert rate.n_questions == 300


def test_exams_that_differ_widen_the_bounds_of_the_skip_rate() -> None:
    observed = observed_of("threshold", (20,), 10)
    even, exams = skip_rate(with_skips(lambda _: 10, observed)), with_skips(lambda _: 0, observed)
    skips = np.zeros_like(exams.is_skip)
    skips[:, ::2] = True
    torn = skip_rate(replace(exams, is_skip=skips))
    assert torn.value == even.value == 0.5
    # Exams that skip all or nothing are worth one question each: 10 in place of 200.
    assert (torn.high - torn.low) / (even.high - even.low) == pytest.approx(np.sqrt(20), rel=0.15)


def gaps_only() -> Exams:
    exams = with_skips(lambda _: 0, short("threshold", (2, 8), 3))
    return replace(exams, is_gap=np.ones_like(exams.is_gap))


def some_gaps() -> Exams:
    exams = exams_of(short("threshold", (2, 8), 3))
    gaps = np.zeros_like(exams.is_gap)
    gaps[::4] = True
    return replace(exams, is_gap=gaps, is_skip=exams.is_skip & ~gaps)


def nothing_believed() -> Exams:
    return replace(exams_of(short("threshold", (2, 8), 3)), beliefs={}, stated=None)


ODD: dict[str, Callable[[], Exams]] = {
    "never skips": lambda: with_skips(lambda _: 0, short("threshold", (2, 8), 3)),
    "uses all": lambda: with_skips(lambda dose: dose, short("threshold", (2, 8), 3)),
    "skips every question": lambda: with_skips(lambda _: 8, short("threshold", (8,), 4)),
    "one skip in all": lambda: with_skips(
        lambda dose: int(dose == 2), short("threshold", (2, 8), 1)
    ),
    "a single exam": lambda: exams_of(short("threshold", (4,), 1)),
    "gaps only": gaps_only,
    "some gaps": some_gaps,
    "nothing believed": nothing_believed,
}


@pytest.mark.parametrize("form", ["whole", "in_turn"])
@pytest.mark.parametrize("kind", list(ODD))
def test_every_mechanism_converges_on_odd_exams(kind: str, form: str) -> None:
    grid = make_grid("whole" if form == "whole" else "in_turn")
    for fitted in fit_grid(ODD[kind](), grid):
        assert fitted.converged, fitted.mechanism.name
        assert np.isfinite(fitted.score), fitted.mechanism.name
        assert all(np.isfinite(se) and se > 0 for se in fitted.ses.values())


@pytest.mark.parametrize("name", ["cost x none", "relative_cost x none"])
def test_mechanisms_that_cannot_use_all_of_twenty_converge_where_all_is_used(name: str) -> None:
    (made,) = (made for made in make_grid() if made.name == name)
    fitted = fit(made, with_skips(lambda dose: dose, observed_of("threshold", (1, 3, 8, 20), 6)))
    assert fitted.converged


@pytest.mark.parametrize("kind", ["uses all", "a single exam", "gaps only", "nothing believed"])
def test_odd_exams_are_never_declared(kind: str) -> None:
    judged = judge(ODD[kind](), SMALL_GRID, is_quick=True)
    assert judged.status == "undecided"
    assert judged.reasons


def without_plain(observed: Observed) -> Observed:
    return observed.take(observed.lifelines >= 0)


def without_confidence(observed: Observed) -> Observed:
    return replace(observed, confidence=np.full_like(observed.confidence, np.nan))


def always_sure(observed: Observed) -> Observed:
    stated = ~np.isnan(observed.confidence)
    return replace(observed, confidence=np.where(stated, 0.95, np.nan))


def without_marks(observed: Observed) -> Observed:
    return replace(observed, is_right=np.full_like(observed.is_right, -1))


@pytest.mark.parametrize(
    ("truth", "forget", "said"),
    [
        ("tension", without_plain, "no confidence was stated"),
        ("threshold", without_confidence, "no confidence was stated"),
        ("threshold", always_sure, "the same throughout"),
        ("believed_penalty", without_marks, "is marked"),
    ],
)
def test_nothing_is_declared_for_want_of_a_measurement(
    truth: str, forget: Callable[[Observed], Observed], said: str
) -> None:
    judged = judge(exams_of(forget(observed_of(truth, ALL_DOSES, 6))))
    assert judged.status != "declared"
    assert any(said in reason for reason in judged.reasons)


def test_a_confidence_that_never_varies_is_odd_under_nothing() -> None:
    judged = judge(exams_of(always_sure(observed_of("believed_penalty", ALL_DOSES, 6))))
    assert judged.checks is not None
    assert not judged.checks.oddest.startswith("confidence")


def test_rational_needs_no_measurement_of_what_it_does_not_read() -> None:
    assert judge(exams_of(without_marks(observed_of("rational", ALL_DOSES, 10)))).status == (
        "declared"
    )


def unread_where(observed: Observed, which: Bools) -> Exams:
    hidden = which & observed.is_offered[:, np.newaxis]
    return exams_of(replace(observed, seen=np.where(hidden, int(Seen.GAP), observed.seen)))


def test_skips_that_nobody_could_read_do_not_make_a_subject_rational() -> None:
    observed = observed_of("threshold", ALL_DOSES, 6)
    judged = judge(unread_where(observed, observed.seen == Seen.SKIP))
    assert judged.unread is not None
    assert judged.unread.as_attempts == "rational"
    assert judged.unread.as_skips == "cap x confidence"
    assert judged.status != "declared"
    assert any("if each were a skip" in reason for reason in judged.reasons)


def test_a_few_unread_questions_do_not_stop_a_clear_case() -> None:
    observed = observed_of("threshold", ALL_DOSES, 6)
    few = np.random.default_rng(4).random(observed.seen.shape) < 0.01
    judged = judge(unread_where(observed, few))
    assert judged.unread is not None
    assert judged.unread.n_questions > 0
    assert judged.status == "declared"


def by_own_rule(skips: Callable[[int, Ints], Bools], seed: int) -> Exams:
    """Exams of a subject that skips what a rule says: dose and items in, skips out."""
    observed = observed_of("rational", ALL_DOSES, 10, seed)
    seen = np.zeros_like(observed.seen)
    for exam in np.flatnonzero(observed.is_offered):
        dose = int(observed.lifelines[exam])
        wanted = np.flatnonzero(skips(dose, observed.puzzle[exam]))
        seen[exam, wanted[:dose]] = Seen.SKIP
    return exams_of(replace(observed, seen=seen))


@pytest.mark.parametrize("seed", range(3))
def test_a_subject_that_skips_by_something_unseen_fits_none(seed: int) -> None:
    """A topic it dislikes goes with neither confidence nor accuracy, which are bent to follow."""
    rng = np.random.default_rng(seed)
    disliked = rng.normal(size=40)
    exams = by_own_rule(lambda _, items: disliked[items] + rng.normal(0, 0.5, 20) > 0.7, seed)
    judged = judge(exams)
    assert judged.status == "none fits"
    assert judged.bend is not None
    assert judged.bend.ratio > 1.4
    assert judged.bend.p < 0.001


@pytest.mark.parametrize("truth", ["believed_penalty", "threshold"])
def test_the_items_of_a_true_mechanism_are_bent_no_more_than_chance_would(truth: str) -> None:
    names = {"believed_penalty": "cap x accuracy", "threshold": "cap x confidence"}
    mechanism = next(m for m in make_grid() if m.name == names[truth])
    ps = []
    for seed in range(12):
        exams = exams_of(observed_of(truth, ALL_DOSES, 6, seed))
        bend = bend_of(fit(mechanism, exams), exams)
        assert bend is not None
        ps.append(bend.p)
    assert sum(p < 0.05 for p in ps) <= 3  # P(more than 3 of 12 at 5 %) = 0.002
    assert min(ps) > 0.001


def test_a_subject_that_skips_like_clockwork_is_judged_all_the_same() -> None:
    """Its fit is on the edge of what rounding allows, where the information is not positive."""
    family = np.random.default_rng([9, 9]).random(40) < 0.3
    judged = judge(by_own_rule(lambda _, items: family[items], 9))
    assert judged.status != "declared"
    assert np.linalg.eigvalsh(judged.chosen.covariance).min() > 0


@pytest.mark.parametrize("seed", range(3))
def test_skips_that_jump_at_the_largest_dose_are_not_declared(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def few_but_at_the_top(dose: int, _: Ints) -> Bools:
        return rng.random(20) < (0.35 if dose in {1, 2, 3, 20} else 0.1)

    assert judge(by_own_rule(few_but_at_the_top, seed)).status != "declared"


def test_skips_that_come_in_a_row_are_odd() -> None:
    rng = np.random.default_rng(2)

    def block(dose: int, _: Ints) -> Bools:  # noqa: ARG001 -- the rule is asked for both
        start, length = rng.integers(12), rng.binomial(8, 0.5)
        return (np.arange(20) >= start) & (np.arange(20) < start + length)

    judged = judge(by_own_rule(block, 2))
    assert judged.status == "none fits"
    assert judged.checks is not None
    assert judged.checks.oddest == "skips next to a skip"
