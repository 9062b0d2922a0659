"""The scorer: an exam's messages -> outcomes, marks and what is needed to rebuild the table."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState

from balk.elicit.packing import pack
from balk.elicit.probe_replies import Columns, pack_probes, read_probes
from balk.elicit.replies import Turn, read_exam
from balk.measure.parse import PARSER_VERSION
from balk.records import Outcome

SCORER = "exam_scorer"

ARRAYS = (
    "answer",
    "is_right",
    "reason",
    "confidence",
    "difficulty",
    "lifelines_left",
    "used_token",
    "p_skip",
    "provenance",
    "quote",
    "output_tokens",
    "finish_reason",
)


@scorer(metrics={"*": [mean(), stderr()]})
def exam_scorer() -> Scorer:
    """Score an exam: counts of outcomes and points as value, the outcome string as answer."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 -- Inspect's signature
        turns = read_exam(state.messages, state.metadata)
        if not state.metadata.get("probes"):
            return score_of(turns)
        return score_of(turns, read_probes(state.messages, state.metadata, turns))

    return score


def score_of(turns: Sequence[Turn], probed: Columns | None = None) -> Score:
    """Return the score of an exam that has been read.

    The value holds few counts, since Inspect copies every score for each of them; the answer
    holds every outcome.
    """
    counts = Counter(turn.reading.outcome for turn in turns)
    n_decided = sum(n for outcome, n in counts.items() if outcome.is_decision)
    value: dict[str, str | int | float | bool | None] = {
        "n_attempt": counts[Outcome.ATTEMPT],
        "n_skip": counts[Outcome.SKIP],
        "n_right": sum(turn.is_right is True for turn in turns),
        "n_undecided": len(turns) - n_decided,
    }
    return Score(
        value=value,
        answer="".join(turn.reading.outcome for turn in turns),
        metadata={
            "parser_version": PARSER_VERSION,
            **pack(arrays_of(turns)),
            **(pack_probes(probed) if probed else {}),
        },
    )


def arrays_of(turns: Sequence[Turn]) -> dict[str, list[Any]]:
    """Return what was read as parallel arrays, one value a question, named as in `ARRAYS`."""
    return {
        "answer": [turn.reading.answer for turn in turns],
        "is_right": [turn.is_right for turn in turns],
        "reason": [turn.reading.reason for turn in turns],
        "confidence": [turn.reading.confidence for turn in turns],
        "difficulty": [turn.reading.difficulty for turn in turns],
        "lifelines_left": [turn.left for turn in turns],
        "used_token": [turn.reading.token for turn in turns],
        "p_skip": [turn.p_skip for turn in turns],
        "provenance": [turn.reading.provenance for turn in turns],
        "quote": [turn.reading.quote for turn in turns],
        "output_tokens": [turn.output_tokens for turn in turns],
        "finish_reason": [turn.finish_reason for turn in turns],
    }
