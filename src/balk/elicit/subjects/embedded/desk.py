"""Gathers requests that wait at the same time, so that one thread can answer them together."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from balk.elicit.subjects.embedded.requests import Draft, Request

Write = Callable[[Sequence[Request]], list[Draft]]
MOST_AT_ONCE = 64


class Desk:
    """Takes requests from any number of callers in one event loop.

    While a batch is being written, what arrives waits and makes up the next batch.

    Parameters
    ----------
    write : callable
        Answers a batch of requests; called in one thread, one call at a time.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[Request, asyncio.Future[Draft]]] = []
        self._serving: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="balk-lm")

    async def ask(self, request: Request) -> Draft:
        """Return what was written for a request."""
        answer: asyncio.Future[Draft] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._serving is None:
            self._serving = asyncio.create_task(self._serve())
        return await answer

    async def _serve(self) -> None:
        """Answer batches until nobody waits."""
        await asyncio.sleep(0)  # whoever is about to ask may join the first batch
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            await self._answer(batch)
        self._serving = None

    async def _answer(self, batch: list[tuple[Request, asyncio.Future[Draft]]]) -> None:
        requests = [request for request, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            drafts = await loop.run_in_executor(self._thread, self._write, requests)
        except Exception as error:  # noqa: BLE001 -- every caller learns of it
            for _, answer in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for (_, answer), draft in zip(batch, drafts, strict=True):
            if not answer.done():  # its caller may have been cancelled
                answer.set_result(draft)
