"""Whatever a subject writes is read, and does nothing."""

import csv
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from balk import pipeline
from balk.report.figures import forest
from balk.report.figures.draw import dressed, svg_of
from balk.report.shown import foreign, label
from report.conftest import Open
from report.hostile import HOSTILE, make_hostile_folder

UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x85\u200b\u2028-\u202e\u2066-\u2069\ufdd0\ufeff\ufffe\uffff\U000e0041]"
)


@pytest.fixture(scope="module")
def hostile(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = make_hostile_folder(folder, tmp_path_factory.mktemp("hostile") / "<u>study</u>")
    pipeline.report(out)
    return out


@pytest.fixture(scope="module")
def compared(hostile: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report that holds a hostile study, from a folder of a hostile name, against itself."""
    other = tmp_path_factory.mktemp("other") / "\u202e'><svg onload=alert(1)>"
    make_hostile_folder(folder, other)
    return pipeline.compare([hostile, other], other.parent / "out" / "report.html")


class Tags(HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page_of(request: pytest.FixtureRequest, of: str) -> Path:
    place: Path = request.getfixturevalue(of)
    return place / "report.html" if place.is_dir() else place


@pytest.fixture(scope="module", params=["hostile", "compared"])
def tags(request: pytest.FixtureRequest) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(page_of(request, request.param).read_text())
    return parser.found


def test_no_tag_of_a_reply_is_a_tag_of_the_page(
    tags: list[tuple[str, dict[str, str | None]]],
) -> None:
    names = {name for name, _ in tags}
    assert not names & {"img", "iframe", "object", "embed", "form", "base", "u"}
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


@pytest.mark.parametrize("of", ["hostile", "compared"])
def test_in_a_browser_nothing_happens_and_nothing_is_asked_for(
    open_page: Open, request: pytest.FixtureRequest, of: str
) -> None:
    path = page_of(request, of)
    seen = open_page(path)
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
    assert seen.requests == [path.as_uri()]
    assert page.locator("#intruder, img, iframe").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_a_phone_is_wide_enough_for_the_longest_word(open_page: Open, hostile: Path) -> None:
    seen = open_page(hostile / "report.html", viewport={"width": 390, "height": 800})
    seen.draw_all()
    seen.page.locator("#decisions-table").scroll_into_view_if_needed()
    seen.page.locator("#decisions-table tbody tr").first.wait_for()
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_cannot_be_seen_is_named_wherever_it_is_read(hostile: Path) -> None:
    """In texts and labels; a pointer into a file keeps its key as it is, and is not shown."""
    page = re.sub(r' data-at="[^"]*"', "", (hostile / "report.html").read_text())
    assert UNSEEN.findall(page) == []


def test_a_picture_can_be_drawn_of_any_name() -> None:
    """Text that may not stand in XML ends the process that draws, and no exception tells."""
    rows = [{"panel": text, "row": text, "value": 1.0, "low": 0.0, "high": 2.0} for text in HOSTILE]
    svg = svg_of(dressed(forest(rows, "skips")))
    assert "⟨U+0000⟩" in svg
    assert "⟨U+FFFF⟩" in svg
    assert UNSEEN.findall(svg) == []


def test_long_names_that_differ_at_their_ends_have_labels_that_differ() -> None:
    first, second = (f"openai-api-completions/lab/{'a' * 40}-step-{n}" for n in (1000, 2000))
    assert label(first) != label(second)
    assert len(label(first)) == len(label(second)) == 60


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
    assert not UNSEEN.search(inner)
    assert len(inner) < 15_000
    assert len(label(text)) <= 60
