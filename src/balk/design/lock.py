"""Pre-registration: what a study commits itself to before the first call, and what differed.

A lock holds a hash of every part of what is asked and counted, so that whatever differs afterwards
can be named. Its own hash goes with the run into task arguments, logs, tables and numbers.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from balk.design.choices import with_choices
from balk.design.code_hash import code_hash
from balk.design.locked_contrasts import contrasts, without_contrast
from balk.design.study import Cell, Study
from balk.design.subjects import Subject
from balk.errors import StudyError
from balk.version import __version__

LOCK_VERSION = 3
LOCK_FILE = "study.lock.json"
SPLIT_STREAM = 0x53504C54  # keeps the split apart from every other use of the same seed
PACKAGES = ("inspect_ai", "math_verify", "numpy", "polars", "sympy")
"""Those that ask, mark and count."""

FILES = {".jsonl", ".csv", ".json"}
"""Endings of puzzle sources that are files: what is in them counts, and not their names."""

EXCLUSIONS = (
    "exams of which no call came back are counted, and left out of every number",
    "questions that did not come back on both sides are left out of a comparison",
    "replies without a decision keep a row with the reason, are no skip and earn nothing",
    "items never attempted without lifelines count in forgone points from 0 to 1",
)
"""What is left out of which number; nothing else is."""

Lock = Mapping[str, Any]


def make_lock(study: Study, parser_version: int) -> dict[str, Any]:
    """Return what a study commits itself to, as plain data.

    Parameters
    ----------
    study : Study
        Who is asked what.
    parser_version : int
        Of the parser that replies will be read with.

    Returns
    -------
    dict
        ``code`` (version, and hash as `balk.design.code_hash` has it), ``packages`` (versions of
        those that ask, mark and count), ``parser_version``, ``questions`` (seed and numbers),
        ``subjects`` (name -> settings), ``grader``, ``cells`` (name -> facts, exams, arm version
        and hash of its prompts), ``puzzles`` (id -> exploratory or confirmatory, half and half by
        the seed), ``exclusions``, ``contrasts`` with the sign that each mechanism predicts and
        what has to hold for it, and
        ``without_contrast``, the conditions that are in none of these.
    """
    return {
        "lock_version": LOCK_VERSION,
        "code": {"version": __version__, "hash": code_hash()},
        "packages": _packages(),
        "parser_version": parser_version,
        "questions": _questions(study),
        "subjects": {one.name: _settings(one) for one in study.subjects},
        "grader": study.grader,
        "cells": {cell.name: _cell(study, cell) for cell in study.cells()},
        "puzzles": _split(study),
        "exclusions": list(EXCLUSIONS),
        "contrasts": contrasts(study),
        "without_contrast": without_contrast(study),
    }


def lock_hash(lock: Lock) -> str:
    """Return the hash of a lock, whatever the order of its keys: 12 hexadecimal digits."""
    content = json.dumps(lock, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def read_lock(path: Path) -> dict[str, Any]:
    """Return the lock that `balk plan --lock` wrote.

    Raises
    ------
    StudyError
        If there is none, or it is of another version.
    """
    try:
        lock = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise StudyError(
            f"{path}: no lock can be read ({error}); write one with: balk plan STUDY.yaml --lock"
        ) from error
    if not isinstance(lock, dict) or lock.get("lock_version") != LOCK_VERSION:
        raise StudyError(
            f"{path}: not a lock of version {LOCK_VERSION}; write one with: balk plan --lock"
        )
    return lock


def deviations(lock: Lock, study: Study, parser_version: int) -> list[str]:
    """Return in sentences whatever of a study is not as it was locked; none if all is."""
    now = make_lock(study, parser_version)
    return [*of_instrument(lock, parser_version), *_of_study(lock, now)]


def of_instrument(lock: Lock, parser_version: int) -> list[str]:
    """Return in sentences what of code and parser is not as it was locked."""
    now, then = _packages(), lock["packages"]
    seen = {
        "balk's version": (lock["code"]["version"], __version__),
        "code": (lock["code"]["hash"], code_hash()),
        "parser version": (lock["parser_version"], parser_version),
        **{name: (then.get(name), now.get(name)) for name in sorted(now.keys() | then.keys())},
    }
    return [f"{name}: locked {a}, now {b}" for name, (a, b) in seen.items() if a != b]


def _of_study(locked: Lock, now: Lock) -> Iterator[str]:
    for kind in ("questions", "subjects", "cells"):
        yield from _of_mapping(kind, locked[kind], now[kind])
    for half in ("exploratory", "confirmatory"):
        before, after = (_half(lock, half) for lock in (locked, now))
        if before != after:
            yield (
                f"puzzles, {half}: {len(before - after)} of {len(before)} locked ones are not "
                f"asked, {len(after - before)} others are"
            )
    if locked["grader"] != now["grader"]:
        yield f"grader: {_changed(locked['grader'], now['grader'])}"
    for name in ("exclusions", "contrasts"):
        if locked[name] != now[name]:
            yield f"{name}: not those that were locked"


def _of_mapping(kind: str, locked: Lock, now: Lock) -> Iterator[str]:
    for name in sorted(locked.keys() | now.keys()):
        if name not in now:
            yield f"{kind}, {name}: locked, and not asked"
        elif name not in locked:
            yield f"{kind}, {name}: asked, and not locked"
        elif locked[name] != now[name]:
            yield f"{kind}, {name}: {_changed(locked[name], now[name])}"


def _changed(before: Any, after: Any) -> str:  # noqa: ANN401 -- JSON data
    if not isinstance(before, dict) or not isinstance(after, dict):
        return f"locked {json.dumps(before)}, now {json.dumps(after)}"
    return "; ".join(
        f"{key} locked {json.dumps(before.get(key))}, now {json.dumps(after.get(key))}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    )


def _half(lock: Lock, half: str) -> set[str]:
    return {name for name, own in lock["puzzles"].items() if own == half}


def _packages() -> dict[str, str]:
    """Return the versions of the packages that numbers depend on."""
    return {name: version(name) for name in PACKAGES}


def _settings(subject: Subject) -> dict[str, Any]:
    """Return what a subject is asked with; how many calls are in flight changes no reply."""
    return _without_path(subject.model_dump(mode="json", exclude={"max_connections"}))


def _questions(study: Study) -> dict[str, Any]:
    return _without_path(study.questions.model_dump(mode="json") | {"epochs": study.epochs})


def _without_path(asked: dict[str, Any]) -> dict[str, Any]:
    """Leave out where a file of puzzles lies: its puzzles are locked, and its name is free."""
    suffix = Path(asked["puzzles"] or "").suffix
    return asked | ({"puzzles": f"a {suffix} file"} if suffix in FILES else {})


def _cell(study: Study, cell: Cell) -> dict[str, Any]:
    """Return what tells a cell's exams apart in the tables, and what they are."""
    arm = cell.condition.arm
    return {
        "subject": cell.subject.name,
        "arm": arm.name,
        "penalty": arm.penalty,
        "price": arm.price,
        "protocol": cell.condition.protocol,
        "lifelines": cell.condition.lifelines,
        "n_exams": cell.n_exams * study.epochs,
        "arm_version": arm.version,
        "prompts": study.wording(cell),
    } | ({"probes": list(cell.probes)} if cell.probes else {})


def _split(study: Study) -> dict[str, str]:
    """Return which half of the analysis each puzzle belongs to, with choices or without."""
    pools = dict.fromkeys(study.asked(cell) for cell in study.cells())
    puzzles = {puzzle.id: puzzle for asked in pools for puzzle in asked.make_pool()}
    seeds = np.random.SeedSequence(study.questions.seed, spawn_key=(SPLIT_STREAM,))
    order = np.random.default_rng(seeds).permutation(len(puzzles))
    names = sorted(puzzles)
    first = {names[int(i)] for i in order[: len(names) // 2]}
    half = {name: "exploratory" if name in first else "confirmatory" for name in names}
    if any(condition.arm.choices for condition in study.conditions()):
        half |= {with_choices(puzzles[name]).id: half[name] for name in names}
    return half
