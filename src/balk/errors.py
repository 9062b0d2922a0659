"""Every error balk raises on purpose.

```text
BalkError
├── PuzzleError      a puzzle, a bank or a puzzle source is not as it must be   (ValueError)
├── StudyError       a study asks for something that cannot be run              (ValueError)
├── PromptError      a prompt cannot be rendered or is not what it was          (ValueError)
├── ReplyError       replies handed to the parser are not in the stated form    (ValueError)
├── TableError       a table or a log cannot be read or lacks what is needed    (ValueError)
├── MechanismError   a mechanism is given impossible parameters                 (ValueError)
├── EstimateError    a number is asked of data that cannot give it              (ValueError)
├── SubjectError     a subject is unknown or cannot be asked                    (LookupError)
├── CallError        a call to a subject failed; becomes a row with its reason  (RuntimeError)
└── MissingExtraError  an optional dependency is not installed                  (ImportError)
```

Messages say what was seen, what is allowed and what to do.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class BalkError(Exception):
    """Root of every error that balk raises on purpose."""


class PuzzleError(BalkError, ValueError):
    """A puzzle, a bank or a puzzle source is not as it must be."""


class StudyError(BalkError, ValueError):
    """A study asks for something that cannot be run."""


class PromptError(BalkError, ValueError):
    """A prompt cannot be rendered, or is not what it was said to be."""


class ReplyError(BalkError, ValueError):
    """Replies handed to the parser are not in the stated form."""


class TableError(BalkError, ValueError):
    """A table or a log cannot be read, or lacks what is needed."""


class MechanismError(BalkError, ValueError):
    """A mechanism is given impossible parameters."""


class EstimateError(BalkError, ValueError):
    """A number is asked of data that cannot give it."""


class SubjectError(BalkError, LookupError):
    """A subject is unknown or cannot be asked."""


class CallError(BalkError, RuntimeError):
    """A call to a subject failed: the exam becomes rows that say why.

    Attributes
    ----------
    reason : str
        One of `balk.elicit.failures.REASONS`.
    words : str
        What the provider said, folded, shortened and free of secrets.
    wait_s : float or None
        How long the provider asks to wait.
    status : int or None
        HTTP status of the reply, if there was one.
    message : str
        Both on one line: what the log and the table say.
    """

    def __init__(
        self,
        reason: str,
        words: str = "",
        wait_s: float | None = None,
        status: int | None = None,
    ) -> None:
        self.reason, self.words, self.wait_s, self.status = reason, words, wait_s, status
        self.message = f"{reason}: {words}" if words else reason
        super().__init__(self.message)


class MissingExtraError(BalkError, ImportError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed; it comes with: pip install 'balk[{extra}]'")


def unknown(kind: str, seen: str, known: Iterable[str]) -> str:
    """Return the message for a name that is not in a registry, with the nearest known one.

    Parameters
    ----------
    kind : str
        What was being named, such as ``"arm"``.
    seen : str
        The name as given.
    known : iterable of str
        Every name that would have been accepted.
    """
    names = sorted(known)
    near = get_close_matches(seen, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"unknown {kind} {seen!r}; known: {', '.join(names)}.{hint}"
