"""`balk view`: the report, and every prompt and reply behind it, in the browser."""

import signal
import socket
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import click

from balk.errors import TableError

if TYPE_CHECKING:
    from subprocess import Popen

HOST = "127.0.0.1"
HOSTS = (HOST, "localhost")
PORT = 7575
"""Inspect View's own; another is taken where it is not free."""

WAIT_S = 60.0
STEP_S = 0.1


@click.command()
@click.argument(
    "folder",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
)
@click.option("--no-browser", is_flag=True, help="Print the addresses and open nothing.")
def view(folder: Path, *, no_browser: bool) -> None:
    """Read the report of a run beside its prompts and replies, until Ctrl-C.

    DIR is the folder of a run. The report is made anew from its tables and links into Inspect
    View; both are served on this machine alone. Never calls a model.
    """
    from balk import pipeline
    from balk.cli.show import waiting

    port = free_port(PORT)
    viewer = f"http://{HOST}:{port}/"
    with waiting("writing the report"):
        page = pipeline.report_page(folder, viewer=viewer)
    with interruptible(), logs_viewed(folder / "logs", port), page_served(page) as address:
        click.echo(f"Report: {address}\nInspect View: {viewer}\nCtrl-C stops both.")
        if not no_browser:
            webbrowser.open(address)
        threading.Event().wait()


@contextmanager
def interruptible() -> Iterator[None]:
    """Let Ctrl-C, and a request to end, leave the block without a complaint."""
    asked = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(one, signal.default_int_handler) for one in asked]
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped.")
    finally:
        for one, handler in zip(asked, before, strict=True):
            signal.signal(one, handler)


@contextmanager
def logs_viewed(logs: Path, port: int) -> Iterator[None]:
    """Run Inspect View on a folder of logs, ready when the block is entered.

    Raises
    ------
    TableError
        If it ends, or does not answer in a minute.
    """
    from balk.cli.show import waiting
    from balk.elicit.viewer import start_viewer

    process = start_viewer(logs, HOST, port)
    try:
        with waiting("starting Inspect View"):
            _wait_until_it_answers(process, port)
        yield
    finally:
        process.terminate()
        process.communicate()


def _wait_until_it_answers(process: "Popen[bytes]", port: int) -> None:
    for _ in range(round(WAIT_S / STEP_S)):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(STEP_S)
    process.terminate()
    said = process.communicate()[1].decode(errors="replace").strip().rpartition("\n")[2]
    raise TableError(f"Inspect View did not start on port {port}: {said or 'no answer'}")


@contextmanager
def page_served(page: str) -> Iterator[str]:
    """Serve one page on this machine, and yield its address."""
    body = page.encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = (self.headers["Host"] or "").partition(":")[0]
            is_ours = host in HOSTS and self.path == "/"  # a stranger's name is not ours
            self.send_response(200 if is_ours else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body) if is_ours else 0))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body if is_ours else b"")

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}/"
        finally:
            server.shutdown()


def free_port(wanted: int) -> int:
    """Return a port on this machine: the one wanted, or any other where it is taken."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
