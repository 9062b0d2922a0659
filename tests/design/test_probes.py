"""Probes: golden texts, where each can be asked, and what they do to a study's identity."""

import itertools
import os
from pathlib import Path

import pytest

from balk.design.arms import make_arm
from balk.design.exams import Condition, Exam
from balk.design.probes import PROBES, can_be_asked, check_probes, in_order
from balk.design.prompts import probes as wording
from balk.design.prompts.wording import wording_hash
from balk.design.study import Block, Questions, Study
from balk.design.study_file import BUILT_IN, read_study
from balk.design.subjects import Subject
from balk.errors import StudyError
from balk.measure.probes.reasons import REASONS
from balk.records import Form, Interface, Probe, Protocol, Puzzle

GOLDEN = Path(__file__).parents[1] / "golden" / "probes"
FORM = Form(
    0,
    tuple(
        Puzzle(f"What is 3^{i} mod 7?", str(3**i % 7), "number", "powers", 1) for i in range(1, 5)
    ),
)
ALL: tuple[Probe, ...] = tuple(PROBES)
PROTOCOLS: tuple[Protocol, ...] = ("batch", "realtime", "isolated")
GOLDENS: list[tuple[str, int | None, Protocol, Interface]] = [
    *(("lifelines", 3, protocol, "chat") for protocol in PROTOCOLS),
    *(("lifelines", 3, protocol, "completion") for protocol in PROTOCOLS),
    ("none", None, "batch", "chat"),
    ("unstated", 3, "batch", "chat"),
    ("penalty=0.5+price=0.1+renamed=pass", 3, "batch", "chat"),
    ("rating=none", 3, "batch", "chat"),
    ("key=hidden", 3, "realtime", "chat"),
    ("key=hidden", 3, "realtime", "completion"),
    ("inert", 3, "batch", "chat"),
    ("bridge", 3, "batch", "chat"),
]
FORBIDDEN = ("discomfort", "pain", "afraid", "safe", "should", "worry", "lie", "honest", "failed")


def exam_of(
    spec: str, lifelines: int | None, protocol: Protocol = "batch", interface: Interface = "chat"
) -> Exam:
    return Exam(FORM, Condition(make_arm(spec), lifelines, protocol), interface)


def transcript(exam: Exam) -> str:
    asked = can_be_asked(ALL, exam.condition, exam.interface)
    return "\n<reply>\n".join(f"[{probe}]\n{_texts(exam, probe)}" for probe in asked)


def _texts(exam: Exam, probe: Probe) -> str:
    return "\n<or>\n".join(wording.probe_texts(exam, [probe]))


@pytest.mark.parametrize(("spec", "lifelines", "protocol", "interface"), GOLDENS)
def test_no_wording_of_a_probe_changes_unseen(
    spec: str, lifelines: int | None, protocol: Protocol, interface: Interface
) -> None:
    text = transcript(exam_of(spec, lifelines, protocol, interface))
    name = spec.replace("=", "_").replace("+", "_").replace(".", "")
    path = GOLDEN / f"{name}.{interface}.{protocol}.txt"
    if os.environ.get("BALK_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n")
    assert path.read_text() == text + "\n"


@pytest.mark.parametrize(("spec", "lifelines", "protocol", "interface"), GOLDENS)
def test_the_wording_of_probes_is_neutral(
    spec: str, lifelines: int | None, protocol: Protocol, interface: Interface
) -> None:
    words = transcript(exam_of(spec, lifelines, protocol, interface)).lower().split()
    assert not {word.strip(".,?:") for word in words} & set(FORBIDDEN)


def test_advice_quotes_the_rules_and_no_puzzle() -> None:
    text = wording.advice(exam_of("penalty=0.5", 3))
    assert "Wrong answer: -0.5 points." in text
    assert not [puzzle.stem for puzzle in FORM.puzzles if puzzle.stem in text]


def test_probes_are_asked_in_one_order_whatever_order_they_are_named_in() -> None:
    assert in_order(["advice", "follow_up", "payoff", "reasons", "payoff"]) == ALL


def test_an_unknown_probe_is_refused_with_the_known_ones() -> None:
    with pytest.raises(StudyError, match=r"unknown probe 'followup'.*Did you mean 'follow_up'"):
        in_order(["followup"])


@pytest.mark.parametrize(
    ("spec", "lifelines", "protocol", "interface", "left"),
    [
        ("lifelines", 3, "batch", "chat", ALL),
        ("none", None, "batch", "chat", ("payoff",)),
        ("lifelines", 0, "batch", "chat", ("payoff",)),
        ("lifelines", 3, "batch", "completion", ("follow_up",)),
        ("bridge", 3, "batch", "chat", ("follow_up",)),
        ("inert", 3, "batch", "chat", ("payoff", "reasons", "advice")),
        ("lifelines", 3, "realtime", "chat", ("payoff", "reasons", "advice")),
        ("feedback=none+key=shown", 3, "realtime", "chat", ("payoff", "reasons", "advice")),
        ("key=hidden", 3, "realtime", "chat", ALL),
        ("lifelines", 3, "isolated", "chat", ALL),
    ],
)
def test_a_probe_is_asked_where_it_can_be(
    spec: str, lifelines: int | None, protocol: Protocol, interface: Interface, left: object
) -> None:
    condition = Condition(make_arm(spec), lifelines, protocol)
    assert can_be_asked(ALL, condition, interface) == left


def test_a_probe_that_cannot_be_asked_is_refused_with_the_reason() -> None:
    document = Condition(make_arm("lifelines"), 3, "batch")
    with pytest.raises(StudyError, match="'reasons' cannot be asked: a document"):
        check_probes(["reasons"], document, "completion")
    told = Condition(make_arm("lifelines"), 3, "realtime")
    with pytest.raises(StudyError, match="'follow_up' cannot be asked: the right answers"):
        check_probes(["follow_up"], told, "chat")


QUESTIONS = Questions(puzzles="balk:divisor_counts", pool=6, questions=3, exams=2, levels=(1,))
CHAT = Subject(model="balk-sim/tension")
BASE = Subject(model="balk-sim/tension", interface="completion")


def study(*blocks: Block, subjects: tuple[Subject, ...] = (CHAT,)) -> Study:
    return Study(subjects=subjects, blocks=blocks, questions=QUESTIONS)


def block(**fields: object) -> Block:
    settings: dict[str, object] = {"lifelines": (None, 2), "protocols": ("batch",)}
    return Block(**settings | fields)  # type: ignore[arg-type]


def test_a_block_leaves_out_what_a_cell_cannot_be_asked() -> None:
    asked = study(block(probes=ALL), subjects=(CHAT, BASE))
    cells = {(c.subject.interface, c.condition.lifelines): c.probes for c in asked.cells()}
    assert cells == {
        ("chat", None): ("payoff",),
        ("chat", 2): ALL,
        ("completion", None): (),
        ("completion", 2): ("follow_up",),
    }


def test_a_probe_that_no_cell_of_its_block_can_be_asked_is_refused() -> None:
    with pytest.raises(StudyError, match=r"'reasons' can be asked in no exam.*a document"):
        study(block(probes=("reasons",), lifelines=(2,)), subjects=(BASE,))
    with pytest.raises(StudyError, match="cross the arm with key=hidden"):
        study(block(probes=("follow_up",), protocols=("realtime",)))


def test_a_condition_of_two_blocks_is_asked_what_either_wants() -> None:
    asked = study(block(), block(lifelines=(2,), probes=("advice",)), block(probes=("payoff",)))
    cells = {cell.condition.lifelines: cell.probes for cell in asked.cells()}
    assert cells == {None: ("payoff",), 2: ("payoff", "advice")}


def test_probes_are_part_of_what_a_study_is() -> None:
    plain = study(block())
    with_probes = [study(block(probes=some)) for some in (("payoff",), ("advice",), ALL)]
    assert len({one.id for one in (plain, *with_probes)}) == 4
    assert (
        study(block(probes=("advice", "payoff"))).id == study(block(probes=("payoff", "advice"))).id
    )


@pytest.mark.parametrize("probe", ALL)
def test_every_probe_enters_the_hash_of_the_wording(
    probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = exam_of("lifelines", 3)
    before = wording_hash([exam], probes=[probe])
    assert before != wording_hash([exam])
    told = getattr(wording, probe)
    monkeypatch.setattr(wording, probe, lambda *asked: told(*asked) + ".")
    assert wording_hash([exam], probes=[probe]) != before


def test_without_probes_the_hash_of_the_wording_is_what_it_was() -> None:
    exam = exam_of("lifelines", 3)
    assert wording_hash([exam], probes=()) == wording_hash([exam])


def test_the_built_in_study_asks_all_of_them() -> None:
    asked = {probe for cell in read_study(BUILT_IN).cells() for probe in cell.probes}
    assert asked == set(ALL)


def test_the_page_of_probes_names_every_probe_and_category() -> None:
    page = (Path(__file__).parents[2] / "docs" / "probes.md").read_text()
    named = itertools.chain(PROBES, REASONS, *(one.removed_by for one in REASONS.values()))
    assert [name for name in named if f"`{name}`" not in page] == []
