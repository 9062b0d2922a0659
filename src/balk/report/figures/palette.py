"""Colours that are told apart with every common colour blindness, on light and on dark."""

OUTCOMES = {
    "right": "#3b82b8",
    "wrong": "#9cc3dd",
    "skipped": "#e36414",
    "asked with none left": "#9a031e",
    "no decision": "#9a9a9a",
}
"""What became of a question -> its colour."""

INK = "currentColor"
"""Text, lines and points: whatever the page writes in."""

BLUE, ORANGE, GREEN, GREY = "#3b82b8", "#e36414", "#2e8b6f", "#8a8a8a"

LAWS = {
    "cap": "#3b82b8",
    "share": "#b8860b",
    "cost": "#2e8b6f",
    "relative cost": "#c2569b",
    "rational": "#8a8a8a",
}
"""Count law -> its colour."""

DOSES = ("#f2b18a", "#e36414", "#8c3a06", "#3d1a03")
"""From few lifelines to many."""

FONT = "system-ui, 'DejaVu Sans', sans-serif"
