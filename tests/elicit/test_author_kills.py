"""An order of puzzles that is killed goes on: no stage is repeated, nothing is lost."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from inspect_ai.log import list_eval_logs, read_eval_log

from balk import authoring
from balk.authoring import Order

ORDER = Order(
    author="balk-key/author",
    solvers=("balk-key/solver", "balk-key/honest"),
    n=4,
    level=2,
    tries=1,
    calibrators=("balk-key/careless",),
    calibration_tries=2,
)

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
import test_author_kills as t
from balk import authoring
from balk.elicit.authoring import checks
from balk.elicit.subjects.key_table import REPLICATE
from balk.elicit.subjects.keyed.provider import KeyedModelAPI

out, left = Path(sys.argv[1]), [int(sys.argv[2])]
generate, keep = KeyedModelAPI.generate, checks.KeptChecks.run

def die():
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)

def told(what):
    with open(out.with_name("asked"), "a") as file:
        file.write(f"{what}\\n")

async def generate_or_die(self, *args, **arguments):
    die()
    told(f"{self.model_name} {REPLICATE.get()}")
    return await generate(self, *args, **arguments)

def check_or_die(self, code):
    def how(code):
        die()
        told(f"check {code!r}")
        return checks.run_check(code)
    return keep(self, code, how=how)

KeyedModelAPI.generate = generate_or_die
checks.KeptChecks.run = check_or_die
authoring.run(t.ORDER, out, max_connections=1)
"""


def n_finished(work: Path) -> Counter[str]:
    """Return how many logs of each stage came to their end."""
    return Counter(
        str(Path(info.name).parent)
        for info in list_eval_logs(str(work))
        if read_eval_log(info, header_only=True).status == "success"
    )


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_kill_at_any_call_or_check_repeats_nothing_that_came_back(tmp_path: Path) -> None:
    whole = authoring.run(ORDER, tmp_path / "whole.jsonl", max_connections=1)
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    folder = tmp_path / "killed"
    folder.mkdir()
    out, finished, n_kills = folder / "puzzles.jsonl", Counter[str](), 0
    # Each run comes three calls or checks further; the one that needs fewer ends by itself.
    for _ in range(40):
        run = subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", KILLED, str(out), "4", *here], check=False
        )
        assert run.returncode in {0, -signal.SIGKILL}
        now = n_finished(out.with_suffix(".work"))
        assert all(now[stage] == n for stage, n in finished.items())
        finished = now
        if run.returncode == 0:
            break
        n_kills += 1
        assert not out.exists()
    asked = Counter((folder / "asked").read_text().splitlines())
    assert n_kills >= 5
    assert max(asked.values()) == 1, asked.most_common(3)
    assert authoring.run(ORDER, out, max_connections=1) == whole
    assert out.read_text() == (tmp_path / "whole.jsonl").read_text()
    record = out.with_suffix(".record.jsonl")
    assert record.read_text() == (tmp_path / "whole.record.jsonl").read_text()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_at_any_moment_lose_nothing(tmp_path: Path) -> None:
    whole = authoring.run(ORDER, tmp_path / "whole.jsonl", max_connections=1)
    out = tmp_path / "killed.jsonl"
    options = ["--n", "4", "--level", "2", "--tries", "1", "--calibrate", "balk-key/careless"]
    options += ["--solver", "balk-key/solver", "--solver", "balk-key/honest"]
    options += ["--calibration-tries", "2", "--max-connections", "1", "--out", str(out)]
    command = [sys.executable, "-m", "balk.cli", "author", *options]
    wait_s = 2.0
    for _ in range(40):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 -- our own interpreter
        try:
            if process.wait(wait_s) == 0:
                break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        wait_s += 0.7  # each time a little later, so that every part is cut off somewhere
    assert process.returncode == 0
    lines = out.with_suffix(".record.jsonl").read_text().splitlines()
    assert [json.loads(line)["puzzle"] for line in lines] == [r.puzzle for r in whole.records]
    assert out.read_text() == (tmp_path / "whole.jsonl").read_text()
