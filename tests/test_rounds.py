"""What asking in rounds leaves in the folder of results, beside the rounds."""

import json
from pathlib import Path

from balk.design.study import Questions, Study
from balk.mechanisms.stopping import Rule
from balk.rounds import run_until_decided

FEW = Rule(doses=(1, 4), first_plain=2, first_offered=2, most=6, most_unselective=6)


def test_every_puzzle_that_was_asked_in_a_round_is_kept_with_its_text(tmp_path: Path) -> None:
    study = Study.crossed(
        ("balk-sim/rational",), protocols=("batch",), questions=Questions(pool=12, questions=4)
    )
    results, _ = run_until_decided(study, tmp_path, max_connections=4, rule=FEW)
    stems = json.loads((tmp_path / "puzzles.json").read_text())
    assert set(results.decisions["puzzle_id"].unique()) <= set(stems)
    assert all(stems.values())
