"""Puzzles by a language model, on one screen: written, checked, solved by others, kept or apart."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from balk.errors import PuzzleError, StudyError
from balk.files import only_run, write_whole

if TYPE_CHECKING:
    from balk.design.authoring.replies import Draft
    from balk.design.authoring.wishes import Domain, Wish
    from balk.elicit.authoring.sandbox import CheckRun
    from balk.records import Puzzle

N_BANK = 400  # puzzles of the built-in bank that an authored one may not repeat
BANK_SEED = 0


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted of whom.

    Attributes
    ----------
    author : str
        Model that writes.
    solvers : tuple of str
        Models that solve each puzzle alone, `tries` times each.
    tries : int
        Independent attempts of each solver; all must agree with the author's key.
    calibrators : tuple of str
        Models whose accuracy on each puzzle is measured.
    calibration_tries : int
        Attempts of each.
    most : float
        Puzzles that calibrators get right more often are set apart.
    """

    author: str
    solvers: tuple[str, ...]
    n: int = 20
    level: int = 5
    domain: "Domain" = "maths"
    seed: int = 0
    tries: int = 2
    calibrators: tuple[str, ...] = ()
    calibration_tries: int = 5
    most: float = 1.0
    temperature: float | None = 1.0
    max_connections: int = 20

    def __post_init__(self) -> None:
        if not self.solvers or self.tries < 1 or self.calibration_tries < 1:
            raise StudyError("a key is confirmed by solvers: give at least one, and one try")
        if not 0 <= self.most <= 1:
            raise StudyError(f"max-accuracy is {self.most}; give a share between 0 and 1")


@dataclass(slots=True)
class Record:
    """What is known of one wish.

    Attributes
    ----------
    wish : dict
        What was asked for.
    author : str
        Who wrote.
    reason : str
        Why the puzzle is set apart; empty where it is confirmed.
    puzzle : str or None
        Its id; None where the reply held none.
    check : str
        ``agrees``, ``differs``, ``unverified`` (stopped, failed or not run) or ``none``.
    check_reason : str
        Why it is unverified.
    solved : dict
        Solver -> answers that agree with the key, of how many.
    accuracy : dict
        Calibrator -> share of attempts that agree with the key.
    """

    wish: dict[str, Any]
    author: str
    reason: str = ""
    puzzle: str | None = None
    check: str = "none"
    check_reason: str = ""
    solved: dict[str, list[int]] = field(default_factory=dict)
    accuracy: dict[str, float] = field(default_factory=dict)

    @property
    def confirmed_by(self) -> list[str]:
        """Who came to the author's key on their own."""
        solvers = [name for name, (n_same, n) in self.solved.items() if n_same == n]
        return solvers + (["check"] if self.check == "agrees" else [])


@dataclass(frozen=True, slots=True)
class Authored:
    """What came of an order.

    Attributes
    ----------
    confirmed, apart : list of Puzzle
        Puzzles with a confirmed key, and the others.
    records : list of Record
        One a wish.
    """

    confirmed: "list[Puzzle]"
    apart: "list[Puzzle]"
    records: list[Record]


def run(order: Order, out: Path) -> Authored:
    """Have puzzles written, checked and solved; write those that are confirmed, and the others."""
    from balk.design.authoring.replies import read_draft

    folder = out.with_suffix(".work")
    with only_run(folder):
        _keep(order, folder)
        drafts: dict[int, Draft] = {}
        records: list[Record] = []
        for wish, reply in _written(order, folder):
            record = Record(asdict(wish), order.author)
            records.append(record)
            try:
                drafts[wish.index] = read_draft(reply, wish, order.author)
            except PuzzleError as error:
                record.reason = str(error)
        held = {record.wish["index"]: record for record in records}
        _drop_duplicates(order, drafts, held)
        _check_all(drafts, held)
        left = [index for index in drafts if not held[index].reason]
        _solve(order, folder, {index: drafts[index].puzzle for index in left}, held)
        _calibrate(order, folder, {i: drafts[i].puzzle for i in left if not held[i].reason}, held)
        return _write(drafts, held, out)


def _keep(order: Order, folder: Path) -> None:
    path, asked = folder / "order.json", json.dumps(asdict(order), indent=1) + "\n"
    if path.exists() and path.read_text() != asked:
        raise StudyError(f"{folder} holds another order; give another --out, or repeat the command")
    write_whole(path, asked)


def _written(order: Order, folder: Path) -> "list[tuple[Wish, str]]":
    from inspect_ai import task_with
    from inspect_ai.model import GenerateConfig

    from balk.design.answer_key.sheets import content_hash
    from balk.design.authoring.wishes import make_wishes, wish_text
    from balk.elicit.answer_key.run import run_in
    from balk.elicit.authoring.tasks import author, read_replies
    from balk.elicit.run import open_model

    for name in (*order.solvers, *order.calibrators):
        open_model(name, {})  # what cannot be used shows before anything is asked
    wishes = make_wishes(order.n, order.domain, order.level, order.seed)
    task = author(
        n=order.n,
        domain=order.domain,
        level=order.level,
        seed=order.seed,
        temperature=order.temperature,
        wording=content_hash([wish_text(wish) for wish in wishes]),
    )
    config = task.config.merge(GenerateConfig(max_connections=order.max_connections))
    task = task_with(task, model=open_model(order.author, {}), config=config)
    if not run_in(folder, [task], folder / "logs" / "author"):
        raise StudyError("not every wish came back; the same command asks for the rest")
    return read_replies(folder / "logs" / "author")


def _drop_duplicates(order: Order, drafts: "dict[int, Draft]", records: dict[int, Record]) -> None:
    from balk.design.authoring.duplicates import find_duplicate
    from balk.design.puzzles.bank import make_puzzles

    families = ("ethics",) if order.domain == "ethics" else ()
    n_bank = N_BANK if order.domain != "ethics" else 40
    bank = make_puzzles(n_bank, BANK_SEED, (order.level,), families)
    kept: list[Puzzle] = []
    for index, draft in drafts.items():
        records[index].puzzle = draft.puzzle.id
        if find_duplicate(draft.puzzle, bank):
            records[index].reason = "repeats a puzzle of the bank"
        elif any(draft.puzzle.stem == one.stem for one in kept) or _is_repeated(draft.puzzle, kept):
            records[index].reason = "repeats an earlier one of this order"
        else:
            kept.append(draft.puzzle)


def _is_repeated(puzzle: "Puzzle", kept: "Sequence[Puzzle]") -> bool:
    from balk.design.authoring.duplicates import find_duplicate

    return find_duplicate(puzzle, kept, with_numbers=True) is not None


def _check_all(drafts: "dict[int, Draft]", records: dict[int, Record]) -> None:
    """Run the checks of puzzles that are not set apart; a check that differs sets one apart."""
    from balk.elicit.authoring.sandbox import run_check

    for index, draft in drafts.items():
        record = records[index]
        if record.reason or not draft.check:
            continue
        record.check, record.check_reason = _verdict(run_check(draft.check), draft.puzzle)
        if record.check == "differs":
            record.reason = (
                f"its check comes to {record.check_reason}, its key is {draft.puzzle.key}"
            )


def _verdict(run: "CheckRun", puzzle: "Puzzle") -> tuple[str, str]:
    from balk.measure.mark import is_right

    if run.status != "done":
        return "unverified", f"{run.status}: {run.reason}"
    if not run.output:
        return "unverified", "it printed nothing"
    is_same = is_right(run.output, puzzle.key, puzzle.marking)
    return ("agrees", "") if is_same else ("differs", repr(run.output[:40]))


def _solve(
    order: Order, folder: Path, puzzles: "dict[int, Puzzle]", records: dict[int, Record]
) -> None:
    counts = _attempts(order, folder / "solving", order.solvers, order.tries, puzzles)
    for (solver, index), (n_same, n) in counts.items():
        records[index].solved[solver] = [n_same, n]
    for index in puzzles:
        if any(n_same < n for n_same, n in records[index].solved.values()):
            records[index].reason = "not every solver comes to its key"


def _calibrate(
    order: Order, folder: Path, puzzles: "dict[int, Puzzle]", records: dict[int, Record]
) -> None:
    if not order.calibrators:
        return
    tries = order.calibration_tries
    counts = _attempts(order, folder / "calibration", order.calibrators, tries, puzzles)
    for (name, index), (n_same, n) in counts.items():
        records[index].accuracy[name] = n_same / n
        if n_same / n > order.most:
            records[
                index
            ].reason = f"{name} is right in {n_same} of {n}, at most {order.most:g} wanted"


def _attempts(
    order: Order, folder: Path, models: Iterable[str], tries: int, puzzles: "dict[int, Puzzle]"
) -> dict[tuple[str, int], tuple[int, int]]:
    """Return how often each model alone comes to the key of each puzzle, and of how many times."""
    from balk.design.answer_key.sheets import Entry, Sheet
    from balk.design.answer_key.study import AnswerKeyStudy
    from balk.elicit.answer_key.run import Asker, UnfinishedError

    if not puzzles:
        return {}
    study = AnswerKeyStudy(subjects=tuple(models), temperature=order.temperature)
    asker = Asker(study, folder, order.max_connections)
    asker.open()
    sheets = [
        Sheet("knowledge", index * tries + attempt, (Entry(puzzle),))
        for index, puzzle in puzzles.items()
        for attempt in range(tries)
    ]
    try:
        held = asker.ask_all("knowledge", sheets)
    except UnfinishedError as error:
        raise StudyError("not every solver came back; the same command asks the rest") from error
    counts = {(one.subject, one.sheet.index // tries): [0, 0] for one in held}
    for one in held:
        count = counts[one.subject, one.sheet.index // tries]
        count[0] += one.rows[0]["is_right"] is True
        count[1] += 1
    return {key: (n_same, n) for key, (n_same, n) in counts.items()}


def _write(drafts: "dict[int, Draft]", records: dict[int, Record], out: Path) -> Authored:
    """Write confirmed puzzles, the others apart, and who wrote and confirmed what."""
    from balk.design.sources import write_puzzles

    confirmed = [draft.puzzle for index, draft in drafts.items() if not records[index].reason]
    apart = [draft.puzzle for index, draft in drafts.items() if records[index].reason]
    write_puzzles(confirmed, out, with_keys=True)
    write_puzzles(apart, out.with_suffix(".unconfirmed.jsonl"), with_keys=True)
    lines = [
        json.dumps(asdict(record) | {"confirmed_by": record.confirmed_by}, ensure_ascii=False)
        for record in records.values()
    ]
    write_whole(out.with_suffix(".record.jsonl"), "\n".join(lines) + "\n")
    return Authored(confirmed, apart, list(records.values()))
