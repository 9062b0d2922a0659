"""Studies as files: what may be written, what is refused, and what changes the hash."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from balk.design.study import Block, Questions, Study
from balk.design.study_file import BUILT_IN, make_study, read_study, study_schema
from balk.design.subjects import Subject
from balk.errors import StudyError

WRITTEN = """
subjects:
  - balk-sim/tension
  - {model: openai/some-model, persona: monday, temperature: 0.5, label: Monday}
questions: {levels: 4-5, pool: 12, questions: 6, exams: 4, seed: 3}
blocks:
  - {arms: lifelines, lifelines: [none, 3], protocols: [batch, realtime]}
  - {arms: [penalty=1], lifelines: 3, protocols: batch, exams: 2}
"""


def test_a_study_is_written_as_a_person_would() -> None:
    assert make_study(yaml.safe_load(WRITTEN)) == Study(
        subjects=(
            Subject(model="balk-sim/tension"),
            Subject(model="openai/some-model", persona="monday", temperature=0.5, label="Monday"),
        ),
        questions=Questions(levels=(4, 5), pool=12, questions=6, exams=4, seed=3),
        blocks=(
            Block(lifelines=(None, 3)),
            Block(arms=("penalty=1",), lifelines=(3,), protocols=("batch",), exams=2),
        ),
    )


@given(order=st.permutations(["subjects", "questions", "blocks"]), flip=st.booleans())
def test_the_order_in_which_things_are_written_changes_no_hash(
    order: list[str], *, flip: bool
) -> None:
    held = yaml.safe_load(WRITTEN)
    again = {name: held[name] for name in order}
    if flip:
        again["subjects"] = held["subjects"][::-1]
        again["blocks"] = [dict(reversed(block.items())) for block in held["blocks"][::-1]]
    assert make_study(again).id == make_study(held).id


def test_the_name_of_a_file_changes_no_hash(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(WRITTEN)
    (tmp_path / "b.json").write_text(json.dumps(yaml.safe_load(WRITTEN)))
    assert read_study(tmp_path / "a.yaml").id == read_study(tmp_path / "b.json").id


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("subjects: []", "subjects is empty"),
        ("models: [a]", "models is no field"),
        ("epochs: 0", "epochs is 0; input should be greater"),
        ("epochs: many", "epochs is 'many'"),
        ("subjects: [{persona: monday}]", "subjects.0: model is missing"),
        ("subjects: [{model: a, persona: mondy}]", "Did you mean 'monday'"),
        ("subjects: [{model: a, model_args: {api_key: x}}]", "environment variable"),
        ("subjects: [a, a]", "twice"),
        ("blocks: [{arms: lifeline}]", "Did you mean 'lifelines'"),
        ("blocks: [{lifelines: some}]", "lifelines is 'some'"),
        ("blocks: [{protocols: live}]", "blocks.0: protocols.0 is 'live'"),
        ("blocks: [{exams: 9}]", "a block asks 9 exams of 4 forms"),
        ("questions: {levels: 7}", "level is"),
        ("questions: 4", "questions is 4"),
        ("epochs: [", "not YAML"),
    ],
)
def test_what_cannot_be_run_is_said_with_file_and_field(
    line: str, said: str, tmp_path: Path
) -> None:
    name = line.partition(":")[0]
    kept = {key: value for key, value in yaml.safe_load(WRITTEN).items() if key != name}
    path = tmp_path / "mine.yaml"
    path.write_text(f"{yaml.safe_dump(kept)}{line}\n")
    with pytest.raises(StudyError, match=r"mine\.yaml") as refusal:
        read_study(path)
    assert said in str(refusal.value)


@pytest.mark.parametrize("held", [None, 3, [], "study"])
def test_what_is_no_mapping_is_no_study(held: object) -> None:
    with pytest.raises(StudyError, match="begin with 'subjects:'"):
        make_study(held)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"nowhere\.yaml"):
        read_study(tmp_path / "nowhere.yaml")


def test_the_schema_describes_every_field() -> None:
    schema = study_schema()
    described = {**schema["$defs"], "Study": schema}
    for kind in ("Study", "Block", "Questions", "Subject"):
        for name, field in described[kind]["properties"].items():
            assert field.get("description"), f"{kind}.{name}"


def test_the_built_in_study_holds_the_experiments_of_the_essay() -> None:
    conditions = read_study(BUILT_IN).conditions()
    asked = {(c.arm.name, c.lifelines, c.protocol) for c in conditions}
    for protocol in ("batch", "realtime"):
        assert ("none", None, protocol) in asked
        assert {("lifelines", dose, protocol) for dose in (3, 10, 20)} <= asked
    assert {("penalty", 10, "batch"), ("gate", 3, "batch")} <= asked


def test_the_page_of_studies_names_every_field_and_its_example_reads() -> None:
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text()
    example = page.partition("```yaml\n")[2].partition("```")[0]
    assert len(make_study(yaml.safe_load(example)).subjects) == 3
    for kind in (Study, Subject, Block, Questions):
        for name in kind.model_fields:
            assert name in page or name == "first_form", f"{kind.__name__}.{name}"
