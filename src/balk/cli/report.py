"""`balk report`: one file that a person opens and believes."""

from pathlib import Path

import click

from balk.cli.out import file_to_write


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
def report(folder: Path, out: Path | None) -> None:
    """Write the report of a run as one HTML file. Never calls a model.

    DIR is the folder of a run; fits.json in it is told where `balk fit` wrote one.
    """
    from balk import pipeline
    from balk.cli.show import console, waiting

    with waiting("writing the report"):
        path = pipeline.report(folder, out)
    console.print(f"Report: {path}", soft_wrap=True)
