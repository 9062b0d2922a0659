"""Studies as files: what may be written, what is refused, and what changes the hash."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from balk.design.panel_file import FOLDER, PANELS, panel_schema
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
        ("epochs: true", "epochs is True; input should be a valid integer"),
        ("epochs: '2'", "epochs is '2'; input should be a valid integer"),
        ("questions: {pool: '9'}", "pool is '9'; input should be a valid integer"),
        ("questions: {pool: 4, questions: 5}", "of 5 questions needs a pool of at least as many"),
        ("questions: {levels: []}", "level"),
        ("subjects: [{model: ''}]", "model is ''; give a name in one line"),
        ("subjects: [{model: a, label: ' '}]", "label is ' '; give a name in one line"),
        ('subjects: [{model: a, label: "a\\nb"}]', "label is 'a\\nb'; give a name in one line"),
        ("subjects: [{model: a, logprobs: 1}]", "logprobs is 1"),
        ("subjects: [{model: a, temperature: '1'}]", "temperature is '1'"),
        ("blocks: [{exams: true}]", "exams is True"),
        ("epochs: 1\nepochs: 2", "'epochs' stands in line"),
        ("subjects: [{model: a,\n  model: b}]", "'model' stands in line"),
        ("epochs: 1\n3: 4", "the key 3 is no text; put it in quotes"),
        ("subjects: [{model: a, model_args: {on: 4}}]", "the key on is no text"),
        ("blocks: [{arms: penalty=0.12345678}]", "would be put as 0.123457"),
        ("blocks: [{arms: penalty=-0}]", "'-0' is not a number >= 0"),
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


def test_a_mapping_that_takes_over_another_may_say_something_else(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "subjects:\n- &a {model: m/one, temperature: 0}\n- &b {<<: *a, temperature: 1}\n"
        "- {<<: *b, temperature: 2}\n"
    )
    assert [one.temperature for one in read_study(path).subjects] == [0, 1, 2]


def test_a_study_made_in_python_has_text_for_keys() -> None:
    with pytest.raises(StudyError, match="a study has the key 3"):
        make_study({3: 4})


def test_the_order_of_levels_changes_no_hash() -> None:
    one, other = (make_study(yaml.safe_load(WRITTEN) | {"questions": {"levels": levels}})
                  for levels in ("4,2,4", [2, 4]))  # fmt: skip
    assert one.questions.levels == (2, 4)
    assert one.id == other.id


def changed(**fields: object) -> dict[str, object]:
    held: dict[str, object] = yaml.safe_load(WRITTEN)
    return held | fields


GOOD: list[dict[str, object]] = [
    changed(),
    changed(id="0123456789ab"),
    changed(subjects="openai/one"),
    changed(subjects={"model": "openai/one"}),
    changed(subjects=[{"panel": "essay"}, "openai/one"]),
    changed(blocks={"arms": "inert", "lifelines": "3", "protocols": "isolated"}),
    changed(blocks=[{"lifelines": None}]),
    changed(blocks=[{"lifelines": ["none", None, 0, "10"][1:], "probes": "payoff"}]),
    changed(blocks=[{"probes": []}], grader="openai/one"),
    *(changed(questions={"levels": levels}) for levels in (3, "1-3", "1,3-5", [1, "3-5"])),
    json.loads(make_study(yaml.safe_load(WRITTEN)).model_dump_json()),
]
BAD: list[dict[str, object]] = [
    *(changed(subjects=none) for none in ([], "", [""], [{"persona": "monday"}], [3])),
    changed(subjects=[{"model": "a", "label": ""}]),
    changed(subjects=[{"model": "a", "label": "a\nb"}]),
    changed(subjects=[{"model": "a", "temperature": 3}]),
    changed(subjects=[{"panel": "essay", "temperature": 1}]),
    *(changed(epochs=epochs) for epochs in (0, True, "2", 1.5, None)),
    *(changed(blocks=[] if name is None else [{name: []}])
      for name in (None, "arms", "lifelines", "protocols")),
    *(changed(blocks=[{"lifelines": one}]) for one in (-1, "some", "", True, 1.5, [3, 3])),
    *(changed(blocks=[{"arms": one}]) for one in (3, None, ["inert", "inert"])),
    *(changed(blocks=[{"protocols": one}]) for one in ("live", ["batch", "batch"])),
    *(changed(blocks=[{"probes": one}]) for one in ("why", None, ["payoff", "payoff"])),
    changed(blocks=[{"exams": 0}]),
    *(changed(questions={"levels": one}) for one in (0, 6, "6", "a", [], [7], True)),
    *(changed(questions={name: -1}) for name in ("pool", "questions", "exams", "seed")),
    changed(model="openai/one"),
    {},
]  # fmt: skip


def accepted(held: dict[str, object]) -> bool:
    try:
        make_study(held)
    except StudyError:
        return False
    return True


SCHEMA = Draft202012Validator(study_schema())


@pytest.mark.parametrize("held", GOOD, ids=range(len(GOOD)))
def test_the_schema_takes_what_the_reader_takes(held: dict[str, object]) -> None:
    assert accepted(held)
    assert [error.message for error in SCHEMA.iter_errors(held)] == []


@pytest.mark.parametrize("held", BAD, ids=range(len(BAD)))
def test_the_schema_refuses_what_the_reader_refuses(held: dict[str, object]) -> None:
    assert not accepted(held)
    assert not SCHEMA.is_valid(held)


def test_what_comes_with_balk_is_as_the_schemas_say() -> None:
    Draft202012Validator.check_schema(study_schema())
    assert SCHEMA.is_valid(yaml.safe_load(BUILT_IN.read_text()))
    page = (Path(__file__).parents[2] / "docs" / "studies.md").read_text()
    assert SCHEMA.is_valid(yaml.safe_load(page.partition("```yaml\n")[2].partition("```")[0]))
    panels = Draft202012Validator(panel_schema())
    for name in PANELS:
        assert panels.is_valid(yaml.safe_load((FOLDER / f"{name}.yaml").read_text())), name
    assert not panels.is_valid({"subjects": []})


def test_a_number_with_an_exponent_is_a_number(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("subjects: [{model: m/one, temperature: 1e-1, model_args: {n: 2E3}}]\n")
    (one,) = read_study(path).subjects
    assert one.temperature == 0.1
    assert one.model_args == {"n": 2000.0}


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
