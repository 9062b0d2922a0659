"""What each selection prefers to skip."""

import numpy as np
import pytest

from balk.mechanisms.items import Items
from balk.mechanisms.selections.registry import NUISANCES, SELECTIONS

ITEMS = Items(
    confidence=np.array([0.1, 0.5, 0.9]),
    accuracy=np.array([0.6, 0.4, 0.2]),
    position=np.array([1.0, 2.0, 3.0]),
    stem_chars=np.array([400.0, 200.0, 100.0]),
)
EXPECTED = {
    "confidence": [-0.4, -2.0, -3.6],
    "accuracy": [-2.4, -1.6, -0.8],
    "position": [0.0, 4.0, 8.0],
    "length": [4 * np.log(2), 0.0, -4 * np.log(2)],
}


ALL = SELECTIONS | NUISANCES


def test_every_selection_is_tested() -> None:
    assert {"none", *EXPECTED} == set(ALL)


def test_indifference_weighs_all_questions_the_same() -> None:
    np.testing.assert_array_equal(ALL["none"].log_weights(ITEMS), np.zeros(3))


@pytest.mark.parametrize("name", EXPECTED)
def test_log_weights_follow_the_stated_equation(name: str) -> None:
    np.testing.assert_allclose(ALL[name].log_weights(ITEMS, slope=4.0), EXPECTED[name], rtol=1e-14)


@pytest.mark.parametrize("name", EXPECTED)
def test_slope_zero_is_indifference(name: str) -> None:
    np.testing.assert_array_equal(ALL[name].log_weights(ITEMS, slope=0.0), np.zeros(3))
