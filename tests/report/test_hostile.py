"""Whatever a subject writes is read, and does nothing."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from balk import pipeline
from balk.report.shown import foreign, label
from report.conftest import Open
from report.hostile import HOSTILE, make_hostile_folder


@pytest.fixture(scope="module")
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = make_hostile_folder(folder, tmp_path_factory.mktemp("hostile") / "<i>study</i>")
    pipeline.report(out)
    return out


class Tags(HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def tags(hostile: Path) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed((hostile / "report.html").read_text())
    return parser.found


def test_no_tag_of_a_reply_is_a_tag_of_the_page(
    tags: list[tuple[str, dict[str, str | None]]],
) -> None:
    names = {name for name, _ in tags}
    assert not names & {"img", "iframe", "object", "embed", "form", "base", "i"}
    assert sum(name == "style" for name, _ in tags) == 1
    assert sum(name == "h1" for name, _ in tags) == 1
    assert "intruder" not in {attributes.get("id") for _, attributes in tags}


def test_no_attribute_runs_or_loads_anything(
    tags: list[tuple[str, dict[str, str | None]]],
) -> None:
    for name, attributes in tags:
        assert not any(key.startswith("on") for key in attributes), name
        for key in ("src", "href", "xlink:href", "srcset", "action", "formaction"):
            assert re.match(r"#|$", attributes.get(key) or ""), (name, attributes)


def test_the_page_holds_no_more_of_an_endless_reply_than_it_shows(hostile: Path) -> None:
    assert (hostile / "report.html").stat().st_size < 3e6


def test_in_a_browser_nothing_happens_and_nothing_is_asked_for(
    open_page: Open, hostile: Path
) -> None:
    seen = open_page(hostile / "report.html")
    page = seen.page
    seen.draw_all()
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.locator("#decisions-table").scroll_into_view_if_needed()
    page.locator("#decisions-table tbody tr").first.wait_for()
    page.get_by_role("button", name="More rows").click()
    cells = page.locator("[data-panel]").first
    cells.scroll_into_view_if_needed()
    cells.click(position={"x": 5, "y": 5})
    page.locator("#tip").wait_for()
    assert seen.dialogs == []
    assert seen.errors == []
    assert seen.requests == [(hostile / "report.html").as_uri()]
    assert page.locator("#intruder, img, iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_phone_is_wide_enough_for_the_longest_word(open_page: Open, hostile: Path) -> None:
    seen = open_page(hostile / "report.html", viewport={"width": 390, "height": 800})
    seen.draw_all()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_notebook_is_shown_no_markup_of_a_reply(hostile: Path) -> None:
    results = pipeline.finish(pipeline.read_results(hostile).decisions, hostile)
    parser = Tags()
    parser.feed(results._repr_html_())
    names = {name for name, _ in parser.found}
    assert not names & {"script", "img", "iframe", "style", "a"}


def test_no_cell_of_a_csv_file_is_a_formula(hostile: Path) -> None:
    csv.field_size_limit(2_000_000)
    for path in (hostile / "tables").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            cells = [
                cell for row in csv.reader(line.replace("\0", "") for line in file) for cell in row
            ]
        assert not [one for one in cells if re.match(r"[=@+]|-(?![\d.])", one)], path.name


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_foreign_text_is_visible_and_isolated(text: str) -> None:
    shown = str(foreign(text))
    assert shown.startswith("<bdi>")
    inner = shown.removeprefix("<bdi>").partition("</bdi>")[0]
    assert "<" not in inner
    assert '"' not in inner
    assert not re.search("[\x00-\x08\x0b-\x1f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", inner)
    assert len(inner) < 15_000
    assert len(label(text)) <= 60
