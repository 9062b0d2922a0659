"""Thinking before the lines of a reply: marked as such, half marked, or cut off."""

import numpy as np

from balk.elicit.subjects.sloppy.chances import draw_other, happens, pick
from balk.elicit.subjects.sloppy.frames import Scene

P_DRAFT = 0.4
P_UNMARKED = 0.3
SHARES = {"": 0.7, "think": 0.15, "think closed only": 0.07, "think never closed": 0.08}


def draw_thinking(scene: Scene, rng: np.random.Generator) -> dict[str, str]:
    """Return thinking by the name of its sin: marked whole, only closed, or never closed.

    Drafts of answers appear only where a mark says that they are over.
    """
    sin = str(rng.choice(list(SHARES), p=list(SHARES.values())))
    if sin == "think":
        return {sin: f"<think>\n{drafts(scene, rng)}\n</think>"}
    if sin == "think closed only":
        return {sin: f"{drafts(scene, rng)}\n</think>"}
    if sin == "think never closed":
        return {sin: f"<think>\n{musing(scene, rng)}"}
    return {}


def unfinished(scene: Scene, rng: np.random.Generator) -> str:
    """Return thinking that was cut off before any line."""
    if happens(rng, P_UNMARKED):
        return musing(scene, rng)[: -int(rng.integers(1, 12))]
    return f"<think>\n{drafts(scene, rng)}\nNow"


def drafts(scene: Scene, rng: np.random.Generator) -> str:
    """Try some answers and lifelines that are not the final ones."""
    word = scene.reply_format.exit_word
    said = ["Let me think."]
    for number, answer in zip(scene.numbers, scene.plan.answers, strict=True):
        other = draw_other(answer, rng)
        forms = [f"Q{number}: answer: {other}", f"Question {number} looks like {other}."]
        forms += [f"Q{number}: {word}", f"Maybe {word} on Q{number}?"] if word else []
        said += [pick(rng, forms)] if happens(rng, P_DRAFT) else []
    return "\n".join(said)


def musing(scene: Scene, rng: np.random.Generator) -> str:
    """Think aloud without any answer in sight."""
    word = scene.reply_format.exit_word
    said = [f"Question {pick(rng, scene.numbers)} has {int(rng.integers(3, 50))} cases."]
    if word:
        said.append(f"A {word} would be one way out of question {pick(rng, scene.numbers)}.")
    return " ".join(["Let me think this through.", *said])
