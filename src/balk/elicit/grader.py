"""A grader for stated reasons that the rules cannot sort: the model in role ``grader``, if any."""

from collections.abc import Sequence

from inspect_ai.model import ChatMessageUser, GenerateConfig, get_model, model_roles
from inspect_ai.util import LimitExceededError

from balk.elicit.kept import reply_to
from balk.measure.probes.grading import grader_prompt
from balk.measure.probes.reasons import OTHER, may_be_graded, read_reason, split_reasons

ROLE = "grader"
MOST_KEPT = 100
"""Characters of a grader's reply that are kept; one word was asked for."""


async def grade(reply: str, numbers: Sequence[int]) -> tuple[dict[str, str], Exception | None]:
    """Return what a grader says of each reason that the rules leave unsorted, and what failed.

    Every reason has a call of its own, so that none can speak for another. A call that fails
    leaves the reason as the rules read it.

    Parameters
    ----------
    reply : str
        The reply that states reasons.
    numbers : sequence of int
        Questions that it was asked about.

    Returns
    -------
    dict of str to str
        Number of the question -> the grader's words.
    Exception or None
        What broke the first call that failed.
    """
    verdicts: dict[str, str] = {}
    failure: Exception | None = None
    for number, reason in _unsorted(reply, numbers).items():
        try:
            verdicts[str(number)] = await _ask(reason)
        except LimitExceededError:
            raise
        except Exception as error:  # noqa: BLE001 -- it leaves the reason unsorted
            failure = failure or error
    return verdicts, failure


def _unsorted(reply: str, numbers: Sequence[int]) -> dict[int, str]:
    """Return the reasons that go to the grader; none where there is no grader."""
    if ROLE not in model_roles():
        return {}
    return {
        number: reason
        for number, reason in split_reasons(reply, numbers).items()
        if read_reason(reason) == OTHER and may_be_graded(reason)
    }


async def _ask(reason: str) -> str:
    output = await reply_to(
        ("grader", ""),
        [ChatMessageUser(content=grader_prompt(reason))],
        GenerateConfig(temperature=0.0),
        model=get_model(role=ROLE),
    )
    return output.completion[:MOST_KEPT]
