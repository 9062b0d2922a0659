"""What the probes came to, as a person reads it in a terminal."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

Numbers = dict[str, Any]

TITLE = (
    "After the exam: share that understood the points; points forgone an exam as skipped questions "
    "were answered after all; the reason stated most; what is advised most"
)


def probe_table(subjects: Sequence[Numbers]) -> Table | None:
    """Return a row for each condition with lifelines in which something was asked, if any."""
    rows = [
        (str(subject["subject"]), _condition(probed), *_told(probed))
        for subject in subjects
        for probed in subject["probes"]
        if probed["lifelines"]
    ]
    if not rows:
        return None
    table = Table(title=TITLE, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for name in ("subject", "exam", "understood", "forgone", "reason", "advice"):
        table.add_column(name, no_wrap=name == "subject")
    for row in rows:
        table.add_row(*row)
    return table


def _condition(probed: Numbers) -> str:
    arm = "" if probed["arm"] == "lifelines" else f"{probed['arm']}, "
    return f"{arm}{probed['protocol']}, {probed['lifelines']}"


def _told(probed: Numbers) -> tuple[str, str, str, str]:
    payoff, follow_up, advice = (probed[name] for name in ("payoff", "follow_up", "advice"))
    reason = next(iter(probed["reasons"] or []), None)
    counts = advice["counts"] if advice else {}
    most = max(counts, key=lambda kind: counts[kind], default="")
    return (
        _percent(payoff["understood"]) if payoff else "-",
        _interval(follow_up["forgone_points"]) if follow_up else "-",
        f"{reason['reason']} {_percent(reason['share'])}" if reason else "-",
        f"{most} {counts[most]}/{sum(counts.values())}" if most else "-",
    )


def _percent(number: Numbers | None) -> str:
    return "-" if number is None else f"{number['value']:.0%}"


def _interval(number: Numbers) -> str:
    return f"{number['value']:.1f} [{number['low']:.1f}, {number['high']:.1f}]"
