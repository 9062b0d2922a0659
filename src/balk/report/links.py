"""Links from the report to Inspect View, where a viewer stands beside it."""

from urllib.parse import quote

from markupsafe import Markup

from balk.report.material import Material
from balk.report.shown import foreign


def log_link(material: Material, log: str) -> Markup:
    """Return a link to a log in the viewer; its name alone where there is no viewer.

    Parameters
    ----------
    material : Material
        Knows the viewer's address, if there is one.
    log : str
        Name of the log's file, as in the column `log` of the decisions.
    """
    return _link(material, f"logs/{quote(log)}", foreign(log))


def exam_link(material: Material, log: str, sample_uuid: str, text: Markup) -> Markup:
    """Return a link to one exam in the viewer; the text alone where there is no viewer.

    Parameters
    ----------
    material, log
        As for `log_link`.
    sample_uuid : str
        Which exam of the log, as in the column `sample_uuid` of the decisions.
    text : Markup
        What the link says.
    """
    place = f"logs/{quote(log)}/samples/sample_uuid/{quote(sample_uuid, safe='')}/"
    return _link(material, place, text)


def _link(material: Material, place: str, text: Markup) -> Markup:
    if material.viewer is None:
        return text
    return Markup('<a href="{}#/{}">{}</a>').format(material.viewer, place, text)
