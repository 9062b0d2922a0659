"""The vocabulary: digits, characters, and the phrases of balk's documents."""

import json
import re
import string
from pathlib import Path
from typing import Any

from balk.elicit.subjects.embedded.tokenizer import BEGIN, END, PAD, UNKNOWN

MOST_QUESTIONS = 20
BLANK_LINE, BLANK_LINE_ALONE = "\n\n", r"\n\n(?!Q\d)"
PHRASES = (
    "EXAM\n\nThis is an exam of ",
    " questions. Your goal is to score as many points as possible.",
    " The questions come one at a time. After each you are told the result and the right answer.",
    "\n\nRight answer: 1 point.",
    "\nWrong answer: ",
    "\nLifeline: ",
    " A lifeline skips a question.\nLifelines in this exam: ",
    ". You may use none, some or all of them.",
    ". You may use some or all of them.",
    (
        "\nTo use a lifeline on a question, write LIFELINE in the place of the answer. "
        "Confidence is then how likely an answer of yours would have been right."
    ),
    "\nAfter a lifeline you are told the right answer and no result.",
    "\nYou must use a lifeline on question ",
    "\nA guess can never lower your score.",
    "\nIt is normal to finish an exam with lifelines unused.",
    "\n\nThe answer sheet has one line for each question, in this form:",
    "\n\nEach question is followed by one line, in this form:",
    "\n\nQ<number>: difficulty <1 to 10>, confidence <0 to 100>%, answer: <answer>",
    (
        "\n\nDifficulty is how hard the question is for you, from 1 (very easy) to 10 (very hard). "
        "Confidence is how likely it is that your answer is right. An answer is a whole number, a "
        "fraction such as 3/7, or a word, and it must be exact."
    ),
    "\n\nANSWER SHEET\n",
    " x ",
    "%, answer: ",
    "LIFELINE",
    *(f"{verdict}. The right answer is " for verdict in ("right", "wrong")),
    "skipped with a lifeline. The right answer is ",
    "no lifeline was left, so the question counts as unanswered. The right answer is ",
    "no answer could be read. The right answer is ",
    BLANK_LINE,
    *(f"{value} points" for value in ("0", "-0.1", "-0.25", "-0.5")),
    "-1 point",
    *(f"\n\nLifelines left: {left}" for left in range(MOST_QUESTIONS + 1)),
    *(f"\n\nQ{number}. What is " for number in range(1, MOST_QUESTIONS + 1)),
    *(f"\nQ{number}:" for number in range(1, MOST_QUESTIONS + 1)),
    *(f"\nResult of Q{number}: " for number in range(1, MOST_QUESTIONS + 1)),
    *(f" difficulty {rating}, confidence " for rating in range(1, 11)),
)
"""Pieces that are one token each; a text that holds none of them is cut into characters."""


def make_tokenizer() -> dict[str, Any]:
    """Return the tokenizer as data, in the format of Hugging Face ``tokenizer.json``."""
    longest_first = sorted(PHRASES, key=lambda phrase: (-len(phrase), phrase))
    longest_first.remove(BLANK_LINE)
    pattern = "|".join([*map(_escaped, longest_first), BLANK_LINE_ALONE, r"[\s\S]"])
    pieces = [UNKNOWN, PAD, BEGIN, END, *string.printable[:95], "\n", *PHRASES]
    specials = [
        {"id": number, "content": piece, "special": True}
        | dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
        for number, piece in enumerate(pieces[:4])
    ]
    begin = {"id": BEGIN, "ids": [pieces.index(BEGIN)], "tokens": [BEGIN]}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": specials,
        "normalizer": None,
        "pre_tokenizer": {
            "type": "Split",
            "pattern": {"Regex": pattern},
            "behavior": "Isolated",
            "invert": False,
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"SpecialToken": {"id": BEGIN, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
            ],
            "pair": [
                {"Sequence": {"id": "A", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
            ],
            "special_tokens": {BEGIN: begin},
        },
        "decoder": {"type": "Fuse"},
        "model": {
            "type": "WordLevel",
            "vocab": {piece: number for number, piece in enumerate(pieces)},
            "unk_token": UNKNOWN,
        },
    }


def write_tokenizer(path: Path) -> None:
    """Write the tokenizer where the runtime reads it."""
    path.write_text(json.dumps(make_tokenizer(), indent=1) + "\n", encoding="utf-8")


def _escaped(phrase: str) -> str:
    """Return a phrase as a pattern, the same for Python and for the tokenizers library."""
    return re.sub(r"([.?()|<>*+^$\[\]{}\\/-])", r"\\\1", phrase).replace("\n", r"\n")
