"""A hash of the code that can change what is asked, read or counted: never of words about it.

It covers the Python files of `COVERED`, without comments, docstrings and blank lines, and the
templates beside them, without comments and with plain line ends. It leaves out what cannot
matter to a study that is locked: code that only shows, plans or says who could be asked
(`LEFT_OUT`, `cli`, `report`), experiments that have no lock, and files of data. What panels,
studies and puzzle files say is in the lock itself, as subjects, cells and puzzles.
"""

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath

COVERED = (
    "design",
    "elicit",
    "measure",
    "mechanisms",
    "dose_response",
    "estimates.py",
    "pipeline.py",
    "records.py",
    "registration.py",
    "rounds.py",
    "shrinkage.py",
)
"""Folders and files of the package."""

LEFT_OUT = (
    # Only plans.
    "design/cautions.py",
    "design/plan.py",
    "design/prices.py",
    "design/probe_plan.py",
    "design/rates.py",
    "design/token_counts.py",
    "elicit/pilot.py",
    "measure/detectable.py",
    # Only shows, or says who could be asked.
    "design/panel_file.py",
    "elicit/progress.py",
    "elicit/readiness.py",
    "elicit/viewer.py",
    # Experiments without a lock.
    "design/answer_key",
    "design/authoring",
    "elicit/answer_key",
    "elicit/authoring",
    "measure/answer_key",
)
"""Files and folders among these that cannot matter to a locked study."""

SUFFIXES = {".py", ".j2"}
_REMARK = re.compile(r"\{#(-?).*?(-?)#\}", re.DOTALL)


def code_hash(root: Path | None = None) -> str:
    """Return the hash of the package's code: 12 hexadecimal digits.

    Parameters
    ----------
    root : Path, optional
        Folder of the package; by default the one that is running.
    """
    return _running() if root is None else _hash_of(root)


@cache
def _running() -> str:
    return _hash_of(Path(__file__).parents[1])


def _hash_of(root: Path) -> str:
    digest = hashlib.sha256()
    for name in sorted(_names(root)):
        text = (root / name).read_text(encoding="utf-8")
        content = statements(text) if name.endswith(".py") else without_remarks(text)
        digest.update(f"{name}\x00{content}\x00".encode())
    return digest.hexdigest()[:12]


def statements(source: str) -> str:
    """Return Python source without comments, docstrings, blank lines and trailing blanks."""
    lines = source.splitlines()
    for first, last in _docstrings(ast.parse(source)):
        lines[first - 1 : last] = [""] * (last - first + 1)
    for row, column in _comments(source):
        lines[row - 1] = lines[row - 1][:column]
    return "\n".join(line.rstrip() for line in lines if line.strip())


def without_remarks(template: str) -> str:
    """Return a template with its comments empty; the signs that eat blanks stay."""
    return _REMARK.sub(r"{#\1\2#}", template)


def _names(root: Path) -> Iterator[str]:
    for covered in COVERED:
        at = root / covered
        for path in [at] if at.is_file() else at.rglob("*"):
            name = path.relative_to(root).as_posix()
            if path.suffix in SUFFIXES and not _is_left_out(name):
                yield name


def _is_left_out(name: str) -> bool:
    return any(PurePosixPath(name).is_relative_to(one) for one in LEFT_OUT)


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """Yield first and last line of every constant that stands as a statement: it does nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.lineno, node.end_lineno or node.lineno


def _comments(source: str) -> Iterator[tuple[int, int]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start
