"""A reader who follows a page to the letter, in a folder of their own, without a network."""

import contextlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from balk.cli import main
from balk.mechanisms.plug_ins import plugged_in
from pages.blocks import ROOT, Block

# A command on a page asks as much as a study needs; the test of the page asks little.
SMALL_RUN = ("--exams", "2", "--questions", "4", "--pool", "8", "--lifelines", "none,2")
NO_REPORT = ("--no-report",)  # pages that need a report ask for it
SMALL: dict[str, tuple[str, ...]] = {
    "run": SMALL_RUN,
    "plan": SMALL_RUN,
    "answer-key": ("--puzzles", "4", "--batch", "2", "--source", "balk:divisor_counts"),
    "author": ("--n", "2", "--level", "2"),
    "power": ("--questions", "4", "--pool", "8"),
    "recover": ("--datasets", "1", "--truth", "threshold", "--exams-per-dose", "2", "--jobs", "1"),
}
SMALL_QUESTIONS = {"exams": 2, "questions": 4, "pool": 8}
NOT_RUN = {"view"}
"""Commands that wait for a person; they are parsed here and run elsewhere."""

ELSEWHERE = {"vllm", "ollama", "uv", "git"}
"""Programs of others that pages name; a page says what they need."""

OWN_STUDY = """
subjects: [balk-sim/tension]
questions: {exams: 2, questions: 4, pool: 8}
blocks: [{lifelines: [none, 2], protocols: batch}]
"""
"""What a page calls STUDY.yaml: a study that the reader has written."""

FILES = {"cat", "ls", "mkdir", "head", "python"}


class Reader:
    """Someone who does what a page says."""

    def __init__(self, folder: Path, provider: str, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.provider = provider
        self.patch = patch
        self.names: dict[str, Any] = {"__name__": "page"}
        (folder / "STUDY.yaml").write_text(OWN_STUDY)

    def follow(self, block: Block) -> None:
        """Save, run or check one block."""
        if block.file:
            self._save(block)
        elif block.language == "bash":
            for line in commands(block.text):
                self._type(line, needs=block.needs)
        elif block.language == "python":
            exec(compile(block.text, "a page", "exec"), self.names)  # noqa: S102 -- our own page

    def _save(self, block: Block) -> None:
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made_small(block.text) if is_study(block.text) else block.text)

    def _type(self, line: str, needs: str) -> None:
        for part in line.split(" && "):
            words = [self._filled_in(word) for word in shlex.split(part)]
            words, out = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, "")
            said = self._do(words, needs)
            if out:
                Path(out).write_text(said)

    def _filled_in(self, word: str) -> str:
        if "runs/ID" not in word:
            return word
        runs = sorted(Path("runs").iterdir(), key=lambda path: path.stat().st_mtime)
        return word.replace("runs/ID", str(runs[-1]))

    def _do(self, words: list[str], needs: str) -> str:
        program, arguments = words[0], words[1:]
        if program == "balk":
            return balk(arguments, is_run=not needs)
        if program in ELSEWHERE:
            assert needs, f"{program} is not balk's; say what it needs: <!-- test: needs ... -->"
            return ""
        if program in FILES:
            return spoken([sys.executable if program == "python" else program, *arguments])
        return KNOWN[program](self, arguments)


def commands(text: str) -> Iterator[str]:
    """Yield the commands of a block: comments left out, broken lines joined."""
    for line in text.replace("\\\n", " ").splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line).strip()
        if bare:
            yield bare


def balk(arguments: list[str], *, is_run: bool) -> str:
    """Run a command of balk, made small; or check that it would be understood."""
    name, rest = arguments[0], arguments[1:]
    if name.startswith("-"):
        return told(CliRunner().invoke(main, arguments))
    is_free = not (rest and rest[0].endswith((".yaml", ".yml")))  # a file says all by itself
    small = SMALL.get(name, ()) if is_free and "--until-decided" not in rest else ()
    if name == "run" and (not is_run or "--until-decided" in rest):
        return told(CliRunner().invoke(main, [name, *rest, *small, "--dry-run"]))
    if not is_run or name in NOT_RUN:
        main.commands[name].make_context(name, list(rest))
        return ""
    more = NO_REPORT if name == "run" else ()
    return told(CliRunner().invoke(main, [name, *rest, *small, *more]))


def told(done: Any) -> str:  # noqa: ANN401 -- click's result
    """Return what a command said, if it went well."""
    assert done.exit_code == 0, f"{done.output}\n{done.exception!r}"
    return str(done.stdout)


def spoken(words: list[str]) -> str:
    """Return what another program said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, f"{shlex.join(words)}: {done.stderr}"
    return done.stdout


def is_study(text: str) -> bool:
    """Tell whether a file is a study, and not a list of subjects alone."""
    with contextlib.suppress(yaml.YAMLError):
        held = yaml.safe_load(text)
        return (
            isinstance(held, dict)
            and "subjects" in held
            and bool({"blocks", "questions"} & set(held))
        )
    return False


def made_small(study: str) -> str:
    """Return a study with few exams of few questions."""
    held = yaml.safe_load(study)
    held["questions"] = held.get("questions", {}) | SMALL_QUESTIONS
    for block in held.get("blocks", ()):
        block.pop("exams", None)
    return yaml.safe_dump(held)


def _export(reader: Reader, arguments: list[str]) -> str:
    for argument in arguments:
        name, _, value = argument.partition("=")
        is_address = name.endswith("_BASE_URL")
        reader.patch.setenv(name, reader.provider if is_address else value)
    return ""


def _cd(reader: Reader, arguments: list[str]) -> str:
    reader.patch.chdir(arguments[0])
    return ""


def _make(_: Reader, arguments: list[str]) -> str:
    """Check that there are such targets; they are run by those who run the tests."""
    return spoken(["make", "--no-print-directory", "-C", str(ROOT), "-n", *arguments])


def _source(_: Reader, arguments: list[str]) -> str:
    assert arguments == [".venv/bin/activate"]
    return ""


def _pip(reader: Reader, arguments: list[str]) -> str:
    """Install what a page made; of packages from elsewhere, check the extras of balk."""
    assert arguments[0] == "install"
    wanted = [one for one in arguments[1:] if not one.startswith("-")]
    if wanted == ["."]:
        return _install(reader)
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    for one in wanted:
        named = re.fullmatch(r"balk\[(.+)\]", one)
        assert named, f"pip install {one}: not an extra of balk"
        assert set(named[1].split(",")) <= set(extras)
    return ""


def _install(reader: Reader) -> str:
    target = reader.folder / "installed"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index")
    said = spoken([*pip, "--no-build-isolation", "--target", str(target), "."])
    reader.patch.syspath_prepend(str(target))
    reader.patch.setenv("PYTHONPATH", os.pathsep.join([str(target), os.environ["PYTHONPATH"]]))
    plugged_in.cache_clear()
    return said


def _inspect(_: Reader, arguments: list[str]) -> str:
    return spoken([sys.executable, "-m", "inspect_ai", *arguments, "--display", "none"])


KNOWN: dict[str, Callable[[Reader, list[str]], str]] = {
    "export": _export,
    "cd": _cd,
    "make": _make,
    "source": _source,
    "pip": _pip,
    "inspect": _inspect,
}
