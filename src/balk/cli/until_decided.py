"""`balk run --until-decided`: asking in rounds, as a person sees it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from balk.cli.out import check_folder

if TYPE_CHECKING:
    from balk.design.study import Study


def refuse_what_rounds_choose(ctx: click.Context) -> None:
    """Raise `click.UsageError` where options name what `--until-decided` chooses by itself."""
    from balk.mechanisms.stopping import Rule

    named = [
        f"--{name}"
        for name in ("lifelines", "exams")
        if ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]
    if not named:
        return
    rule = Rule()
    few, many = rule.doses
    raise click.UsageError(
        f"{' and '.join(named)} with --until-decided, which chooses both lifelines (none, {few} "
        f"and {many}, then {rule.middle}) and how many exams; leave out {' and '.join(named)}, or "
        "--until-decided"
    )


def ask_in_rounds(study: "Study", folder: Path, max_connections: int, *, is_dry: bool) -> None:
    """Ask in rounds, telling after each what is known, and leave tables and fits.

    Where `is_dry`, only show what the first round would ask.
    """
    from balk.cli import show
    from balk.cli.fit import show_fits, write_fits
    from balk.cli.show import console
    from balk.mechanisms.stopping import Rule
    from balk.rounds import first_round, run_until_decided

    first = first_round(study)
    show.plan_of_rounds(first, folder, Rule().most)
    if is_dry:
        for part in first:
            show.first_prompt(part)
        return
    check_folder(folder)
    _, ended = run_until_decided(
        study,
        folder,
        max_connections=max_connections,
        tell=lambda name, step: console.print(
            f"{name}: {step.n_exams} exams, {step.action}: {step.why}"
        ),
    )
    show_fits(write_fits(folder / "decisions.parquet", folder / "items.parquet"), folder)
    for one in ended:
        console.print(f"{one.subject}: {one.step.n_exams} exams, {one.step.why}")
