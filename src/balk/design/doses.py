"""Doses and levels as people write them, on a command line or as a task argument."""

from balk.errors import StudyError


def read_lifelines(value: int | str | None) -> int | None:
    """Return the number that ``3`` or ``"3"`` means, or None for ``"none"``: never mentioned.

    Raises
    ------
    StudyError
        If the value is neither.
    """
    if value is None or value == "none":
        return None
    if str(value).isdecimal():
        return int(value)
    raise StudyError(f"lifelines is {value!r}; give 'none' or a whole number >= 0")


def read_levels(value: int | str) -> tuple[int, ...]:
    """Return the levels that ``5``, ``"3-5"`` or ``"1,3"`` means, each once.

    Raises
    ------
    StudyError
        If the value is none of these.
    """
    levels: list[int] = []
    for part in str(value).split(","):
        low, is_range, high = part.partition("-")
        high = high if is_range else low
        if not (low.isdecimal() and high.isdecimal() and 1 <= int(low) <= int(high) <= 5):  # noqa: PLR2004 -- the five levels
            raise StudyError(f"level is {value!r}; give 1 to 5, a range such as 3-5, or 1,3")
        levels += range(int(low), int(high) + 1)
    return tuple(dict.fromkeys(levels))
