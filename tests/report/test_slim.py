"""A chart's picture, made small: nothing that is seen goes."""

import json
from collections import Counter

import altair as alt
import pytest

from balk.report.chosen import MOST_ROWS, chosen_rows
from balk.report.figures import dose_response, forest, ranking
from balk.report.figures.draw import dressed, svg_of
from balk.report.figures.slim import slim
from report.conftest import Open

ROWS = [
    {"panel": panel}
    | dict.fromkeys(("row", "mechanism"), f"name {i}")
    | {"law": law, "value": 2.0 + i, "behind": i / 3, "low": 1.0, "high": 5.0 + i}
    for panel in ("one", "<b>two</b> & co", "three")
    for i, law in enumerate(("cap", "share", "cost"))
]
BANDS = [
    {"panel": "one", "lifelines": dose, "law": law, "band_low": low, "band_high": low + dose}
    for low, law in enumerate(("cap", "share", "cost"))
    for dose in (3, 20)
]
CHARTS: dict[str, alt.TopLevelMixin] = {
    "forest": forest(ROWS, "skips", margin=0.5),
    "ranking": ranking(ROWS),
    "dose_response": dose_response(BANDS),
}
MOST_ELSEWHERE = 0.002
"""Share of colours that may be other by more than an eighth: those at the edges of round marks."""

DIFFERENCE = """async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (svg) => {
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svg);
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"),
      { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, image.width, image.height);
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height).data;
  }));
  if (one.length !== other.length) return 1;
  return one.filter((value, i) => Math.abs(value - other[i]) > 32).length / one.length;
}"""


def whole(name: str) -> str:
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(dressed(CHARTS[name]))
    return svg


@pytest.mark.parametrize("name", CHARTS)
def test_a_slim_picture_looks_like_the_whole_one(open_page: Open, name: str) -> None:
    page = open_page().page
    svg = whole(name)
    same, other = (
        page.evaluate(DIFFERENCE, [svg, made])
        for made in (slim(svg), slim(svg).replace("<path", "<g"))
    )
    assert same < MOST_ELSEWHERE < other


@pytest.mark.parametrize("name", CHARTS)
def test_a_slim_picture_is_less_than_half_of_the_whole_one(name: str) -> None:
    assert len(slim(whole(name))) < len(whole(name)) / 2


def test_what_is_seen_through_is_not_drawn_in_one_stroke_with_its_like() -> None:
    line = '<line transform="translate({},0)" y2="9" stroke="red" opacity="{}"/>'
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><g fill="none">{}</g></svg>'
    clear, solid = (
        slim(svg.format(line.format(1, opacity) + line.format(2, opacity)))
        for opacity in ("0.5", "1")
    )
    assert clear.count("<path") == 2
    assert solid.count("<path") == 1


def test_texts_of_a_picture_are_those_of_its_chart() -> None:
    svg = svg_of(dressed(CHARTS["forest"]))
    assert "&lt;b&gt;two&lt;/b&gt; &amp; co" in svg
    assert "aria-" not in svg


def test_points_stand_where_their_bars_do() -> None:
    """Each panel counts its rows from the top, whatever stands in the others."""
    data = dressed(forest(ROWS[:4], "skips"))["datasets"]
    (rows,) = json.loads(json.dumps(data)).values()
    assert [row["place"] for row in rows] == [8.5, 25.5, 42.5, 8.5]


def test_a_page_holds_as_many_rows_of_each_subject() -> None:
    rows: list[list[str | int]] = [[subject, i] for subject in "abc" for i in range(100)]
    held = chosen_rows(rows)
    assert Counter(row[0] for row in held) == dict.fromkeys("abc", MOST_ROWS // 3)
    assert held[:2] == [["a", 0], ["a", 1]]


def test_a_short_table_is_held_whole_and_one_of_single_rows_is_cut() -> None:
    rows: list[list[str | int]] = [[f"subject {i}", i] for i in range(MOST_ROWS + 1)]
    assert chosen_rows(rows[1:]) == rows[1:]
    assert chosen_rows(rows) == rows[:MOST_ROWS]
