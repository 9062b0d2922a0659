"""Subjects with puzzles of their own, and blocks that ask some subjects only."""

from pathlib import Path

import pytest

from balk.design.cautions import cautions
from balk.design.lock import make_lock
from balk.design.study import Block, Questions, Study
from balk.design.study_file import make_study
from balk.design.subjects import Subject
from balk.errors import BalkError, StudyError

PLAIN = Subject(model="balk-sim/rational")
NETWORK = Subject(
    model="balk-lm/base", interface="completion", puzzles="tables", levels=(1, 2), label="network"
)
QUESTIONS = Questions(pool=6, questions=3, exams=2)


def study(*blocks: Block, subjects: tuple[Subject, ...] = (PLAIN, NETWORK)) -> Study:
    return Study(subjects=subjects, blocks=blocks, questions=QUESTIONS)


BOTH = Block(lifelines=(None, 3), protocols=("batch",))
EASY = Block(arms=("easy",), lifelines=(3,), protocols=("batch",), subjects=("balk-sim/rational",))


def sources(asked: Study, name: str) -> set[tuple[str, int]]:
    return {
        (puzzle.family, puzzle.level)
        for cell in asked.cells()
        if cell.subject.name == name
        for exam in asked.exams(cell)
        for puzzle in exam.form.puzzles
    }


def test_a_subject_is_asked_puzzles_of_its_own_and_the_others_are_not() -> None:
    asked = study(BOTH)
    assert sources(asked, "network") <= {("tables", 1), ("tables", 2)}
    assert not {family for family, _ in sources(asked, "balk-sim/rational")} & {"tables"}


def test_a_subject_with_puzzles_of_its_own_gets_the_same_in_every_condition() -> None:
    asked = study(BOTH)
    forms = [[e.form.id for e in asked.exams(c)] for c in asked.cells() if c.subject == NETWORK]
    assert forms[0] == forms[1]


def test_a_block_asks_those_it_names() -> None:
    asked = study(BOTH, EASY)
    arms = {(cell.subject.name, cell.condition.arm.spec) for cell in asked.cells()}
    assert ("balk-sim/rational", "easy") in arms
    assert ("network", "easy") not in arms
    assert len(asked.conditions()) == 3
    assert len(asked.conditions(NETWORK)) == 2


def test_probes_of_a_block_are_put_to_those_it_names() -> None:
    probing = BOTH.but(probes=("payoff",), subjects=("balk-sim/rational",))
    other = PLAIN.but(label="other")
    asked = study(BOTH, probing, subjects=(PLAIN, other))
    probed = {cell.subject.name for cell in asked.cells() if cell.probes}
    assert probed == {"balk-sim/rational"}


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ((BOTH.but(subjects=("balk-sim/rationall",)),), "balk-sim/rational"),
        ((EASY,), "no block asks network"),
    ],
)
def test_a_block_that_names_nobody_is_refused_and_so_is_a_subject_left_out(
    blocks: tuple[Block, ...], said: str
) -> None:
    with pytest.raises(StudyError, match=said):
        study(*blocks)


@pytest.mark.parametrize(
    ("pair", "said"),
    [(("network", "nobody"), "nobody"), (("network", "network"), "with itself")],
)
def test_a_pair_is_of_two_subjects_of_the_study(pair: tuple[str, str], said: str) -> None:
    with pytest.raises(StudyError, match=said):
        study(BOTH).but(pairs=(pair,))


def test_pairs_change_nothing_that_is_asked() -> None:
    assert study(BOTH).but(pairs=(("balk-sim/rational", "network"),)).id == study(BOTH).id


def test_levels_and_names_in_a_file_are_written_as_people_write_them() -> None:
    held = {
        "subjects": [{"model": "balk-sim/rational", "puzzles": "tables", "levels": "1-3"}],
        "blocks": {"arms": "lifelines", "subjects": "balk-sim/rational"},
    }
    asked = make_study(held)
    assert asked.subjects[0].levels == (1, 2, 3)
    assert asked.blocks[0].subjects == ("balk-sim/rational",)


def test_borrowed_verdicts_must_come_from_the_same_subject() -> None:
    borrowing = Block(
        arms=("feedback=yoked",), lifelines=(3,), protocols=("realtime",), subjects=("other",)
    )
    lending = borrowing.but(arms=("key=hidden",), subjects=("balk-sim/rational",))
    with pytest.raises(StudyError, match="add that arm"):
        study(lending, borrowing, subjects=(PLAIN, PLAIN.but(label="other")))


def test_what_is_left_open_for_one_subject_is_said() -> None:
    mine = BOTH.but(lifelines=(None, 3, 10, 20), subjects=("balk-sim/rational",))
    one_dose = BOTH.but(subjects=("network",))
    told = cautions(study(mine, one_dose))
    assert any("only number of lifelines" in said for said in told)
    assert len(told) == len(set(told))


def test_a_lock_holds_the_puzzles_of_every_subject() -> None:
    both, alone = make_lock(study(BOTH), 1), make_lock(study(BOTH, subjects=(PLAIN,)), 1)
    assert set(alone["puzzles"]) < set(both["puzzles"])


def test_the_name_of_a_file_with_puzzles_is_no_part_of_a_lock(tmp_path: Path) -> None:
    row = '{{"stem": "What is {0} + 1?", "key": "{1}", "marking": "number", "level": 1}}\n'
    text = "".join(row.format(n, n + 1) for n in range(6))
    locks = []
    for name in ("mine", "moved"):
        path = tmp_path / f"{name}.jsonl"
        path.write_text(text)
        own = NETWORK.but(puzzles=str(path), levels=(1,))
        locks.append(make_lock(study(BOTH, subjects=(PLAIN, own)), 1))
    assert locks[0] == locks[1]


def test_levels_outside_the_five_are_refused() -> None:
    with pytest.raises(BalkError, match="1 to 5"):
        Subject(model="balk-lm/base", interface="completion", levels=(6,))
