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
        _doses(entry),
        _unread(entry),
        _own(entry),
        _penalties(entry),
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


def _doses(entry: dict[str, Any]) -> str:
    if not entry["held_out"]:
        return ""
    told = [
        f"{one['predicted']:.1f} skips where {one['dose']:g} lifelines are offered, and "
        f"{one['seen']:.1f} were seen (p = {one['p']:.2f})"
        for one in entry["held_out"]
    ]
    return f"Fitted without the exams of a dose, it predicts {'; '.join(told)}."


def _unread(entry: dict[str, Any]) -> str:
    unread = entry["unread"]
    if not unread:
        return ""
    ends = list(dict.fromkeys((unread["as_attempts"], unread["as_skips"])))
    return (
        f"The decision on {unread['n_questions']} questions could not be read; between all of "
        f"them attempts and all of them skips, it would be {' or '.join(ends)}."
    )


def _own(entry: dict[str, Any]) -> str:
    own = entry["own_confidence"]
    if not own or not own["differs"]:
        return ""
    return (
        f"With the confidence stated in the very exams in place of that of exams without "
        f"lifelines it would be {own['cell']}: the two do not agree."
    )


def _penalties(entry: dict[str, Any]) -> str:
    joint = entry["penalties"]
    if not joint:
        return ""
    if joint["status"] != "told":
        return f"Of announced penalties nothing is told: {'; '.join(joint['reasons'])}."
    weight = joint["parameters"]["penalty_weight"]
    own = joint["derived"].get("own_penalty")
    told = f"An announced point weighs {_interval(weight)}" + (
        f" on an own penalty of {_interval(own)}" if own else " logits of skipping"
    )
    return f"{told} (as {joint['mechanism'].replace('_', ' ')})."


def _interval(told: dict[str, Any]) -> str:
    low, high = ("?" if end is None else f"{end:.2f}" for end in (told["low"], told["high"]))
    return f"{told['value']:.2f} [{low}, {high}]"


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
