"""`balk answer-key`: what a subject claims of its answers, beside what they earn."""

from pathlib import Path
from typing import Any, Literal

import click

from balk.cli.interrupt import resumable
from balk.cli.options import reply_options
from balk.cli.out import folder_to_write
from balk.cli.terms import STOPPED, call_options, limit_options, patience, read_limits

SIMULATED = tuple(
    f"balk-key/{name}"
    for name in ("honest", "careless", "deferent", "overclaiming", "rationalising", "confessing")
)
GRADER = "balk-key/grader"


@click.command(name="answer-key")
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Inspect model name; again for more. Default: simulated subjects of known policy.",
)
@click.option(
    "--panel",
    "panels",
    multiple=True,
    metavar="NAME|FILE",
    help="All subjects of a panel (balk subjects) that hold conversations; again for more.",
)
@click.option("--author", metavar="NAME", help="Model that writes the false answers.")
@click.option("--grader", metavar="NAME", help="Model that classifies workings beside the rules.")
@click.option("--puzzles", "n_puzzles", type=int, default=100, show_default=True, help="How many.")
@click.option(
    "--source",
    default="balk",
    show_default=True,
    metavar="SOURCE",
    help="Where they come from: balk, balk:FAMILY,..., a .jsonl or .csv file, ...",
)
@click.option("--level", default="5", show_default=True, metavar="1-5", help="Their levels.")
@click.option("--batch", type=int, default=20, show_default=True, help="Puzzles in a conversation.")
@click.option(
    "--share", type=float, default=0.5, show_default=True, help="Of a mixed key that is false."
)
@click.option(
    "--workings",
    "layout",
    type=click.Choice(["apart", "together"]),
    default="apart",
    show_default=True,
    help="Each in a conversation of its own, or after the self-score they are about.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Root of every random draw.")
@reply_options
@call_options
@limit_options
@click.option("--no-report", is_flag=True, help="Write the tables alone, and no report of them.")
@click.option(
    "--dry-run", is_flag=True, help="Show how many calls it takes and the first prompts; ask none."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    help="Folder of the results. Default: runs/answer-key-ID.",
)
@click.pass_context
def answer_key(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    /,
    *,
    models: tuple[str, ...],
    panels: tuple[str, ...],
    author: str | None,
    grader: str | None,
    n_puzzles: int,
    source: str,
    level: str,
    batch: int,
    share: float,
    layout: Literal["apart", "together"],
    seed: int,
    temperature: float | None,
    max_tokens: int,
    max_connections: int,
    no_report: bool,
    dry_run: bool,
    out: Path | None,
    **_: Any,  # noqa: ANN401 -- read from the context
) -> None:
    """Show subjects true, false and mixed answer keys and compare what they claim and earn.

    The same command goes on where it was interrupted. What the numbers mean: docs/answer_key.md.

    \b
    The folder gets logs/STAGE/*.eval, sheets/*.json, answer_key.parquet, summary.json, report.html.
    """  # noqa: D301 -- \b tells click to keep the lines
    from balk.cli import answer_key_table as show
    from balk.cli.tell import report_on
    from balk.design.answer_key.study import AnswerKeyStudy
    from balk.design.doses import read_levels

    is_simulated = not models and not panels
    study = AnswerKeyStudy(
        subjects=SIMULATED if is_simulated else models,
        described=show.subjects_of(panels),
        author=author,
        grader=grader or (GRADER if is_simulated else None),
        puzzles=source,
        levels=read_levels(level),
        n_puzzles=n_puzzles,
        batch=batch,
        seed=seed,
        share=share,
        layout=layout,
        temperature=temperature,
        max_tokens=max_tokens,
    )
    folder = out or Path("runs") / f"answer-key-{study.id}"
    show.plan(study, folder)
    if dry_run:
        show.calls(study)
        show.first_prompts(study)
        return
    from balk import answer_key as pipeline

    limits = read_limits(ctx.params)
    so_far = "the logs: inspect view --log-dir {logs}"
    with resumable(folder, so_far=so_far), patience(ctx.params), show.progress() as listener:
        results = pipeline.run(
            study, folder, max_connections=max_connections, listener=listener, limits=limits
        )
    show.results(results)
    if not no_report:
        report_on(folder)
    if results.unfinished:
        ctx.exit(STOPPED if results.unfinished.stopped else 1)
