import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from balk.errors import BalkError
from balk.measure.mark_worker import WORKER, MathMarker, compare, serve

# A worker without algebra: equal texts are equal, and some answers make it misbehave.
SCRIPTED = """
import json, os, sys, time
print('{"ready": true}', flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["answer"] == "hang":
        time.sleep(3600)
    if request["answer"] == "crash":
        os._exit(1)
    if request["answer"] == "half":
        print('{"is_same"', end="", flush=True)
        time.sleep(3600)
    print(json.dumps({"is_same": request["answer"] == request["key"]}), flush=True)
"""


@pytest.fixture
def scripted() -> Iterator[MathMarker]:
    marker = MathMarker(limit_s=0.5, command=[sys.executable, "-c", SCRIPTED])
    yield marker
    marker.close()


@pytest.fixture(scope="module")
def marker() -> Iterator[MathMarker]:
    marker = MathMarker()
    yield marker
    marker.close()


EQUAL = [
    ("1+x^2", "x^2+1"),
    ("x**2 + 1", "x^2+1"),
    ("2√3", r"2\sqrt{3}"),
    ("sqrt(12)", r"2\sqrt{3}"),
    ("2π", r"2\pi"),
    ("2pi", r"2\pi"),
    ("sin(x)", r"\sin x"),
    ("exp(x)", "e^x"),
    ("n² + n", "n(n+1)"),
    ("5!", "120"),
    ("(1, 2)", "(1,2)"),
    (r"\{2, 1\}", r"\{1, 2\}"),
]
DIFFERENT = [
    ("1.41421356", r"\sqrt{2}"),
    ("0.333333333", "1/3"),
    ("(2,1)", "(1,2)"),
    ("[0,1]", "[0,1)"),
    ("y", "x"),
    (r"\frac{", "x"),
]


@pytest.mark.parametrize(("answer", "key"), EQUAL)
def test_equal_expressions_are_the_same(marker: MathMarker, answer: str, key: str) -> None:
    assert marker.is_same(answer, key) is True


@pytest.mark.parametrize(("answer", "key"), DIFFERENT)
def test_different_expressions_are_not_the_same(marker: MathMarker, answer: str, key: str) -> None:
    assert marker.is_same(answer, key) is False


def test_a_key_that_is_no_expression_leaves_the_comparison_undecided(marker: MathMarker) -> None:
    assert marker.is_same("x", r"\frac{") is None


def test_an_expression_that_never_ends_is_undecided_and_the_next_one_is_compared() -> None:
    marker = MathMarker(limit_s=2)
    try:
        assert marker.is_same("9^{9^{9}}", "x^2") is None
        assert marker.is_same("x x", "x^2") is True
    finally:
        marker.close()


@pytest.mark.parametrize("answer", ["hang", "crash", "half"])
def test_a_worker_that_fails_is_replaced(scripted: MathMarker, answer: str) -> None:
    assert scripted.is_same("x", "x") is True
    assert scripted.is_same(answer, "x") is None
    assert scripted.is_same("x", "x") is True


def test_a_hanging_comparison_ends_at_its_limit(scripted: MathMarker) -> None:
    scripted.is_same("x", "x")
    start = time.monotonic()
    scripted.is_same("hang", "x")
    assert 0.5 <= time.monotonic() - start < 5


def test_many_threads_get_each_their_own_reply(scripted: MathMarker) -> None:
    pairs = [(str(i % 7), str(i % 5)) for i in range(200)]
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda pair: scripted.is_same(*pair), pairs))
    assert replies == [answer == key for answer, key in pairs]


def test_a_closed_marker_starts_again_when_asked(scripted: MathMarker) -> None:
    scripted.is_same("x", "x")
    scripted.close()
    assert scripted.is_same("x", "x") is True


@pytest.mark.parametrize("script", ["", "import time; time.sleep(60)"])
def test_a_worker_that_cannot_start_is_an_error(script: str) -> None:
    marker = MathMarker(start_limit_s=1, command=[sys.executable, "-c", script])
    with pytest.raises(BalkError, match="the marking process ended or did not answer"):
        marker.is_same("x", "x")


def test_the_worker_answers_line_by_line() -> None:
    requests = [{"answer": answer, "key": "x^2", "limit_s": 60} for answer in ("x x", "2x")]
    replies = io.BytesIO()
    serve(io.BytesIO(b"".join(json.dumps(r).encode() + b"\n" for r in requests)), replies)
    assert [json.loads(line) for line in replies.getvalue().splitlines()] == [
        {"ready": True},
        {"is_same": True},
        {"is_same": False},
    ]


def test_a_worker_whose_caller_is_gone_ends_by_itself() -> None:
    request = json.dumps({"answer": "9^{9^{9}}", "key": "x^2", "limit_s": 0.5})
    ended = subprocess.run(  # noqa: S603 -- our own worker
        WORKER, input=request + "\n", text=True, timeout=120, capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGALRM


def test_a_comparison_that_breaks_down_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> bool:
        raise ArithmeticError

    monkeypatch.setattr("math_verify.verify", broken)
    assert compare("x", "x") is None
