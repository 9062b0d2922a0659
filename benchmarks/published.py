"""Published figures, computed again from the tables behind them: benchmarks/published.json.

`python benchmarks/published.py` reads the folder in BALK_SHARED_DATA, or shared/data beside or
inside the checkout. Only aggregates are printed and written: no reply, no question.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from balk.estimates import clustered_mean, clustered_ratio, exact_share
from balk.measure.effects.paired_tables import SCORES, compare_choices, compare_readings
from balk.measure.parse import parse_reply
from balk.records import Estimate, Outcome, ReplyFormat

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).with_name("published.json")
UNKNOWN = "UNKNOWN"
LETTERS = tuple("ABCDE")
Json = dict[str, Any]


def folder() -> Path:
    """Return where the tables are, or end with a message."""
    places = (
        [Path(os.environ["BALK_SHARED_DATA"])]
        if "BALK_SHARED_DATA" in os.environ
        else [ROOT / "shared" / "data", ROOT.parent / "shared" / "data"]
    )
    found = [place for place in places if (place / "paired_arc_nano.csv").exists()]
    if not found:
        seen = " or ".join(str(place) for place in places)
        sys.exit(f"no published tables in {seen}; set BALK_SHARED_DATA to the folder with them")
    return found[0]


def arc(data: Path) -> Json:
    """One model on the same items without and with an "Unknown" option."""
    rows = pl.read_csv(data / "paired_arc_nano.csv")
    sides = rows["gold"], rows["pred_without"], rows["pred_with"]
    forced = rows.filter(pl.col("pred_with") == UNKNOWN)
    n_right = int((forced["pred_rerun_without"] == forced["gold"]).sum())
    return {
        "published": {"accuracy": [0.938, 0.940], "skips": 0.010},
        **compare_choices(*sides, UNKNOWN),
        "right_when_forced": asdict(exact_share(n_right, forced.height, unit="questions")),
    }


def folio(data: Path) -> Json:
    """Items that one model skipped, asked again without and with the option."""
    rows = pl.read_csv(data / "nano_folio_abstained.csv")
    n_right = int((rows["pred_without_option_rerun"] == rows["gold"]).sum())
    stated = int(rows["rerun_without_option_correct"].sum())
    draws = pl.lit(3.0)
    return {
        "published": {"right_when_forced": 0.6757},
        "right_when_forced": asdict(exact_share(stated, rows.height, unit="questions")),
        "n_right_by_letter": n_right,
        "skips_again": _ratio(rows, pl.col("n_unknown_of_3"), draws),
        "right_when_redrawn_and_answered": _ratio(
            rows, pl.col("redraws_correct_when_answered"), pl.col("redraws_answered")
        ),
    }


def pooled(data: Path) -> Json:
    """True-or-false data sets over all API models; each model and data set is a cluster."""
    rows = pl.read_csv(data / "api_summary.csv").filter(pl.col("dataset").is_in(["FLD", "FOLIO"]))
    n, skipped = pl.col("n_scored"), pl.col("n_abstained")
    without, with_option = ((pl.col(f"acc_{side}") * n).round() for side in ("without", "with"))
    forced = (pl.col("forced_acc_on_abstained") * skipped).round()
    return {
        "published": {"accuracy": [0.794, 0.595], "skips": 0.345, "right_when_forced": 0.636},
        "accuracy_without": _ratio(rows, without, n),
        "accuracy_with": _ratio(rows, with_option, n),
        "accuracy_change": _ratio(rows, with_option - without, n, low=-1.0),
        "skips": _ratio(rows, skipped, n),
        "right_when_forced": _ratio(rows, forced, skipped),
    }


def positions(data: Path) -> Json:
    """Skips by where the option stands in the list; each model and data set is a cluster."""
    rows = pl.read_csv(data / "positional_abstention.csv")
    n, skips = pl.col("n_valid"), pl.col("n_unknown")
    told = skips + pl.sum_horizontal("n_true", "n_false", "unparseable")
    cells = rows.pivot(on="unknown_slot", index=["model", "dataset"], values="abstain_rate")
    by_cell = cells.select(pl.max_horizontal(*"ABC") - pl.min_horizontal(*"ABC")).to_series()
    last = clustered_mean(cells["C"] - cells["A"], range(cells.height), within=(-1.0, 1.0))
    return {
        "largest_gap_to_published": _gap(rows, skips / n, "abstain_rate"),
        "questions_without_a_place": int(rows.select((n - told).sum()).item()),
        "not_recomputable": ["label_acc"],
        "skips_by_place": {
            slot: _ratio(rows.filter(unknown_slot=slot), skips, n) for slot in "ABC"
        },
        "last_less_first": asdict(last),
        "widest_range_in_a_cell": by_cell.max(),
    }


def sizes(data: Path) -> Json:
    """Four sizes of base and tuned models on two data sets; each size is a cluster."""
    rows = pl.read_csv(data / "size_alignment.csv")
    skips, read = pl.col("abstention_rate"), 1 - pl.col("unparseable_with")
    right, strict = pl.col("acc_without"), pl.col("abstention_rate_strict")
    checks = {
        "abstention_rate": pl.col("n_abstained") / pl.col("n"),
        "acc_drop": right - pl.col("acc_with"),
        "acc_without_among_parsed": right / (1 - pl.col("unparseable_without")),
        "abstention_among_parsed": skips / read,
        "strict_abst_among_trusted": strict / pl.col("trusted_share_with"),
        "wrong_with": read - pl.col("acc_with") - skips,
        "trusted_share_with": read - pl.col("loose_parse_with"),
    }
    base, tuned = (rows.filter(aligned=is_tuned).sort("size", "dataset") for is_tuned in (0, 1))
    shares = ("abstention_rate", "abstention_rate_strict", "strict_abst_among_trusted", "acc_drop")
    return {
        "largest_gap_to_published": {name: _gap(rows, own, name) for name, own in checks.items()},
        "not_recomputable": ["acc_without", "acc_with", "abstention_rate_strict"],
        "tuned_less_base": {
            name: asdict(clustered_mean(tuned[name] - base[name], base["size"], within=(-1.0, 1.0)))
            for name in shares
        },
    }


def idk_runs(data: Path) -> Json:
    """Each run of evaluate-idk: its own columns, and the same with the replies parsed here."""
    rows = pl.read_parquet(data / "idk_runs_dev.parquet")
    reply_format = ReplyFormat(1, exit_word="E", choices=LETTERS)
    read = [parse_reply(text, reply_format)[0] for text in rows["text"]]
    ours = ["E" if one.outcome is Outcome.SKIP else one.answer for one in read]
    table = rows.select(
        "gold",
        run=pl.col("run").str.split("@").list.first()
        + " "
        + pl.col("benchmark")
        + " "
        + pl.col("run_ts").str.slice(0, 10),
        item="stem_key",
        first=pl.col("repo_extracted").str.json_decode(pl.List(pl.String)).list.first(),
        second=pl.Series(ours, dtype=pl.String),
        declared="declared_letter",
    )
    means = rows.select(table["run"], *SCORES).group_by("run").mean().sort("run")
    return {
        "published": means.to_dicts(),
        "runs": compare_readings(table.drop("declared"), "E"),
        "n_unlike_the_declared_letter": {
            side: int(table[side].ne_missing(table["declared"]).sum())
            for side in ("first", "second")
        },
    }


def _ratio(rows: pl.DataFrame, top: pl.Expr, bottom: pl.Expr, low: float = 0.0) -> Json:
    """Return sum over sum, each row a cluster."""
    counts = rows.select(top=top.cast(pl.Float64), bottom=bottom.cast(pl.Float64))
    columns = counts["top"], counts["bottom"], range(rows.height)
    return asdict(clustered_ratio(*columns, within=(low, 1.0), unit="rows"))


def _gap(rows: pl.DataFrame, own: pl.Expr, published: str) -> float:
    return float(rows.select((own - pl.col(published)).abs().max()).item())


FIGURES: dict[str, Callable[[Path], Json]] = {
    "arc": arc,
    "folio": folio,
    "pooled": pooled,
    "positions": positions,
    "sizes": sizes,
    "idk_runs": idk_runs,
}


def told(number: Json) -> str:
    """Return an estimate in words."""
    estimate = Estimate(**number)
    return f"{estimate.value:.4f} [{estimate.low:.4f}, {estimate.high:.4f}]"


def show(name: str, number: object, depth: int = 0) -> None:
    """Print a figure, and what it is made of below it."""
    start = "  " * depth + name
    if isinstance(number, dict) and "n_clusters" in number:
        print(f"{start}: {told(number)}, n {number['n']}, {number['method']}")
    elif isinstance(number, dict):
        print(start)
        for part, value in number.items():
            show(part, value, depth + 1)
    else:
        print(f"{start}: {number}")


def show_runs(figures: Json) -> None:
    """Print a line a run: replies re-read, and each column theirs -> ours (difference)."""
    print("idk_runs: evaluate-idk's column -> parsed here (difference and interval)")
    for run in figures["runs"]:
        print(
            f"  {run['run'] or 'all runs'}: n {run['n']}, read otherwise {run['n_reread']}, "
            f"skips missed {run['n_skips_missed']}, invented {run['n_skips_invented']}"
        )
        for name in SCORES:
            moved = run[name]
            ends = f"{moved['first']:.4f} -> {moved['second']:.4f}"
            print(f"    {name}: {ends} ({told(moved['difference'])})")
    print(f"  readings unlike the declared letter: {figures['n_unlike_the_declared_letter']}")


def main() -> None:
    """Compute, print and write every figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the figures are written")
    out = parser.parse_args().out
    data = folder()
    figures = {name: compute(data) for name, compute in FIGURES.items()}
    for name, figure in figures.items():
        if name == "idk_runs":
            show_runs(figure)
        else:
            show(name, figure)
    out.write_text(json.dumps(figures, indent=1, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
