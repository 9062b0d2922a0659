"""The site: built without a complaint, and complete in itself."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from balk.cli import main
from pages.blocks import ROOT

CHROMIUM = shutil.which("chromium") or ""
LOADED = {("img", "src"), ("script", "src"), ("iframe", "src"), ("source", "src"), ("link", "href")}


class Loads(HTMLParser):
    """What a page makes a browser load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if tag == "link" and held.get("rel") == "canonical":
            return
        self.found += [value for name, value in attrs if (tag, name) in LOADED and value]


BUILD = ("mkdocs", "build", "--strict")
"""What `make docs` runs; with --quiet no warning would count."""


def build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    words = (sys.executable, "-m", *BUILD, "--site-dir", str(out))
    return subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    done = build(ROOT, out)
    assert done.returncode == 0, done.stderr
    return out


def test_a_link_to_nowhere_breaks_the_build(tmp_path: Path) -> None:
    for name in ("mkdocs.yml", "docs", "src"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "docs").unlink()
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    page = tmp_path / "docs" / "index.md"
    page.write_text(page.read_text() + "\n[nowhere](no-such-page.md)\n")
    done = build(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert "no-such-page.md" in done.stderr


def test_make_builds_the_site_as_it_is_built_here() -> None:
    asked = subprocess.run(
        ("make", "-n", "docs"),  # noqa: S607 -- whichever make is there
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert re.search(rf"/{' '.join(BUILD)}(?! --quiet)", asked)


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        loads = Loads()
        loads.feed(page.read_text())
        assert not [one for one in loads.found if re.match(r"(?:[a-z]+:)?//", one)], page
    for style in site.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(?:https?:)?//", style.read_text()), style


@pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
def test_a_browser_asks_nobody_else(site: Path) -> None:
    asked: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda one: asked.append(one.url))
        for file in ("index.html", "tutorial.html", "reference/python.html"):
            page.goto((site / file).as_uri())
        browser.close()
    assert asked
    assert not [url for url in asked if not url.startswith(("file:", "data:"))]


def test_every_command_and_option_stands_on_the_page_of_commands(site: Path) -> None:
    page = (site / "reference" / "commands.html").read_text()
    for name, command in main.commands.items():
        assert f'id="balk-{name}"' in page
        for one in command.params:
            for option in one.opts if one.param_type_name == "option" else ():
                assert option in page
