"""Exams a second against a provider over HTTP: ideal, what the CPU allows, and what is achieved.

The server runs in a process of its own and answers after a fixed time. The ideal rate is calls
in flight through that time. The CPU's rate is that of the same study with a server that answers
at once. `python benchmarks/throughput.py serve DELAY_S` is the server, `... ask EXAMS` the client.
"""

import asyncio
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

CONNECTIONS = 100
DELAY_S = 1.0
N_EXAMS = int(os.environ.get("N_EXAMS", "2000"))
N_CELLS = 10
N_WARM_UP = 20
LINE = "difficulty 7, confidence 30%, answer: "


def measure() -> dict[str, Any]:
    """Return ideal, CPU-bound and achieved rates, and the share of the smaller bound."""
    ideal = CONNECTIONS / DELAY_S
    cpu_bound, _ = _rate(0.0)
    achieved, cpu_s = _rate(DELAY_S)
    bound = min(ideal, cpu_bound)
    return {
        "n_exams": N_EXAMS,
        "connections": CONNECTIONS,
        "delay_s": DELAY_S,
        "cores": os.cpu_count(),
        "ideal_per_s": ideal,
        "cpu_bound_per_s": cpu_bound,
        "achieved_per_s": achieved,
        "cpu_ms_per_exam": 1000 * cpu_s / N_EXAMS,
        "share": achieved / bound,
        "wanted_share": 0.8,
    }


def _rate(delay_s: float) -> tuple[float, float]:
    """Return exams a second and the CPU seconds of the client."""
    me = [sys.executable, __file__]
    served = [*me, "serve", str(delay_s)]
    with subprocess.Popen(served, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 -- this script
        assert server.stdout  # noqa: S101 -- for the type checker
        url = server.stdout.readline().strip()
        try:
            keys = {"BENCH_API_KEY": "none", "BENCH_BASE_URL": url}
            done = subprocess.run(  # noqa: S603 -- this script
                [*me, "ask", str(N_EXAMS)],
                env=os.environ | keys,
                check=True,
                capture_output=True,
                text=True,
            )
        finally:
            server.terminate()
    wall_s, cpu_s = json.loads(done.stdout.strip().splitlines()[-1])
    return N_EXAMS / wall_s, cpu_s


def ask(n_exams: int) -> None:
    """Print the seconds and the CPU seconds that a study of so many batch exams takes."""
    with tempfile.TemporaryDirectory() as folder:
        _run(N_WARM_UP, Path(folder) / "warm-up")  # imports and caches are not the exam's
        start, cpu = time.perf_counter(), time.process_time()
        _run(n_exams, Path(folder) / "timed")
        print(json.dumps([time.perf_counter() - start, time.process_time() - cpu]))


def _run(n_exams: int, folder: Path) -> None:
    from balk.design.study import Questions, Study
    from balk.elicit.run import open_models, run_study

    doses = [None, *range(1, N_CELLS)]
    study = Study.crossed(
        ("openai-api/bench/model",),
        lifelines=tuple(doses[: min(N_CELLS, n_exams)]),
        protocols=("batch",),
        questions=Questions(exams=max(1, n_exams // N_CELLS)),
    )
    folder.mkdir()
    if not run_study(study, open_models(study), folder, max_connections=CONNECTIONS):
        raise SystemExit("not every exam came back")


def serve(delay_s: float) -> None:
    """Answer every exam after so many seconds; prints the address first."""
    asyncio.run(_serve(delay_s))


async def _serve(delay_s: float) -> None:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(re.search(r"content-length: (\d+)", head)[1])  # type: ignore[index]
                body = json.loads(await reader.readexactly(length))
                await asyncio.sleep(delay_s)
                writer.write(_reply(body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1000)
    port = server.sockets[0].getsockname()[1]
    print(f"http://127.0.0.1:{port}/v1", flush=True)
    await server.serve_forever()


def _reply(body: dict[str, Any]) -> bytes:
    asked = re.findall(r"^Q(\d+)\.", body["messages"][-1]["content"], re.MULTILINE)
    text = "\n".join(f"Q{n}: {LINE}" + ("LIFELINE" if int(n) % 7 == 0 else "17") for n in asked)
    message = {"role": "assistant", "content": text}
    reply = {
        "id": "reply",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 100, "total_tokens": 200},
    }
    content = json.dumps(reply).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}"
    return f"{head}\r\n\r\n".encode() + content


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(float(sys.argv[2]))
    elif sys.argv[1:2] == ["ask"]:
        ask(int(sys.argv[2]))
    else:
        print(platform.processor(), json.dumps(measure(), indent=1))
