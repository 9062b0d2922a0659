"""What Inspect finds through balk's entry point: tasks, scorer and simulated subjects."""

from balk.elicit.scoring import exam_scorer
from balk.elicit.subjects.provider import balk_sim
from balk.elicit.tasks import lifelines

__all__ = ["balk_sim", "exam_scorer", "lifelines"]
