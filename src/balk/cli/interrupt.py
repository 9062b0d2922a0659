"""Ctrl-C and SIGTERM end a run cleanly, and say how it goes on."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

INTERRUPTED = 130


@contextmanager
def resumable(
    folder: Path, logs: str | None = None, *, so_far: str = "balk table {logs} --out DIR"
) -> Iterator[None]:
    """Turn an interruption into two lines and exit code 130; SIGTERM counts as Ctrl-C."""
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    except KeyboardInterrupt:
        click.echo(
            f"\nInterrupted. What was paid for is kept in {folder}: the same command goes on where "
            "it stopped.\nWhat there is so far: " + so_far.format(logs=logs or folder / "logs"),
            err=True,
        )
        raise click.exceptions.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)
