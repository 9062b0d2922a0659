"""What a study has spent, over all its runs, and where it stops.

Inspect's own limits hold for one sample each. Here every call of a run adds to a ledger in the
folder of results, and once a limit is reached, no exam is begun: Inspect's early stopping leaves
it out of the log, so that it makes no row. Exams in flight end as they would have. So that they do
not carry it far past a limit, an exam waits while those in flight, and it, would reach the limit at
what exams have taken so far; until one has ended, one is asked alone.

A log with exams left out reads as finished to `eval_set`. `reopen` says in its header how many
exams it really holds, and the next run asks the rest.
"""

import asyncio
import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import cache
from pathlib import Path
from time import monotonic

from inspect_ai.dataset import Sample
from inspect_ai.hooks import Hooks, ModelUsageData, SampleEnd, hooks
from inspect_ai.log import EvalSpec, list_eval_logs, read_eval_log, write_eval_log
from inspect_ai.model import ModelUsage
from inspect_ai.scorer import SampleScore
from inspect_ai.util import EarlyStop
from pydantic import JsonValue

from balk.design.limits import Limits, Spent
from balk.design.prices import Price, price_of
from balk.elicit.usage import spent_in
from balk.errors import StudyError

LEDGER = "spent.json"
LEDGER_AGE_S = 0.5
"""How far the ledger may lag behind while calls come back: writing it takes longer than some calls.
What a kill leaves out of it is no more than what came back in this time."""


class Budget:
    """What a study has spent, kept in its folder, and what it may spend.

    Parameters
    ----------
    folder : Path
        Of the results.
    limits : Limits, optional
        Where it stops; by default nowhere.

    Raises
    ------
    StudyError
        If the folder holds a ledger that cannot be read.
    """

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.stopped: str | None = None
        """Which limit left exams unasked; None if none did."""
        self._path = folder / LEDGER
        folder.mkdir(parents=True, exist_ok=True)
        self._spent, self._before, self._n_ended = _read(self._path)
        self._began: float | None = None
        self._kept_at = -math.inf
        self._prices: dict[str, Price | None] = {}
        self._n_in_flight = 0
        self._ended = asyncio.Event()

    @property
    def seconds(self) -> float:
        """Running time since the first exam was begun, that of earlier runs included."""
        return self._before + (0.0 if self._began is None else monotonic() - self._began)

    @property
    def cost(self) -> float:
        """What was spent, as far as prices are known."""
        return self.limits.cost_of(self._spent)

    @property
    def costs(self) -> dict[str, float]:
        """What was spent in each currency, as far as prices are known."""
        costs: dict[str, float] = {}
        for model, spent in self._spent.items():
            if price := self._price_of(model):
                own = self.limits.cost_of({model: spent})
                costs[price.currency] = costs.get(price.currency, 0.0) + own
        return costs

    @property
    def is_priced(self) -> bool:
        """Whether the price of every model that was asked is known."""
        return all(map(self._price_of, self._spent))

    def _price_of(self, model: str) -> Price | None:
        if model not in self._prices:  # asked after every exam, and looked up by patterns
            self._prices[model] = price_of(model, self.limits.prices)
        return self._prices[model]

    @property
    def tokens(self) -> int:
        """Tokens sent and received."""
        return sum(one.tokens for one in self._spent.values())

    def add(self, model: str, usage: ModelUsage) -> None:
        """Count a call, and keep the ledger unless that was done just before."""
        self._spent[model] = self._spent.get(model, Spent()) + spent_in(usage)
        self._keep_now_and_then()

    def _keep_now_and_then(self) -> None:
        if monotonic() - self._kept_at > LEDGER_AGE_S:
            self.keep()

    def keep(self) -> None:
        """Write the ledger, whole or not at all."""
        held = {
            "seconds": round(self.seconds, 3),
            "exams": self._n_ended,
            "models": {model: asdict(one) for model, one in sorted(self._spent.items())},
        }
        draft = self._path.with_name(f"{LEDGER}.part")
        draft.write_text(json.dumps(held, indent=1) + "\n")
        draft.replace(self._path)
        self._kept_at = monotonic()

    async def start_task(self, task: EvalSpec, samples: list[Sample], epochs: int) -> str:  # noqa: ARG002 -- Inspect's signature
        """Return the name under which Inspect logs what was left out."""
        return "balk"

    async def schedule_sample(self, id: str | int, epoch: int) -> EarlyStop | None:  # noqa: A002 -- Inspect's name
        """Leave an exam out once a limit is reached, and let it wait where one is near."""
        while (reason := self.limits.reached(self._spent, self.seconds)) is None:
            if not self._is_near():
                self._n_in_flight += 1
                # What a start takes before it, long with many cells, is not the study's time.
                self._began = monotonic() if self._began is None else self._began
                return None
            await self._ended.wait()
        self.stopped = reason
        return EarlyStop(id=id, epoch=epoch, reason=reason)

    def end_exam(self) -> None:
        """Count an exam that ended, and let those that wait look again."""
        self._n_in_flight -= 1
        self._n_ended += 1
        self._keep_now_and_then()
        self._ended.set()
        self._ended = asyncio.Event()

    def stop_clock(self) -> None:
        """Count no time until an exam is begun again, and keep the ledger."""
        self._before, self._began = self.seconds, None
        self.keep()

    def _is_near(self) -> bool:
        """Return whether the exams in flight and one more would reach a limit on calls."""
        if not self.limits.counts_calls or not self._n_in_flight:
            return False
        if not self._n_ended:
            return True
        more = 1 + (self._n_in_flight + 1) / self._n_ended
        expected = {model: one.times(more) for model, one in self._spent.items()}
        return self.limits.reached(expected, 0) is not None

    async def complete_sample(
        self,
        id: str | int,  # noqa: A002 -- Inspect's name
        epoch: int,
        scores: dict[str, SampleScore],
    ) -> None:
        """Do nothing: calls are counted as they return."""

    async def complete_task(self) -> dict[str, JsonValue]:
        """Return nothing to be logged."""
        return {}


@contextmanager
def counted(budget: Budget) -> Iterator[None]:
    """Count every call that is made meanwhile."""
    _listen()
    _OPEN.append(budget)
    try:
        yield
    finally:
        _OPEN.remove(budget)
        budget.stop_clock()


def reopen(logs: str) -> None:
    """Say in every log that exams were left out of how many it holds, so that they are asked."""
    for info in list_eval_logs(logs):
        header = read_eval_log(info, header_only=True)
        results = header.results
        left_out = results.early_stopping.early_stops if results and results.early_stopping else ()
        if results and left_out and results.logged_samples is None:
            results.logged_samples = results.total_samples - len(left_out)
            write_eval_log(header, info.name, header_only=True)


_OPEN: list[Budget] = []


class _Counting(Hooks):
    """Tells open budgets of every call that came back, and of every exam that ended."""

    def enabled(self) -> bool:
        return bool(_OPEN)

    async def on_model_usage(self, data: ModelUsageData) -> None:
        for budget in _OPEN:
            budget.add(data.model_name, data.usage)

    async def on_sample_end(self, data: SampleEnd) -> None:  # noqa: ARG002 -- Inspect's signature
        for budget in _OPEN:
            budget.end_exam()


@cache
def _listen() -> None:
    """Register the hook, once and late: of those that are there at the start Inspect tells."""
    hooks(name="balk_budget", description="Counts what a study of balk spends.")(_Counting)


def _read(path: Path) -> tuple[dict[str, Spent], float, int]:
    """Return tokens by model, seconds, and exams that ended."""
    if not path.exists():
        return {}, 0.0, 0
    try:
        held = json.loads(path.read_text())
        spent = {model: Spent(**one) for model, one in held["models"].items()}
        return spent, float(held["seconds"]), int(held["exams"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StudyError(
            f"{path}: what was spent cannot be read ({error}); mend the file, or remove it and "
            "lower the limits by what was spent"
        ) from error
