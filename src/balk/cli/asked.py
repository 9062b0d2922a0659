"""Who is asked what: the options that `balk run` and `balk plan` share."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
from click.core import ParameterSource

from balk.cli.options import MAX_CONNECTIONS, TEMPERATURE, Command, with_options
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
SETTINGS = (
    "personas",
    "interface",
    "temperature",
    "max_tokens",
    "reasoning_effort",
    "reasoning_tokens",
    "logprobs",
    "model_args",
)
"""Options that say how the models of --model are asked; a panel's subjects say so themselves."""

HOW = ("study_file", "max_connections", "provider_batch")
"""Parameters of these options that do not say what is asked of whom."""


def _several(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


OPTIONS = (
    click.argument(
        "study_file", required=False, metavar="[STUDY.yaml]", type=click.Path(path_type=Path)
    ),
    click.option(
        "--model",
        "models",
        multiple=True,
        metavar="NAME",
        help="Inspect model name, such as openai/gpt-...; again for more. "
        "Default, without a panel: simulated subjects.",
    ),
    click.option(
        "--panel",
        "panels",
        multiple=True,
        metavar="NAME|FILE",
        help="All subjects of a panel (balk subjects), or of a YAML file; again for more.",
    ),
    click.option(
        "-M",
        "model_args",
        multiple=True,
        metavar="KEY=VALUE",
        help="Argument for the model's provider.",
    ),
    click.option(
        "--persona",
        "personas",
        multiple=True,
        metavar="NAME",
        default=("plain",),
        show_default=True,
        help="Named system prompt: plain, confident, contrarian, monday.",
    ),
    click.option(
        "--interface",
        type=click.Choice(get_args(Interface)),
        default="chat",
        show_default=True,
        help="Chat messages, or a document that a base model continues.",
    ),
    click.option(
        "--arm",
        "arms",
        multiple=True,
        metavar="NAME",
        default=("lifelines",),
        show_default=True,
        help="Wording and payoffs: penalty=0.5, say, or price+welcome; again for more "
        "(docs/arms.md).",
    ),
    click.option(
        "--lifelines",
        callback=_several,
        default="none,3,10,20",
        show_default=True,
        metavar="N,...",
        help="Lifelines offered; 'none' means never mentioned.",
    ),
    click.option(
        "--protocol",
        "protocols",
        callback=_several,
        default="batch,realtime",
        show_default=True,
        metavar="NAME,...",
        help="batch, realtime, isolated.",
    ),
    click.option(
        "--probe",
        "probes",
        multiple=True,
        metavar="NAME",
        help="Asked after each exam: payoff, reasons, follow_up, advice; again for more "
        "(docs/probes.md).",
    ),
    click.option(
        "--grader",
        metavar="NAME",
        help="Model that sorts the stated reasons which the rules cannot. Default: none does.",
    ),
    click.option(
        "--exams", type=int, default=N_EXAMS, show_default=True, help="Exams in each condition."
    ),
    click.option("--epochs", type=int, default=1, show_default=True, help="Repeats of every exam."),
    click.option(
        "--questions", type=int, default=20, show_default=True, help="Questions in an exam."
    ),
    click.option(
        "--pool", type=int, default=40, show_default=True, help="Puzzles that exams are drawn from."
    ),
    click.option(
        "--level",
        default="5",
        show_default=True,
        metavar="1-5",
        help="A level, or levels such as 3-5.",
    ),
    click.option(
        "--puzzles",
        default="balk",
        show_default=True,
        metavar="SOURCE",
        help="balk, balk:FAMILY,..., ethics, a .jsonl or .csv file, hf:NAME?..., "
        "reasoning-gym:TASK.",
    ),
    click.option(
        "--seed", type=int, default=0, show_default=True, help="Root of every random draw."
    ),
    TEMPERATURE,
    click.option(
        "--max-tokens", type=int, help="Most tokens in a reply. Default: what the protocol needs."
    ),
    click.option(
        "--reasoning-effort",
        metavar="EFFORT",
        help="none, minimal, low, medium, high, xhigh, max: what the model knows of these.",
    ),
    click.option("--reasoning-tokens", type=int, help="Most tokens to think with."),
    click.option("--logprobs", is_flag=True, help="Ask for log-probabilities; they fill p_skip."),
    MAX_CONNECTIONS,
    click.option(
        "--provider-batch",
        is_flag=True,
        help="Send calls through the provider's batch mode: often half the price, in hours.",
    ),
)


def _named() -> list[click.Parameter]:
    """Return the parameters that `OPTIONS` make."""

    @study_options
    def nothing() -> None:
        """Carry the options."""

    return click.command()(nothing).params


def study_options(command: Command) -> Command:
    """Give a command the options that say who is asked what, and how many at a time."""
    return with_options(command, OPTIONS)


def chosen_study(ctx: click.Context) -> "Study":
    """Return the study of a file, of the options, or the built-in one."""
    from balk.design.study_file import BUILT_IN, read_study

    study_file: Path | None = ctx.params["study_file"]
    what = [option.name for option in _named() if option.name and option.name not in HOW]
    given = [name for name in what if _is_given(ctx, name)]
    if study_file and given:
        raise click.UsageError(
            f"{study_file} says who is asked what, and so does {_flags(ctx, given)}; "
            "write it into the file or leave the file out"
        )
    if study_file:
        return read_study(study_file)
    _refuse_settings_of_panels(ctx, given)
    if given or ctx.params.get("until_decided"):
        return make_study(ctx.params)
    return read_study(BUILT_IN)


def _is_given(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is not ParameterSource.DEFAULT


def _flags(ctx: click.Context, names: list[str]) -> str:
    """Return options as they are typed."""
    typed = {option.name: option.opts[0] for option in ctx.command.params}
    return ", ".join(typed[name] for name in names)


def _refuse_settings_of_panels(ctx: click.Context, given: list[str]) -> None:
    if not ctx.params["panels"] or ctx.params["models"]:
        return
    if settings := [name for name in given if name in SETTINGS]:
        raise click.UsageError(
            f"{_flags(ctx, settings)} goes with --model; the subjects of a panel say their own "
            "settings: write a panel of your own (docs/subjects.md)"
        )


def make_study(options: dict[str, Any]) -> "Study":
    """Return the study that the command line describes."""
    from balk.design.doses import read_levels, read_lifelines
    from balk.design.panel_file import read_panel
    from balk.design.probes import in_order
    from balk.design.study import Questions, Study

    panels = [read_panel(name) for name in options["panels"]]
    return Study.crossed(
        options["models"] or (() if panels else SIMULATED),
        others=[entry.subject for panel in panels for entry in panel.subjects],
        personas=options["personas"],
        interface=options["interface"],
        arms=options["arms"],
        lifelines=tuple(map(read_lifelines, options["lifelines"])),
        protocols=options["protocols"],
        probes=in_order(options["probes"]),
        grader=options["grader"],
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
        reasoning_effort=options["reasoning_effort"],
        reasoning_tokens=options["reasoning_tokens"],
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
