"""How the lines of a reply are laid out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from balk.elicit.subjects.sloppy.chances import pick

QUESTION_NAMES = ("Q{n}", "Question {n}", "q{n}", "Q {n}", "#{n}")


@dataclass(frozen=True, slots=True)
class Row:
    """One question as it will be written; None where a field is left out."""

    number: int
    cell: str
    difficulty: int | None
    confidence: int | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A laid out reply: text above, one text for each row, text below."""

    lines: tuple[str, ...]
    head: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()
    between: str = "\n"

    def text(self) -> str:
        """Return all of it."""
        rows = self.between.join(self.lines)
        return "\n".join((*self.head, *([rows] if self.lines else []), *self.tail))


Layout = Callable[[Sequence[Row], np.random.Generator], Sheet]


def asked_lines(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as the prompt asks."""
    return Sheet(tuple(f"Q{row.number}: {_said(row)}answer: {row.cell}" for row in rows))


def loose_lines(rows: Sequence[Row], rng: np.random.Generator) -> Sheet:
    """Lay out as lines with other labels, separators and scales."""
    name = pick(rng, QUESTION_NAMES)
    after, between = pick(rng, (": ", " - ", ") ")), pick(rng, ("; ", " | ", ", "))
    of_ten, percent = pick(rng, ("", "/10", " out of 10")), pick(rng, ("%", " %", "/100"))
    lines = []
    for row in rows:
        said = [] if row.difficulty is None else [f"Difficulty: {row.difficulty}{of_ten}"]
        said += [] if row.confidence is None else [f"Confidence: {row.confidence}{percent}"]
        said.append(f"Answer: {row.cell}")
        lines.append(name.format(n=row.number) + after + between.join(said))
    return Sheet(tuple(lines))


def bold_lines(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as lines with bold labels."""
    return Sheet(tuple(f"**Q{row.number}:** {_said(row)}**answer:** {row.cell}" for row in rows))


def numbered_list(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as a numbered list."""
    return Sheet(tuple(f"{row.number}. {_said(row)}answer: {row.cell}" for row in rows))


def bare_lines(rows: Sequence[Row], rng: np.random.Generator) -> Sheet:
    """Lay out with nothing but number and answer."""
    name = pick(rng, ("Q{n}: ", "Q{n}. ", "{n}. ", "{n}) ", "**Q{n}** "))
    return Sheet(tuple(f"{name.format(n=row.number)}{row.cell}".rstrip() for row in rows))


def bullets(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as bullets, the answer first and the rest in brackets."""
    lines = []
    for row in rows:
        said = _said(row).removesuffix(", ")
        lines.append(f"- Q{row.number}: {row.cell or 'n/a'}{f' ({said})' if said else ''}")
    return Sheet(tuple(lines))


def table(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as a Markdown table, the answer last."""
    head = ("| Question | Difficulty | Confidence | Answer |", "| --- | --- | --- | --- |")
    return Sheet(tuple(f"| {' | '.join(_columns(row))} |" for row in rows), head)


def answer_first_table(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as a Markdown table with the columns in another order."""
    head = ("| # | Answer | Confidence (%) | Difficulty |", "|:-:|:-------|---:|---:|")
    lines = []
    for row in rows:
        _number, difficulty, confidence, cell = _columns(row)
        lines.append(f"| {row.number} | {cell} | {confidence.rstrip('%')} | {difficulty} |")
    return Sheet(tuple(lines), head)


def json_array(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as a JSON array of objects in a fence."""
    lines = tuple(json.dumps({"question": row.number} | _fields(row)) for row in rows)
    return Sheet(lines, ("```json", "["), ("]", "```"), between=",\n")


def json_object(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as one JSON object with a key for each question."""
    lines = tuple(f'  "Q{row.number}": {json.dumps(_fields(row))}' for row in rows)
    return Sheet(lines, ("{",), ("}",), between=",\n")


def json_lines(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as one JSON object a line."""
    return Sheet(tuple(json.dumps({"number": row.number} | _fields(row)) for row in rows))


def headed_blocks(rows: Sequence[Row], rng: np.random.Generator) -> Sheet:
    """Lay out as a heading for each question with a field a line."""
    heading = pick(rng, ("### Question {n}", "**Question {n}**", "Q{n}", "Question {n}:"))
    blocks = []
    for row in rows:
        said = [heading.format(n=row.number)]
        said += [] if row.difficulty is None else [f"- Difficulty: {row.difficulty}"]
        said += [] if row.confidence is None else [f"- Confidence: {row.confidence}%"]
        blocks.append("\n".join([*said, f"- Answer: {row.cell}"]))
    return Sheet(tuple(blocks), between="\n\n")


def worked_blocks(rows: Sequence[Row], rng: np.random.Generator) -> Sheet:
    """Lay out each line below some working with numbers that are no answers."""
    blocks = []
    for row in rows:
        work = f"There are {int(rng.integers(2, 60))} cases to look at, and most of them drop out."
        blocks.append(f"{work}\n\nQ{row.number}: {_said(row)}answer: {row.cell}")
    return Sheet(tuple(blocks), between="\n\n")


def sentences(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out as a sentence for each question."""
    lines = []
    for row in rows:
        said = _said(row).removesuffix(", ")
        said = f" ({said})" if said else ""
        lines.append(f"For question {row.number}{said} I write: {row.cell or 'n/a'}")
    return Sheet(tuple(lines))


def inline(rows: Sequence[Row], _: np.random.Generator) -> Sheet:
    """Lay out everything in one line."""
    answers = "; ".join(f"Q{row.number}: {row.cell or 'n/a'}" for row in rows)
    return Sheet((answers,) if rows else ())


def unnumbered(rows: Sequence[Row], rng: np.random.Generator) -> Sheet:
    """Lay out the only question without its number."""
    intro = pick(rng, ("Answer: ", "**Final answer:** ", "{said}answer: "))
    return Sheet(tuple(intro.format(said=_said(row)) + row.cell for row in rows))


ANSWER_LAST: dict[str, Layout] = {
    "asked lines": asked_lines,
    "loose lines": loose_lines,
    "bold lines": bold_lines,
    "numbered list": numbered_list,
    "bare lines": bare_lines,
    "table": table,
}
"""Layouts of one line a question that ends with the answer, so that a cut loses the answer."""

LAYOUTS: dict[str, Layout] = ANSWER_LAST | {
    "bullets": bullets,
    "answer first table": answer_first_table,
    "json array": json_array,
    "json object": json_object,
    "json lines": json_lines,
    "headed blocks": headed_blocks,
    "worked blocks": worked_blocks,
    "sentences": sentences,
    "inline": inline,
}

ONE_QUESTION: dict[str, Layout] = LAYOUTS | {"unnumbered": unnumbered}


def _said(row: Row) -> str:
    """Return difficulty and confidence as the prompt asks, each followed by a comma."""
    difficulty = "" if row.difficulty is None else f"difficulty {row.difficulty}, "
    return difficulty + ("" if row.confidence is None else f"confidence {row.confidence}%, ")


def _columns(row: Row) -> tuple[str, str, str, str]:
    difficulty = "-" if row.difficulty is None else str(row.difficulty)
    confidence = "-" if row.confidence is None else f"{row.confidence}%"
    return f"Q{row.number}", difficulty, confidence, row.cell


def _fields(row: Row) -> dict[str, object]:
    fields = {"difficulty": row.difficulty, "confidence": row.confidence, "answer": row.cell}
    return {name: value for name, value in fields.items() if value is not None}
