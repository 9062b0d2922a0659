"""Studies as files: YAML as a person writes it -> `Study`, and the schema for editors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from balk.design.doses import read_levels, read_lifelines
from balk.design.study import Study
from balk.errors import StudyError

BUILT_IN = Path(__file__).parent / "studies" / "built_in.yaml"
"""The study of `balk run` alone."""

MANY = "subjects", "blocks"
"""Fields that are lists of mappings."""


def read_study(path: Path) -> Study:
    """Return the study of a YAML (or JSON) file.

    Parameters
    ----------
    path : Path
        Fields are those of `Study`, and see docs/studies.md. A subject may be written as the name
        of its model alone, ``lifelines`` may hold ``none``, ``levels`` may be written ``1-5``, and
        a single value stands for a list of one.

    Raises
    ------
    StudyError
        If there is no such file, it is not YAML, or says something that cannot be run.
    """
    try:
        held = yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: no study can be read ({error}); give a YAML file") from error
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise StudyError(f"{path}: not YAML ({told}); mend it there") from error
    try:
        return make_study(held)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error


def make_study(held: object) -> Study:
    """Return the study of what a file holds, as plain data.

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
    fields: dict[str, Any] = dict(held)
    fields.pop("id", None)  # of study.json, which is reckoned anew
    for name in MANY:
        if name in fields:
            fields[name] = [_of(name, one) for one in _listed(fields[name])]
    if isinstance(fields.get("questions"), Mapping) and "levels" in fields["questions"]:
        levels = ",".join(str(one) for one in _listed(fields["questions"]["levels"]))
        fields["questions"] = dict(fields["questions"]) | {"levels": read_levels(levels)}
    return Study(**fields)


def study_schema() -> dict[str, Any]:
    """Return the JSON Schema of a study as `read_study` takes it, for editors."""
    schema = Study.model_json_schema()
    schema["title"], defined = "balk study", schema["$defs"]
    subject = {"$ref": "#/$defs/Subject"}
    schema["properties"]["subjects"]["items"] = {"anyOf": [{"type": "string"}, subject]}
    dose = {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "none"}, {"type": "null"}]}
    defined["Block"]["properties"]["lifelines"]["items"] = dose
    level = {
        "anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": ["string", "integer"]}]
    }
    levels = defined["Questions"]["properties"]["levels"]
    defined["Questions"]["properties"]["levels"] = level | {"description": levels["description"]}
    return schema


def _of(name: str, one: object) -> object:
    if name == "subjects":
        return {"model": one} if isinstance(one, str) else one
    if not isinstance(one, Mapping):
        return one
    block = dict(one)
    for field in ("arms", "lifelines", "protocols"):
        if field in block:
            block[field] = _listed(block[field])
    if "lifelines" in block:
        block["lifelines"] = [_dose(dose) for dose in block["lifelines"]]
    return block


def _dose(dose: object) -> int | None:
    return None if dose is None else read_lifelines(dose if isinstance(dose, int) else str(dose))


def _listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]
