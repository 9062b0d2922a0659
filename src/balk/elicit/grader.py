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


async def grade(reply: str, numbers: Sequence[int]) -> dict[str, str]:
    """Return what a grader says of each reason that the rules leave unsorted.

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
    """
    if ROLE not in model_roles():
        return {}
    verdicts: dict[str, str] = {}
    for number, reason in split_reasons(reply, numbers).items():
        if read_reason(reason) == OTHER and may_be_graded(reason):
            verdicts[str(number)] = await _ask(reason)
    return verdicts


async def _ask(reason: str) -> str:
    try:
        output = await reply_to(
            ("grader", ""),
            [ChatMessageUser(content=grader_prompt(reason))],
            GenerateConfig(temperature=0.0),
            model=get_model(role=ROLE),
        )
    except LimitExceededError:
        raise
    except Exception:  # noqa: BLE001 -- a grader that fails leaves the reason unsorted
        return ""
    return output.completion[:MOST_KEPT]
