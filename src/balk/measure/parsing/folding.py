"""Make a reply plain without moving anything: odd signs, markdown, reasoning, run-on.

Every step keeps the length, so that an offset in the folded text is the same offset in the
reply and a quote shows the words as they were written.
"""

# ruff: noqa: RUF001 -- replies hold dashes, primes and signs that look alike

import re
import unicodedata

_LINE_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_SPACES = "\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_SIGNS = {
    **dict.fromkeys("−﹣⁻", "-"),
    **dict.fromkeys("“”„«»″", '"'),
    **dict.fromkeys("‘’‚′ʼ", "'"),
    **dict.fromkeys("⇒➔➜⟶⟹", "→"),
    "\u20e3": ".",  # a keycap, such as the emoji for 1, numbers a list
}
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_FOLD = (
    str.maketrans(dict.fromkeys(_LINE_BREAKS, "\n"))
    | str.maketrans(dict.fromkeys(_SPACES, " "))
    | str.maketrans(_SIGNS)
    | _FULL_WIDTH
)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff\u00ad]+")
_MARKUP = re.compile(r"\*\*+|`+|~~[^~\n]{1,200}~~|<br ?/?>|__+")
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

_TAG_NAMES = "think|thinking|thought|thoughts|reasoning|scratchpad|analysis|reflection"
_REASONING = re.compile(rf"[<\[◁](/?)(?:{_TAG_NAMES})[>\]▷]", re.IGNORECASE)
_RUN_ON = re.compile(
    r"^[ \t]*(?:<\|[^|\n]{1,40}\|>|</s>|(?:human|user) ?:|#{1,4} ?(?:instruction|human|user)s?\b)",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = re.compile(r"^[ \t]*Q(\d{1,4})[.:]", re.MULTILINE)


def tidy(text: str) -> str:
    """Return the text without invisible signs and with one kind of line break."""
    return _INVISIBLE.sub("", text).replace("\r\n", "\n")


def fold(text: str) -> str:
    """Return the text with odd signs made plain and emphasis blanked, at the same length.

    Struck-out words are blanked too: the subject took them back.
    """
    if text.isascii():
        for line_break in _LINE_BREAKS[:3]:
            text = text.replace(line_break, "\n")
    else:
        text = text.translate(_FOLD)
    return _MARKUP.sub(_blank_markup, text)


def lower(text: str) -> str:
    """Return the text in lower case at the same length."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_LOWER)


def hide_reasoning(text: str) -> str:
    """Blank what stands between reasoning tags, at the same length.

    A closing tag without an opening one ends reasoning that began in the prompt. What follows an
    opening tag that is never closed is left: see `unclosed_reasoning`.
    """
    depth, opened = 0, 0
    hidden: list[tuple[int, int]] = []
    for tag in _REASONING.finditer(text):
        if not tag[1]:
            opened = opened if depth else tag.start()
            depth += 1
        elif depth:
            depth -= 1
            hidden += [(opened, tag.end())] if depth == 0 else []
        else:
            hidden = [(0, tag.end())]
    return blank(text, hidden)


def unclosed_reasoning(text: str) -> tuple[int, int] | None:
    """Return where the tag of reasoning stands that is never closed.

    Parameters
    ----------
    text : str
        A text in which closed reasoning is blanked; the tag has to begin a line.
    """
    tag = _REASONING.search(text)
    return tag.span() if tag and _begins_line(text, tag.start()) else None


def hide_run_on(text: str) -> str:
    """Blank everything from the next speaker's turn on, at the same length.

    A base model that has answered may go on to write the other side's part as well.
    """
    for turn in _RUN_ON.finditer(text):
        if text[: turn.start()].strip():
            return blank(text, [(turn.start(), len(text))])
    return text


def hide_beyond(text: str, number: int) -> str:
    """Blank everything from the line of a question on that was never asked, at the same length.

    A base model that continues an answer sheet past its last line makes up what follows, the
    next exam with the same numbers included.
    """
    for line in _NUMBERED.finditer(text):
        if int(line[1]) >= number:
            return blank(text, [(line.start(), len(text))])
    return text


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with the spans (sorted, not overlapping) replaced by white space.

    Each blanked span keeps a line break at both ends, so that what follows begins a line.
    """
    pieces, last = [], 0
    for start, end in spans:
        pieces += [text[last:start], _white(end - start)]
        last = end
    return "".join([*pieces, text[last:]])


def words(text: str) -> frozenset[str]:
    """Return the words of a text, each once: ``words("yes no")``."""
    return frozenset(text.split())


def squeeze(text: str) -> str:
    """Return the text with white space folded to single spaces."""
    return " ".join(text.split())


def plain_fractions(text: str) -> str:
    """Return the text with vulgar fractions and superscripts written out: ``1/2``, ``2^10``."""
    if text.isascii():
        return text
    text = re.sub("[⁰¹²³⁴-⁹]+", lambda found: "^" + unicodedata.normalize("NFKC", found[0]), text)
    text = re.sub(r"(\d?)([¼-¾⅐-⅞↉])", _written_out, text)
    return text.replace("⁄", "/").replace("∕", "/")


def _written_out(found: re.Match[str]) -> str:
    fraction = unicodedata.normalize("NFKC", found[2])
    return f"{found[1]} {fraction}" if found[1] else fraction


def _blank_markup(found: re.Match[str]) -> str:
    start, end, text = found.start(), found.end(), found.string
    is_power = (
        found[0] == "**" and text[start - 1 : start].isdigit() and text[end : end + 1].isdigit()
    )
    is_gap = found[0][0] == "_" and not (text[start - 1 : start] + text[end : end + 1]).strip()
    return found[0] if is_power or is_gap else " " * (end - start)


def _begins_line(text: str, offset: int) -> bool:
    return not text[text.rfind("\n", 0, offset) + 1 : offset].strip()


def _white(length: int) -> str:
    return "\n" + " " * (length - 2) + "\n" if length > 1 else " " * length
