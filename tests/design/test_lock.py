"""What a study commits itself to: what changes a lock's hash, and what does not."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import balk
from balk.design import lock as locks
from balk.design.choices import with_choices
from balk.design.code_hash import LEFT_OUT, code_hash, statements, without_remarks
from balk.design.lock import deviations, lock_hash, make_lock, read_lock
from balk.design.predictions import EXPLANATIONS, TOKENS
from balk.design.prompts import wording
from balk.design.study import Study
from balk.design.study_file import make_study, read_study
from balk.errors import StudyError

PARSER = 7
HELD: dict[str, Any] = {
    "subjects": ["balk-sim/tension", {"model": "balk-sim/rational", "persona": "monday"}],
    "questions": {"levels": 3, "pool": 8, "questions": 4, "exams": 4, "seed": 5},
    "blocks": [
        {"arms": ["lifelines", "penalty=1", "choices"], "lifelines": ["none", 1, 3, 4],
         "protocols": ["batch"]},
        {"arms": ["lifelines", "feedback=none", "feedback=always_wrong"], "lifelines": 3,
         "protocols": "realtime"},
    ],
}  # fmt: skip


def study(**changes: object) -> Study:
    return make_study(HELD | changes)


def hash_of(asked: Study) -> str:
    return lock_hash(make_lock(asked, PARSER))


def shuffled(value: object, rng: random.Random) -> object:
    if isinstance(value, dict):
        keys = sorted(value)
        rng.shuffle(keys)
        return {key: shuffled(value[key], rng) for key in keys}
    if isinstance(value, list):
        return rng.sample([shuffled(one, rng) for one in value], len(value))
    return value


def test_order_file_name_and_another_process_change_no_hash(tmp_path: Path) -> None:
    named = {hash_of(study())}
    code = (
        "import sys; from pathlib import Path; from balk.design.lock import *;"
        "from balk.design.study_file import read_study;"
        f"print(lock_hash(make_lock(read_study(Path(sys.argv[1])), {PARSER})))"
    )
    for i in range(2):
        path = tmp_path / f"another-name-{i}.yaml"
        path.write_text(yaml.safe_dump(shuffled(HELD, random.Random(i)), sort_keys=False))  # noqa: S311 -- a shuffle
        done = subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", code, str(path)],
            capture_output=True, text=True, check=True, cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": str(i + 1)},
        )  # fmt: skip
        named.add(done.stdout.strip())
        named.add(hash_of(read_study(path)))
    assert len(named) == 1


def test_the_name_of_a_file_of_puzzles_changes_no_hash_and_one_character_in_it_does(
    tmp_path: Path,
) -> None:
    rows = [{"stem": f"What is {i} + {i}?", "key": str(2 * i)} for i in range(8)]

    def written(name: str) -> str:
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        asked = HELD["questions"] | {"puzzles": str(path)}
        return hash_of(study(questions=asked, blocks=[{"lifelines": 3, "protocols": "batch"}]))

    first = written("a.jsonl")
    assert written("b.jsonl") == first
    rows[3]["stem"] += " "
    rows[3]["stem"] = rows[3]["stem"].replace("?", "!")
    assert written("a.jsonl") != first


def test_one_character_in_a_prompt_changes_the_hash_and_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = make_lock(study(), PARSER)
    real = wording.opening
    monkeypatch.setattr(wording, "opening", lambda exam: real(exam).replace("score", "scorf", 1))
    asked = study()
    assert hash_of(asked) != lock_hash(before)
    told = deviations(before, asked, PARSER)
    assert told
    assert all("prompts locked" in said for said in told)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"questions": {**HELD["questions"], "seed": 6}}, "seed"),
        ({"questions": {**HELD["questions"], "exams": 5}}, "exams"),
        ({"epochs": 2}, "epochs"),
        ({"grader": "openai/one"}, 'grader: locked null, now "openai/one"'),
        ({"subjects": ["balk-sim/tension"]}, "balk-sim/rational"),
        ({"subjects": [{"model": "balk-sim/tension", "max_tokens": 9}, HELD["subjects"][1]]},
         "max_tokens"),
        ({"blocks": [HELD["blocks"][0] | {"arms": ["lifelines", "penalty=0.9", "choices"]},
                     HELD["blocks"][1]]}, "penalty=0.9"),
    ],
)  # fmt: skip
def test_whatever_else_is_asked_changes_the_hash_and_is_named(
    changes: dict[str, Any], named: str
) -> None:
    before = make_lock(study(), PARSER)
    asked = study(**changes)
    assert hash_of(asked) != lock_hash(before)
    assert any(named in said for said in deviations(before, asked, PARSER))


def test_another_parser_and_other_code_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_lock(study(), PARSER)
    assert deviations(before, study(), PARSER) == []
    assert deviations(before, study(), PARSER + 1) == ["parser version: locked 7, now 8"]
    monkeypatch.setattr(locks, "code_hash", lambda: "another")
    assert deviations(before, study(), PARSER)[0].startswith("code: locked")


@pytest.mark.parametrize("package", ["inspect_ai", "math_verify", "sympy", "numpy", "polars"])
def test_another_version_of_what_asks_marks_and_counts_is_named(package: str) -> None:
    before = make_lock(study(), PARSER)
    now = before["packages"][package]
    before["packages"][package] = "0.0"
    assert deviations(before, study(), PARSER) == [f"{package}: locked 0.0, now {now}"]


def test_calls_in_flight_change_no_lock() -> None:
    other, *rest = HELD["subjects"]
    slower = study(subjects=[{"model": other, "max_connections": 2}, *rest])
    assert hash_of(slower) == hash_of(study())


def test_conditions_in_no_locked_contrast_are_listed() -> None:
    assert make_lock(study(), PARSER)["without_contrast"] == [
        "arm choices, lifelines none, batch",
        "arm lifelines, lifelines 3, realtime",
        "arm penalty=1, lifelines none, batch",
    ]
    doses = {"arms": ["lifelines", "mixed"], "lifelines": [1, 2, 4], "protocols": "batch"}
    assert make_lock(study(blocks=[doses]), PARSER)["without_contrast"] == [
        "arm lifelines, lifelines 2, batch",
        *(f"arm mixed, lifelines {dose}, batch" for dose in (1, 2, 4)),
    ]


def locked(*arms: str, lifelines: object = (None, 2), protocol: str = "batch") -> dict[str, Any]:
    """Return the locked contrasts of a study of these arms, by name and own arm."""
    block = {"arms": list(arms), "lifelines": lifelines, "protocols": protocol}
    found = make_lock(make_study(HELD | {"blocks": [block]}), PARSER)["contrasts"]
    return {f"{one['name']} {one['arm']}": one for one in found}


def test_a_sign_is_locked_with_what_it_stands_provided_that() -> None:
    found = locked("lifelines", "penalty=0.5", "welcome")
    provided = found["arms penalty"]["provided"]
    assert provided.keys() == set(EXPLANATIONS)
    assert provided["rational"].endswith("at break-even, 0.333")
    assert "leave lifelines unused" in provided["tension"]
    assert found["arms welcome"]["provided"] == {}


def test_inert_tokens_are_locked_against_exams_without_lifelines() -> None:
    found = locked("lifelines", "inert", "inert+rating=after")
    for arm in ("inert", "inert+rating=after"):
        contrast = found[f"tokens {arm}"]
        assert (contrast["measure"], contrast["against"]) == ("tokens_per_exam", "none")
        assert (contrast["lifelines"], contrast["predicted"]) == ([2], TOKENS)


def test_stakes_are_locked_against_the_way_out_of_the_same_name_where_it_is_asked() -> None:
    for arms, against in (
        (("lifelines", "stakes", "renamed=waiver"), "renamed=waiver"),
        (("stakes", "renamed=waiver"), "renamed=waiver"),
        (("lifelines", "stakes"), "lifelines"),
    ):
        assert locked(*arms)["arms stakes=triage"]["against"] == against


def test_crossed_arms_are_locked_where_their_parts_predict_the_same() -> None:
    found = locked("lifelines", "nonsense+welcome", "choices+easy", "penalty=1+welcome")
    assert found["arms nonsense+welcome"]["predicted"] == dict.fromkeys(EXPLANATIONS, "0")
    assert found["arms choices+easy"]["predicted"]["tension"] == "-"
    assert "arms penalty+welcome" not in found


def test_a_lock_read_back_is_the_same(tmp_path: Path) -> None:
    path, made = tmp_path / "l.json", make_lock(study(), PARSER)
    path.write_text(json.dumps(made, indent=3))
    assert lock_hash(read_lock(path)) == lock_hash(made)
    for text in ("[]", "{", '{"lock_version": 0}'):
        path.write_text(text)
        with pytest.raises(StudyError, match="lock"):
            read_lock(path)


def test_puzzles_are_split_in_halves_and_choices_go_with_their_puzzle() -> None:
    asked = study()
    halves = make_lock(asked, PARSER)["puzzles"]
    own = {puzzle.id: halves[puzzle.id] for puzzle in asked.questions.make_pool()}
    assert sorted(own.values()) == ["confirmatory"] * 4 + ["exploratory"] * 4
    for puzzle in asked.questions.make_pool():
        assert halves[with_choices(puzzle).id] == own[puzzle.id]
    seen = {
        puzzle.id for cell in asked.cells() for exam in asked.exams(cell) for puzzle in
        exam.form.puzzles
    }  # fmt: skip
    assert seen <= halves.keys()


def test_every_locked_contrast_has_a_sign_of_every_explanation() -> None:
    found = make_lock(study(), PARSER)["contrasts"]
    names = {(one["name"], one["arm"], one["protocol"], *one["lifelines"]) for one in found}
    assert ("net_points_pooled", "lifelines", "batch", 1, 3, 4) in names
    assert ("dose_range", "lifelines", "batch", 4) in names
    assert ("arms", "penalty", "batch", 3) in names
    assert ("arms", "choices", "batch", 4) in names
    assert ("feedback", "feedback=always_wrong", "realtime", 3) in names
    for one in found:
        assert set(one["predicted"].values()) <= {"+", "0", "-"}
        assert one["name"] == "feedback" or set(one["predicted"]) == set(EXPLANATIONS)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "balk"
    shutil.copytree(
        Path(balk.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
    )
    return root


def test_words_about_the_code_change_no_hash_and_statements_do(package: Path) -> None:
    before = code_hash(package)
    assert before == code_hash()
    path = package / "measure" / "mark.py"
    source = path.read_text()
    path.write_text(f"# A remark.\n\n{source}\n\n\n# Another.\n".replace('"""', '"""Or so. ', 1))
    (package / "cli" / "show.py").write_text("")
    (package / "report" / "notes.md").write_text("words")
    assert code_hash(package) == before
    path.write_text(source + "\nFEWER = 1\n")
    assert code_hash(package) != before


def test_one_character_in_a_template_changes_the_code_hash(package: Path) -> None:
    before = code_hash(package)
    path = package / "design" / "prompts" / "chat_batch.j2"
    path.write_text(path.read_text().replace("\n", "\r\n"))
    assert code_hash(package) == before  # only line ends
    path.write_text(path.read_text().replace("question", "questiom", 1))
    assert code_hash(package) != before


def test_a_remark_in_a_template_changes_no_code_hash(package: Path) -> None:
    before = code_hash(package)
    path = package / "design" / "prompts" / "chat_batch.j2"
    path.write_text(path.read_text().replace("{#- ", "{#- Once more: ", 1))
    assert code_hash(package) == before
    assert without_remarks("a {#- b\nc -#} d{# e #}") == "a {#--#} d{##}"


@pytest.mark.parametrize(
    "name",
    [
        "design/panels/essay.yaml", "design/studies/built_in.yaml", "design/prices.yaml",
        "design/panel_file.py", "elicit/progress.py", "elicit/viewer.py", "elicit/readiness.py",
        "design/answer_key/prompts/shared.j2", "measure/answer_key/rates.py",
    ],
)  # fmt: skip
def test_what_cannot_matter_to_a_locked_study_changes_no_code_hash(
    package: Path, name: str
) -> None:
    before = code_hash(package)
    path = package / name
    path.write_text(path.read_text() + "\nother: 1\n")
    assert code_hash(package) == before


@pytest.mark.parametrize(
    "name", ["design/arms.py", "elicit/protocols.py", "elicit/failures.py", "measure/registered.py"]
)
def test_what_asks_reads_and_counts_changes_the_code_hash(package: Path, name: str) -> None:
    before = code_hash(package)
    path = package / name
    path.write_text(path.read_text() + "\nother = 1\n")
    assert code_hash(package) != before


def test_whatever_is_left_out_of_the_code_hash_is_there(package: Path) -> None:
    assert [name for name in LEFT_OUT if not (package / name).exists()] == []


def test_strings_that_are_values_are_statements() -> None:
    source = 'X = """a # b"""  # c\n\n\ndef f():\n    """Say."""\n    return "# d"\n'
    assert statements(source) == 'X = """a # b"""\ndef f():\n    return "# d"'
