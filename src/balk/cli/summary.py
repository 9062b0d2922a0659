"""The numbers of a study as a person reads them in a terminal."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.table import Table

from balk.cli.probe_table import probe_table
from balk.cli.show import console

if TYPE_CHECKING:
    from balk.pipeline import Results

Numbers = dict[str, Any]
MOST_DEVIATIONS = 10

LEGEND = (
    "Skips: lifelines used in an exam. Points given away: points without lifelines minus points "
    "with them, on the same exams. [low, high]: 95 % interval; an exam is the unit of replication, "
    "and for points so is a puzzle."
)


def show_summary(results: "Results", logs: str | None = None) -> None:
    """Print what was skipped and given away, what could not be read, and where the files are."""
    subjects = results.summary["subjects"]
    for protocol in dict.fromkeys(c["protocol"] for s in subjects for c in s["conditions"]):
        doses = _doses(subjects, protocol)
        for make in (_skip_table, _away_table):
            console.print()
            console.print(make(subjects, protocol, doses))
    probes = probe_table(subjects)
    if probes:
        console.print()
        console.print(probes)
    console.print(f"\n{LEGEND}", style="dim")
    for line in _unread(subjects):
        console.print(line)
    _show_lock(results.summary.get("lock"))
    console.print(
        f"\nFiles in {results.folder}\n"
        f"  decisions.parquet  {len(results.decisions)} questions, one a row\n"
        f"  exams.parquet      {len(results.exams)} exams\n"
        f"  items.parquet      {len(results.items)} puzzles by subject and protocol\n"
        "  summary.json       every number above with its interval, and more\n"
        "  logs/              every prompt and reply: inspect view --log-dir "
        f"{logs or results.folder / 'logs'}",
        soft_wrap=True,
    )


def _show_lock(lock: Numbers | None) -> None:
    """Say what a study was registered as, what differs from that, and how its contrasts ended."""
    if lock is None:
        return
    n = len(lock["deviations"])
    console.print(f"\nLock {lock['hash']}: {n or 'no'} deviation{'' if n == 1 else 's'}")
    for said in lock["deviations"][:MOST_DEVIATIONS]:
        console.print(f"- {said}")
    if n > MOST_DEVIATIONS:
        console.print(f"- and {n - MOST_DEVIATIONS} more, in deviations.json")
    decided = [one for one in lock["contrasts"] if one["confirmatory"]]
    signs = sum(one["confirmatory"]["sign"] is not None for one in decided)
    console.print(
        f"Primary contrasts: {len(lock['contrasts'])} locked, {len(decided)} known on the "
        f"confirmatory puzzles, {signs} of them with a sign (summary.json, lock)"
    )


def _skip_table(subjects: Sequence[Numbers], protocol: str, doses: Sequence[int]) -> Table:
    table = _table(f"{protocol}: skips in an exam, by lifelines offered", doses)
    for subject in subjects:
        for arm in _arms(subject, protocol):
            conditions = {c["lifelines"]: c for c in subject["conditions"] if _is(c, protocol, arm)}
            is_inert = "inert" in arm[0].split("+")
            used = "tokens_per_exam" if is_inert else "skips_per_exam"
            cells = [_interval((conditions.get(dose) or {}).get(used)) for dose in doses]
            table.add_row(_label(subject, arm) + (" (tokens used)" if is_inert else ""), *cells)
    return table


def _away_table(subjects: Sequence[Numbers], protocol: str, doses: Sequence[int]) -> Table:
    table = _table(f"{protocol}: points given away in an exam", doses)
    for subject in subjects:
        for arm in _arms(subject, protocol):
            away = {
                c["lifelines"]: c["net_points_given_away"]
                for c in subject["contrasts"]
                if _is(c, protocol, arm)
            }
            table.add_row(_label(subject, arm), *(_interval(away.get(dose), "+") for dose in doses))
    return table


def _table(title: str, doses: Sequence[int]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("subject", no_wrap=True)
    for dose in doses:
        table.add_column(str(dose), justify="right", no_wrap=True)
    return table


def _doses(subjects: Sequence[Numbers], protocol: str) -> list[int]:
    contrasts = [c for s in subjects for c in s["contrasts"] if c["protocol"] == protocol]
    return sorted({c["lifelines"] for c in contrasts})


Arm = tuple[str, float | None, float]


def _arms(subject: Numbers, protocol: str) -> list[Arm]:
    """Return the arms that offer lifelines, each once."""
    return list(
        dict.fromkeys(
            (c["arm"], c["penalty"], c["price"])
            for c in subject["contrasts"]
            if c["protocol"] == protocol
        )
    )


def _is(condition: Numbers, protocol: str, arm: Arm) -> bool:
    return (condition["protocol"], condition["arm"], condition["penalty"], condition["price"]) == (
        protocol,
        *arm,
    )


def _label(subject: Numbers, arm: Arm) -> str:
    name, penalty, price = arm
    if name == "lifelines":
        return str(subject["subject"])
    points = {"penalty": penalty, "price": price}
    parts = [f"{part} {points[part]:g}" if points.get(part) else part for part in name.split("+")]
    return f"{subject['subject']}, {' + '.join(parts)}"


def _interval(number: Numbers | None, sign: str = "") -> str:
    if number is None:
        return "-"
    value, low, high = (number[key] + 0.0 for key in ("value", "low", "high"))
    return f"{value:{sign}.1f} [{low:{sign}.1f}, {high:{sign}.1f}]"


def _unread(subjects: Sequence[Numbers]) -> Iterator[str]:
    """Yield a line for each subject whose replies were not all read."""
    for subject in subjects:
        lost: dict[str, int] = {}
        n_questions = sum(condition["n_questions"] for condition in subject["conditions"])
        for condition in subject["conditions"]:
            for outcome, n in condition["outcomes"].items():
                if outcome not in {"attempt", "skip", "overdraft"} and n:
                    lost[outcome] = lost.get(outcome, 0) + n
        if lost:
            counts = ", ".join(f"{n} {outcome}" for outcome, n in lost.items())
            told = f"{counts} of {n_questions} questions; bounds in summary.json"
            yield f"{subject['subject']}: {told}"
