"""Count laws and selections that other packages add by entry points."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, TypeVar

from balk.errors import MechanismError


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


@cache
def plugged_in(group: str, kind: type[T], built_in: frozenset[str] = frozenset()) -> dict[str, T]:
    """Return what other packages add by an entry point of a group, by its name there.

    Parameters
    ----------
    group : str
        Group of the entry points.
    kind : type
        What each must be an instance of.
    built_in : frozenset of str
        Names that are taken.

    Raises
    ------
    MechanismError
        If an entry point cannot be loaded, is not of its kind, or has a name that is taken.
    """
    owners = dict.fromkeys(built_in, "balk itself")
    found = {}
    for entry in entry_points(group=group):
        part = _load(entry, kind)
        for name in dict.fromkeys((entry.name, part.name)):
            if name in owners:
                raise MechanismError(
                    f"{_told(entry)} is named {name!r}, a name that {owners[name]} has; "
                    "give it another, or uninstall one of the two"
                )
            owners[name] = _distribution(entry)
        found[entry.name] = part
    return found


def _load(entry: EntryPoint, kind: type[T]) -> T:
    try:
        part = entry.load()
    except Exception as error:  # whatever another package's import may raise
        raise MechanismError(
            f"{_told(entry)} cannot be loaded ({type(error).__name__}: {error}); "
            f"mend {_distribution(entry)}, or uninstall it"
        ) from error
    if not isinstance(part, kind):
        seen = f"the class {part.__name__}" if isinstance(part, type) else type(part).__name__
        raise MechanismError(f"{_told(entry)} is {seen}; give an instance of {kind.__name__}")
    if not isinstance(getattr(part, "name", None), str):
        raise MechanismError(f"{_told(entry)} has no name; give it one, such as {entry.name!r}")
    return part


def _told(entry: EntryPoint) -> str:
    return f"entry point {entry.name!r} of {entry.group}, of {_distribution(entry)},"


def _distribution(entry: EntryPoint) -> str:
    return f"distribution {entry.dist.name!r}" if entry.dist else "an unnamed distribution"
