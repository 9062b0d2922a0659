"""Puzzles by a language model, on one screen: written, checked, solved by others, kept or apart."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from balk.design.authoring.order import Order, Record
from balk.errors import PuzzleError, StudyError
from balk.files import only_run, write_whole

if TYPE_CHECKING:
    from balk.design.authoring.replies import Draft
    from balk.design.authoring.wishes import Domain, Wish
    from balk.design.limits import Limits
    from balk.elicit.answer_key.run import UnfinishedError
    from balk.records import Puzzle

__all__ = ["Authored", "Order", "Record", "run"]


@dataclass(frozen=True, slots=True)
class Authored:
    """What came of an order.

    Attributes
    ----------
    confirmed, apart : list of Puzzle
        Puzzles with a confirmed key, and the others.
    records : list of Record
        One a wish.
    unfinished : UnfinishedError or None
        Which stage did not come to its end, and why; then nothing is written yet.
    """

    confirmed: "list[Puzzle]"
    apart: "list[Puzzle]"
    records: list[Record]
    unfinished: "UnfinishedError | None" = None


@dataclass(frozen=True, slots=True)
class _How:
    """Where an order is worked on, and how."""

    order: Order
    folder: Path
    max_connections: int
    limits: "Limits | None"


def work_of(out: Path) -> Path:
    """Return the folder of the logs behind a file of puzzles."""
    return out.with_suffix(".work")


def run(
    order: Order, out: Path, *, max_connections: int = 20, limits: "Limits | None" = None
) -> Authored:
    """Have puzzles written, checked and solved; write those that are confirmed, and the others.

    Raises
    ------
    StudyError
        If the file is another order's, or a limit cannot be reckoned.
    """
    from balk.elicit.answer_key.run import UnfinishedError
    from balk.elicit.run import open_model

    if limits:
        limits.check_models(order.models)
    for name in order.models:
        open_model(name, {})  # what cannot be used shows before anything is asked
    how = _How(order, work_of(out), max_connections, limits)
    _check(order, out)
    with only_run(how.folder):
        write_whole(how.folder / "order.json", _told(order))
        try:
            drafts, held = _work(how)
        except UnfinishedError as error:
            return Authored([], [], [], error)
        done = _write(drafts, held, out)
        _forget(how.folder)
        return done


def _check(order: Order, out: Path) -> None:
    """Raise where a file or its folder is not this order's."""
    path = work_of(out) / "order.json"
    if path.exists() and path.read_text() != _told(order):
        raise StudyError(
            f"{work_of(out)} holds another order; give another --out, or repeat the command"
        )
    if out.exists() and not path.exists():
        raise StudyError(f"{out} is there and was not written by this order; give another --out")


def _told(order: Order) -> str:
    return json.dumps(asdict(order), indent=1) + "\n"


def _work(how: _How) -> "tuple[dict[int, Draft], dict[int, Record]]":
    """Return what was written, and what is known of it."""
    from balk.design.authoring.replies import read_draft

    order = how.order
    drafts: dict[int, Draft] = {}
    held: dict[int, Record] = {}
    for wish, reply in _written(how):
        record = held[wish.index] = Record(asdict(wish), order.author)
        try:
            drafts[wish.index] = read_draft(reply, wish, order.author)
        except PuzzleError as error:
            record.reason = str(error)
    _drop_duplicates(order.domain, drafts, held)
    _check_all(how.folder, drafts, held)
    _solve(how, _left(drafts, held), held)
    _calibrate(how, _left(drafts, held), held)
    return drafts, held


def _left(drafts: "dict[int, Draft]", held: dict[int, Record]) -> "dict[int, Puzzle]":
    """Return the puzzles that are not set apart."""
    return {index: draft.puzzle for index, draft in drafts.items() if not held[index].reason}


def _written(how: _How) -> "list[tuple[Wish, str]]":
    from inspect_ai import task_with
    from inspect_ai.model import GenerateConfig

    from balk.design.answer_key.sheets import content_hash
    from balk.design.authoring.wishes import make_wishes, wish_text
    from balk.elicit.answer_key.run import run_in
    from balk.elicit.authoring.tasks import author, read_replies
    from balk.elicit.budget import Budget
    from balk.elicit.run import open_model

    order = how.order
    wishes = make_wishes(order.n, order.domain, order.level, order.seed)
    task = author(
        n=order.n,
        domain=order.domain,
        level=order.level,
        seed=order.seed,
        temperature=order.temperature,
        max_tokens=order.max_tokens,
        wording=content_hash([wish_text(wish) for wish in wishes]),
    )
    config = task.config.merge(GenerateConfig(max_connections=how.max_connections))
    task = task_with(task, model=open_model(order.author, {}), config=config)
    run_in(how.folder, "author", [task], Budget(how.folder, how.limits))
    return read_replies(how.folder / "logs" / "author")


def _drop_duplicates(domain: "Domain", drafts: "dict[int, Draft]", held: dict[int, Record]) -> None:
    from balk.design.authoring.duplicates import bank_of, find_repeats

    for index, draft in drafts.items():
        held[index].puzzle = draft.puzzle.id
    puzzles = {index: draft.puzzle for index, draft in drafts.items()}
    for index, reason in find_repeats(puzzles, bank_of(domain)).items():
        held[index].reason = reason


def _check_all(folder: Path, drafts: "dict[int, Draft]", held: dict[int, Record]) -> None:
    """Run the checks of puzzles that are not set apart; a check that differs sets one apart."""
    from balk.elicit.authoring.checks import KeptChecks, verdict

    checks = KeptChecks(folder)
    for index, draft in drafts.items():
        record = held[index]
        if record.reason or not draft.check:
            continue
        record.check, record.check_reason = verdict(checks.run(draft.check), draft.puzzle)
        if record.check == "differs":
            record.reason = (
                f"its check comes to {record.check_reason}, its key is {draft.puzzle.key}"
            )


def _solve(how: _How, puzzles: "dict[int, Puzzle]", held: dict[int, Record]) -> None:
    counts = _attempts(how, "solving", how.order.solvers, how.order.tries, puzzles)
    for (solver, index), (n_same, n) in counts.items():
        held[index].solved[solver] = [n_same, n]
    for index in puzzles:
        if any(n_same < n for n_same, n in held[index].solved.values()):
            held[index].reason = "not every solver comes to its key"


def _calibrate(how: _How, puzzles: "dict[int, Puzzle]", held: dict[int, Record]) -> None:
    order = how.order
    counts = _attempts(how, "calibration", order.calibrators, order.calibration_tries, puzzles)
    for (name, index), (n_same, n) in counts.items():
        held[index].accuracy[name] = n_same / n
        if n_same / n > order.most:
            held[
                index
            ].reason = f"{name} is right in {n_same} of {n}, at most {order.most:g} wanted"


def _attempts(
    how: _How, purpose: str, models: Iterable[str], tries: int, puzzles: "dict[int, Puzzle]"
) -> dict[tuple[str, int], tuple[int, int]]:
    """Return how often each model alone comes to the key of each puzzle, and of how many times."""
    from balk.design.answer_key.sheets import Entry, Sheet
    from balk.design.answer_key.study import AnswerKeyStudy
    from balk.elicit.answer_key.run import Asker

    subjects = tuple(models)
    if not puzzles or not subjects:
        return {}
    study = AnswerKeyStudy(
        subjects=subjects, temperature=how.order.temperature, max_tokens=how.order.max_tokens
    )
    asker = Asker(
        study, how.folder / purpose, how.max_connections, limits=how.limits, ledger=how.folder
    )
    asker.open()
    sheets = [
        Sheet("knowledge", index * tries + attempt, (Entry(puzzle),))
        for index, puzzle in puzzles.items()
        for attempt in range(tries)
    ]
    with _named(purpose):
        held = asker.ask_all("knowledge", sheets)
    counts = {(one.subject, one.sheet.index // tries): [0, 0] for one in held}
    for one in held:
        count = counts[one.subject, one.sheet.index // tries]
        count[0] += one.rows[0]["is_right"] is True
        count[1] += 1
    return {key: (n_same, n) for key, (n_same, n) in counts.items()}


@contextmanager
def _named(purpose: str) -> "Iterator[None]":
    """Say which part of an order did not come to its end."""
    from balk.elicit.answer_key.run import UnfinishedError

    try:
        yield
    except UnfinishedError as error:
        raise UnfinishedError(purpose, error.stopped, error.failures) from None


def _write(drafts: "dict[int, Draft]", held: dict[int, Record], out: Path) -> Authored:
    """Write confirmed puzzles, the others apart, and who wrote and confirmed what."""
    from balk.design.sources import puzzle_line

    confirmed = list(_left(drafts, held).values())
    apart = [draft.puzzle for index, draft in drafts.items() if held[index].reason]
    records = [
        json.dumps(asdict(record) | {"confirmed_by": record.confirmed_by}, ensure_ascii=False)
        for record in held.values()
    ]
    for path, lines in (
        (out.with_suffix(".record.jsonl"), records),
        (
            out.with_suffix(".unconfirmed.jsonl"),
            [puzzle_line(one, with_keys=True) for one in apart],
        ),
        (out, [puzzle_line(one, with_keys=True) for one in confirmed]),
    ):
        write_whole(path, "".join(f"{line}\n" for line in lines))
    return Authored(confirmed, apart, list(held.values()))


def _forget(folder: Path) -> None:
    """Remove the replies that were kept for a resumption: the logs hold them all."""
    from balk.elicit import kept

    for one in (folder, folder / "solving", folder / "calibration"):
        kept.forget(one / kept.NAME)
