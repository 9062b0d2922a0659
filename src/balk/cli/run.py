"""`balk run`: put the exam to subjects and say what came out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from click.core import ParameterSource

from balk.cli.out import check_folder, folder_to_write
from balk.cli.until_decided import ask_in_rounds, refuse_what_rounds_choose
from balk.records import Interface

if TYPE_CHECKING:
    from balk.design.study import Study

SIMULATED = (
    "balk-sim/rational",
    "balk-sim/threshold",
    "balk-sim/use_the_parts",
    "balk-sim/tension",
    "balk-sim/relative_tension",
)
N_EXAMS = 20


def _several(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


@click.command()
@click.argument(
    "study_file", required=False, metavar="[STUDY.yaml]", type=click.Path(path_type=Path)
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="NAME",
    help="Inspect model name, such as openai/gpt-...; again for more. Default: simulated subjects.",
)
@click.option(
    "-M",
    "model_args",
    multiple=True,
    metavar="KEY=VALUE",
    help="Argument for the model's provider.",
)
@click.option(
    "--persona",
    "personas",
    multiple=True,
    metavar="NAME",
    default=("plain",),
    show_default=True,
    help="Named system prompt: plain, confident, contrarian, monday.",
)
@click.option(
    "--interface",
    type=click.Choice(get_args(Interface)),
    default="chat",
    show_default=True,
    help="Chat messages, or a document that a base model continues.",
)
@click.option(
    "--arm",
    "arms",
    multiple=True,
    metavar="NAME",
    default=("lifelines",),
    show_default=True,
    help="Wording and payoffs: penalty=0.5, say, or price+welcome; again for more (docs/arms.md).",
)
@click.option(
    "--lifelines",
    callback=_several,
    default="none,3,10,20",
    show_default=True,
    metavar="N,...",
    help="Lifelines offered; 'none' means never mentioned.",
)
@click.option(
    "--protocol",
    "protocols",
    callback=_several,
    default="batch,realtime",
    show_default=True,
    metavar="NAME,...",
    help="batch, realtime, isolated.",
)
@click.option(
    "--exams", type=int, default=N_EXAMS, show_default=True, help="Exams in each condition."
)
@click.option("--epochs", type=int, default=1, show_default=True, help="Repeats of every exam.")
@click.option("--questions", type=int, default=20, show_default=True, help="Questions in an exam.")
@click.option(
    "--pool", type=int, default=40, show_default=True, help="Puzzles that exams are drawn from."
)
@click.option(
    "--level", default="5", show_default=True, metavar="1-5", help="A level, or levels such as 3-5."
)
@click.option(
    "--puzzles",
    default="balk",
    show_default=True,
    metavar="SOURCE",
    help="balk, balk:FAMILY,..., ethics, a .jsonl or .csv file, hf:NAME?..., reasoning-gym:TASK.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Root of every random draw.")
@click.option("--temperature", type=float, default=1.0, show_default=True, help="Always sent.")
@click.option(
    "--max-tokens", type=int, help="Most tokens in a reply. Default: what the protocol needs."
)
@click.option("--logprobs", is_flag=True, help="Ask for log-probabilities; they fill p_skip.")
@click.option(
    "--max-connections",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Calls in flight for each model.",
)
@click.option(
    "--until-decided",
    is_flag=True,
    help="Ask in rounds, few and many lifelines, until a mechanism is declared or it is futile.",
)
@click.option(
    "--no-report", is_flag=True, help="Write the tables alone: no fits, no report of them."
)
@click.option(
    "--dry-run", is_flag=True, help="Say what would be asked, show the first prompt, ask nothing."
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    callback=folder_to_write,
    help="Folder of the results. Default: runs/ID, where ID is a hash of the study.",
)
@click.pass_context
def run(  # noqa: PLR0913 -- the options of a command line
    ctx: click.Context,
    /,
    *,
    dry_run: bool,
    no_report: bool,
    study_file: Path | None,
    out: Path | None,
    max_connections: int,
    until_decided: bool,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    """Put the lifeline exam to subjects. The same command resumes.

    STUDY.yaml says who is asked what (docs/studies.md); without one, the options do; without
    either, the built-in study runs.

    \b
    The folder gets logs/*.eval, decisions.parquet, exams.parquet, items.parquet, summary.json,
    fits.json and report.html.
    """  # noqa: D301 -- \b tells click to keep the lines
    from balk.cli import show
    from balk.cli.summary import show_summary
    from balk.cli.tell import fit_what_can_be, report_on

    if until_decided:
        refuse_what_rounds_choose(ctx)
    study = _chosen(ctx, study_file, options)
    folder = Path("runs") / study.id  # the id wants every prompt, so what is wrong shows here
    folder = out or folder
    if until_decided:
        ask_in_rounds(study, folder, max_connections, is_dry=dry_run)
        if not dry_run and not no_report:
            report_on(folder)
        return
    show.plan(study, folder)
    if dry_run:
        show.first_prompt(study)
        return
    check_folder(folder)
    from balk import pipeline

    with show.progress(study) as listener:
        results = pipeline.run(study, folder, max_connections=max_connections, listener=listener)
    show_summary(results)
    if not no_report:
        fit_what_can_be(results.folder)
        report_on(results.folder)
    if (results.decisions["outcome"] == "F").any():
        ctx.exit(1)


def _chosen(ctx: click.Context, study_file: Path | None, options: dict[str, Any]) -> "Study":
    """Return the study of a file, of the options, or the built-in one."""
    from balk.design.study_file import BUILT_IN, read_study

    given = [
        f"--{name.replace('_', '-')}"
        for name in options
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]
    if study_file and given:
        raise click.UsageError(
            f"{study_file} says who is asked what, and so does {', '.join(given)}; "
            "write it into the file or leave the file out"
        )
    if study_file:
        return read_study(study_file)
    if given or ctx.params["until_decided"]:
        return make_study(options)
    return read_study(BUILT_IN)


def make_study(options: dict[str, Any]) -> "Study":
    """Return the study that the command line describes."""
    from balk.design.doses import read_levels, read_lifelines
    from balk.design.study import Questions, Study

    return Study.crossed(
        options["models"] or SIMULATED,
        personas=options["personas"],
        interface=options["interface"],
        arms=options["arms"],
        lifelines=tuple(map(read_lifelines, options["lifelines"])),
        protocols=options["protocols"],
        questions=Questions(
            puzzles=options["puzzles"],
            levels=read_levels(options["level"]),
            pool=options["pool"],
            questions=options["questions"],
            exams=options["exams"],
            seed=options["seed"],
        ),
        epochs=options["epochs"],
        temperature=options["temperature"],
        max_tokens=options["max_tokens"],
        logprobs=options["logprobs"],
        model_args=dict(map(read_argument, options["model_args"])),
    )


def read_argument(text: str) -> tuple[str, Any]:
    """Return the name and value of ``KEY=VALUE``; a value that is JSON is read as such."""
    key, has_value, value = text.partition("=")
    if not has_value or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE; write -M slope=4, say")
    try:
        return key, json.loads(value)
    except json.JSONDecodeError:
        return key, value
