"""Files that a kill or a power cut left half-written: set aside, so that a run can be taken up."""

import json

import fsspec
from inspect_ai.log import list_eval_logs, read_eval_log

SUFFIX = ".torn"
NOTES = ("eval-set.json", "logs.json")
"""What Inspect writes beside the logs and can write again."""


def set_aside_torn_logs(logs: str) -> list[str]:
    """Rename what cannot be read in a folder of logs, and return the new names.

    Nothing is lost: replies are kept apart (`balk.elicit.kept`), and exams without a log are
    put together from them again.
    """
    files, folder = fsspec.core.url_to_fs(logs)
    if not files.exists(folder):
        return []
    torn = [info.name for info in list_eval_logs(logs) if not _is_log(info.name)]
    notes = [f"{folder}/{name}" for name in NOTES if files.exists(f"{folder}/{name}")]
    torn += [note for note in notes if not _is_json(files.cat_file(note))]
    for name in torn:
        files.mv(name, name + SUFFIX)
    return [name + SUFFIX for name in torn]


def _is_log(name: str) -> bool:
    try:
        read_eval_log(name, header_only=True)
    except Exception:  # noqa: BLE001 -- a torn file fails in as many ways as there are bytes
        return False
    return True


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
