"""`balk run`: put the exam to subjects and say what came out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from balk.cli.asked import chosen_study, study_options
from balk.cli.interrupt import resumable
from balk.cli.out import check_folder, folder_to_write
from balk.cli.plan import describe
from balk.cli.terms import (
    STOPPED,
    call_options,
    patience,
    read_terms,
    refuse_terms_in_rounds,
    term_options,
)
from balk.cli.until_decided import ask_in_rounds, refuse_what_rounds_choose

if TYPE_CHECKING:
    from balk.design.study import Study


@click.command()
@study_options
@term_options
@click.option(
    "--until-decided",
    is_flag=True,
    help="Ask in rounds, few and many lifelines, until a mechanism is declared or it is futile.",
)
@click.option(
    "--usable", is_flag=True, help="Ask only subjects whose key, package and server are there."
)
@click.option(
    "--no-report", is_flag=True, help="Write the tables alone: no fits, no report of them."
)
@click.option("--dry-run", is_flag=True, help="Show the plan and the first prompts, ask nothing.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    help="Folder of the results. Default: runs/ID, where ID is a hash of the study.",
)
@call_options
@click.option(
    "--logs",
    metavar="URL",
    help="Where the logs go: a folder, or s3://BUCKET/PATH. Default: logs/ in the results' folder.",
)
@click.pass_context
def run(  # noqa: PLR0913 -- the options of a command line
    ctx: click.Context,
    /,
    *,
    dry_run: bool,
    usable: bool,
    no_report: bool,
    out: Path | None,
    max_connections: int,
    until_decided: bool,
    **_: Any,  # noqa: ANN401 -- read from the context
) -> None:
    """Put the lifeline exam to subjects. The same command resumes.

    STUDY.yaml says who is asked what (docs/studies.md); without one, the options do; without
    either, the built-in study runs.

    \b
    The folder gets logs/*.eval, decisions.parquet, exams.parquet, items.parquet, summary.json,
    fits.json and report.html.
    """  # noqa: D301 -- \b tells click to keep the lines
    from balk.cli.tell import report_on

    if until_decided:
        refuse_what_rounds_choose(ctx)
        refuse_terms_in_rounds(ctx)
        if ctx.params["logs"]:
            raise click.UsageError("--logs with --until-decided, whose rounds keep their own logs")
    study = _usable(chosen_study(ctx), only=usable, is_dry=dry_run)
    folder = Path("runs") / study.id  # the id wants every prompt, so what is wrong shows here
    folder = out or folder
    if dry_run and not until_decided:
        _show(ctx, study, folder)
        return
    if not dry_run:
        check_folder(folder)
    with patience(ctx.params, is_dry=dry_run), resumable(folder, ctx.params["logs"]):
        if until_decided:
            ask_in_rounds(study, folder, max_connections, is_dry=dry_run)
            if not dry_run and not no_report:
                report_on(folder)
        else:
            _ask(ctx, study, folder)


def _show(ctx: click.Context, study: "Study", folder: Path) -> None:
    from balk.cli import show
    from balk.cli.show_plan import show_plan

    show_plan(study, describe(study, **ctx.params))
    show.results(folder)
    show.first_prompt(study)


def _ask(ctx: click.Context, study: "Study", folder: Path) -> None:
    from balk import pipeline
    from balk.cli import show
    from balk.cli.failures import show_failed_probes, show_failures
    from balk.cli.progress import progress
    from balk.cli.summary import show_summary
    from balk.cli.tell import fit_what_can_be, report_on

    terms = read_terms(ctx, study)
    show.plan(study, folder)
    flights, logs = ctx.params["max_connections"], ctx.params["logs"]
    with progress(study) as told:
        results = pipeline.run(
            study, folder, max_connections=flights, logs=logs, listener=told.hear, terms=terms
        )
    if not told.n_heard and not results.stopped:
        show.tell("Nothing was left to ask; the tables are made again from the logs.")
    show_summary(results, logs)
    if not ctx.params["no_report"]:
        fit_what_can_be(folder)
        report_on(folder)
    is_lacking = show_failed_probes(results.exams)
    if results.stopped:
        show.console.print(
            f"\nStopped by {results.stopped}; no exam was begun after that. The same command with "
            "a higher limit asks the rest.",
            style="bold",
        )
        ctx.exit(STOPPED)
    if show_failures(study, results.decisions) or is_lacking:
        ctx.exit(1)


def _usable(study: "Study", *, only: bool, is_dry: bool) -> "Study":
    """Return the study as it can be asked from here, saying who is left out."""
    from balk.cli.usable import check_usable, missing, only_usable

    without = missing(study)
    if only and without:
        study = only_usable(study, without)
    if only or is_dry:
        for name, what in without.items():
            click.echo(f"{'Left out' if only else 'Not usable now'}: {name} lacks {what}")
        return study
    check_usable(study, without)
    return study
