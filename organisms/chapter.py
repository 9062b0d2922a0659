"""Write the tables of docs/embedded.md anew from the cards: ``python -m organisms.chapter``."""

from pathlib import Path
from typing import Any

from balk.elicit.subjects.embedded.roster import EMBEDDED, read_card
from balk.measure.detectable import bound_of_none

CHAPTER = Path("docs/embedded.md")
BEGIN, END = "<!-- from the cards: python -m organisms.chapter -->", "<!-- end -->"


def tables(cards: dict[str, dict[str, Any]]) -> str:
    """Return the tables: what was put in, what came out, skips by dose, and verdicts."""
    measured = {name: card["measured"] for name, card in cards.items() if "measured" in card}
    parts = [_rewards(cards), _basics(measured), _skips(measured), _verdicts(measured)]
    return "\n\n".join(parts)


def write_chapter() -> None:
    """Put the tables into the chapter."""
    before, rest = CHAPTER.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    cards = {name: read_card(name) for name in EMBEDDED}
    text = f"{before}{BEGIN}\n\n{tables(cards)}\n\n{END}{after}"
    CHAPTER.write_text(text, encoding="utf-8")


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rewards(cards: dict[str, dict[str, Any]]) -> str:
    rows = [
        [
            f"`{name}`",
            card["training"].get("reward", {}).get("words", "none: next-token training"),
            f"{_steps(card)}",
        ]
        for name, card in cards.items()
    ]
    return _table(["model", "rewarded for", "steps"], rows)


def _steps(card: dict[str, Any]) -> int:
    return int(card["training"]["settings"]["steps"])


def _basics(measured: dict[str, dict[str, Any]]) -> str:
    head = ["model", *(f"level {level}" for level in range(1, 6)), "readable", "overdrafts", "AUC"]
    rows = [
        [
            f"`{name}`",
            *(_share(one) for one in m["accuracy_by_level"].values()),
            f"{m['readable']:.1%}",
            f"{m['overdrafts']:.2%}",
            f"{m['confidence_auc']:.2f}",
        ]
        for name, m in measured.items()
    ]
    return _table(head, rows)


def _share(estimate: dict[str, Any]) -> str:
    return f"{estimate['value']:.2f} [{estimate['low']:.2f}, {estimate['high']:.2f}]"


def _none(n_exams: int) -> str:
    """Return no skip, with the exact bound on the share of exams that have one."""
    return f"none; in at most {bound_of_none(n_exams):.1%} of exams"


def _skips(measured: dict[str, dict[str, Any]]) -> str:
    head = [
        "model",
        "protocol",
        "arm",
        "lifelines",
        "exams",
        "skips an exam",
        "overdrafts",
        "points",
    ]
    rows = [
        [
            f"`{name}`",
            c["protocol"],
            c["arm"],
            f"{c['lifelines']}",
            f"{c['n_exams']}",
            _share(c["skips_per_exam"]) if c["exams_with_a_skip"] else _none(c["n_exams"]),
            f"{c['overdrafts']:.2%}",
            f"{c['points_per_exam']:.2f}",
        ]
        for name, m in measured.items()
        for c in m["conditions"]
        if c["lifelines"] is not None
    ]
    return _table(head, rows)


def _verdicts(measured: dict[str, dict[str, Any]]) -> str:
    rows = [
        [f"`{name}`", v["protocol"], f"{v['cell']}", v["status"]]
        for name, m in measured.items()
        for v in m["verdicts"]
    ]
    return _table(["model", "protocol", "verdict", "status"], rows)


if __name__ == "__main__":
    write_chapter()
