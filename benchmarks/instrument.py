"""Recovery through the whole instrument: policy -> prompt -> text -> parser -> verdict.

Prints one line of JSON: for each policy, how often its own mechanism is preferred and declared.
"""

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from balk import pipeline
from balk.design.study import Questions, Study
from balk.mechanisms.exams import Exams
from balk.mechanisms.inputs import beliefs_of
from balk.mechanisms.recover import MECHANISM
from balk.mechanisms.tables import read_groups
from balk.mechanisms.verdict import judge

N_SUBJECTS = 10
DOSES = (None, 3, 10, 20)
"""The default doses: 20 exams at each are 60 with lifelines."""


def main() -> None:
    """Run every policy with several seeds, and judge each."""
    rows: dict[str, Any] = {}
    for policy, mechanism in MECHANISM.items():
        judged = [_judge(policy, seed) for seed in range(N_SUBJECTS)]
        rows[policy] = {
            "right": sum(name == mechanism for name, _ in judged) / N_SUBJECTS,
            "declared": sum(status == "declared" for _, status in judged) / N_SUBJECTS,
            "preferred": dict(Counter(name for name, _ in judged).most_common()),
        }
    right = sum(row["right"] for row in rows.values()) / len(rows)
    found = {"right": right, "n_subjects": N_SUBJECTS, "exams_with_lifelines": 60, "policies": rows}
    sys.stdout.write(json.dumps(found) + "\n")


def _judge(policy: str, seed: int) -> tuple[str, str]:
    """Return the mechanism preferred and the status, for a subject with a seed of its own."""
    study = Study.crossed(
        (f"balk-sim/{policy}",),
        lifelines=DOSES,
        protocols=("batch",),
        questions=Questions(exams=20, seed=seed),
        model_args={"seed": seed, "knowledge_seed": seed},
    )
    with tempfile.TemporaryDirectory() as folder:
        decisions = pipeline.run(study, Path(folder), max_connections=20).decisions
    observed = read_groups(decisions)[0].observed
    verdict = judge(Exams.of(observed, beliefs_of(observed)), is_quick=True)
    return verdict.chosen.mechanism.name, verdict.status


if __name__ == "__main__":
    main()
