"""Measure whether language models stop short of hard questions, and why.

`Study` says who is asked what, `run` asks it and returns the `Results`, `read_results` those of a
run that is done. Names are loaded when they are first used.
"""

from typing import TYPE_CHECKING, Any

from balk.version import __version__

if TYPE_CHECKING:
    from balk.design.study import Study
    from balk.pipeline import Results, read_results, run

__all__ = ["Results", "Study", "__version__", "read_results", "run"]

_HOMES = {
    "Results": "balk.pipeline",
    "Study": "balk.design.study",
    "read_results": "balk.pipeline",
    "run": "balk.pipeline",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever is public
    if name not in _HOMES:
        raise AttributeError(f"balk has no {name!r}; it has {', '.join(sorted(__all__))}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
