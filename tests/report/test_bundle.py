"""The report as a site for sharing, with Inspect View beside it: served, opened and followed."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner
from inspect_ai.log import list_eval_logs, read_eval_log
from playwright.sync_api import sync_playwright

from balk import pipeline
from balk.cli import main
from balk.design.study import Questions, Study
from fake_provider import exam_taker, serve

CHROMIUM = shutil.which("chromium") or ""
SECRET = "key-that-must-not-leak"  # noqa: S105 -- of a fake provider


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site made of a study that was asked over HTTP with a secret key."""
    folder = tmp_path_factory.mktemp("bundle")
    study = Study.crossed(
        ("openai-api/fake/small",),
        lifelines=(None, 2),
        protocols=("batch",),
        questions=Questions(puzzles="balk:divisor_counts", pool=4, questions=4, exams=2),
    )
    with pytest.MonkeyPatch.context() as patch, serve(exam_taker) as fake:
        patch.setenv("FAKE_API_KEY", SECRET)
        patch.setenv("FAKE_BASE_URL", fake.url)
        pipeline.run(study, folder / "study", max_connections=4)
        pipeline.bundle(folder / "study", folder / "site")
    return folder / "site"


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
def test_links_of_the_report_lead_to_the_log_and_to_the_exam(address: str) -> None:
    left: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda one: left.append(one.url))
        page.goto(address)
        page.locator("#logs summary").click()
        page.locator("#logs tbody tr").first.locator("a").first.click()
        page.get_by_text("openai-api/fake/small").first.wait_for()
        page.goto(address)
        page.locator("#logs summary").click()
        page.locator("#logs tbody tr").last.locator("a").last.click()
        page.get_by_text("I look at each in turn.").first.wait_for()
        browser.close()
    assert [url for url in left if not url.startswith((address, "data:", "blob:"))] == []


def test_no_key_and_no_path_of_this_machine_is_shared(site: Path) -> None:
    own = str(site.parent).encode()
    for path in site.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert SECRET.encode() not in held, path
            assert own not in held, path
    for log in list_eval_logs(str(site / "viewer" / "logs")):
        told = read_eval_log(log).model_copy(update={"location": ""}).model_dump_json()
        assert SECRET not in told
        assert str(site.parent) not in told


def test_a_site_is_never_written_over(site: Path) -> None:
    before = (site / "index.html").read_bytes()
    for there in (site, site.parent / "study"):
        done = CliRunner().invoke(
            main, ("report", str(site.parent / "study"), "--bundle", str(there))
        )
        assert done.exit_code == 2
        assert "is there already" in done.output
    assert (site / "index.html").read_bytes() == before


def test_a_study_without_logs_makes_no_site(site: Path, tmp_path: Path) -> None:
    for file in (site.parent / "study").iterdir():
        if file.is_file():
            shutil.copy(file, tmp_path)
    done = CliRunner().invoke(main, ("report", str(tmp_path), "--bundle", str(tmp_path / "site")))
    assert done.exit_code == 2
    assert "holds no logs" in done.output
    assert not (tmp_path / "site").exists()
