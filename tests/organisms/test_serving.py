"""The same weights, served by another program: the same greedy text."""

import asyncio
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, ModelOutput, get_model

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.prompts import wording
from balk.design.sources import read_puzzles
from balk.records import Form

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
TRANSFORMERS = os.environ.get("BALK_TRANSFORMERS") or shutil.which("transformers")
FORM = Form(0, tuple(read_puzzles("tables", n=6, seed=2, levels=(1, 2, 3))))
EXAM = Exam(FORM, Condition(make_arm("lifelines"), 3, "batch"), "completion")
CONFIG = GenerateConfig(temperature=0.0, max_tokens=120, stop_seqs=["\n\n"], seed=0)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a server with the safetensors of `base`, and their folder."""
    if TRANSFORMERS is None:
        pytest.skip("no transformers here; name its command in BALK_TRANSFORMERS")
    folder = tmp_path_factory.mktemp("export") / "base"
    _export(folder, Path(TRANSFORMERS).with_name("python"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [TRANSFORMERS, "serve", "--host", "127.0.0.1", "--port", str(port)]
    offline = os.environ | {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    server = subprocess.Popen(  # noqa: S603 -- a command of this machine's own
        command, env=offline, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(f"http://127.0.0.1:{port}/health", server)
        yield f"http://127.0.0.1:{port}/v1", folder
    finally:
        server.terminate()
        server.wait(30)


def _export(folder: Path, python: Path) -> None:
    """Write safetensors with the Python that has transformers, and with it onnx, it is hoped."""
    root = Path(__file__).parents[2]
    command = [str(python), "-m", "organisms.export", "base", "--out", str(folder.parent)]
    done = subprocess.run(  # noqa: S603 -- our own command
        command, cwd=root, env=os.environ | {"PYTHONPATH": f"{root / 'src'}:{root}"}, check=False
    )
    if done.returncode:
        pytest.skip("no onnx or safetensors beside transformers; pip install 'balk[organisms]'")


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        assert server.poll() is None, "the server ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 -- our own server
                return
        except OSError:
            time.sleep(1)
    pytest.fail("the server did not start")


def test_transformers_serve_writes_the_same_greedy_text(
    address: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, folder = address
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    monkeypatch.setenv("LOCAL_BASE_URL", url)
    served = get_model(f"openai-api-completions/local/{folder}", memoize=False)
    document: list[ChatMessage] = [ChatMessageUser(content=wording.opening(EXAM))]
    theirs = asyncio.run(served.generate(document, config=CONFIG))
    ours = asyncio.run(get_model("balk-lm/base", memoize=False).generate(document, config=CONFIG))
    assert isinstance(theirs, ModelOutput)
    assert theirs.completion.rstrip("\n") == ours.completion.rstrip("\n")
