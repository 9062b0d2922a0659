"""Comparing fits: differences and their errors, nesting, and the simpler one where it will do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from balk.mechanisms.compare import difference, is_nested, preferred
from balk.mechanisms.count_laws.registry import COUNT_LAWS
from balk.mechanisms.fit import Fit
from balk.mechanisms.mechanism import RATIONAL, Mechanism, make_grid
from balk.mechanisms.selections.registry import SELECTIONS
from balk.mechanisms.symmetric import Floats

GRID = {made.name: made for made in make_grid()}
NATS = st.floats(-100, 100)
PAIRS = st.integers(1, 30).flatmap(lambda n: st.tuples(*2 * [arrays(np.float64, n, elements=NATS)]))
NOTHING = np.zeros(0)


def scored(made: Mechanism, left_out: Floats, item_terms: Floats = NOTHING) -> Fit:
    """A fit of which only the scores matter."""
    n = len(made.parameters)
    return Fit(
        mechanism=made,
        fitted=np.zeros(n),
        z=np.zeros(item_terms.size),
        covariance=np.eye(n),
        log_p=left_out,
        scores=np.zeros((left_out.size, n)),
        left_out=left_out,
        item_terms=item_terms,
        converged=True,
    )


@given(by_exam=PAIRS, by_item=PAIRS)
def test_a_difference_is_minus_that_the_other_way(
    by_exam: tuple[Floats, Floats], by_item: tuple[Floats, Floats]
) -> None:
    one = scored(GRID["cap x confidence"], by_exam[0], by_item[0])
    two = scored(GRID["cap x accuracy"], by_exam[1], by_item[1])
    forth, back = difference(one, two), difference(two, one)
    assert forth.value == pytest.approx(-back.value, abs=1e-9)
    assert forth.se == pytest.approx(back.se, abs=1e-9)
    assert forth.value == pytest.approx(one.score - two.score, abs=1e-9)
    assert not (forth.exceeds(0) and back.exceeds(0))


@given(by_exam=PAIRS, shift=NATS)
def test_what_all_exams_share_moves_the_difference_and_not_its_error(
    by_exam: tuple[Floats, Floats], shift: float
) -> None:
    one, two = (scored(GRID["cap x none"], part) for part in by_exam)
    moved = scored(GRID["cap x none"], by_exam[0] + shift)
    n = by_exam[0].size
    gap, further = difference(one, two), difference(moved, two)
    assert further.value - gap.value == pytest.approx(n * shift, abs=1e-6)
    assert further.se == pytest.approx(gap.se, abs=1e-5)


def test_the_error_of_a_sum_over_exams_is_that_of_independent_exams() -> None:
    rng = np.random.default_rng(1)
    n_exams, values = 400, []
    for _ in range(400):
        one = scored(GRID["cap x none"], rng.normal(0.1, 0.5, n_exams))
        values.append(difference(one, scored(GRID["share x none"], np.zeros(n_exams))))
    spread = float(np.std([gap.value for gap in values], ddof=1))
    stated = float(np.mean([gap.se for gap in values]))
    assert abs(spread / stated - 1) < 4 / np.sqrt(2 * 399)


def test_items_count_in_the_error_where_only_one_fit_reads_them() -> None:
    terms = np.array([-1.0, 0.0, -2.0, -1.0])
    one = scored(GRID["cap x confidence"], np.zeros(5), terms)
    gap = difference(one, scored(GRID["cap x none"], np.zeros(5)))
    assert gap.value == -4
    assert gap.se == pytest.approx(np.sqrt(4 * terms.var()))


@pytest.mark.parametrize("law", list(COUNT_LAWS))
@pytest.mark.parametrize("selection", list(SELECTIONS))
def test_nested_are_no_selection_of_the_same_law_and_rational(law: str, selection: str) -> None:
    rich = GRID[f"{law} x {selection}"]
    nested = {name for name, made in GRID.items() if is_nested(made, rich)}
    expected = {"rational"} if selection == "none" else {"rational", f"{law} x none"}
    assert nested == expected


def test_nothing_is_nested_in_rational_or_in_itself() -> None:
    assert not any(is_nested(made, RATIONAL) for made in GRID.values() if not made.is_rational)
    assert not any(is_nested(made, made) for made in GRID.values())


def pair(gain: float, simple: str = "cap x none") -> list[Fit]:
    """A richer fit ahead by so many standard errors, over 100 exams."""
    noise = np.tile([1.0, -1.0], 50)  # an error of 10 nats over all exams
    best = scored(GRID["cap x confidence"], gain * 0.1 + noise)
    return [best, scored(GRID[simple], np.zeros(100))]


@pytest.mark.parametrize(
    ("gain", "name"),
    [(0.9, "cap x none"), (1.1, "cap x confidence"), (-0.5, "cap x none"), (5, "cap x confidence")],
)
def test_the_simpler_nested_one_is_preferred_within_one_standard_error(
    gain: float, name: str
) -> None:
    assert preferred(pair(gain)).mechanism.name == name
    assert preferred(pair(gain)[::-1]).mechanism.name == name


def test_a_simpler_one_that_is_not_nested_is_not_preferred() -> None:
    assert preferred(pair(0.1, "share x none")).mechanism.name == "cap x confidence"


def test_a_fit_alone_is_preferred() -> None:
    (fit, *_) = pair(1)
    assert preferred([fit]) is fit
