"""YAML files that a person writes -> plain data."""

import re
from pathlib import Path
from typing import Any

import yaml

from balk.errors import StudyError


def read_yaml(path: Path, kind: str) -> object:
    """Return what a YAML (or JSON) file holds.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        What it should hold, such as ``"study"``, for the message.

    Raises
    ------
    StudyError
        If there is no such file, it is not YAML, or a key is no text or stands twice.
    """
    try:
        return _load(path.read_text())
    except StudyError as error:
        raise StudyError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: no {kind} can be read ({error}); give a YAML file") from error
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise StudyError(f"{path}: not YAML ({told}); mend it there") from error


class _Loader(yaml.SafeLoader):
    """Refuses what YAML lets pass: a key that stands twice, of which the last would count."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:  # noqa: ANN401 -- PyYAML's
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        seen: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if key.tag == MERGE:
                continue
            if key.tag != TEXT:
                shown = key.value if isinstance(key, yaml.ScalarNode) else "a list or mapping"
                raise StudyError(f"line {line}: the key {shown} is no text; put it in quotes")
            if key.value in seen:
                raise StudyError(
                    f"line {line}: {key.value!r} stands in line {seen[key.value]} already; "
                    "leave one out"
                )
            seen[key.value] = line
        return node


# PyYAML takes 1e6 for text, where YAML 1.2 and JSON have a number.
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789")
)

TEXT, MERGE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:merge"


def _load(text: str) -> object:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
