"""How numbers and foreign text are shown: rounded by one rule, and never active."""

import math
import unicodedata

from markupsafe import Markup, escape

from balk.report.nodes import Node

MOST_CHARS = 2000
MOST_IN_LABEL = 60
MOST_READ = 3 * MOST_IN_LABEL
MOST_DECIMALS = 4
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
PLANE = 0x10000
"""Code points of a plane, of which the last two are no characters."""
_NO_CHARACTERS = range(0xFDD0, 0xFDF0)
_KEPT = {"\n", "\t"}


def number(node: Node, decimals: int = 1, *, is_percent: bool = False) -> Markup:
    """Return a number of a file, rounded, with the place that it comes from.

    Parameters
    ----------
    node : Node
        A number.
    decimals : int, default 1
        Digits after the point.
    is_percent : bool, default False
        Show a share, 0 to 1, as a percentage.
    """
    text = rounded(node.value, decimals, is_percent=is_percent)
    return Markup('<data value="{}" data-at="{}">{}</data>').format(node.value, node.at, text)


def rounded(value: float, decimals: int, *, is_percent: bool = False) -> str:
    """Return a number as it is shown; minus zero is zero."""
    scaled = value * 100 if is_percent else value
    text = f"{scaled:.{decimals}f}"
    text = text.removeprefix("-") if not text.strip("-0.") else text
    return text + (" %" if is_percent else "")


def estimate(node: Node, *, is_percent: bool = False) -> Markup:
    """Return an estimate with its interval: ``2.4 [1.9, 2.9]``."""
    decimals = decimals_of(node, is_percent=is_percent)
    value, low, high = (
        number(node[key], decimals, is_percent=is_percent) for key in ("value", "low", "high")
    )
    return Markup('{} <span class="interval">[{}, {}]</span>').format(value, low, high)


def decimals_of(node: Node, *, is_percent: bool = False) -> int:
    """Return the decimals that an interval's half width deserves: two significant digits of it."""
    half = (node.value["high"] - node.value["low"]) / 2 * (100 if is_percent else 1)
    if not math.isfinite(half) or half <= 0:
        return 1
    return min(max(1 - math.floor(math.log10(half)), 0), MOST_DECIMALS)


def foreign(text: str | None, most: int = MOST_CHARS) -> Markup:
    """Return text that a subject wrote, so that it can do nothing but be read.

    Markup is escaped, characters that cannot be seen (controls, direction marks) are named in
    their place, and the whole is isolated from the direction of what stands around it.
    """
    if text is None:
        return Markup("")
    more = f" … ({len(text) - most:,} more characters)" if len(text) > most else ""
    return Markup("<bdi>{}</bdi>{}").format(escape(visible(text, most)), more)


def label(text: str) -> str:
    """Return text that a subject wrote as the label of a picture: short, and all of it visible.

    Of a long one the middle goes, since checkpoints of one name differ at its end.
    """
    ends = text if len(text) <= MOST_READ else text[:MOST_IN_LABEL] + "…" + text[-MOST_IN_LABEL:]
    shown = " ".join(visible(ends, MOST_READ).split())
    half = MOST_IN_LABEL // 2
    return shown if len(shown) <= MOST_IN_LABEL else shown[: half - 1] + "…" + shown[-half:]


def visible(text: str, most: int = MOST_CHARS) -> str:
    """Return the first characters of a text, those that cannot be seen named in their place."""
    cut = text[:most]
    return cut if cut.isprintable() else "".join(_visible(char) for char in cut)


def _visible(char: str) -> str:
    code = ord(char)
    # What Unicode calls no character may not stand in XML: a picture with one is no picture.
    is_none = code % PLANE >= PLANE - 2 or code in _NO_CHARACTERS
    if char in _KEPT or not (is_none or unicodedata.category(char) in _INVISIBLE):
        return char
    return f"⟨U+{code:04X}⟩"
