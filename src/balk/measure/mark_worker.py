"""Compare expressions by math-verify in a process that can be killed: both ends of the pipe.

Computer algebra can run for ever on a short input, and math-verify's own time limit needs the
main thread. So one worker process (``python -m balk.measure.mark_worker``) reads one JSON line
per comparison and writes one back; whoever waits too long kills it and starts another.
"""

import json
import logging
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Any

from balk.errors import BalkError

WORKER = (sys.executable, "-m", "balk.measure.mark_worker")
LIMIT_S = 5.0
START_LIMIT_S = 120.0
ALARM_FACTOR = 2
MEMORY_BYTES = 4 << 30

# Decimals count as equal to this many places: 1.4142 is not the square root of 2.
N_PLACES = 15
PRECISION = 30

_SIGNS = str.maketrans(
    {"π": r"\pi ", "∞": r"\infty ", "\u00d7": r"\times ", "·": r"\cdot ", "\u2212": "-"}
    | {"≤": r"\le ", "≥": r"\ge ", "\u222a": r"\cup ", "⁰": "^0", "²": "^2", "³": "^3"}
)
_ROOT = re.compile(r"√\s*(?:\(([^()]*)\)|(\w+))")
_BARE_NAME = re.compile(
    r"(?<![\\a-zA-Z])(sin|cos|tan|cot|sec|csc|arcsin|arccos|arctan|log|ln|exp|pi|infty)"
    r"(?![a-zA-Z])"
)


class MathMarker:
    """Compares expressions in one worker process, with a time limit for each comparison.

    Safe to call from any thread; comparisons queue up for the one worker, which starts at the
    first of them and lives until `close` or the end of the interpreter.

    Parameters
    ----------
    limit_s : float, default 5
        Seconds that one comparison may take.
    start_limit_s : float, default 120
        Seconds that the worker may take to load its libraries.
    command : sequence of str, optional
        What to run as the worker.
    """

    def __init__(
        self,
        limit_s: float = LIMIT_S,
        start_limit_s: float = START_LIMIT_S,
        command: Sequence[str] = WORKER,
    ) -> None:
        self._limit_s = limit_s
        self._start_limit_s = start_limit_s
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._worker: subprocess.Popen[bytes] | None = None

    def is_same(self, answer: str, key: str) -> bool | None:
        """Return whether two expressions are equal, or None where that cannot be decided.

        Parameters
        ----------
        answer, key : str
            Expressions in LaTeX or plain signs, without words around them.

        Returns
        -------
        bool or None
            None if the comparison took longer than the limit or broke down, or if the key
            cannot be read. The worker is then replaced where need be.

        Raises
        ------
        BalkError
            If the worker process cannot be started.
        """
        request = {"answer": answer, "key": key, "limit_s": self._limit_s}
        with self._lock:
            worker = self._running()
            try:
                _stream(worker.stdin).write(json.dumps(request).encode() + b"\n")
                reply = _read_line(_stream(worker.stdout), self._limit_s)
            except OSError:  # the worker is gone
                reply = b""
            if not reply.endswith(b"\n"):
                self._stop()
                return None
        right: bool | None = json.loads(reply)["is_same"]
        return right

    def close(self) -> None:
        """End the worker process; the next comparison starts a new one."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        """Return the worker, started and ready."""
        if self._worker is not None and self._worker.poll() is None:
            return self._worker
        self._stop()
        worker = subprocess.Popen(  # noqa: S603 -- our own module, under this interpreter
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)},
        )
        self._worker, self._end = worker, weakref.finalize(self, _end, worker)
        if not _read_line(_stream(worker.stdout), self._start_limit_s).endswith(b"\n"):
            self._stop()
            raise BalkError(
                f"the marking process ended or did not answer within {self._start_limit_s:g} s "
                f"(exit status {worker.returncode}); see what it says: {' '.join(self._command)}"
            )
        return worker

    def _stop(self) -> None:
        """Kill the worker, if there is one."""
        if self._worker is not None:
            self._end()
            self._worker = None


def _end(worker: subprocess.Popen[bytes]) -> None:
    """Kill a process and close its pipes."""
    worker.kill()
    worker.wait()
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            stream.close()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe that was asked for."""
    if stream is None:
        raise OSError("the process has no pipe")
    return stream


def _read_line(stream: IO[bytes], limit_s: float) -> bytes:
    """Return what arrives up to the end of a line, or less where time or the stream ends."""
    received, deadline = b"", time.monotonic() + limit_s
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while not received.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                break
            part = os.read(stream.fileno(), 4096)
            if not part:
                break
            received += part
    return received


def compare(answer: str, key: str) -> bool | None:
    """Return whether two expressions are equal by math-verify, without any time limit.

    Parameters
    ----------
    answer, key : str
        Expressions in LaTeX or plain signs.

    Returns
    -------
    bool or None
        False where the answer is no expression; None where the key is none or the comparison
        breaks down.
    """
    from math_verify import verify  # takes seconds to import: only in the worker

    wanted = _parsed(key)
    if not wanted:
        return None
    try:
        return bool(
            verify(
                wanted,
                _parsed(answer),
                float_rounding=N_PLACES,
                numeric_precision=PRECISION,
                timeout_seconds=None,
                raise_on_error=True,
            )
        )
    except Exception:  # noqa: BLE001 -- whatever algebra raises, nothing has been decided
        return None


def _parsed(expression: str) -> Any:  # noqa: ANN401 -- sympy's types are not known to the checker
    """Return the expressions that math-verify reads, none where it can read none."""
    from math_verify import LatexExtractionConfig, parse

    latex = _ROOT.sub(r"\\sqrt{\1\2}", expression.replace("**", "^").translate(_SIGNS))
    latex = _BARE_NAME.sub(r"\\\1", latex)
    return parse(
        f"${latex}$",
        [LatexExtractionConfig()],
        fallback_mode="no_fallback",
        extraction_mode="first_match",
        parsing_timeout=None,
    )


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer one JSON line with one JSON line until the requests end.

    Parameters
    ----------
    requests : binary stream
        Lines ``{"answer": ..., "key": ..., "limit_s": ...}``.
    replies : binary stream
        Gets ``{"ready": true}`` and then ``{"is_same": true|false|null}`` for each request.
    """
    compare("x", "x")  # loads everything before the clock of the first comparison starts
    replies.write(b'{"ready": true}\n')
    replies.flush()
    for line in iter(requests.readline, b""):
        request = json.loads(line)
        # The alarm's default action ends this process even inside C code: should the caller be
        # gone, no comparison runs on for ever. Its own limit comes first.
        signal.setitimer(signal.ITIMER_REAL, ALARM_FACTOR * request["limit_s"])
        verdict = compare(request["answer"], request["key"])
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(json.dumps({"is_same": verdict}).encode() + b"\n")
        replies.flush()


def main() -> None:
    """Run as the worker: the pipe for replies is kept out of reach of stray prints."""
    logging.disable()
    with suppress(ValueError, OSError):  # not every system can limit it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
