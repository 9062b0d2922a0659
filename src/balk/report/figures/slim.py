"""A chart's SVG without what a picture does not need: a quarter of the size, the same to look at.

Vega names the role of each part, repeats fonts and colours on every mark and leaves frames that
nothing is drawn into. What is said by all children of a group is said once, by the group.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

SVG = "http://www.w3.org/2000/svg"
GROUP, TEXT, LINE, PATH, CIRCLE = (
    f"{{{SVG}}}{name}" for name in ("g", "text", "line", "path", "circle")
)
DROPPED = {"class", "role", "pointer-events", "version"}
DEFAULTS = dict.fromkeys(("opacity", "stroke-opacity", "fill-opacity", "stroke-width"), "1") | {
    "transform": "translate(0,0)",
    "stroke-miterlimit": "10",
    "font-weight": "normal",
}
"""What need not be said, since in a chart that Vega draws no group says otherwise."""

FONTS = ("font-family", "font-size", "font-weight", "text-anchor")
PAINTS = ("fill", "stroke", "stroke-width", "stroke-dasharray")
PLACES = {TEXT: ("x", "y"), CIRCLE: ("cx", "cy")}
_NOWHERE = re.compile(r"(M0,0h-?[\d.]+v-?[\d.]+h-?[\d.]+Z)?")
_ROUND = re.compile(r"M([\d.]+),0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0")
_MOVED = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")


def slim(svg: str) -> str:
    """Return a chart's SVG as small as it can be drawn."""
    ET.register_namespace("", SVG)
    root = ET.fromstring(svg)  # noqa: S314 -- drawn by Vega, which escapes texts; no entities
    for one in root.iter():
        _plain(one)
    _prune(root)
    _gather(root)
    _merge(root)
    return ET.tostring(root, encoding="unicode").replace(" />", "/>")


def _plain(one: ET.Element) -> None:
    """Take away what is not drawn, and write circles, lines and places in their short form."""
    for name, value in list(one.items()):
        if name in DROPPED or name.startswith("aria-") or DEFAULTS.get(name) == value:
            del one.attrib[name]
    circle = _ROUND.fullmatch(one.get("d", ""))
    if circle:
        del one.attrib["d"]
        one.tag = CIRCLE
        one.set("r", circle[1])
    if one.tag in {CIRCLE, LINE, PATH, TEXT} and not one.get("stroke"):
        one.attrib.pop("stroke-width", None)
    moved = _MOVED.fullmatch(one.get("transform", "translate(0,0)"))
    if moved and one.tag in PLACES:
        one.attrib.pop("transform", None)
        one.attrib.update(zip(PLACES[one.tag], moved.groups(), strict=True))
    elif moved and one.tag == LINE:
        _as_path(one, *moved.groups())


def _as_path(line: ET.Element, left: str, top: str) -> None:
    across, down = (line.attrib.pop(name, "0") for name in ("x2", "y2"))
    line.attrib.pop("transform", None)
    step = f"v{down}" if across == "0" else f"h{across}" if down == "0" else f"l{across},{down}"
    line.tag = PATH
    line.set("d", f"M{left},{top}{step}")


def _prune(parent: ET.Element) -> None:
    """Take away parts that show nothing."""
    for child in list(parent):
        _prune(child)
        if _is_empty(child):
            parent.remove(child)


def _is_empty(one: ET.Element) -> bool:
    if one.tag == PATH:
        is_painted = one.get("stroke") or one.get("fill")
        return not is_painted and bool(_NOWHERE.fullmatch(one.get("d", "")))
    return one.get("display") == "none" or (one.tag == GROUP and not len(one))


def _gather(group: ET.Element) -> None:
    """Say once, in a group, what all of its children say."""
    for child in group:
        if child.tag == GROUP:
            _gather(child)
    for name, value in dict(_shared(group)).items():
        group.set(name, value)
        for child in group:
            child.attrib.pop(name, None)


def _shared(group: ET.Element) -> Iterator[tuple[str, str]]:
    """Yield what all children say alike; of fonts, all that hold a text."""
    texts = [child for child in group if next(child.iter(TEXT), None) is not None]
    for names, bearers in ((FONTS, texts), (PAINTS, list(group))):
        for name in names:
            said = {child.get(name) for child in bearers}
            value = next(iter(said), None)
            if len(said) == 1 and value is not None and name not in group.attrib:
                yield name, value


def _merge(parent: ET.Element) -> None:
    """Join lines that differ in place alone, and take away groups that say nothing."""
    kept: list[ET.Element] = []
    for child in parent:
        _merge(child)
        is_bare = child.tag == GROUP and not child.attrib
        for one in list(child) if is_bare else [child]:
            if kept and _is_more(kept[-1], one):
                kept[-1].set("d", kept[-1].get("d", "") + one.get("d", ""))
            else:
                kept.append(one)
    parent[:] = kept


def _is_more(last: ET.Element, one: ET.Element) -> bool:
    """Return whether a path may be drawn in one stroke with the last; seen through, it may not."""
    if {last.tag, one.tag} != {PATH} or "opacity" in one.attrib or "fill" in one.attrib:
        return False
    return {**last.attrib, "d": ""} == {**one.attrib, "d": ""}
