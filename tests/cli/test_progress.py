"""How far a run has come, in the words of one line."""

from types import SimpleNamespace

import pytest

from balk.cli import progress
from balk.cli.progress import Told, money
from balk.elicit.progress import Progress


@pytest.mark.parametrize(
    ("costs", "is_priced", "words"),
    [
        ({}, True, ""),
        ({}, False, ""),
        ({"USD": 1.234}, True, "USD 1.23"),
        ({"USD": 0.00123}, True, "USD 0.0012"),
        ({"USD": 1.2, "EUR": 3.0}, True, "EUR 3.00 + USD 1.20"),
        ({"USD": 1.2}, False, "at least USD 1.20"),
    ],
)
def test_money_is_told_where_a_price_is_known(
    *, costs: dict[str, float], is_priced: bool, words: str
) -> None:
    done = Progress(n_exams=1, costs=costs, is_priced=is_priced)
    assert money(done) == words
    spent = f"{words}, " if words else ""
    assert Told(2, 1).words(done) == f"1/2 exams, 0/1 cells, 0 skips, {spent}0 in, 0 out tokens"


def test_the_time_left_is_that_at_the_pace_since_the_first_exam(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 1000.0
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now))
    told = Told(100, 1)
    now += 600  # until the first exam has ended nothing is known of the pace
    assert "left" not in told.words(Progress(n_exams=1))
    now += 20
    assert told.words(Progress(n_exams=11)).count(" 3 min left,") == 1  # 89 exams, 2 s each
    now += 20
    assert "left" not in told.words(Progress(n_exams=100))
