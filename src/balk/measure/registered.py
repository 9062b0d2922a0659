"""What was locked against what came back: exams that are missing, and the primary contrasts.

A lock is JSON data, as `balk.design.lock` writes it; what is read of it here are its ``cells``,
``puzzles`` and ``contrasts``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from balk.measure.effects.comparisons import compare
from balk.measure.effects.inference import holm

Lock = Mapping[str, Any]
Json = dict[str, Any]

CELL = ("subject", "arm", "penalty", "price", "protocol", "lifelines")
"""Columns that tell the exams of one locked cell from others."""

COLUMNS = ("name", "measure", "arm", "penalty", "price", "protocol")
"""What a locked contrast and its entry among the comparisons agree in, beside lifelines."""

PARTS = (None, "exploratory", "confirmatory")
ALPHA = 0.05


def missing_exams(lock: Lock, exams: pl.DataFrame) -> list[str]:
    """Return in sentences which cells have other exams than were locked, or failed ones."""
    return [said for cell in lock["cells"].values() for said in _of_cell(cell, exams)] + [
        f"{n} exams of cells that were not locked"
        for n in [exams.height - sum(_own(c, exams).height for c in lock["cells"].values())]
        if n
    ]


def _of_cell(cell: Lock, exams: pl.DataFrame) -> Iterator[str]:
    own = _own(cell, exams)
    broken = own.filter(pl.col("n_failed") > 0).height
    offered = "none" if cell["lifelines"] is None else cell["lifelines"]
    payoffs = "".join(f", {name} {cell[name]:g}" for name in ("penalty", "price") if cell[name])
    named = f"{cell['subject']}, {cell['arm']}{payoffs}, {cell['protocol']}, lifelines {offered}"
    if own.height != cell["n_exams"]:
        yield f"{named}: {own.height} exams of {cell['n_exams']} locked"
    if broken:
        yield f"{named}: {broken} exams broke off"


def _own(cell: Lock, exams: pl.DataFrame) -> pl.DataFrame:
    facts = {name: pl.lit(cell[name], dtype=exams.schema[name]) for name in CELL}
    return exams.filter(*(pl.col(name).eq_missing(value) for name, value in facts.items()))


def locked_contrasts(lock: Lock, decisions: pl.DataFrame) -> list[Json]:
    """Return the primary contrasts as they came out, of all puzzles and of each half.

    Returns
    -------
    list of dict
        One for each locked contrast and subject that is asked it, whether or not it can be
        answered::

            name, measure, arm, penalty, price, protocol, lifelines, against, predicted, provided
                                as locked
            subject
            all, exploratory, confirmatory     null where nothing is known, or
                estimate        per exam; of a half, per exam of the questions in it
                p, p_holm       adjusted over all locked contrasts and locked subjects of that part,
                                of which those without an answer count as p = 1
                verdict         as of `equivalence`
                sign            +, - where p_holm is below 0.05; 0 where shown to be equivalent;
                                else null
                agree           mechanisms that predicted this sign
                agree_if_not_provided    where the sign is 0, those that predicted another provided
                                that something holds: if it does not, they say 0 as well
    """
    parts = {part or "all": _part(lock, decisions, part) for part in PARTS}
    return [
        {
            **contrast,
            "subject": subject,
            **{part: found[i, subject] for part, found in parts.items()},
        }
        for i, contrast in enumerate(lock["contrasts"])
        for subject in _subjects(lock, contrast)
    ]


def _subjects(lock: Lock, contrast: Lock) -> list[str]:
    """Return who is asked the own side of a contrast: blocks may ask some subjects only."""
    return sorted(
        {
            cell["subject"]
            for cell in lock["cells"].values()
            if cell["lifelines"] in contrast["lifelines"]
            and all(
                cell[name] == contrast[name] for name in ("arm", "penalty", "price", "protocol")
            )
        }
    )


def _part(lock: Lock, decisions: pl.DataFrame, part: str | None) -> dict[tuple[int, str], Any]:
    """Return the result of each contrast and subject on the puzzles of one part."""
    names = [name for name, half in lock["puzzles"].items() if part in {None, half}]
    rows = decisions if part is None else decisions.filter(pl.col("puzzle_id").is_in(names))
    entries = compare(rows) if rows.height else []
    found = {
        (i, subject): _entry(contrast, subject, entries)
        for i, contrast in enumerate(lock["contrasts"])
        for subject in _subjects(lock, contrast)
    }
    # What was promised and not answered is not taken back: it counts as showing nothing.
    adjusted = holm({at: _p(one) for at, one in found.items()})
    return {
        at: one and _result(one, adjusted[at], lock["contrasts"][at[0]])
        for at, one in found.items()
    }


def _p(entry: Json | None) -> float:
    p = entry["p"] if entry else None
    return 1.0 if p is None else float(p)


def _entry(contrast: Lock, subject: str, entries: list[Json]) -> Json | None:
    wanted = [subject, contrast["against"], _doses(contrast), *(contrast[n] for n in COLUMNS)]
    for entry in entries:
        against = entry["reference"]["arm"]
        if wanted == [entry["subject"], against, _doses(entry), *(entry[n] for n in COLUMNS)]:
            return entry
    return None


def _doses(entry: Lock) -> list[int]:
    return sorted(dose or 0 for dose in entry["lifelines"])


def _result(entry: Json, adjusted: float, contrast: Lock) -> Json:
    estimate, equivalence = entry["estimate"], entry["equivalence"]
    verdict = None if equivalence is None else equivalence["verdict"]
    sign, p_holm = None, None if entry["p"] is None else adjusted
    if p_holm is not None and p_holm < ALPHA:
        sign = "+" if estimate["value"] > 0 else "-"
    elif verdict == "equivalent":
        sign = "0"
    return {
        "estimate": estimate,
        "p": entry["p"],
        "p_holm": p_holm,
        "verdict": verdict,
        "sign": sign,
        **_agreeing(contrast["predicted"], contrast["provided"], sign),
    }


def _agreeing(
    predicted: Mapping[str, str], provided: Mapping[str, str], sign: str | None
) -> dict[str, list[str]]:
    """Return the mechanisms that predicted a sign, and those that only may have."""
    agree = sorted(name for name, own in predicted.items() if own == sign)
    excused = sorted(provided.keys() - set(agree)) if sign == "0" else []
    return {"agree": agree, "agree_if_not_provided": excused}
