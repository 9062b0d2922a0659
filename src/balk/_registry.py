"""What Inspect finds through balk's entry point: tasks, scorer and the subjects of balk's own."""

from balk.elicit.answer_key.tasks import answer_key, sheet_scorer
from balk.elicit.authoring.tasks import author, draft_scorer
from balk.elicit.scoring import exam_scorer
from balk.elicit.subjects.embedded.provider import balk_lm
from balk.elicit.subjects.keyed.provider import balk_key
from balk.elicit.subjects.provider import balk_sim
from balk.elicit.tasks import lifelines

__all__ = [
    "answer_key",
    "author",
    "balk_key",
    "balk_lm",
    "balk_sim",
    "draft_scorer",
    "exam_scorer",
    "lifelines",
    "sheet_scorer",
]
