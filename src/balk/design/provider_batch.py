"""Which providers take calls in batches, at a discount and in their own time."""

from balk.design.study import Study
from balk.errors import StudyError

PROVIDERS = ("openai", "anthropic", "google", "grok", "together")
"""Those for which Inspect has a batch mode."""


def check_provider_batch(study: Study) -> None:
    """Refuse a study that cannot go through its providers' batch mode.

    Raises
    ------
    StudyError
        If it is asked in real time, or a provider has no such mode.
    """
    if any(condition.protocol == "realtime" for condition in study.conditions()):
        raise StudyError(
            "--provider-batch with protocol realtime, where each question waits for the reply to "
            "the one before, and a provider's batch may take a day; use --protocol batch, or leave "
            "--provider-batch out"
        )
    others = sorted(
        {one.model for one in study.subjects if one.model.partition("/")[0] not in PROVIDERS}
    )
    if others:
        raise StudyError(
            f"--provider-batch with {', '.join(others)}; providers with a batch mode: "
            f"{', '.join(PROVIDERS)}"
        )
