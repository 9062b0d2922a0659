"""Runs the checks of authored puzzles, each once: what came of one is kept beside the logs.

A check may come to something else when it is run again (it may draw, or be slow). Were it run
anew when an order goes on, other puzzles might be put to solvers than before.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from balk.elicit.authoring.sandbox import CheckRun, run_check
from balk.measure.mark import is_right
from balk.measure.mark_number import read_number
from balk.records import Puzzle

NAME = "checks.jsonl"


class KeptChecks:
    """What came of checks, by their code.

    Parameters
    ----------
    folder : Path
        Where it is kept, as ``checks.jsonl``.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._runs = _read(self._path)

    def run(self, code: str, *, how: Callable[[str], CheckRun] = run_check) -> CheckRun:
        """Return what comes of a check: run now, or what came of it earlier."""
        name = hashlib.sha256(code.encode(errors="replace")).hexdigest()[:24]
        if name not in self._runs:
            self._runs[name] = how(code)
            line = json.dumps({"check": name} | asdict(self._runs[name]))
            with self._path.open("a", encoding="utf-8") as file:
                # A line that a kill cut off must not swallow the next.
                file.write(f"\n{line}\n" if file.tell() else f"{line}\n")
        return self._runs[name]


def _read(path: Path) -> dict[str, CheckRun]:
    runs = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            held = json.loads(line)
            name = held.pop("check")
            runs[name] = CheckRun(**held)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # cut off by a kill
    return runs


def verdict(run: CheckRun, puzzle: Puzzle) -> tuple[str, str]:
    """Return what a check says of a puzzle's key, and why or what else.

    Only a check that ends by itself and prints one answer of the key's kind says anything: what
    prints a table or nothing is no evidence against a key.
    """
    if run.status != "done":
        return "unverified", f"{run.status}: {run.reason[:200]}"
    n_lines = len(run.output.splitlines())
    if n_lines != 1:
        return "unverified", f"it printed {n_lines or 'no'} lines, not one answer"
    if puzzle.marking == "number" and read_number(run.output, percent=True) is None:
        return "unverified", f"it printed no number: {run.output[:40]!r}"
    is_same = is_right(run.output, puzzle.key, puzzle.marking)
    return ("agrees", "") if is_same else ("differs", repr(run.output[:40]))
