"""A verdict in plain words: what the data say, and what would change it."""

from typing import Any

from balk.mechanisms.cells import PLAIN_WORDS


def explain(entry: dict[str, Any]) -> str:
    """Return a paragraph about one entry of ``fits.json``.

    Parameters
    ----------
    entry : dict
        With everything but its words.
    """
    verdict = entry["verdict"]
    sentences = [
        _opening(entry),
        _rate(entry),
        _axes(entry) if verdict["cell"] != "rational" else "",
        _dose(entry),
        _own(entry),
        _change(verdict),
        _caution(verdict["cell"]),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _opening(entry: dict[str, Any]) -> str:
    verdict = entry["verdict"]
    cell, status = verdict["cell"], verdict["status"]
    does = PLAIN_WORDS.get(cell, f"skips as {verdict['mechanism']} would")
    if status == "declared":
        return f"Declared: {cell}. The subject {does}."
    if status == "none fits":
        return f"None fits: even the best, {cell}, could hardly have produced what was seen."
    return f"Undecided, leaning to {cell}: the subject {does}, as far as these exams can tell."


def _rate(entry: dict[str, Any]) -> str:
    rate, n_exams = entry["skip_rate"], sum(entry["n_exams"].values())
    doses = ", ".join(entry["n_exams"])
    return (
        f"In {n_exams} exams with {doses} lifelines it skipped {rate['value']:.1%} of the "
        f"questions whose decision is known."
    )


def _axes(entry: dict[str, Any]) -> str:
    told = []
    for axis, question in (("count_law", "how many"), ("selection", "which")):
        found = entry["axes"][axis]
        runner = _runner_up(found)
        sure = "beyond two standard errors" if found["decided"] else "not beyond two"
        told.append(
            f"on {question} are skipped, {found['leader'].replace('_', ' ')} predicts best"
            + (f", ahead of {runner} ({sure})" if runner else "")
        )
    return f"As evidence goes: {'; '.join(told)}."


def _runner_up(axis: dict[str, Any]) -> str:
    others = {name: gap for name, gap in axis["behind"].items() if name != axis["leader"]}
    if not others:
        return ""
    name = min(others, key=lambda one: others[one]["value"])
    return f"{name.replace('_', ' ')} by {others[name]['value']:.1f} nats"


def _dose(entry: dict[str, Any]) -> str:
    held = entry["held_out"]
    if held is None:
        return ""
    return (
        f"Fitted without the exams that offer {held['dose']:g} lifelines, it predicts "
        f"{held['predicted']:.1f} skips in them; there were {held['seen']:.1f} "
        f"(p = {held['p']:.2f})."
    )


def _own(entry: dict[str, Any]) -> str:
    own = entry["own_confidence"]
    if not own or not own["differs"]:
        return ""
    return (
        f"With the confidence stated in the very exams in place of that of exams without "
        f"lifelines it would be {own['cell']}: the two do not agree."
    )


def _change(verdict: dict[str, Any]) -> str:
    if verdict["status"] == "declared":
        return (
            "What would change this: exams at another dose that it does not predict, or a rival "
            "that predicts these exams as well."
        )
    return f"What stands in the way: {'; '.join(verdict['reasons'])}."


def _caution(cell: str) -> str:
    if "tension" not in cell:
        return ""
    return "The word is the essay's for selective skipping that grows less than the offer."
