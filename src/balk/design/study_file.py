"""Studies as files: YAML as a person writes it -> `Study`, and the schema for editors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from balk.design.described import ONE_LINE, check_keys
from balk.design.doses import read_levels, read_lifelines
from balk.design.panel_file import PANELS, read_panel
from balk.design.study import Study
from balk.design.yaml_file import read_yaml
from balk.errors import StudyError

BUILT_IN = Path(__file__).parent / "studies" / "built_in.yaml"
"""The study of `balk run` alone."""

A_PANEL = {
    "type": "object",
    "properties": {
        "panel": {
            "type": "string",
            "examples": list(PANELS),
            "description": "All subjects of a panel: its name, or its YAML file.",
        }
    },
    "required": ["panel"],
    "additionalProperties": False,
}
"""Schema of what stands for a whole panel in a study's list of subjects."""


A_DOSE = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": "^([0-9]+|none)$"},
        {"type": "null"},
    ]
}
"""Schema of a number of lifelines."""

_RANGE = "0*[1-5](-0*[1-5])?"
A_LEVEL = {
    "anyOf": [
        {"type": "integer", "minimum": 1, "maximum": 5},
        {"type": "string", "pattern": f"^{_RANGE}(,{_RANGE})*$"},
    ]
}
"""Schema of a level, a range of levels, or several."""


def read_study(path: Path) -> Study:
    """Return the study of a YAML (or JSON) file.

    Parameters
    ----------
    path : Path
        Fields are those of `Study`, and see docs/studies.md. A subject may be written as the name
        of its model alone, ``panel: NAME`` stands for all subjects of a panel, ``lifelines`` may
        hold ``none``, ``levels`` may be written ``1-5``, and a single value stands for a list of
        one. A panel's file is looked for beside the study's.

    Raises
    ------
    StudyError
        If there is no such file, it is not YAML, or says something that cannot be run.
    """
    held = read_yaml(path, "study")
    try:
        return make_study(held, path.parent)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error


def make_study(held: object, folder: Path = Path()) -> Study:
    """Return the study of what a file holds, as plain data.

    Parameters
    ----------
    held : object
        What the file holds.
    folder : Path
        What the file of a panel is relative to.

    Raises
    ------
    StudyError
        If it is no mapping, or says something that cannot be run.
    """
    if not isinstance(held, Mapping):
        raise StudyError(
            f"a study is a mapping of fields, and {type(held).__name__} is seen; begin with "
            "'subjects:'"
        )
    check_keys("study", held)
    fields: dict[str, Any] = dict(held)
    fields.pop("id", None)  # of study.json, which is reckoned anew
    if "subjects" in fields:
        listed = _listed(fields["subjects"])
        fields["subjects"] = [asked for one in listed for asked in _subjects(one, folder)]
    if "blocks" in fields:
        fields["blocks"] = [_block(one) for one in _listed(fields["blocks"])]
    if "questions" in fields:
        fields["questions"] = _with_levels(fields["questions"])
    return Study(**fields)


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema of a study as `read_study` takes it, for editors."""
    schema = Study.model_json_schema() | {"title": "balk study"}
    fields, defined = schema["properties"], schema["$defs"]
    block, questions = (defined[name]["properties"] for name in ("Block", "Questions"))
    subject = {"$ref": "#/$defs/Subject"}
    fields["id"] = {"description": "Hash of what is asked, as study.json holds it; not read."}
    fields["subjects"] |= {"items": {"anyOf": [{"type": "string"} | ONE_LINE, A_PANEL, subject]}}
    block["lifelines"] |= {"items": A_DOSE}
    own = defined["Subject"]["properties"]
    for levels in (questions["levels"], own["levels"]):
        levels |= {"items": A_LEVEL}
    for name in ("arms", "lifelines", "protocols"):
        block[name] |= {"uniqueItems": True}
    for held, name in (
        *((fields, name) for name in ("subjects", "blocks")),
        *((block, name) for name in ("arms", "lifelines", "protocols")),
        (questions, "levels"),
    ):
        held[name] = _one_or_more(held[name], fewest=1)
    own["levels"] = _one_or_more(own["levels"], fewest=0)
    for name in ("probes", "subjects"):
        block[name] = _one_or_more(block[name] | {"uniqueItems": True}, fewest=0)
    return schema


def _one_or_more(field: dict[str, Any], *, fewest: int) -> dict[str, Any]:
    """Return the schema of a list, or of its only item."""
    rules = {"type", "items", "uniqueItems"}
    listed = {name: rule for name, rule in field.items() if name in rules} | {"minItems": fewest}
    told = {name: said for name, said in field.items() if name not in rules}
    return told | {"anyOf": [listed, field["items"]]}


def _subjects(one: object, folder: Path) -> list[object]:
    """Return the subjects that one item of the list stands for."""
    if isinstance(one, str):
        return [{"model": one}]
    if not isinstance(one, Mapping) or "panel" not in one:
        return [_with_levels(one)]
    if others := sorted(set(one) - {"panel"}):
        raise StudyError(
            f"panel {one['panel']!r} stands beside {', '.join(others)}; its subjects say their own "
            "settings: leave these out, or write a panel of your own"
        )
    return [entry.subject for entry in read_panel(str(one["panel"]), folder).subjects]


def _with_levels(one: object) -> object:
    """Return questions, or a subject, with levels written out."""
    if not isinstance(one, Mapping) or not one.get("levels"):
        return one
    levels = ",".join(str(level) for level in _listed(one["levels"]))
    return dict(one) | {"levels": read_levels(levels)}


def _block(one: object) -> object:
    if not isinstance(one, Mapping):
        return one
    block = dict(one)
    for field in ("arms", "lifelines", "protocols", "probes", "subjects"):
        if field in block:
            block[field] = _listed(block[field])
    if "lifelines" in block:
        block["lifelines"] = [_dose(dose) for dose in block["lifelines"]]
    return block


def _dose(dose: object) -> int | None:
    return None if dose is None else read_lifelines(dose if isinstance(dose, int) else str(dose))


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
