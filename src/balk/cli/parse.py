"""`balk parse`: read replies that were made elsewhere."""

from pathlib import Path

import click

from balk.cli.out import file_to_write


@click.command()
@click.argument(
    "replies", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="REPLIES.jsonl"
)
@click.option(
    "--exit-word", metavar="WORD", help="The word that skips a question, where a row names none."
)
@click.option(
    "--choices", metavar="A,B,...", default="", help="Letters of multiple-choice questions."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    metavar="OUT.jsonl",
    help="Written with id, outcome, answer, confidence, provenance.",
)
def parse(replies: Path, exit_word: str | None, choices: str, out: Path) -> None:
    """Read replies to single questions: one JSON object a line, with id and text.

    A row may name its own exit_word (null: none was offered) and choices.
    """
    from balk.measure.reply_files import read_replies, write_readings

    letters = tuple(part.strip() for part in choices.split(",") if part.strip())
    counts = write_readings(read_replies(replies, exit_word, letters), out)
    total = sum(counts.values())
    shares = ", ".join(f"{outcome} {n}" for outcome, n in sorted(counts.items()))
    click.echo(f"{total} replies read ({shares}); written to {out}")
