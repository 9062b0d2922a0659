"""What became of every line of a sampled answer sheet."""

import re

from balk.design.exams import Exam
from balk.elicit.subjects.embedded.tokenizer import Tokenizer
from organisms.rewards import Outcome

LINE = re.compile(r" difficulty (\d+), confidence (\d+)%, answer: (\d+|LIFELINE)")


def mark_sheet(exam: Exam, written: str) -> list[Outcome]:
    """Return the outcome of every question, in order."""
    lines = f"Q1:{written}".split("\n\n")[0].split("\n")
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    left, n_skips, outcomes = exam.condition.lifelines or 0, 0, []
    for position, puzzle in enumerate(exam.form.puzzles, start=1):
        match = LINE.fullmatch(found.get(f"Q{position}", ""))
        if match is None:
            outcomes.append(Outcome("unreadable"))
        elif match[3] != "LIFELINE":
            outcomes.append(Outcome("right" if match[3] == puzzle.key else "wrong"))
        elif exam.condition.lifelines is None:
            outcomes.append(Outcome("unreadable"))
        elif left:
            left, n_skips = left - 1, n_skips + 1
            outcomes.append(Outcome("skip", n_skips))
        else:
            outcomes.append(Outcome("overdraft"))
    return outcomes


def line_of_each_token(written: list[int], tokenizer: Tokenizer) -> list[int]:
    """Return, for every token, the number from 0 of the line that it belongs to."""
    line, lines = 0, []
    for token in written:
        lines.append(line)  # what begins a line is still decided in the line before
        if tokenizer.pieces[token].startswith("\nQ"):
            line += 1
    return lines
