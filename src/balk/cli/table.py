"""`balk table`: the tables again, from finished logs."""

from pathlib import Path

import click

from balk.cli.out import folder_to_write


@click.command()
@click.argument("logs", metavar="LOGS")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    metavar="DIR",
    help="Folder that the tables are written to.",
)
@click.option(
    "--reparse", is_flag=True, help="Read the replies again, as after a parser improvement."
)
def table(logs: str, out: Path, *, reparse: bool) -> None:
    """Write the tables again from the finished logs in LOGS. Never calls a model."""
    from balk import pipeline
    from balk.cli import show
    from balk.cli.summary import show_summary

    with show.waiting("reading logs"):
        results = pipeline.tabulate(logs, out, reparse=reparse)
    show_summary(results, logs)
