"""An instant subject, and two tasks for it: a trivial one and the batch exam."""

import re
import sys
import time
from collections.abc import Callable

from inspect_ai import Task, eval_set, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import includes
from inspect_ai.solver import generate
from inspect_ai.tool import ToolChoice, ToolInfo

CONNECTIONS = 20
N_WARM_UP = 20


@modelapi(name="instant")
class Instant(ModelAPI):
    """Replies at once: every third question is skipped, the others get a number."""

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 -- Inspect's signature
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Return the same answer sheet for every exam."""
        del tools, tool_choice, config
        asked = re.findall(r"^Q(\d+)\.", input[-1].text, re.MULTILINE)
        text = "\n".join(
            f"Q{number}: difficulty 7, confidence 30%, answer: "
            + ("LIFELINE" if int(number) % 3 == 0 else "17")
            for number in asked
        )
        output = ModelOutput.from_content("instant", text or "17")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output


@task
def one_call(n: int) -> Task:
    """Ask for a number and look for it in the reply."""
    samples = [Sample(id=i, input=f"What is {i} + 1?", target="17") for i in range(n)]
    return Task(
        dataset=MemoryDataset(samples),
        solver=generate(),
        scorer=includes(),
        config=GenerateConfig(temperature=1.0, max_tokens=100),
    )


def trivial(n: int, folder: str) -> None:
    """Print the seconds that `n` samples of the trivial task take."""
    _timed(one_call, n, folder)


def exams(n: int, folder: str) -> None:
    """Print the seconds that `n` batch exams of 20 questions take."""
    from balk.elicit.tasks import lifelines

    _timed(lambda n: lifelines(exams=n, lifelines=10, pool=200), n, folder)


def _timed(make_task: Callable[[int], Task], n: int, folder: str) -> None:
    _run(make_task(N_WARM_UP), f"{folder}-warm-up")  # imports and caches are not the exam's
    task_of_n = make_task(n)
    start = time.perf_counter()
    _run(task_of_n, folder)
    print(time.perf_counter() - start)


def _run(task_of_n: Task, folder: str) -> None:
    is_complete, logs = eval_set(
        [task_of_n],
        log_dir=folder,
        model=[get_model("instant/instant")],
        max_connections=CONNECTIONS,
        max_samples=CONNECTIONS,
        display="none",
        score_display=False,
        log_level="error",
        acp_server=False,
        ctl_server=False,
    )
    results = logs[0].results
    n_done = results.completed_samples if results else 0
    if not is_complete or n_done != len(task_of_n.dataset):
        raise SystemExit(f"only {n_done} of {len(task_of_n.dataset)} samples were completed")


if __name__ == "__main__":
    {"trivial": trivial, "exams": exams}[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
