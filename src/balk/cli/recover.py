"""`balk recover`: whether the mechanisms would be told apart in a design of one's own."""

import json
from pathlib import Path
from typing import Any

import click

from balk.cli.out import file_to_write

DOSES = "1,2,3,5,10,15,20"


def read_doses(_: click.Context | None, __: click.Parameter | None, value: str) -> tuple[int, ...]:
    """Return doses written with commas, each at least 1, in order and once."""
    try:
        doses = sorted({int(part) for part in value.split(",")})
    except ValueError:
        doses = [0]
    if not doses or doses[0] < 1:
        raise click.BadParameter(f"{value!r} are no doses; give lifelines such as 3,10,20")
    return tuple(doses)


@click.command()
@click.option(
    "--doses",
    callback=read_doses,
    default=DOSES,
    show_default=True,
    metavar="N,...",
    help="Lifelines offered.",
)
@click.option(
    "--exams-per-dose", type=click.IntRange(1), default=10, show_default=True, metavar="N"
)
@click.option(
    "--plain-exams",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    metavar="N",
    help="Exams without lifelines, from which beliefs are learnt.",
)
@click.option("--questions", type=click.IntRange(1), default=20, show_default=True)
@click.option("--pool", type=click.IntRange(1), default=40, show_default=True)
@click.option(
    "--datasets",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Subjects drawn of each truth.",
)
@click.option(
    "--truth",
    "truths",
    multiple=True,
    metavar="NAME",
    help="Truth to draw; again for more. Default: all named cells.",
)
@click.option("--outside", is_flag=True, help="Draw truths outside the family as well.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    callback=file_to_write,
    metavar="F.json",
    help="File for every figure.",
)
def recover(
    *,
    doses: tuple[int, ...],
    exams_per_dose: int,
    plain_exams: int,
    outside: bool,
    out: Path | None,
    **options: Any,  # noqa: ANN401 -- click passes what the options say
) -> None:
    """Draw subjects of known truth, let them sit a design, and tell what is recovered.

    The generator is written apart from the fitted code. Nothing here talks to a model.
    """
    from balk.cli.show import console, waiting
    from balk.mechanisms.recover import recovery
    from balk.mechanisms.truths.cells import TRUTHS
    from balk.mechanisms.truths.designs import Design
    from balk.mechanisms.truths.outside import OUTSIDE

    design = Design(
        doses, exams_per_dose, options["questions"], options["pool"], n_baseline=plain_exams
    )
    names = options["truths"] or (*TRUTHS, *(OUTSIDE if outside else ()))
    with waiting("drawing and fitting"):
        found = recovery(
            design, names, options["datasets"], seed=options["seed"], jobs=options["jobs"]
        )
    if out:
        out.write_text(json.dumps(found, indent=1, allow_nan=False) + "\n")
    _show(found, console)
    if out:
        console.print(f"\nAll figures in {out}", soft_wrap=True)


def _show(found: dict[str, Any], console: Any) -> None:  # noqa: ANN401 -- rich's, imported late
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("truth", no_wrap=True)
    for name in ("right", "declared", "wrong when declared", "coverage"):
        table.add_column(name, justify="right")
    table.add_column("taken for (data sets)")
    for name, row in found["truths"].items():
        taken = ", ".join(f"{cell} {n}" for cell, n in row["preferred"].items())
        coverage = row["coverage"].get("slope") or row["coverage"].get("alpha")
        table.add_row(
            name.replace("_", " "),
            _share(row["right"]),
            _share(row["declared"]),
            f"{row['n_wrong_declared']} of {row['n_declared']}",
            "-" if coverage is None else f"{coverage['share']:.0%}",
            taken,
        )
    console.print(table)
    console.print(
        f"\nAll named cells: right {_share(found['right'])}, declared {_share(found['declared'])}, "
        f"wrong when declared {found['n_wrong_declared']} of {found['n_declared']}."
    )


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
