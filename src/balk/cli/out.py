"""Where results go: looked at before anything is computed or asked."""

import os
from pathlib import Path

import click


def file_to_write(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    """Return a file that an option names, if it can be written."""
    if value is not None:
        check_file(value)
    return value


def folder_to_write(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    """Return a folder that an option names, if it can be made and written into."""
    if value is not None:
        check_folder(value)
    return value


def check_file(path: Path) -> None:
    """Raise `click.UsageError` unless a file can be written; its folder must be there."""
    folder = path.parent
    if not _takes_files(folder):
        raise click.UsageError(
            f"{path}: {folder} is no folder that can be written into; make it, or name a file in "
            "another"
        )
    if path.is_dir() or (path.exists() and not os.access(path, os.W_OK)):
        raise click.UsageError(f"{path} cannot be written over; name another file")


def check_folder(path: Path) -> None:
    """Raise `click.UsageError` unless a folder is there or can be made, and written into."""
    there = next(one for one in (path, *path.absolute().parents) if _exists(one))
    if not _takes_files(there):
        raise click.UsageError(
            f"{path}: {there} is no folder that can be written into; name a folder elsewhere"
        )


def _exists(path: Path) -> bool:
    return os.access(path, os.F_OK)


def _takes_files(folder: Path) -> bool:
    return os.access(folder, os.W_OK | os.X_OK) and folder.is_dir()
