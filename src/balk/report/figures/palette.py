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
FONT = "system-ui, 'DejaVu Sans', sans-serif"
