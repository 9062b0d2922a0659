import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from balk import pipeline
from report.material_made import make_folder
from report.material_told import make_told_folder

CHROMIUM = shutil.which("chromium") or ""
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
MOST_SCROLLS = 300
REFUSED = {"error", "warning"}
"""What no page may say to the console."""


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small finished study, with its report."""
    made = make_folder(tmp_path_factory.mktemp("report") / "small-study")
    pipeline.report(made)
    return made


@pytest.fixture(scope="session")
def told_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registered study with probes and arms, with its report."""
    made = make_told_folder(tmp_path_factory.mktemp("report") / "told-study")
    pipeline.report(made)
    return made


@pytest.fixture(scope="module")
def browser(folder: Path, told_folder: Path) -> Iterator[Browser]:
    """Headless Chromium; opened after the studies are run, since both want the event loop."""
    del folder, told_folder
    if not CHROMIUM:
        pytest.skip("Debian's chromium is not installed")
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield opened
        opened.close()


@dataclass
class Seen:
    """A page that was opened, and what went on in it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def draw_all(self) -> None:
        """Scroll from chart to chart until each is drawn."""
        waiting = self.page.locator("[data-chart]")
        for _ in range(MOST_SCROLLS):
            if not waiting.count():
                return
            self.page.evaluate("document.querySelector('[data-chart]')?.scrollIntoView()")
            self.page.wait_for_timeout(100)
        expect(waiting).to_have_count(0)


Open = Callable[..., Seen]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open a file, or nothing, in a page of its own; options are those of a browser context."""
    contexts = []

    def opened(path: Path | None = None, **options: object) -> Seen:
        options = {"viewport": {"width": 1280, "height": 800}} | options
        contexts.append(browser.new_context(**options))  # type: ignore[arg-type]
        seen = Seen(contexts[-1].new_page())
        page = seen.page
        page.on("console", lambda m: seen.errors.append(m.text) if m.type in REFUSED else None)
        page.on("pageerror", lambda error: seen.errors.append(str(error)))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.on("dialog", lambda dialog: seen.dialogs.append(dialog.message))
        page.goto(path.as_uri() if path else "about:blank")
        return seen

    yield opened
    for context in contexts:
        context.close()
