"""Plain data with a description of every field, and what is said where it cannot be used."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

from balk.errors import StudyError

MOST_PROBLEMS = 3
MOST_SHOWN = 60  # characters of what was seen

Whole = Annotated[int, Field(strict=True)]
"""A whole number as such: no text that holds one, and neither true nor false."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A number as such."""
Truth = Annotated[bool, Field(strict=True)]
"""True or false as such."""

ONE_LINE: JsonDict = {"minLength": 1, "pattern": r"^[^\r\n]*\S[^\r\n]*$"}
"""Schema of a name, as `check_name` takes it."""


class Described(BaseModel):
    """Plain data that is checked when it is made and never changes afterwards.

    Raises
    ------
    StudyError
        If a field is unknown, missing or not as it must be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401 -- pydantic checks them
        try:
            super().__init__(**fields)
        except ValidationError as error:
            raise StudyError(_explained(error)) from error

    def but(self, **changes: Any) -> Self:  # noqa: ANN401 -- the fields
        """Return the same with other values for some fields, checked anew."""
        held = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**held | changes)


def check_name(field: str, name: str | None) -> None:
    """Refuse a name that is empty, or longer than a line: tables and terminals hold it."""
    if name is not None and (not name.strip() or len(name.splitlines()) > 1 or name[-1:] == "\n"):
        raise StudyError(f"{field} is {name!r}; give a name in one line, or leave it out")


def check_keys(kind: str, held: Mapping[Any, Any]) -> None:
    """Refuse a mapping with a key that is no text."""
    for key in held:
        if not isinstance(key, str):
            raise StudyError(f"a {kind} has the key {key!r}, which is no text; give field names")


def check_named_once(name: str, values: Sequence[object]) -> None:
    """Refuse an empty list, and one that names something twice."""
    if not values:
        raise StudyError(f"{name} is empty; give at least one")
    if len(set(values)) < len(values):
        raise StudyError(f"{name} names something twice: {tuple(values)}; name each once")


def _explained(error: ValidationError) -> str:
    told = [_sentence(problem) for problem in error.errors(include_url=False)]
    more = f" (and {len(told) - MOST_PROBLEMS} more)" if len(told) > MOST_PROBLEMS else ""
    return "; ".join(told[:MOST_PROBLEMS]) + more


def _sentence(problem: ErrorDetails) -> str:
    path, said = ".".join(map(str, problem["loc"])), problem["msg"]
    if problem["type"] == "value_error":  # one of our own, which says what was seen
        own = str(problem["ctx"]["error"])
        return f"{path}: {own}" if path else own
    if problem["type"] == "extra_forbidden":
        return f"{path} is no field; leave it out, or see docs/studies.md for those there are"
    if problem["type"] == "missing":
        return f"{path} is missing; give it"
    seen = repr(problem["input"])
    short = seen if len(seen) <= MOST_SHOWN else seen[: MOST_SHOWN - 3] + "..."
    return f"{path} is {short}; {said[0].lower()}{said[1:]}"
