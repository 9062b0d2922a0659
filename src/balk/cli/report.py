"""`balk report`: one file that a person opens and believes."""

from pathlib import Path

import click

from balk.cli.out import file_to_write, folder_to_write


@click.command()
@click.argument(
    "folder", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR"
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    metavar="REPORT.html",
    help="File that the report is written to. Default: report.html in DIR.",
)
@click.option(
    "--bundle",
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    metavar="SITE",
    help="Write a site into a new folder instead: the report, and Inspect View on a copy of its "
    "logs. Any web server can serve it.",
)
def report(folder: Path, out: Path | None, bundle: Path | None) -> None:
    """Write the report of a run as one HTML file. Never calls a model.

    DIR is the folder of a run; fits.json in it is told where `balk fit` wrote one.
    """
    if out and bundle:
        raise click.UsageError("--out names a file and --bundle a folder; give one of them")
    from balk import pipeline
    from balk.cli.show import console, waiting

    with waiting("writing the report"):
        path = pipeline.bundle(folder, bundle) if bundle else pipeline.report(folder, out)
    console.print(f"Report: {path}", soft_wrap=True)
