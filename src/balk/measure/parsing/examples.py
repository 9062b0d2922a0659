"""Stretches that only show what a reply looks like: the format restated, an example."""

import re

from balk.measure.parsing.entries import Sheet, Span, merged

MAX_SHOWN = 2_000  # characters of one example
MAX_EXAMPLES = 200
MAX_HEADING = 100

_ANNOUNCED = re.compile(
    r"\b(?:(?P<example>examples?|e\.g\.|for instance|sample)|formats?|template|placeholders?)\b"
    r"[^\n]{0,60}:[ \t*]{0,8}$",
    re.MULTILINE,
)
_OWN = re.compile(
    r"\b(?:my|here (?:are|is)|answers?|below are|final|results?|requested|i will|i'll)\b"
)
_BLOCK_END = re.compile(r"\n[ \t]*\n")


def find_examples(sheet: Sheet) -> tuple[list[Span], list[Span]]:
    """Return the blocks announced as examples, and those announced as the format.

    A block is the lines below the announcement, up to an empty line. What is announced as the
    subject's own answers ("my answers in the requested format:") is neither.
    """
    examples: list[Span] = []
    formats: list[Span] = []
    for found in list(_ANNOUNCED.finditer(sheet.low))[:MAX_EXAMPLES]:
        opening = sheet.low.rfind("\n", max(0, found.start() - MAX_HEADING), found.start()) + 1
        opening = max(opening, found.start() - MAX_HEADING)
        heading = sheet.low[opening : found.end()]
        is_own = _OWN.search(heading) is not None and found["example"] is None
        if not is_own:
            kind = examples if found["example"] else formats
            kind.append((found.end(), _block_end(sheet, found.end())))
    return merged(examples), merged(formats)


def _block_end(sheet: Sheet, start: int) -> int:
    body = start
    while body < len(sheet.text) and sheet.text[body] in " \t\n" and body < start + MAX_HEADING:
        body += 1
    limit = min(len(sheet.text), body + MAX_SHOWN)
    found = _BLOCK_END.search(sheet.text, body, limit)
    return found.start() if found else sheet.line_end(min(body, len(sheet.text)))
