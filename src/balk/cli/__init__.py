"""The command `balk`. Whatever is slow to import is imported by the command that needs it."""

import os
from typing import Any

import click

from balk import __version__
from balk.cli.answer_key import answer_key
from balk.cli.author import author
from balk.cli.doctor import doctor
from balk.cli.fit import fit
from balk.cli.parse import parse
from balk.cli.plan import plan
from balk.cli.power import power
from balk.cli.puzzles import puzzles
from balk.cli.recover import recover
from balk.cli.report import report
from balk.cli.run import run
from balk.cli.schema import schema
from balk.cli.subjects import subjects
from balk.cli.table import table
from balk.cli.view import view
from balk.errors import BalkError

# The matrices of a fit are small: threads cost it twice the time. Read when NumPy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

EXIT_CODES = """\b
Exit codes:
  0    done
  1    done, but some exams broke off or could not be asked; the same command asks them again
  2    refused: the message says what was seen, what is allowed and what to do
  3    stopped by a limit; the same command with a higher one asks the rest
  130  interrupted; the same command goes on where it stopped
"""


class Commands(click.Group):
    """A group whose errors are one clear line."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's signature
        """Run the command, turning balk's errors into usage errors."""
        try:
            return super().invoke(ctx)
        except BalkError as error:
            raise click.UsageError(str(error), ctx=None) from error


@click.group(
    cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__, prog_name="balk")
def main() -> None:
    """Measure whether language models stop short of hard questions, and why.

    balk gives a subject exams in which an attempt can only gain, offers lifelines that skip
    questions for nothing, and counts what is given away.
    """


for command in (
    *(run, plan, table, fit, report, view, recover, power, answer_key),
    *(puzzles, author, parse, schema, subjects, doctor),
):
    main.add_command(command)
