from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balk.design.arms import ARMS, make_arm
from balk.design.doses import read_levels, read_lifelines
from balk.design.exams import Condition
from balk.design.personas import PERSONAS
from balk.design.prompts import wording
from balk.design.study import Questions, Study, default_max_tokens, make_condition
from balk.errors import PromptError, StudyError

SETTINGS: dict[str, object] = {
    "models": ("balk-sim/rational",),
    "questions": Questions(pool=6, questions=3, exams=2),
}


def small(**changes: object) -> Study:
    return Study.crossed(**SETTINGS | changes)  # type: ignore[arg-type]


SMALL = small()


def test_lifelines_without_lifelines_is_the_arm_none() -> None:
    condition = make_condition("lifelines", None, "batch")
    assert condition == Condition(make_arm("none"), None, "batch")


def test_an_arm_that_mentions_no_lifelines_makes_no_condition_with_them() -> None:
    assert make_condition("none", 3, "batch") is None


def test_a_condition_named_in_two_ways_is_asked_once() -> None:
    study = small(arms=("none", "lifelines"), lifelines=(None, 3), protocols=("batch",))
    assert [(c.arm.name, c.lifelines) for c in study.conditions()] == [
        ("none", None),
        ("lifelines", 3),
    ]


def test_every_condition_gets_the_same_forms() -> None:
    by_condition: dict[Condition, list[str]] = {}
    for cell in SMALL.cells():
        by_condition[cell.condition] = [exam.form.id for exam in SMALL.exams(cell)]
    assert len(by_condition) == 8
    assert len({tuple(forms) for forms in by_condition.values()}) == 1


def test_the_id_changes_with_whatever_is_asked() -> None:
    others = [
        small(lifelines=(None, 4)),
        small(temperature=0.5),
        small(questions=SMALL.questions.but(seed=1)),
        small(personas=("monday",)),
        small(epochs=2),
    ]
    ids = {study.id for study in (SMALL, *others)}
    assert len(ids) == len(others) + 1
    assert small().id == SMALL.id


def test_the_id_changes_with_the_words_of_a_persona(monkeypatch: pytest.MonkeyPatch) -> None:
    before = small(personas=("monday",)).id
    monkeypatch.setitem(PERSONAS, "monday", "You are somebody else.")
    assert small(personas=("monday",)).id != before
    assert SMALL.id == small().id


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"personas": ("mondy",)}, "Did you mean 'monday'"),
        ({"arms": ("lifeline",)}, "Did you mean 'lifelines'"),
        ({"arms": ("none",), "lifelines": (3,)}, "leave no condition"),
        ({"lifelines": (-1,)}, "lifelines is -1"),
        ({"models": ()}, "models is empty"),
        ({"protocols": ("batch", "batch")}, "twice"),
        ({"protocols": ("live",)}, "protocols.0 is 'live'"),
        ({"interface": "completion", "personas": ("monday",)}, "system prompt"),
        ({"temperature": 3.0}, "temperature is 3.0; input should be less"),
        ({"epochs": 0}, "epochs is 0"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"model_args": {"api_key": "sk-1"}}, "environment variable"),
    ],
)
def test_a_study_that_cannot_be_run_is_refused_at_once(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(StudyError, match=message):
        small(**changes)


def test_levels_outside_the_five_are_refused() -> None:
    with pytest.raises(StudyError, match="level is 6"):
        Questions(levels=(6,))


@pytest.mark.parametrize(
    "spec", [*ARMS, "penalty=0.5", "penalty=0", "rating=none", "welcome+price=0.1+renamed=blank"]
)
def test_an_arm_is_read_back_from_its_spec(spec: str) -> None:
    arm = make_arm(spec)
    assert make_arm(arm.spec) == arm


@pytest.mark.parametrize(
    ("written", "spec"),
    [
        ("penalty", "penalty=1"),
        ("welcome+penalty=0.50", "penalty=0.5+welcome"),
        ("lifelines+welcome", "welcome"),
        ("rating=before", "lifelines"),
        ("rating", "rating=after"),
        ("welcome+welcome", "welcome"),
    ],
)
def test_an_arm_has_one_name_however_it_is_written(written: str, spec: str) -> None:
    assert make_arm(written) == make_arm(spec)
    assert make_arm(written).spec == spec


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("penalty=1+penalty=0.5", "both settle the penalty"),
        ("penalty+unstated", "both settle the penalty"),
        ("nonsense+renamed", "both settle the exit"),
        ("dominance+penalty", "can lower the score"),
        ("none+welcome", "about lifelines and mentions none"),
        ("inert+price", "has an effect on the score"),
        ("inert+gate", "demands a token that skips nothing"),
        ("rating=later", "before, after, none"),
        ("welcome=1", "takes no value"),
        ("welcome+", "unknown arm ''"),
    ],
)
def test_arms_that_contradict_each_other_are_refused(spec: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        make_arm(spec)


@pytest.mark.parametrize("spec", ["welcome", "price", "nonsense", "renamed", "gate"])
def test_an_arm_about_lifelines_makes_no_condition_without_them(spec: str) -> None:
    assert make_condition(spec, None, "batch") is None


def test_a_demanded_lifeline_needs_its_question_to_be_asked() -> None:
    gate = Study.crossed(
        ["mockllm/model"], questions=Questions(questions=2), arms=("gate",), lifelines=(3,)
    )
    with pytest.raises(StudyError, match="on question 2, and an exam has 1; ask at least 2"):
        gate.but(questions=Questions(questions=1))


def test_a_demanded_lifeline_needs_one_to_be_offered() -> None:
    assert make_condition("gate", 0, "batch") is None
    with pytest.raises(StudyError, match="demands a lifeline"):
        Condition(make_arm("gate"), 0, "batch")


@pytest.mark.parametrize(
    "spec", ["penalty=x", "penalty=-1", "penalty=nan", "penalty=inf", "none=1"]
)
def test_an_arm_with_an_impossible_value_is_refused(spec: str) -> None:
    with pytest.raises(StudyError, match=spec.partition("=")[0]):
        make_arm(spec)


@pytest.mark.parametrize(
    ("text", "levels"), [("5", (5,)), ("1-3", (1, 2, 3)), ("1,4-5,1", (1, 4, 5)), (2, (2,))]
)
def test_levels_are_read_as_people_write_them(text: str | int, levels: tuple[int, ...]) -> None:
    assert read_levels(text) == levels


@pytest.mark.parametrize("text", ["", "0", "6", "3-1", "a", "1-", "-2"])
def test_levels_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(StudyError, match="level is"):
        read_levels(text)


def test_lifelines_never_mentioned_are_not_zero_lifelines() -> None:
    assert read_lifelines("none") is None
    assert read_lifelines("0") == 0
    with pytest.raises(StudyError, match="lifelines is"):
        read_lifelines("many")


def test_a_completed_answer_sheet_may_take_as_many_lines_as_there_are_questions() -> None:
    assert default_max_tokens("completion", "batch", 20) == 20 * default_max_tokens(
        "completion", "realtime", 20
    )


@pytest.mark.parametrize("name", ARMS)
def test_the_page_of_arms_says_what_each_settles(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "arms.md"
    row = next(line for line in page.read_text().splitlines() if line.startswith(f"| `{name}` |"))
    assert ARMS[name].settles in row
    assert all(f"`{name}={value}`" in row for value in ARMS[name].values)


@given(thousandths=st.integers(0, 999_999))
def test_an_arm_costs_what_it_says_to_the_last_digit(thousandths: int) -> None:
    points = thousandths / 1000
    arm = make_arm(f"penalty={points!r}")
    assert arm == make_arm(arm.spec)
    assert float(wording.points(points).partition(" ")[0]) == arm.penalty == points


@pytest.mark.parametrize(
    "spec",
    ["penalty=-0", "penalty=-0.0", "price=-0", "penalty=0.12345678", "price=1000000", "price=1e-5"],
)
def test_points_that_would_be_told_as_others_are_refused(spec: str) -> None:
    with pytest.raises(StudyError, match=rf"arm '{spec}'"):
        make_arm(spec)


def test_points_with_more_digits_than_are_shown_are_never_told() -> None:
    assert wording.points(-0.0) == "0 points"
    with pytest.raises(PromptError, match="six digits"):
        wording.points(0.12345678)
