"""Panels as files: a name or a YAML file -> subjects, with notes on what each cannot do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from pydantic import model_validator

from balk.design.described import ONE_LINE, Described, check_keys, check_named_once
from balk.design.subjects import Subject
from balk.design.yaml_file import read_yaml
from balk.errors import StudyError, unknown

FOLDER = Path(__file__).parent / "panels"
PANELS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
"""Names of the panels that come with balk."""

FILE_ENDINGS = {".yaml", ".yml", ".json"}


class Entry(Subject):
    """A subject of a panel, and what there is to know about it."""

    notes: str = ""
    """What it cannot do, and what it costs to have."""

    @property
    def subject(self) -> Subject:
        """The subject alone; notes are no part of what is asked."""
        return Subject(**{name: getattr(self, name) for name in Subject.model_fields})


class Panel(Described):
    """A named list of subjects."""

    about: str = ""
    """Who these are, in a sentence, and when their names were last looked at."""
    subjects: tuple[Entry, ...]
    """Who is asked."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_named_once("subjects", [entry.name for entry in self.subjects])
        return self


def read_panel(name: str, folder: Path = Path()) -> Panel:
    """Return a panel that comes with balk, or that of a file.

    Parameters
    ----------
    name : str
        One of `PANELS`, or a YAML (or JSON) file of the same form.
    folder : Path
        What the name of a file is relative to.

    Raises
    ------
    StudyError
        If there is no such panel, or its file says something that cannot be asked.
    """
    if name in PANELS:
        return _read(FOLDER / f"{name}.yaml")
    path = folder / name
    if path.suffix not in FILE_ENDINGS:
        raise StudyError(f"{unknown('panel', name, PANELS)} A panel of your own is a .yaml file.")
    return _read(path)


def _read(path: Path) -> Panel:
    held = read_yaml(path, "panel")
    try:
        return make_panel(held)
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error


def make_panel(held: object) -> Panel:
    """Return the panel of what a file holds, as plain data.

    Raises
    ------
    StudyError
        If it is no mapping, or says something that cannot be asked.
    """
    if not isinstance(held, Mapping):
        raise StudyError(
            f"a panel is a mapping, and {type(held).__name__} is seen; begin with 'subjects:'"
        )
    check_keys("panel", held)
    fields: dict[str, Any] = dict(held)
    if isinstance(fields.get("subjects"), list):
        fields["subjects"] = [
            {"model": one} if isinstance(one, str) else one for one in fields["subjects"]
        ]
    return Panel(**fields)


def panel_schema() -> dict[str, Any]:
    """Return the JSON Schema of a panel's file, for editors."""
    schema = Panel.model_json_schema() | {"title": "balk panel"}
    entry = {"$ref": "#/$defs/Entry"}
    listed = {"items": {"anyOf": [{"type": "string"} | ONE_LINE, entry]}, "minItems": 1}
    schema["properties"]["subjects"] |= listed
    return schema
