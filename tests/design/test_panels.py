"""Panels as files: what comes with balk, what may be written, and what is refused."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from balk.design.cautions import ROOM_TO_REASON
from balk.design.panel_file import PANELS, Entry, Panel, make_panel, panel_schema, read_panel
from balk.design.personas import PERSONAS
from balk.design.providers import PROVIDERS, provider_of
from balk.design.study import Study
from balk.design.study_file import make_study, read_study, study_schema
from balk.design.subjects import Subject
from balk.elicit.subjects.roster import SIMULATED
from balk.errors import StudyError
from balk.records import Interface

EVERY_ENTRY = [
    pytest.param(entry, id=f"{name}: {entry.name}")
    for name in PANELS
    for entry in read_panel(name).subjects
]


@pytest.mark.parametrize("entry", EVERY_ENTRY)
def test_every_entry_can_be_put_into_a_study(entry: Entry) -> None:
    assert entry.model.partition("/")[0] in PROVIDERS
    assert entry.persona in PERSONAS
    assert entry.interface in get_args(Interface)
    (asked,) = Study(subjects=(entry.subject,)).subjects
    assert asked.name == entry.name
    assert asked.model_dump().keys() == Subject.model_fields.keys()


@pytest.mark.parametrize("entry", EVERY_ENTRY)
def test_what_is_asked_by_completion_goes_to_a_provider_of_completions(entry: Entry) -> None:
    is_raw = entry.model.partition("/")[0].endswith("-completions")
    assert is_raw == (entry.interface == "completion")


@pytest.mark.parametrize("name", PANELS)
def test_every_entry_says_what_it_cannot_do_and_every_panel_who_it_is(name: str) -> None:
    panel = read_panel(name)
    assert panel.about
    assert all(entry.notes for entry in panel.subjects)


def test_the_essay_has_its_seven_subjects_and_monday_is_chatgpt_under_a_persona() -> None:
    by_label = {entry.label: entry.subject for entry in read_panel("essay").subjects}
    assert set(by_label) == {
        "ChatGPT", "Claude", "Grok", "Llama", "Llama base", "DeepSeek", "Monday",
    }  # fmt: skip
    assert by_label["Monday"] == by_label["ChatGPT"].but(label="Monday", persona="monday")
    assert by_label["Llama base"].interface == "completion"


@pytest.mark.parametrize("name", PANELS)
def test_whoever_thinks_before_a_reply_is_known_to_and_has_room_for_it(name: str) -> None:
    entries = read_panel(name).subjects
    thinking = {entry.model for entry in entries if "before it replies" in entry.notes}
    assert {entry.model for entry in entries if entry.is_reasoning} == thinking
    for entry in entries:
        assert not entry.is_reasoning or (entry.max_tokens or 0) >= ROOM_TO_REASON


@pytest.mark.parametrize(
    ("settings", "is_reasoning"),
    [
        ({"model": "openai/gpt-4o"}, False),
        ({"model": "openai/o3-mini"}, True),
        ({"model": "openrouter/openai/gpt-5-mini"}, True),
        ({"model": "openai/gpt-5-chat-latest"}, False),
        ({"model": "grok/grok-4-1-fast-non-reasoning"}, False),
        ({"model": "vllm/Qwen/Qwen3-4B-Thinking-2507"}, True),
        ({"model": "a/unheard-of"}, False),
        ({"model": "a/unheard-of", "reasoning_effort": "low"}, True),
        ({"model": "a/unheard-of", "reasoning_tokens": 4000}, True),
        ({"model": "openai/gpt-5", "reasoning_effort": "none"}, False),
    ],
)
def test_names_and_settings_tell_who_thinks(settings: dict[str, Any], is_reasoning: bool) -> None:  # noqa: FBT001 -- a column of cases
    assert Subject(**settings).is_reasoning == is_reasoning


def test_the_simulated_panel_has_every_simulated_subject() -> None:
    models = [entry.model for entry in read_panel("simulated").subjects]
    assert models == [f"balk-sim/{name}" for name in SIMULATED]


def test_a_study_names_a_panel_beside_other_subjects() -> None:
    study = make_study(yaml.safe_load("subjects: [{panel: essay}, openai/other]"))
    assert [subject.name for subject in study.subjects[-2:]] == ["DeepSeek", "openai/other"]
    assert len(study.subjects) == 7 + 1


def test_a_panel_is_found_beside_the_study_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("subjects: [a/b, {model: a/c, notes: slow}]\n")
    (tmp_path / "study.yaml").write_text("subjects: [{panel: mine.yaml}]\n")
    study = read_study(tmp_path / "study.yaml")
    assert [subject.model for subject in study.subjects] == ["a/b", "a/c"]


def test_notes_and_the_name_of_a_panel_change_no_hash(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("subjects: [{model: a/b, notes: slow}]\n")
    (tmp_path / "two.yaml").write_text("about: others\nsubjects: [a/b]\n")
    one, two = (
        make_study({"subjects": [{"panel": f"{name}.yaml"}]}, tmp_path) for name in ("one", "two")
    )
    assert one.id == two.id == make_study({"subjects": ["a/b"]}).id


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"panel": "esay"}, "Did you mean 'essay'"),
        ({"panel": "nowhere.yaml"}, r"nowhere\.yaml: no panel can be read"),
        ({"panel": "essay", "temperature": 0}, "beside temperature"),
    ],
)
def test_a_panel_that_cannot_be_used_is_refused(held: dict[str, object], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        make_study({"subjects": [held]})


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("subjects: []", "subjects is empty"),
        ("subjects: [a/b, a/b]", "twice"),
        ("subjects: [{modle: a/b}]", "modle is no field"),
        ("subject: [a/b]", "subject is no field"),
        ("- a/b", "begin with 'subjects:'"),
        ("subjects: [", "not YAML"),
        ("subjects: [{model: a/b, model_args: {api_key: x}}]", "environment variable"),
    ],
)
def test_a_panel_file_that_is_wrong_is_named_with_what_is_wrong(
    written: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(written)
    with pytest.raises(StudyError, match=r"mine\.yaml") as refusal:
        read_panel(str(path))
    assert said in str(refusal.value)


def test_both_schemas_know_panels() -> None:
    items = study_schema()["properties"]["subjects"]["anyOf"][0]["items"]["anyOf"]
    assert any("panel" in item.get("properties", {}) for item in items)
    schema = panel_schema()
    for kind, fields in (("Panel", schema["properties"]), ("Entry", schema["$defs"]["Entry"])):
        for name, field in fields.get("properties", fields).items():
            assert field.get("description"), f"{kind}.{name}"


def test_the_page_of_subjects_shows_a_panel_that_reads() -> None:
    page = (Path(__file__).parents[2] / "docs" / "subjects.md").read_text()
    block = page.partition("```yaml\n")[2].partition("```")[0]
    assert isinstance(make_panel(yaml.safe_load(block)), Panel)
    for name in PANELS:
        assert f"`{name}`" in page


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({}, "openai/x"),
        ({"temperature": None}, "openai/x without temperature"),
        ({"temperature": 0.5}, "openai/x at temperature 0.5"),
        ({"reasoning_effort": "high"}, "openai/x, reasoning high"),
        (
            {"temperature": None, "reasoning_tokens": 4096},
            "openai/x without temperature, reasoning 4096 tokens",
        ),
    ],
)
def test_what_is_not_plain_stands_in_a_subjects_name(settings: dict[str, Any], name: str) -> None:
    assert Subject(model="openai/x", **settings).name == name


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model": "anthropic/x", "temperature": 0.5}, "anthropic/x takes none"),
        ({"model": "anthropic/bedrock/x", "temperature": 0}, "bedrock/x takes none"),
        ({"model": "a/b", "interface": "completion", "temperature": None}, "asked at 0"),
        ({"model": "a/b", "reasoning_effort": "huge"}, "reasoning_effort is 'huge'"),
        ({"model": "a/b", "reasoning_tokens": 0}, "reasoning_tokens is 0"),
    ],
)
def test_settings_that_would_not_be_what_they_say_are_refused(
    fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(StudyError, match=said):
        Subject(**fields)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"api_key": "sk-hidden"}, "'api_key'"),
        ({"headers": {"Authorization": "Bearer sk-hidden"}}, "'headers.Authorization'"),
        ({"headers": {"X-Auth": "sk-hidden"}}, "'headers.X-Auth'"),
        ({"client": [{"cookies": "sk-hidden"}]}, "'client.0.cookies'"),
        ({"aws": {"credentials": {"id": "sk-hidden"}}}, "'aws.credentials'"),
        ({"headers": {"X-Mine": "Bearer sk-hidden"}}, "'headers.X-Mine'"),
        ({"base_url": "https://me:sk-hidden@host/v1"}, "'base_url'"),
    ],
)
def test_a_secret_at_any_depth_of_an_argument_is_refused_and_not_repeated(
    arguments: dict[str, Any], named: str
) -> None:
    with pytest.raises(StudyError, match="environment variable") as refusal:
        Subject(model="openai/x", model_args=arguments)
    assert named in str(refusal.value)
    assert "sk-hidden" not in str(refusal.value)


@pytest.mark.parametrize(
    "arguments",
    [
        {"base_url": "http://127.0.0.1:8000/v1", "max_tokens": 5, "headers": {"X-Team": "a:b@c"}},
        {"base_url": "http://host:80/a@b", "tokenizer": "some/one", "author": "basic"},
    ],
)
def test_arguments_without_a_secret_are_taken(arguments: dict[str, Any]) -> None:
    assert Subject(model="openai/x", model_args=arguments).model_args == arguments


def test_a_service_has_variables_of_its_own_and_of_clouds_and_strangers_nothing_is_known() -> None:
    service = provider_of("openai-api/my-host/some/model")
    assert service
    assert service.keys == ("MY_HOST_API_KEY",)
    assert service.addresses == ("MY_HOST_BASE_URL",)
    assert provider_of("openai/azure/some-model") is None
    assert provider_of("no-such-provider/x") is None
