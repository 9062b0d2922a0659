"""`balk schema`: what a study's file may hold, for editors."""

import json

import click


@click.command()
def schema() -> None:
    """Write the JSON Schema of a study to standard output.

    \b
    balk schema > study.schema.json
    """  # noqa: D301 -- \b tells click to keep the lines
    from balk.design.study_file import study_schema

    click.echo(json.dumps(study_schema(), indent=1))
