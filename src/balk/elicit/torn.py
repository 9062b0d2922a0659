"""Files that a kill or a power cut left half-written: set aside, so that a run can be taken up."""

import json
import struct
import zipfile
import zlib

import click
import fsspec
from inspect_ai.log import EvalLog, EvalLogInfo, list_eval_logs, read_eval_log

SUFFIX = ".torn"
NOTES = ("eval-set.json", "logs.json")
"""What Inspect writes beside the logs and can write again."""
TORN = (ValueError, EOFError, KeyError, struct.error, zipfile.BadZipFile, zlib.error)
"""What comes of reading half a file: no end of the archive, no JSON, nothing that validates."""


def set_aside_torn_logs(logs: str) -> list[str]:
    """Rename what cannot be read in a folder of logs, and return the new names.

    Nothing is lost: replies are kept apart (`balk.elicit.kept`), and exams without a log are
    put together from them again.
    """
    files, folder = fsspec.core.url_to_fs(logs)
    if not files.exists(folder):
        return []
    torn = [info.name for info in list_eval_logs(logs) if read_header(info) is None]
    notes = [f"{folder}/{name}" for name in NOTES if files.exists(f"{folder}/{name}")]
    torn += [note for note in notes if not _is_json(files.cat_file(note))]
    for name in torn:
        files.mv(name, name + SUFFIX)
        click.echo(f"Cannot be read, set aside as torn: {name}{SUFFIX}", err=True)
    return [name + SUFFIX for name in torn]


def read_header(info: EvalLogInfo) -> EvalLog | None:
    """Return the header of a log; None of one that is torn.

    A file that could not be fetched is not torn: what its store says is raised as it comes.
    """
    if info.size == 0:  # of which a store says that there is no such range in it
        return None
    try:
        return read_eval_log(info, header_only=True)
    except TORN as error:
        if isinstance(error, OSError):  # some are a ValueError as well
            raise
        return None


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except ValueError:
        return False
    return True
