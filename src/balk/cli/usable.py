"""Before money is spent: whether every subject of a study can be asked from here."""

from typing import TYPE_CHECKING

from balk.errors import SubjectError

if TYPE_CHECKING:
    from balk.design.study import Study


def missing(study: "Study") -> dict[str, str]:
    """Return the subjects that cannot be asked: name -> what is missing."""
    from balk.elicit.readiness import lacking

    found = {one.name: lacking(one.model, one.model_args) for one in study.subjects}
    return {name: " and ".join(several) for name, several in found.items() if several}


def check_usable(study: "Study", without: dict[str, str]) -> None:
    """Raise `SubjectError` if a subject cannot be asked.

    Parameters
    ----------
    study : Study
        Who is to be asked.
    without : dict
        Those who cannot, as from `missing`.
    """
    if not without:
        return
    n_all, n_usable = len(study.subjects), len(study.subjects) - len(without)
    told = "\n".join(f"  {name} lacks {what}" for name, what in without.items())
    way_out = f", or add --usable to ask the other {n_usable}" if n_usable else ""
    raise SubjectError(
        f"{len(without)} of {n_all} subject{'s' if n_all > 1 else ''} cannot be asked from here; "
        f"supply what is missing{way_out}:\n{told}"
    )


def only_usable(study: "Study", without: dict[str, str]) -> "Study":
    """Return the study of the subjects that can be asked.

    Raises
    ------
    SubjectError
        If there is none.
    """
    kept = tuple(one for one in study.subjects if one.name not in without)
    if not kept:
        check_usable(study, without)
    return study.but(subjects=kept)
