"""How many exams a design needs, and where none would be enough."""

from math import comb

import pytest

from balk.mechanisms.count_laws.lapse import ALLOWANCE
from balk.mechanisms.power import P_DECLARED, needs, p_bounded, what_doses_leave_open
from balk.mechanisms.truths.cells import TRUTHS
from balk.mechanisms.truths.designs import Design


def at_most(k: int, n: int, p: float) -> float:
    """P(X <= k) of a binomial, term by term."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize("n_questions", [100, 298, 299, 460, 920, 1040])
@pytest.mark.parametrize("lapse", [0.0, 0.003, 0.01])
def test_lapses_are_bounded_as_often_as_counting_says(n_questions: int, lapse: float) -> None:
    # the upper bound is within the allowance where so few skips are rare at the allowance
    passing = [k for k in range(n_questions // 50) if at_most(k, n_questions, ALLOWANCE) <= 0.05]
    expected = at_most(passing[-1], n_questions, lapse) if passing else 0.0
    assert p_bounded(n_questions, lapse) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n_questions", [1, 7, 20])
def test_rational_needs_the_first_number_of_exams_that_is_enough_at_its_own_lapses(
    n_questions: int,
) -> None:
    lapse = sum(TRUTHS["rational"].ranges["lapse"]) / 2
    (need,) = needs(Design((3, 20), 1, n_questions))
    assert need.n_exams is not None
    chances = [p_bounded(n * n_questions, lapse) for n in range(1, need.n_exams + 1)]
    assert chances[-1] >= P_DECLARED > max(chances[:-1])
    assert need.n_exams * n_questions > 2 * 299  # what a subject without a lapse would need


def test_one_dose_promises_nothing_and_two_doses_rational_alone() -> None:
    assert needs(Design((3,), 1)) == []
    assert [need.truth for need in needs(Design((3, 20), 1))] == ["rational"]


def test_what_cannot_be_declared_is_said_of_fewer_than_three_doses() -> None:
    one, two, three = (what_doses_leave_open(doses) for doses in ((3,), (3, 20), (3, 10, 20)))
    assert one is not None
    assert two is not None
    assert "nothing is ever declared" in one
    assert "nothing but rational is ever declared" in two
    assert three is None
