"""The pictures of a report, one a file: rows of numbers -> Altair charts to restyle at will.

`balk.pipeline.Results.charts` has those of a study.
"""

from balk.report.figures.calibration import calibration
from balk.report.figures.checks import checks
from balk.report.figures.dose_response import dose_response
from balk.report.figures.forest import forest
from balk.report.figures.payoff_curve import payoff_curve
from balk.report.figures.ranking import ranking
from balk.report.figures.selectivity import selectivity

__all__ = [
    "calibration",
    "checks",
    "dose_response",
    "forest",
    "payoff_curve",
    "ranking",
    "selectivity",
]
