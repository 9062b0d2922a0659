"""What a person sees of an answer-key experiment in the terminal."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from balk.cli.show import console

if TYPE_CHECKING:
    from balk.answer_key import AnswerKeyResults
    from balk.design.answer_key.study import AnswerKeyStudy
    from balk.design.subjects import Subject
    from balk.elicit.answer_key.run import Listener, UnfinishedError

Numbers = dict[str, Any]
LINE_EVERY_S = 5.0
WORDS = {
    "false_answers": "false answers",
    "knowledge": "answering alone",
    "screening": "screening",
    "self_score": "self-scores",
    "marking": "marking blind",
    "workings": "workings",
    "grading": "grading",
}

SPLIT_LEGEND = (
    "carelessness: somebody's answers that disagree with the key, marked right. deference: false "
    "keys accepted less true keys refused, on puzzles answered right alone. unearned: own written "
    "answers that disagree with the key, marked right, less carelessness on the same answers. "
    "[low, high]: 95 % interval, a batch is the unit of replication."
)


def subjects_of(panels: Sequence[str]) -> "tuple[Subject, ...]":
    """Return the subjects of panels, saying who is left out."""
    from balk.design.panel_file import read_panel

    entries = [entry.subject for name in panels for entry in read_panel(name).subjects]
    for one in entries:
        if one.interface != "chat":
            console.print(f"Left out: {one.name}, which continues documents and takes no turns")
    return tuple(one for one in entries if one.interface == "chat")


def plan(study: "AnswerKeyStudy", folder: Path) -> None:
    """Say who is asked what, how many calls that takes, and where the results go."""
    from balk.design.answer_key.plan import plan_calls

    n = len(study.names)
    keys = f"false answers by {study.author}" if study.author else "near-miss false answers"
    grader = f", workings also graded by {study.grader}" if study.grader else ""
    console.print(
        f"{study.n_puzzles} puzzles of {study.puzzles} in batches of {study.batch}: "
        f"{n} subject{'s' if n > 1 else ''}, {keys}{grader}"
    )
    stages = plan_calls(study)
    least, most = sum(one.least for one in stages), sum(one.most for one in stages)
    console.print(f"{_range(least, most)} calls, by what is accepted and claimed")
    console.print(f"Results: {folder}", soft_wrap=True)


def calls(study: "AnswerKeyStudy") -> None:
    """Show how many calls each stage makes, of all subjects together."""
    from balk.design.answer_key.plan import plan_calls

    table = Table(box=None, pad_edge=False)
    table.add_column("stage", no_wrap=True)
    table.add_column("calls", justify="right", no_wrap=True)
    table.add_column("of whom")
    for one in plan_calls(study):
        n = len(one.models)
        whom = one.models[0] if n == 1 else f"{n} subjects"
        table.add_row(WORDS[one.stage], _range(one.least, one.most), whom)
    console.print()
    console.print(table)


def _range(least: int, most: int) -> str:
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def first_prompts(study: "AnswerKeyStudy") -> None:
    """Show the first prompt of every stage that can be made before anything is asked."""
    from balk.design.answer_key import study as design
    from balk.design.answer_key.wording import texts

    puzzles = study.draw_puzzles()
    misses = design.make_misses(puzzles, study.seed)
    sheets = [
        *design.knowledge_sheets(study, puzzles),
        *design.screening_sheets(study, puzzles, misses),
        *design.self_score_sheets(study, puzzles, misses, set()),
    ]
    for sheet in sheets:
        if sheet.index == 0:
            for text in texts(sheet):
                console.rule(sheet.name)
                console.print(text)


@contextmanager
def progress() -> "Iterator[Listener]":
    """Show which stage is being asked and how far it is."""
    told_at = time.monotonic()
    with console.status("asking ...") as status:

        def listener(stage: str, n_done: int, n_sheets: int) -> None:
            nonlocal told_at
            words = f"{WORDS[stage]}: {n_done} of {n_sheets} conversations"
            status.update(words)
            now = time.monotonic()
            if not console.is_terminal and (n_done == n_sheets or now - told_at > LINE_EVERY_S):
                told_at = now
                console.print(words)

        yield listener


def results(done: "AnswerKeyResults") -> None:
    """Print what was claimed, earned, accepted and shown, and where the files are."""
    subjects = done.summary["subjects"]
    if subjects:
        numbers(subjects)
    if done.unfinished:
        unfinished(done.unfinished, WORDS[done.unfinished.stage])
    console.print(
        f"\nFiles in {done.folder}\n"
        f"  answer_key.parquet  {len(done.table)} rows, one a puzzle, key and stage\n"
        "  summary.json        every number with its interval, and more\n"
        "  sheets/             what was asked at each stage\n"
        f"  logs/               every prompt and reply: inspect view --log-dir "
        f"{done.folder / 'logs'}",
        soft_wrap=True,
    )


def numbers(subjects: Sequence[Numbers]) -> None:
    """Print what was claimed, earned, accepted and shown."""
    for table in (_claims(subjects), _split(subjects), _workings(subjects)):
        console.print()
        console.print(table)
    console.print(f"\n{SPLIT_LEGEND}", style="dim")
    for line in (*_unread(subjects), *_graded(subjects)):
        console.print(line)


def unfinished(error: "UnfinishedError", what: str) -> None:
    """Print which stage did not come to its end, why, and how it goes on."""
    console.print()
    for reason, n in error.failures.items():
        console.print(
            f"{n} conversation{'s' if n != 1 else ''} broke off: {reason}", soft_wrap=True
        )
    if error.stopped:
        told = f"Stopped by {error.stopped}, in stage {what}; nothing was begun after that. "
        console.print(f"{told}The same command with a higher limit asks the rest.", style="bold")
    else:
        told = f"Stage {what} did not come to its end; "
        console.print(f"{told}the same command asks what is missing.", style="bold")


def _claims(subjects: Sequence[Numbers]) -> Table:
    """Return answers claimed right beside answers that agree with the key shown, in percent."""
    table = _table("Claimed right / in agreement with the key shown, % of questions")
    columns = [
        *((form, key) for form in ("count", "list", "commit") for key in ("true", "false")),
        ("list", "none"),
    ]
    table.add_column("alone", justify="right")
    for form, key in columns:
        table.add_column(f"{form},\n{key if key != 'none' else 'no'} key", justify="right")
    for subject in subjects:
        cells = [_pair(_score(subject, form, key)) for form, key in columns]
        alone = subject["knowledge"]["right_alone"]
        table.add_row(subject["subject"], _percent(alone), *cells)
    return table


def _split(subjects: Sequence[Numbers]) -> Table:
    table = _table("False keys: accepted, and what it comes from, %")
    for name in ("accepted", "d'", "carelessness", "deference", "unearned"):
        table.add_column(name, justify="right", no_wrap=True)
    for subject in subjects:
        detection = subject["detection"]
        table.add_row(
            subject["subject"],
            _interval(_accepted(subject)),
            f"{detection['d_prime']['value']:.1f}" if detection else "-",
            *(
                _interval(subject["split"][name])
                for name in ("carelessness", "deference", "unearned")
            ),
        )
    return table


def _workings(subjects: Sequence[Numbers]) -> Table:
    table = _table("Workings for accepted false answers, %")
    kinds = ("rationalised", "admitted", "contradicted", "hedged", "unparsed")
    table.add_column("n", justify="right")
    for kind in kinds:
        table.add_column(kind, justify="right", no_wrap=True)
    for subject in subjects:
        found = [
            w for w in subject["workings"] if (w["form"], w["chosen"]) == ("count", "accepted")
        ]
        n = sum(w["n_workings"] for w in found)
        cells = [_interval(found[0]["rates"][kind]) if found else "-" for kind in kinds[:2]]
        cells += [_percent(found[0]["rates"][kind]) if found else "-" for kind in kinds[2:]]
        table.add_row(subject["subject"], str(n), *cells)
    return table


def _table(title: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("subject", no_wrap=True)
    return table


def _score(subject: Numbers, form: str, key_type: str) -> Numbers | None:
    wanted = (form, key_type, "all", "plain")
    names = ("form", "key_type", "chosen", "framing")
    return next((s for s in subject["self_score"] if tuple(map(s.get, names)) == wanted), None)


def _accepted(subject: Numbers) -> Numbers | None:
    found = [s for s in subject["screening"] if (s["key_type"], s["framing"]) == ("false", "plain")]
    return found[0]["accepted"] if found else None


def _pair(score: Numbers | None) -> str:
    if score is None:
        return "-"
    earned = score["earned_shown"]
    return (
        f"{_percent(score['claimed'])} / {_percent(earned)}"
        if earned
        else _percent(score["claimed"])
    )


def _percent(number: Numbers | None) -> str:
    return "-" if number is None else f"{100 * number['value'] + 0.0:.0f}"


def _interval(number: Numbers | None) -> str:
    if number is None:
        return "-"
    value, low, high = (100 * number[key] + 0.0 for key in ("value", "low", "high"))
    return f"{value:.0f} [{low:.0f}, {high:.0f}]"


def _unread(subjects: Sequence[Numbers]) -> Iterator[str]:
    for subject in subjects:
        conditions = [*subject["screening"], *subject["self_score"]]
        n = sum(one["n_unread"] for one in conditions)
        if n:
            n_all = sum(one["n_questions"] for one in conditions)
            yield f"{subject['subject']}: {n} of {n_all} verdicts, marks and counts are unread"


def _graded(subjects: Sequence[Numbers]) -> Iterator[str]:
    found = [subject["graded"] for subject in subjects if subject["graded"]]
    if found:
        n, n_same = (sum(one[key] for one in found) for key in ("n_graded", "n_same"))
        kappas = [one["kappa"] for one in found if one["kappa"] is not None]
        least = f"; Cohen's kappa at least {min(kappas):.2f}" if kappas else ""
        yield f"Rules and grader agree on {n_same} of {n} workings{least}"
