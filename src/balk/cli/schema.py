"""`balk schema`: what the file of a study or a panel may hold, for editors."""

import json

import click


@click.command()
@click.option("--panel", is_flag=True, help="That of a panel's file.")
def schema(*, panel: bool) -> None:
    """Write the JSON Schema of a study's file to standard output.

    \b
    balk schema > study.schema.json
    """  # noqa: D301 -- \b tells click to keep the lines
    from balk.design.panel_file import panel_schema
    from balk.design.study_file import study_schema

    click.echo(json.dumps(panel_schema() if panel else study_schema(), indent=1))
