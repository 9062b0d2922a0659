"""What stands around the lines of a reply and must not be taken for them.

Each maker returns a paragraph. None says anything untrue of the lines: a weighed lifeline may
or may not be used, a negated one is not, a summary lists those that are.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from balk.elicit.subjects.sloppy.chances import happens, pick
from balk.elicit.subjects.sloppy.truth import Intent, Plan
from balk.records import ReplyFormat

TEMPLATE = "Q<number>: difficulty <1 to 10>, confidence <0 to 100>%, answer: <answer>"
P_FRAME = 0.12


@dataclass(frozen=True, slots=True)
class Scene:
    """What a frame may speak of: the format asked for and what is meant."""

    reply_format: ReplyFormat
    plan: Plan

    @property
    def numbers(self) -> range:
        """Numbers of the questions asked."""
        return range(self.reply_format.first, self.reply_format.first + len(self.plan.intents))

    def numbers_of(self, *, skipped: bool) -> list[int]:
        """Return the numbers of the questions that are skipped, or of those that are not."""
        pairs = zip(self.numbers, self.plan.intents, strict=True)
        wanted = {Intent.SKIP, Intent.CONFLICT}
        return [number for number, intent in pairs if (intent in wanted) == skipped]


Frame = Callable[[Scene, np.random.Generator], str]
"""Returns a paragraph, or an empty text where it has nothing true to say."""


def preamble(_: Scene, rng: np.random.Generator) -> str:
    """Open politely."""
    return pick(
        rng, ("Here are my lines.", "Let me go through the exam.", "## Results", "---", "Sure!")
    )


def restated_form(_: Scene, rng: np.random.Generator) -> str:
    """Repeat the form that was asked for, with or without saying so."""
    intro = pick(rng, ("The form is:\n", "I will write, for each question:\n\n", ""))
    return f"{intro}{TEMPLATE}"


def form_afterwards(_: Scene, rng: np.random.Generator) -> str:
    """Name the form below the lines."""
    return pick(rng, (f"(Form used: {TEMPLATE})", f"The form asked for was:\n{TEMPLATE}"))


def example(scene: Scene, rng: np.random.Generator) -> str:
    """Give an example line before the real ones."""
    said = f"Q{scene.reply_format.first}: difficulty 5, confidence 50%, answer: 42"
    return pick(rng, (f"For example: {said}", f"An example of the form:\n{said}\n\nNow the exam."))


def weighed_lifeline(scene: Scene, rng: np.random.Generator) -> str:
    """Weigh a lifeline without deciding."""
    number, word = pick(rng, scene.numbers), scene.reply_format.exit_word
    if word is None:
        return ""
    return pick(
        rng,
        (
            f"Q{number} might deserve a {word}, let me see.",
            f"I could use a {word} on question {number}, but then again I may well solve it.",
            f"A {word} is worth 0 points, so it cannot beat a guess.",
        ),
    )


def negated_lifeline(scene: Scene, rng: np.random.Generator) -> str:
    """Say of a question that is not skipped that it is not."""
    numbers, word = scene.numbers_of(skipped=False), scene.reply_format.exit_word
    if not numbers or word is None:
        return ""
    said = ("I will not use a {w} on Q{n}.", "No {w} for question {n}.", "Q{n} needs no {w}.")
    return pick(rng, said).format(w=word, n=pick(rng, numbers))


def summary(scene: Scene, rng: np.random.Generator) -> str:
    """List the lifelines used, or say that none was."""
    numbers, word = scene.numbers_of(skipped=True), scene.reply_format.exit_word
    if word is None:
        return ""
    if not numbers:
        return f"In summary, I used no {word} in this exam."
    listed = ", ".join(f"Q{number}" for number in numbers)
    return pick(
        rng,
        (
            f"In summary, I asked for a {word} on {listed}.",
            f"**Summary:** {len(numbers)} x {word} ({listed}), an attempt at most of the rest.",
        ),
    )


def rules_echoed(scene: Scene, _: np.random.Generator) -> str:
    """Repeat the rule about lifelines."""
    word = scene.reply_format.exit_word
    said = f"To use a lifeline on a question, write {word} in the place of the answer."
    return said if word else ""


def reasoning_below(scene: Scene, rng: np.random.Generator) -> str:
    """Give the working after the lines."""
    said = []
    for number in scene.numbers[:: max(1, len(scene.numbers) // 4)]:
        n = int(rng.integers(2, 99))
        said.append(f"For Q{number} the count starts from {n} and falls to {n // 2}.")
    return "Reasoning:\n" + "\n".join(said)


BEFORE: dict[str, Frame] = {
    "preamble": preamble,
    "restated form": restated_form,
    "example": example,
    "weighed lifeline": weighed_lifeline,
    "negated lifeline": negated_lifeline,
    "rules echoed": rules_echoed,
}
AFTER: dict[str, Frame] = {
    "form afterwards": form_afterwards,
    "reasoning below": reasoning_below,
    "summary": summary,
    "negated lifeline below": negated_lifeline,
}


def draw_frames(frames: dict[str, Frame], scene: Scene, rng: np.random.Generator) -> dict[str, str]:
    """Return the paragraphs of some frames by name, in random order."""
    drawn = {name: frame(scene, rng) for name, frame in frames.items() if happens(rng, P_FRAME)}
    names = [name for name, text in drawn.items() if text]
    return {names[int(i)]: drawn[names[int(i)]] for i in rng.permutation(len(names))}
