"""Pairs that a study names are held against each other when it has been run."""

from pathlib import Path

from balk import pipeline
from balk.design.study import Block, Questions, Study
from balk.design.subjects import Subject

STUDY = Study(
    subjects=(
        Subject(model="balk-sim/rational"),
        Subject(model="balk-sim/tension"),
        Subject(
            model="balk-lm/base",
            label="network",
            interface="completion",
            puzzles="tables",
            levels=(1, 2),
        ),
    ),
    blocks=(Block(lifelines=(None, 4), protocols=("batch",)),),
    questions=Questions(pool=8, questions=4, exams=6),
    pairs=(("balk-sim/rational", "balk-sim/tension"),),
)


def test_the_second_of_a_pair_less_the_first_is_told(tmp_path: Path) -> None:
    results = pipeline.run(STUDY, tmp_path)
    found = [one for one in results.summary["comparisons"] if one["name"] == "pairs"]
    skips = next(one for one in found if one["measure"] == "skips_per_exam")
    assert (skips["subject"], skips["reference"]["subject"]) == (
        "balk-sim/tension",
        "balk-sim/rational",
    )
    offered = results.decisions.filter(lifelines=4)
    means = {
        name: float((part["outcome"] == "S").sum()) / part["exam_id"].n_unique()
        for (name,), part in offered.group_by(["subject"])
    }
    difference = means["balk-sim/tension"] - means["balk-sim/rational"]
    assert abs(skips["estimate"]["value"] - difference) < 1e-9


def test_a_network_with_puzzles_of_its_own_sits_beside_the_others(tmp_path: Path) -> None:
    results = pipeline.run(STUDY, tmp_path)
    own = results.decisions.filter(subject="network")
    assert set(own["family"]) == {"tables"}
    assert set(own["outcome"]) <= set("ASOUMBCT")
    assert "tables" not in set(results.decisions.filter(subject="balk-sim/rational")["family"])
    assert not own["outcome"].is_in(["F"]).any()
