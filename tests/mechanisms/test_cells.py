"""Cells are called by their names only where the exams earn them."""

from dataclasses import replace

import numpy as np
import pytest

from balk.mechanisms.cells import cell_name
from balk.mechanisms.exams import Exams
from balk.mechanisms.fit import Fit, fit
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.mechanism import make_grid
from balk.mechanisms.truths.designs import Design
from balk.mechanisms.truths.drawn import draw_observed

SHORT = Design((2, 6, 12), 8, n_questions=12, n_items=24, n_baseline=12)


def fitted_by_accuracy(penalty: float) -> Fit:
    """A subject that skips as if a wrong answer cost so much, fitted as what it is."""
    rng = np.random.default_rng(4)
    observed = draw_observed("believed_penalty", SHORT, rng, penalty=penalty).observed
    by_accuracy = next(m for m in make_grid() if m.name == "cap x accuracy")
    return fit(by_accuracy, Exams.of(observed, beliefs_of(observed)))


def test_a_penalty_is_believed_where_it_is_surely_above_nothing() -> None:
    assert cell_name(fitted_by_accuracy(0.8)) == "believed penalty"


def test_where_no_penalty_is_needed_to_explain_the_skips_it_is_indifference() -> None:
    assert cell_name(fitted_by_accuracy(0.0)) == "indifference"


def test_who_skips_what_it_is_good_at_has_its_selection_reversed() -> None:
    fitted = fitted_by_accuracy(0.8)
    turned = fitted.fitted.copy()
    turned[fitted.mechanism.names.index("slope")] *= -1
    assert cell_name(replace(fitted, fitted=turned)) == "cap x accuracy, reversed"


@pytest.mark.parametrize(
    ("mechanism", "name"),
    [("rational", "rational"), ("cost x none", "cost x none"), ("cap x none", "indiscriminate")],
)
def test_mechanisms_without_a_name_keep_their_own(mechanism: str, name: str) -> None:
    observed = draw_observed("indiscriminate", SHORT, np.random.default_rng(5)).observed
    own = next(m for m in make_grid() if m.name == mechanism)
    assert cell_name(fit(own, Exams.of(observed, beliefs_of(observed)))) == name
