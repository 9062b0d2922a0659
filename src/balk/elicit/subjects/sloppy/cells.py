"""What stands in the place of an answer: right in substance, careless in form."""

from dataclasses import dataclass

import numpy as np

from balk.elicit.subjects.sloppy.chances import draw_other, happens, is_number, pick
from balk.elicit.subjects.sloppy.truth import Intent

P_PLAIN = 0.4
P_FIRST_TRY_SKIPS = 0.3
P_RESTYLED = 0.5
THOUSAND = 1000

# In every template: {a} the answer, {tex} the answer in LaTeX, {w} another answer,
# {e} the exit word as announced, {l} the same in lower case.
ATTEMPTS = {
    "full stop": "{a}.",
    "bold": "**{a}**",
    "code": "`{a}`",
    "sentence": "the answer is {a}",
    "hedge": "probably {a}",
    "remark": "{a} (checked twice)",
}
NUMBERS = {
    "equation": "n = {a}",
    "boxed": r"\boxed{{{tex}}}",
    "boxed formula": r"$\boxed{{{tex}}}$",
    "formula": "${tex}$",
    "bracketed formula": r"\({tex}\)",
    "corrected": "{w}, wait, {a}",
    "corrected after dots": "{w} ... no, {a}",
    "corrected in a sentence": "{w}. Actually, {a}",
    "corrected boxes": r"\boxed{{{w}}}, wait, \boxed{{{a}}}",
    "struck out": "~~{w}~~ {a}",
}
WORDS = {"quoted": '"{a}"', "capitals": "{A}"}
UNUSED_LIFELINES = {
    "lifeline withdrawn": "{e} ... no wait, {a}",
    "lifeline declined": "{a} (no {e} used)",
    "without a lifeline": "{a}, without a {l}",
}
SKIPS = {
    "bold": "**{e}**",
    "code": "`{e}`",
    "full stop": "{e}.",
    "square brackets": "[{e}]",
    "arrow": "-> {e}",
    "lower case": "{l}",
    "sentence": "I use a {l}",
    "boxed": r"\boxed{{{e}}}",
    "boxed text": r"\boxed{{\text{{{e}}}}}",
    "reason given": "not sure at all, so {e}",
    "remark": "{e} (too long to count)",
    "answer withdrawn": "{w}, no, {e}",
}
CONFLICTS = {
    "answer or lifeline": "{a} or {e}",
    "lifeline or answer": "{e} or {a}",
    "answer slash lifeline": "{a} / {e}",
    "lifeline slash answer": "{e} / {a}",
    "answer and lifeline": "both {a} and {e}",
}
BLANKS = {
    "unknown": "unknown",
    "n/a": "n/a",
    "capital n/a": "N/A",
    "cannot": "I cannot",
    "do not know": "I don't know",
    "unsure": "not sure",
    "no answer": "no answer",
    "nothing": "",
    "dash": "-",
    "long dash": "\N{EM DASH}",
    "synonym skip": "skip",
    "synonym pass": "pass",
    "capital skip": "SKIP",
}
UNANNOUNCED = {"lifeline not offered": "LIFELINE", "lifeline not offered here": "I use a lifeline"}
UNREADABLE = {"symbols": "#@!%&*", "template": "<answer>"}
UNSETTLED = {"either": "{a} or {w}", "range": "between {a} and {w}"}
SMALL_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Cell:
    """The words in an answer's place, and which sin they commit; empty for none."""

    text: str
    sin: str = ""


def write_cell(
    intent: Intent,
    answer: str,
    exit_word: str | None,
    rng: np.random.Generator,
    *,
    is_careful: bool = False,
) -> Cell:
    """Return words that mean the intent to a careful reader.

    Parameters
    ----------
    intent : Intent
        What is meant.
    answer : str
        What an attempt would answer, in canonical form.
    exit_word : str or None
        What skips a question, as announced.
    rng : numpy.random.Generator
        Chooses the words.
    is_careful : bool
        Write attempts and skips as the prompt asks for them.
    """
    if intent is Intent.ATTEMPT and is_careful:
        return Cell(answer)
    if intent is Intent.ATTEMPT and happens(rng, P_PLAIN):
        return _restyled(answer, rng)
    if intent is Intent.SKIP and exit_word and (is_careful or happens(rng, P_PLAIN)):
        return Cell(exit_word)
    forms = _forms(intent, answer, exit_word)
    sin = pick(rng, list(forms))
    return Cell(_filled(forms[sin], answer, exit_word or "", rng), f"{intent.name.lower()}: {sin}")


def draft_cell(answer: str, exit_word: str | None, rng: np.random.Generator) -> str:
    """Return words for a first try that is given up later."""
    return exit_word if exit_word and happens(rng, P_FIRST_TRY_SKIPS) else draw_other(answer, rng)


def _forms(intent: Intent, answer: str, exit_word: str | None) -> dict[str, str]:
    if intent is Intent.ATTEMPT:
        kind = NUMBERS if is_number(answer) else WORDS
        return ATTEMPTS | kind | (UNUSED_LIFELINES if exit_word else {})
    if intent is Intent.SKIP:
        return SKIPS
    if intent is Intent.CONFLICT:
        return CONFLICTS
    if intent is Intent.UNPARSED:
        return UNREADABLE | (UNSETTLED if is_number(answer) else {})
    word = (exit_word or "").casefold()
    blanks = BLANKS if exit_word else BLANKS | UNANNOUNCED
    return {sin: text for sin, text in blanks.items() if not word or word not in text.casefold()}


def _filled(template: str, answer: str, exit_word: str, rng: np.random.Generator) -> str:
    return template.format(
        a=answer,
        A=answer.upper(),
        tex=_tex(answer),
        w=draw_other(answer, rng),
        e=exit_word,
        l=exit_word.lower(),
    )


def _tex(answer: str) -> str:
    if "/" not in answer or not is_number(answer):
        return answer
    top, bottom = answer.removeprefix("-").split("/")
    return f"{'-' if answer.startswith('-') else ''}\\frac{{{top}}}{{{bottom}}}"


def _restyled(answer: str, rng: np.random.Generator) -> Cell:
    """Return a bare answer, its digits, minus sign or bar at times in another hand."""
    if not is_number(answer) or not happens(rng, P_RESTYLED):
        return Cell(answer)
    if answer.startswith("-"):
        return Cell(answer.replace("-", "\N{MINUS SIGN}"), "attempt: unicode minus")
    if "/" in answer:
        return Cell(answer.replace("/", " / "), "attempt: spaced fraction")
    value = int(answer)
    if value >= THOUSAND:
        separator = pick(rng, (",", "\N{NARROW NO-BREAK SPACE}", "{,}"))
        return Cell(f"{value:,}".replace(",", separator), "attempt: thousands separators")
    if value < len(SMALL_NUMBERS):
        return Cell(SMALL_NUMBERS[value], "attempt: number word")
    return Cell(answer)
