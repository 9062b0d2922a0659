"""Skips and points beside each other: a row on the right is the row of its name."""

import json
from pathlib import Path

from balk.report.sections import skips
from balk.reports import read_material


def labels(folder: Path, *, without_points: int) -> list[bool]:
    """Return whether rows are named on the left and on the right."""
    material = read_material(folder)
    for contrast in material.summary.value["subjects"][0]["contrasts"][:without_points]:
        contrast["net_points_given_away"] = None
    section = skips.section(material)
    assert section
    chart = json.loads(section.blocks[0].chart.to_json())  # type: ignore[union-attr]
    return [
        next(
            layer["encoding"]["y"]["axis"]["labels"]
            for layer in side["spec"]["layer"]
            if layer["encoding"].get("y", {}).get("axis")
        )
        for side in chart["hconcat"]
    ]


def test_rows_are_named_once_where_both_sides_have_the_same(folder: Path) -> None:
    assert labels(folder, without_points=0) == [True, False]


def test_rows_have_names_of_their_own_where_points_are_not_known_of_all(folder: Path) -> None:
    assert labels(folder, without_points=1) == [True, True]
