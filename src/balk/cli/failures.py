"""What did not come back, by subject and reason."""

from typing import TYPE_CHECKING, get_args

import polars as pl

from balk.cli.show import console, n_exams
from balk.records import Probe

if TYPE_CHECKING:
    from balk.design.study import Study


def show_failures(study: "Study", decisions: pl.DataFrame) -> bool:
    """Print which exams broke off or were not asked, and say whether there are any."""
    broken = (
        decisions.filter(pl.col("outcome") == "F")
        .sort("exam_id", "position")
        .group_by("exam_id", maintain_order=True)
        .first()
    )
    n_missing = n_exams(study) - decisions["exam_id"].n_unique()
    if not broken.height and n_missing <= 0:
        return False
    console.print()
    if broken.height:
        console.print(f"{_exams(broken.height)} broke off:", style="bold")
    kinds = broken.with_columns(kind=pl.col("reason").str.splitn(":", 2).struct[0])
    for (subject, kind), own in kinds.group_by("subject", "kind", maintain_order=True):
        words = own["reason"].mode().sort()[0]
        console.print(f"  {subject}: {_exams(own.height)}, {words or kind}", soft_wrap=True)
    if n_missing > 0:
        console.print(f"{_exams(n_missing)} could not be asked yet", style="bold")
    console.print("The same command asks these again, and nothing else.")
    return True


def show_failed_probes(exams: pl.DataFrame) -> bool:
    """Print in one line how many probes failed, and say whether any did; their exams stand."""
    patterns = {probe: rf"(?:^|; ){probe}: failed \(" for probe in get_args(Probe)}
    patterns["grader"] = r"grader failed \("
    counts = {name: exams["probes"].str.contains(seen).sum() for name, seen in patterns.items()}
    told = ", ".join(f"{n} {name}" for name, n in counts.items() if n)
    if told:
        console.print(
            f"\nProbes whose calls failed: {told}. Their exams stand, and the same command asks "
            "these probes again; why they failed is in the column probes.",
            soft_wrap=True,
        )
    return bool(told)


def _exams(n: int) -> str:
    return f"{n} exam{'s' if n != 1 else ''}"
