"""What the pages say is done as they say it, one page after the other."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

import balk
from balk.cli import main
from balk.mechanisms.plug_ins import plugged_in
from fake_provider import exam_taker, serve
from pages.blocks import PAGES, ROOT, Block, blocks, code_spans, links
from pages.reader import Reader, commands


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


WITH_CODE = [page for page in PAGES if any(block.language or block.file for block in blocks(page))]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """One server on this machine in the place of all providers; Inspect remembers where it is."""
    with serve(exam_taker) as fake:
        yield fake.url


@pytest.fixture
def reader(tmp_path: Path, provider: str) -> Iterator[Reader]:
    """Someone in an empty folder, without a way out of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        patch.setenv("PYTHONPATH", str(ROOT / "src"))
        for name in ("OPENAI", "VLLM", "OLLAMA"):
            patch.setenv(f"{name}_API_KEY", "key-of-a-test")
            patch.setenv(f"{name}_BASE_URL", provider)
        for proxy in ("http_proxy", "https_proxy"):  # nothing may leave the machine
            patch.setenv(proxy, "http://127.0.0.1:9")
        patch.setenv("no_proxy", "127.0.0.1")
        yield Reader(tmp_path, provider, patch)
    plugged_in.cache_clear()


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_a_page_can_be_followed_to_the_letter(page: Path, reader: Reader) -> None:
    for block in blocks(page):
        reader.follow(block)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is(page: Path) -> None:
    for block in blocks(page):
        assert block.is_fenced, block.text
        assert block.language, block.text
        assert block.language in {"text", "bash", "python"} or block.file, block.text


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_named_in_the_text_exist_with_their_options(page: Path) -> None:
    for span in code_spans(page):
        if match := re.match(r"balk ([a-z][a-z-]*)(.*)", span, re.DOTALL):
            command = main.commands[match[1]]
            known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            given = set(re.findall(r"(?<=\s)--?[a-zA-Z][\w-]*", match[2]))
            assert given <= known | {"-h", "--help"}, span


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    for link in links(page):
        if not re.match(r"[a-z]+:", link):
            file = link.partition("#")[0]
            assert not file or (page.parent / file).exists(), link


def test_what_is_said_of_recovery_is_what_was_measured() -> None:
    page = (ROOT / "docs" / "explanation" / "telling-mechanisms-apart.md").read_text()
    found = json.loads((ROOT / "benchmarks" / "mechanisms.json").read_text())["recovery"]
    assert f"{found['right']:.1%}".replace("%", " %") in page
    assert f"{found['declared']:.1%}".replace("%", " %") in page
    assert f"of {found['n_declared']:,} declarations none was wrong" in page
    assert found["n_wrong_declared"] == 0


def test_the_citation_names_the_version_and_the_licence_that_the_package_has() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert cited["version"] == project["version"] == balk.__version__
    assert cited["license"] == project["license"]


def test_a_command_is_read_as_a_shell_would() -> None:
    text = "balk run \\\n  --exams 2   # two\n\n# nothing\nbalk doctor\n"
    assert [shlex.split(line) for line in commands(text)] == [
        ["balk", "run", "--exams", "2"],
        ["balk", "doctor"],
    ]


def test_a_reader_notices_a_command_that_is_not_there(reader: Reader) -> None:
    for wrong in ("frob", "run --frob", "report no-such-folder"):
        block = blocks_of(f"```bash\nbalk {wrong}\n```\n", reader.folder)
        with pytest.raises((AssertionError, click.UsageError)):
            reader.follow(block)


def blocks_of(text: str, folder: Path) -> Block:
    page = folder / "page.md"
    page.write_text(text)
    return blocks(page)[0]
