"""YAML files that a person writes -> plain data."""

from pathlib import Path

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
        If there is no such file, or it is not YAML.
    """
    try:
        return yaml.safe_load(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(f"{path}: no {kind} can be read ({error}); give a YAML file") from error
    except yaml.YAMLError as error:
        told = " ".join(str(error).split())
        raise StudyError(f"{path}: not YAML ({told}); mend it there") from error
