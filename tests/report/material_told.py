"""A small finished study that asks everything a report has a section for, registered before."""

from pathlib import Path

from balk import pipeline
from balk.design.lock import make_lock
from balk.design.study import Block, Questions, Study
from balk.design.subjects import Subject
from balk.measure.parse import PARSER_VERSION
from balk.records import Probe

SUBJECTS = ("balk-sim/believed_penalty", "balk-sim/rational", "balk-sim/sloppy")
PROBES: tuple[Probe, ...] = ("payoff", "reasons", "follow_up", "advice")
TOLD = ("feedback=none", "feedback=always_wrong")
PLAIN = Block(lifelines=(None, 2, 4), protocols=("batch",), probes=PROBES)
REMOVED = Block(lifelines=(4,), arms=("dominance", "choices"), protocols=("batch",))
JUDGED = Block(lifelines=(4,), arms=TOLD, protocols=("realtime",))
LEFT_OUT = Block(lifelines=(4,), arms=("welcome",), protocols=("batch",))
"""What is locked and then not asked."""


def make_told_folder(folder: Path) -> Path:
    """Register a study, ask it but for one arm, and return its folder."""
    asked = _study(PLAIN, REMOVED, JUDGED)
    lock = make_lock(_study(PLAIN, REMOVED, JUDGED, LEFT_OUT), PARSER_VERSION)
    terms = pipeline.Terms(lock=lock, may_deviate=True)
    pipeline.run(asked, folder, max_connections=8, terms=terms)
    return folder


def _study(*blocks: Block) -> Study:
    return Study(
        subjects=tuple(Subject(model=name) for name in SUBJECTS),
        blocks=blocks,
        questions=Questions(pool=12, questions=6, exams=6),
    )
