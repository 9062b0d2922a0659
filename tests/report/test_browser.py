"""The report in headless Chromium: nothing leaves the page, charts are drawn, keys reach all."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
MOST_SCROLLS = 300

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")


@dataclass
class Seen:
    """A page that was opened, and what went wrong in it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def opened(browser: Browser, folder: Path) -> Iterator[Seen]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    seen = Seen(page)
    page.on("console", lambda m: seen.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto((folder / "report.html").as_uri())
    yield seen
    page.close()


def draw_all(page: Page) -> None:
    """Scroll from chart to chart until each is drawn."""
    waiting = page.locator("[data-chart]")
    for _ in range(MOST_SCROLLS):
        if not waiting.count():
            return
        page.evaluate("document.querySelector('[data-chart]')?.scrollIntoView()")
        page.wait_for_timeout(100)
    expect(waiting).to_have_count(0)


def test_charts_are_drawn_without_an_error_and_without_a_request(opened: Seen) -> None:
    page = opened.page
    n_charts = page.locator("[data-chart]").count()
    assert n_charts > 0
    draw_all(page)
    assert page.locator(".picture svg.marks").count() == n_charts
    assert not opened.errors
    assert [url for url in opened.requests if not url.startswith("file:")] == []
    assert len(opened.requests) == 1
