"""`balk author`: puzzles written by a language model, kept only where others confirm the key."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from balk.cli.out import file_to_write

if TYPE_CHECKING:
    from balk.authoring import Authored

AUTHOR, SOLVERS = "balk-key/author", ("balk-key/solver",)


@click.command()
@click.option("--author", "writer", default=AUTHOR, show_default=True, metavar="MODEL")
@click.option(
    "--solver",
    "solvers",
    multiple=True,
    default=SOLVERS,
    show_default=True,
    metavar="MODEL",
    help="Solves each puzzle alone; again for more. All must come to the author's key.",
)
@click.option("--tries", type=int, default=2, show_default=True, help="Attempts of each solver.")
@click.option("--n", type=int, default=20, show_default=True, help="Puzzles asked for.")
@click.option("--level", type=click.IntRange(1, 5), default=5, show_default=True)
@click.option(
    "--domain",
    type=click.Choice(["maths", "logic", "ethics"]),
    default="maths",
    show_default=True,
)
@click.option(
    "--calibrate",
    "calibrators",
    multiple=True,
    metavar="MODEL",
    help="Measure how often this model is right on each puzzle; again for more.",
)
@click.option(
    "--max-accuracy",
    "most",
    type=float,
    default=1.0,
    show_default=True,
    help="Keep puzzles on which no calibrated model is right more often.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the topics.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    required=True,
    metavar="FILE.jsonl",
    help="Puzzles with a confirmed key; balk run --puzzles FILE.jsonl asks them.",
)
def author(  # noqa: PLR0913 -- one parameter an option
    *,
    writer: str,
    solvers: tuple[str, ...],
    tries: int,
    n: int,
    level: int,
    domain: Literal["maths", "logic", "ethics"],
    calibrators: tuple[str, ...],
    most: float,
    seed: int,
    out: Path,
) -> None:
    """Have puzzles written, and keep those whose key others confirm.

    Where an author supplies a short Python check, it is run without network, files or much time,
    and only where the system can shut it in. The same command goes on where it was interrupted.

    \b
    FILE.jsonl              puzzles with a confirmed key
    FILE.unconfirmed.jsonl  the others, never used for marks
    FILE.record.jsonl       who wrote and who confirmed what, and why a puzzle is apart
    FILE.work/              every prompt and reply
    """  # noqa: D301 -- \b tells click to keep the lines
    if out.suffix != ".jsonl":
        raise click.UsageError(f"{out} ends in {out.suffix!r}; puzzles are written as .jsonl")
    from balk import authoring
    from balk.cli.interrupt import resumable
    from balk.cli.show import waiting

    order = authoring.Order(
        author=writer,
        solvers=solvers,
        n=n,
        level=level,
        domain=domain,
        seed=seed,
        tries=tries,
        calibrators=calibrators,
        most=most,
    )
    work = out.with_suffix(".work")
    with resumable(work, so_far="the logs: inspect view --log-dir {logs}"), waiting("asking"):
        done = authoring.run(order, out)
    show_authored(done, out)


def show_authored(done: "Authored", out: Path) -> None:
    """Print how many puzzles are confirmed, by whom, and why the others are not."""
    from balk.cli.show import console

    console.print(f"{len(done.confirmed)} of {len(done.records)} puzzles confirmed", style="bold")
    checks = Counter(record.check for record in done.records if record.puzzle)
    told = ", ".join(f"{n} {name}" for name, n in sorted(checks.items()))
    console.print(f"Checks: {told}")
    stopped = [one.check_reason for one in done.records if one.check == "unverified"]
    for reason, n in Counter(stopped).most_common(3):
        console.print(f"  {n} unverified: {reason}")
    for reason, n in Counter(one.reason for one in done.records if one.reason).most_common():
        console.print(f"  {n} apart: {reason}")
    console.print(
        f"\n{out}\n{out.with_suffix('.unconfirmed.jsonl')}\n{out.with_suffix('.record.jsonl')}",
        soft_wrap=True,
    )
