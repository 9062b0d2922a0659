"""`balk author`: puzzles written by a language model, kept only where others confirm the key."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from balk.cli.options import reply_options
from balk.cli.out import file_to_write
from balk.cli.terms import STOPPED, call_options, limit_options, patience, read_limits

if TYPE_CHECKING:
    from balk.authoring import Authored
    from balk.design.authoring.order import Order

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
@click.option(
    "--tries",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Attempts of each solver.",
)
@click.option(
    "--n", type=click.IntRange(1), default=20, show_default=True, help="Puzzles asked for."
)
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
    "--calibration-tries",
    type=click.IntRange(1),
    default=5,
    show_default=True,
    help="Attempts at each puzzle by which that is measured.",
)
@click.option(
    "--max-accuracy",
    "most",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Keep puzzles on which no calibrated model is right more often.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the topics.")
@reply_options
@call_options
@limit_options
@click.option(
    "--dry-run", is_flag=True, help="Show how many calls it takes and the first prompt; ask none."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    required=True,
    metavar="FILE.jsonl",
    help="Puzzles with a confirmed key; balk run --puzzles FILE.jsonl asks them.",
)
@click.pass_context
def author(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    /,
    *,
    writer: str,
    solvers: tuple[str, ...],
    tries: int,
    n: int,
    level: int,
    domain: Literal["maths", "logic", "ethics"],
    calibrators: tuple[str, ...],
    calibration_tries: int,
    most: float,
    seed: int,
    temperature: float | None,
    max_tokens: int,
    max_connections: int,
    dry_run: bool,
    out: Path,
    **_: Any,  # noqa: ANN401 -- read from the context
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
    from balk.design.authoring.order import Order

    order = Order(
        author=writer,
        solvers=solvers,
        n=n,
        level=level,
        domain=domain,
        seed=seed,
        tries=tries,
        calibrators=calibrators,
        calibration_tries=calibration_tries,
        most=most,
        temperature=temperature,
        max_tokens=max_tokens,
    )
    show_order(order, with_prompt=dry_run)
    if dry_run:
        return
    from balk import authoring
    from balk.cli.answer_key_table import unfinished
    from balk.cli.interrupt import resumable
    from balk.cli.show import waiting

    limits, work = read_limits(ctx.params), authoring.work_of(out)
    so_far = "the logs: inspect view --log-dir {logs}"
    with resumable(work, so_far=so_far), patience(ctx.params), waiting("asking"):
        done = authoring.run(order, out, max_connections=max_connections, limits=limits)
    if done.unfinished:
        unfinished(done.unfinished, done.unfinished.stage)
        ctx.exit(STOPPED if done.unfinished.stopped else 1)
    show_authored(done, out)


def show_order(order: "Order", *, with_prompt: bool) -> None:
    """Print how many calls an order takes, and what an author is asked."""
    from balk.cli.show import console
    from balk.design.authoring.wishes import make_wishes, wish_text

    for name, (least, most) in order.n_calls().items():
        console.print(f"{name}: {most if least == most else f'{least} to {most}'} calls")
    if with_prompt:
        (wish, *_) = make_wishes(order.n, order.domain, order.level, order.seed)
        console.rule("the first prompt")
        console.print(wish_text(wish))


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
