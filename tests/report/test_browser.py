"""The report in headless Chromium: nothing leaves the page, charts are drawn, keys reach all."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from report.conftest import Open

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
STEPS_OF_TAB = 400
REACHED = ("[data-panel]", ".scroll", "summary", "nav a", "select", "button")


@pytest.fixture(scope="session")
def report(folder: Path) -> Path:
    return folder / "report.html"


def test_charts_are_drawn_without_an_error_and_without_a_request(
    open_page: Open, report: Path
) -> None:
    seen = open_page(report)
    n_charts = seen.page.locator("[data-chart]").count()
    assert n_charts > 5
    seen.draw_all()
    assert seen.page.locator(".picture svg.marks").count() == n_charts
    assert not seen.errors
    assert seen.requests == [report.as_uri()]


@pytest.mark.parametrize(
    ("options", "answers"),
    [({}, ".lead, .verdict, .answer .told p"), (PHONE, ".lead, .answer:first-child p")],
    ids=["desktop", "phone"],
)
def test_the_first_screen_has_the_answer(
    open_page: Open, report: Path, options: dict[str, object], answers: str
) -> None:
    page = open_page(report, **options).page
    told = page.locator(answers).all()
    assert len(told) > 2
    for answer in told:
        box = answer.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < page.evaluate("window.innerHeight")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("study", ["folder", "told_folder"])
def test_axe_finds_nothing_to_object_to(
    open_page: Open, request: pytest.FixtureRequest, study: str, scheme: str
) -> None:
    report = request.getfixturevalue(study) / "report.html"
    seen = open_page(report, color_scheme=scheme, bypass_csp=True)  # axe is a script of its own
    seen.draw_all()
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    found = Axe().run(seen.page, options={"resultTypes": ["violations", "passes"]}).response
    assert len(found["passes"]) > 20
    assert [(one["id"], one["impact"], one["help"]) for one in found["violations"]] == []


@pytest.mark.parametrize("study", ["folder", "told_folder"])
def test_nothing_is_wider_than_a_phone(
    open_page: Open, request: pytest.FixtureRequest, study: str
) -> None:
    seen = open_page(request.getfixturevalue(study) / "report.html", **PHONE)
    seen.draw_all()
    width = seen.page.evaluate("document.documentElement.scrollWidth")
    assert width <= seen.page.evaluate("window.innerWidth")


def tell(page: Page) -> str:
    tip = page.locator("#tip")
    expect(tip).to_be_visible()
    return tip.inner_text()


def test_a_cell_tells_of_its_decision_to_mouse_and_keyboard(open_page: Open, report: Path) -> None:
    page = open_page(report).page
    cells = page.locator("[data-panel]").first
    cells.scroll_into_view_if_needed()
    cells.hover(position={"x": 4, "y": 4})
    hovered = tell(page)
    for said in ("question", "decision", "answer", "right is", "confidence", "reply", "log"):
        assert said in hovered
    cells.focus()
    page.keyboard.press("ArrowDown")
    first = tell(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tip")).not_to_have_text(first)
    expect(page.locator("#spoken")).to_contain_text("question")
    page.keyboard.press("Escape")
    expect(page.locator("#tip")).to_be_hidden()


def test_a_cell_tells_of_its_decision_to_a_finger(open_page: Open, report: Path) -> None:
    page = open_page(report, **PHONE).page
    cells = page.locator("[data-panel]").first
    cells.scroll_into_view_if_needed()
    cells.tap(position={"x": 10, "y": 10})
    assert "decision" in tell(page)
    box = page.locator("#tip").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_the_cell_that_is_told_of_is_the_one_that_is_pointed_at(
    open_page: Open, report: Path
) -> None:
    """The sheet is drawn here and its data are read there: both must mean the same decision."""
    page = open_page(report).page
    skipped = page.locator("[data-panel]").filter(has=page.locator(".o-s")).first
    skipped.scroll_into_view_if_needed()
    path = skipped.locator(".o-s").first.get_attribute("d") or ""
    (x, y), (width, height) = (
        (float(part) for part in re.findall(r"[\d.]+", text)[:2])
        for text in (path, (skipped.locator("svg").get_attribute("viewBox") or "")[4:])
    )
    box = skipped.bounding_box()
    assert box is not None
    across, down = (x + 4) / width * box["width"], (y + 3) / height * box["height"]
    skipped.hover(position={"x": across, "y": down})
    assert "skip" in tell(page)


def test_the_table_of_decisions_shows_what_is_asked_for(open_page: Open, report: Path) -> None:
    page = open_page(report).page
    page.locator("#decisions-table").scroll_into_view_if_needed()
    rows = page.locator("#decisions-table tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="More rows").click()
    expect(rows).to_have_count(100)
    page.locator(".controls label", has_text="decision").locator("select").select_option("skip")
    page.locator(".controls label", has_text="subject").locator("select").select_option(
        "balk-sim/threshold"
    )
    expect(rows.first).to_contain_text("skip")
    told = rows.all_inner_texts()
    assert told
    assert all("skip" in text and "balk-sim/threshold" in text for text in told)


def test_tab_reaches_every_sheet_figure_and_control(open_page: Open, report: Path) -> None:
    page = open_page(report).page
    page.locator("#decisions-table").scroll_into_view_if_needed()
    expect(page.locator("#decisions-table tbody tr")).to_have_count(50)
    page.evaluate("window.scrollTo(0, 0)")
    n_wanted = page.locator(", ".join(f"{one}:visible" for one in REACHED)).count()
    reached = 0
    for _ in range(STEPS_OF_TAB):
        page.keyboard.press("Tab")
        reached += page.evaluate(
            "(wanted) => document.activeElement.matches(wanted)", ", ".join(REACHED)
        )
        if reached == n_wanted:
            break
    assert reached == n_wanted


def test_without_scripts_everything_but_the_table_is_there(open_page: Open, report: Path) -> None:
    seen = open_page(report, java_script_enabled=False)
    page = seen.page
    for name in ("The answer", "Every decision", "Skips and points", "Methods"):
        assert page.get_by_role("heading", name=name, exact=True).count() == 1
    for picture in page.locator(".picture svg").all()[:3]:
        assert (picture.bounding_box() or {"height": 0})["height"] > 50
    expect(page.locator("#decisions-table noscript, #decisions-table .note").first).to_be_visible()
    assert not seen.errors


def test_print_shows_figures_and_opens_what_is_folded(open_page: Open, report: Path) -> None:
    seen = open_page(report)
    seen.page.emulate_media(media="print")
    expect(seen.page.locator("nav")).to_be_hidden()
    seen.page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert seen.page.locator("details:not([open])").count() == 0
    assert seen.page.pdf().startswith(b"%PDF")
