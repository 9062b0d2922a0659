"""A study and its lock: refused where they differ, unless accepted, and then told everywhere."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import StudyError
from balk.files import write_whole

if TYPE_CHECKING:
    import polars as pl

    from balk.design.study import Study

DEVIATIONS = "deviations.json"
MOST_SHOWN = 5
ASKED = ("logs", "study.json", "spent.json")
"""What a folder holds once something was asked."""


def find_lock(folder: Path, given: Path | None = None) -> dict[str, Any] | None:
    """Return the lock that was given, or that lies in a folder of results; None without one."""
    from balk.design.lock import LOCK_FILE, read_lock

    kept = folder / LOCK_FILE
    if given is not None:
        return read_lock(given)
    return read_lock(kept) if kept.exists() else None


def check_lock(
    study: "Study",
    folder: Path,
    lock: Mapping[str, Any],
    *,
    may_deviate: bool,
    has_logs: bool = False,
) -> list[str]:
    """Hold a study against its lock, and return what differs; nothing is written.

    Parameters
    ----------
    study : Study
        What is asked.
    folder : Path
        Of the results.
    lock : mapping
        What was locked.
    may_deviate : bool
        Whether what differs is accepted.
    has_logs : bool, default False
        Whether there are logs already, wherever they are kept.

    Raises
    ------
    StudyError
        If something differs and that is not accepted, or the folder's exams were asked under
        another lock, or under none.
    """
    from balk.design.lock import deviations, lock_hash
    from balk.measure.parse import PARSER_VERSION

    refuse_late_lock(folder, lock, has_logs=has_logs)
    found = deviations(lock, study, PARSER_VERSION)
    if found and not may_deviate:
        shown = "; ".join(found[:MOST_SHOWN])
        more = f"; and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        raise StudyError(
            f"the study is not the one that was locked as {lock_hash(lock)}: {shown}{more}. Lock "
            "it anew, or say --accept-deviations: they are then listed beside the tables"
        )
    _asked(folder)  # that it can be read shows before money is spent
    return found


def refuse_late_lock(folder: Path, lock: Mapping[str, Any], *, has_logs: bool) -> None:
    """Refuse a lock where exams were asked under another, or under none.

    Raises
    ------
    StudyError
        If they were.
    """
    from balk.design.lock import lock_hash

    kept = find_lock(folder)
    if kept is not None and lock_hash(kept) != lock_hash(lock):
        raise StudyError(
            f"{folder} was registered as {lock_hash(kept)}, and the lock is {lock_hash(lock)}; "
            "give another --out, or the lock that it was registered with"
        )
    if kept is None and (has_logs or any((folder / name).exists() for name in ASKED)):
        raise StudyError(
            f"{folder} holds exams that were asked before the lock; give another --out, or leave "
            "--lock out"
        )


def register(folder: Path, lock: Mapping[str, Any], found: Sequence[str]) -> None:
    """Keep the lock, and what differs from it, in the folder of results."""
    from balk.design.lock import LOCK_FILE, lock_hash

    write_whole(folder / LOCK_FILE, json.dumps(lock, indent=1, sort_keys=True) + "\n")
    asked = list(dict.fromkeys([*_asked(folder), *found]))
    _write(folder, {"lock": lock_hash(lock), "asked": asked, "counted": []})


def told(
    asked_in: Path, folder: Path, decisions: "pl.DataFrame", exams: "pl.DataFrame"
) -> dict[str, Any] | None:
    """Return what summary.json says of a lock, and list all deviations beside the tables.

    Parameters
    ----------
    asked_in : Path
        Folder of the run, which holds the lock and what deviated from it.
    folder : Path
        Where the tables are written.
    decisions, exams : DataFrame
        The tables.

    Returns
    -------
    dict or None
        ``hash``, ``deviations`` in sentences, and ``contrasts`` as of
        `balk.measure.registered.locked_contrasts`; None without a lock.
    """
    from balk.design.lock import lock_hash, of_instrument
    from balk.measure.parse import PARSER_VERSION
    from balk.measure.registered import locked_contrasts, missing_exams

    lock = find_lock(asked_in)
    if lock is None:
        return None
    hashed, asked = lock_hash(lock), _asked(asked_in)
    counted = [*of_instrument(lock, PARSER_VERSION), *missing_exams(lock, exams)]
    others = exams.filter(exams["lock"].ne_missing(hashed)).height
    if others:
        counted.append(f"{others} exams were not asked under this lock")
    counted = [said for said in counted if said not in asked]
    _write(folder, {"lock": hashed, "asked": asked, "counted": counted})
    return {
        "hash": hashed,
        "deviations": [*asked, *counted],
        "contrasts": locked_contrasts(lock, decisions),
    }


def _asked(folder: Path) -> list[str]:
    """Return what was asked otherwise than locked, in all runs so far."""
    path = folder / DEVIATIONS
    if not path.exists():
        return []
    try:
        return [str(said) for said in json.loads(path.read_text())["asked"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StudyError(
            f"{path}: what differed from the lock cannot be read ({error}); mend the file, or "
            "remove it and run again with --accept-deviations: what differs now is listed anew"
        ) from error


def _write(folder: Path, held: Mapping[str, Any]) -> None:
    write_whole(folder / DEVIATIONS, json.dumps(held, indent=1) + "\n")
