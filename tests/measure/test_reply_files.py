import json
from pathlib import Path

import pytest

from balk.errors import ReplyError
from balk.measure.reply_files import read_replies, write_readings


def write_lines(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def test_rows_may_name_their_own_exit_word_and_choices(tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "replies.jsonl",
        json.dumps({"id": "a", "text": "Final answer: PASS", "exit_word": "PASS"}),
        "",
        json.dumps({"id": 2, "text": "Final answer: E", "choices": ["A", "B", "E"]}),
        json.dumps({"id": 3, "text": "Answer: LIFELINE", "exit_word": None}),
    )
    read = dict(read_replies(path, "E", ()))
    assert {name: reading.outcome.word for name, reading in read.items()} == {
        "a": "skip",
        2: "skip",
        3: "blank",
    }


def test_what_was_read_is_written_with_the_rule_that_read_it(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "r.jsonl", json.dumps({"id": "a", "text": "Answer: 12"}))
    counts = write_readings(read_replies(path, None, ()), tmp_path / "out.jsonl")
    row = json.loads((tmp_path / "out.jsonl").read_text())
    assert counts == {"attempt": 1}
    assert set(row) == {"id", "outcome", "answer", "confidence", "provenance"}
    assert (row["outcome"], row["answer"]) == ("attempt", "12")
    assert row["provenance"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: not JSON"),
        ("[1]", "list seen"),
        ('{"id": "a"}', "field 'text' is None"),
        ('{"text": "x"}', "field 'id' is None"),
        ('{"id": 1, "text": "x", "exit_word": 3}', "field 'exit_word' is 3"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(tmp_path: Path, line: str, message: str) -> None:
    path = write_lines(tmp_path / "bad.jsonl", line)
    with pytest.raises(ReplyError, match=message):
        list(read_replies(path, None, ()))
