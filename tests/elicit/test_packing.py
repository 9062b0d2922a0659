import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.log import EvalSampleSummary

from balk.elicit.packing import pack, unpack

VALUES = st.one_of(st.none(), st.booleans(), st.integers(-9999, 9999), st.text(max_size=80))


def through_a_summary(metadata: dict[str, object]) -> dict[str, object]:
    # A summary thins what it is given as it is made.
    return EvalSampleSummary(id=1, epoch=1, input="", target="", metadata=metadata).metadata


@given(st.lists(VALUES, max_size=100))
def test_arrays_come_back_whole_from_a_sample_summary(values: list[object]) -> None:
    assert unpack(through_a_summary(dict(pack({"quote": values}))), "quote") == values


def test_a_value_too_large_for_a_summary_is_noticed_not_lost() -> None:
    thinned = through_a_summary(dict(pack({"answer": ["x" * 2000, "7"]})))
    with pytest.raises(KeyError, match="answer: piece 1"):
        unpack(thinned, "answer")


def test_an_array_that_was_never_packed_is_noticed() -> None:
    with pytest.raises(KeyError, match="quote"):
        unpack({}, "quote")
