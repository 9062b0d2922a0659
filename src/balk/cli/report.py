"""`balk report`: one file that a person opens and believes."""

from pathlib import Path

import click

from balk.cli.out import file_to_write, folder_to_write

COMPARISON = Path("comparison") / "report.html"


@click.command()
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR...",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    metavar="REPORT.html",
    help="File that the report is written to. Default: report.html in DIR, or in comparison/ "
    "where there are several.",
)
@click.option(
    "--no-files", is_flag=True, help="Write the page alone, not figures/ and tables/ beside it."
)
@click.option(
    "--bundle",
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    metavar="SITE",
    help="Write a site into a new folder instead: the report, and Inspect View on a copy of its "
    "logs. Any web server can serve it.",
)
@click.option(
    "--pair",
    "pairs",
    nargs=2,
    multiple=True,
    metavar="BASE TUNED",
    help="Two subjects to hold against each other on the same questions, the second less the "
    "first; again for more. Of several folders, a subject is called 'NAME in DIR'.",
)
def report(
    folders: tuple[Path, ...],
    *,
    out: Path | None,
    no_files: bool,
    bundle: Path | None,
    pairs: tuple[tuple[str, str], ...],
) -> None:
    """Write the report of a run as one HTML file. Never calls a model.

    DIR is the folder of a run; fits.json in it is told where `balk fit` wrote one. Figures are
    written beside the page as SVG and PNG, tables as CSV. Of several folders, each is held
    against the first, subject by subject, on the same questions; --pair says which subjects
    instead, and does so within one run too.
    """
    if out and bundle:
        raise click.UsageError("--out names a file and --bundle a folder; give one of them")
    if bundle and len(folders) > 1:
        raise click.UsageError(f"--bundle takes one folder, and {len(folders)} are named")
    from balk import pipeline
    from balk.cli.show import console, waiting

    with waiting("writing the report"):
        if bundle:
            path = pipeline.bundle(folders[0], bundle, pairs=pairs)
        elif len(folders) > 1:
            path = pipeline.compare(
                folders, out or COMPARISON, with_files=not no_files, pairs=pairs
            )
        else:
            path = pipeline.report(folders[0], out, with_files=not no_files, pairs=pairs)
    console.print(f"Report: {path}", soft_wrap=True)
