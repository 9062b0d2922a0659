"""How skips grow with lifelines: the log-log slope, and tests of it against a stated null."""

from balk.dose_response.proportional import beta_binomial, fit_share, proportional_test
from balk.dose_response.slope import log_slope, log_slopes
from balk.dose_response.slope_test import BootstrapTest, bootstrap_test
from balk.dose_response.trend import TrendTest, trend_test

__all__ = [
    "BootstrapTest",
    "TrendTest",
    "beta_binomial",
    "bootstrap_test",
    "fit_share",
    "log_slope",
    "log_slopes",
    "proportional_test",
    "trend_test",
]
