"""Two answers to the same questions: with a way out and without, or read in two ways.

Tables of this kind come from elsewhere, as one row a question with letters for answers. Their
questions count as independent, unless an item stands in several rows.
"""

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl
from scipy.special import bdtr, ndtri

from balk.errors import EstimateError, TableError
from balk.estimates import clustered_mean, exact_share, two_way_mean
from balk.records import Estimate

SCORES: dict[str, tuple[float, float]] = {
    "trad_score": (0.0, 1.0),
    "idk_score": (-1.0, 1.0),
    "idk_freq": (0.0, 1.0),
    "extract_fail": (0.0, 1.0),
}
"""Column of evaluate-idk -> its range; `mark_choices` says what they hold."""

N_BISECTIONS = 60


def mark_choices(read: pl.Series, gold: pl.Series, exit_word: str) -> pl.DataFrame:
    """Return what evaluate-idk makes of each reply, from the letter that was read in it.

    Parameters
    ----------
    read : Series of str
        The answer, `exit_word` for a skip, null where nothing was read.
    gold : Series of str
        The right answer, never `exit_word`.
    exit_word : str
        What means "I don't know".

    Returns
    -------
    DataFrame
        - ``trad_score``: 1 if right, else 0;
        - ``idk_score``: 1 if right, 0 for a skip, else -1, so that an unread reply is wrong;
        - ``idk_freq``, ``extract_fail``: 1 for a skip, and for an unread reply, else 0.

    Raises
    ------
    TableError
        If the two differ in length, or a right answer is missing or is the exit word.
    """
    if len(read) != len(gold) or gold.null_count() or (gold == exit_word).any():
        raise TableError(
            f"{len(read)} readings of {len(gold)} right answers; give as many, none of them null "
            f"or {exit_word!r}"
        )
    right = (read == gold).fill_null(value=False).cast(pl.Float64)
    skip = (read == exit_word).fill_null(value=False).cast(pl.Float64)
    columns = (right, 2 * right + skip - 1, skip, read.is_null().cast(pl.Float64))
    return pl.DataFrame([one.alias(name) for name, one in zip(SCORES, columns, strict=True)])


def compare_readings(table: pl.DataFrame, exit_word: str) -> list[dict[str, Any]]:
    """Return what changes if the same replies are read in another way, by run and over all.

    Parameters
    ----------
    table : DataFrame
        One row a reply: ``run``, ``item`` (the question), ``gold``, and ``first`` and ``second``,
        the two readings as `mark_choices` takes them.
    exit_word : str
        What means "I don't know".

    Returns
    -------
    list of dict
        One for each run, sorted, then one for all with run null: ``run``, ``n``, ``n_reread``
        (readings that differ), ``n_skips_missed`` and ``n_skips_invented`` (by the first reading,
        if the second is right), and for each of `SCORES` the means ``first`` and ``second`` and
        ``difference``, second less first. It is clustered by item, over all by run and item.
    """
    runs = table.sort("run", maintain_order=True).partition_by("run", maintain_order=True)
    names = (*(rows["run"][0] for rows in runs), None)
    return [
        {"run": name, **_reread(rows, exit_word)}
        for name, rows in zip(names, (*runs, table), strict=True)
    ]


def _reread(rows: pl.DataFrame, exit_word: str) -> dict[str, Any]:
    first, second = (mark_choices(rows[side], rows["gold"], exit_word) for side in _SIDES)
    change = second["idk_freq"] - first["idk_freq"]
    return {
        "n": rows.height,
        "n_reread": int(rows["first"].ne_missing(rows["second"]).sum()),
        "n_skips_missed": int((change > 0).sum()),
        "n_skips_invented": int((change < 0).sum()),
        **{name: _moved(rows, first[name], second[name]) for name in SCORES},
    }


_SIDES = ("first", "second")


def _moved(rows: pl.DataFrame, first: pl.Series, second: pl.Series) -> dict[str, Any]:
    low, high = SCORES[first.name]
    change, within = second - first, (low - high, high - low)
    if rows["run"].n_unique() == 1:
        moved = clustered_mean(change, rows["item"], within=within, unit="replies")
    else:
        moved = two_way_mean(change, rows["run"], rows["item"], within=within, unit="replies")
    return {"first": first.mean(), "second": second.mean(), "difference": asdict(moved)}


def compare_choices(
    gold: pl.Series, first: pl.Series, second: pl.Series, exit_word: str
) -> dict[str, Any]:
    """Return how often two answers to the same independent questions are right, and skips.

    Returns
    -------
    dict
        ``accuracy`` and ``skips``, each with ``first`` and ``second`` (shares with exact
        intervals) and ``mcnemar``, as of `mcnemar` for first less second. A skip is not right.
    """
    marks = [mark_choices(side, gold, exit_word) for side in (first, second)]
    return {
        name: _paired(*(mark[column] == 1 for mark in marks))
        for name, column in (("accuracy", "trad_score"), ("skips", "idk_freq"))
    }


def _paired(first: pl.Series, second: pl.Series) -> dict[str, Any]:
    shares = {
        side: asdict(exact_share(int(hits.sum()), len(hits), unit="questions"))
        for side, hits in zip(_SIDES, (first, second), strict=True)
    }
    told = mcnemar(int((first & ~second).sum()), int((second & ~first).sum()), len(first))
    return shares | {"mcnemar": asdict(told)}


@dataclass(frozen=True, slots=True)
class PairedShares:
    """Two yes-or-no answers on the same items, compared.

    Attributes
    ----------
    only_first, only_second : int
        Items on which just one of the two is a yes; the others do not tell them apart.
    difference : Estimate
        Share of the first less share of the second, with Tango's score interval.
    p_exact, p_mid : float
        McNemar's test: its exact conditional p, and the mid-p, which is less conservative.
    """

    only_first: int
    only_second: int
    difference: Estimate
    p_exact: float
    p_mid: float


def mcnemar(only_first: int, only_second: int, n: int, *, level: float = 0.95) -> PairedShares:
    """Compare two yes-or-no answers on n independent items.

    The mid-p counts outcomes as likely as the one seen by half. Both p are 1 where no item tells
    the two apart.

    Raises
    ------
    EstimateError
        If the counts are impossible.

    References
    ----------
    Fagerland, Lydersen & Laake (2013), doi:10.1186/1471-2288-13-91, for both p; Tango (1998),
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B, for the interval.
    """
    told = only_first + only_second
    if min(only_first, only_second) < 0 or n < max(told, 1):
        raise EstimateError(
            f"{only_first} and {only_second} of {n} items differ; give counts >= 0 and n not fewer"
        )
    fewer = min(only_first, only_second)
    below = float(bdtr(fewer - 1, told, 0.5)) if fewer else 0.0
    seen = float(bdtr(fewer, told, 0.5)) - below
    as_far = seen if 2 * fewer == told else 2 * seen
    further = 1 - seen if 2 * fewer == told else 2 * below
    value = (only_first - only_second) / n
    difference = Estimate(
        value,
        -_tango_end(only_second, only_first, n, level),
        _tango_end(only_first, only_second, n, level),
        n,
        n,
        "Tango score",
        level=level,
        unit="pairs",
    )
    p_mid = further + as_far / 2 if told else 1.0
    return PairedShares(only_first, only_second, difference, further + as_far, p_mid)


def _tango_end(more: int, fewer: int, n: int, level: float) -> float:
    """Return the upper end of the interval of ``(more - fewer) / n``, by bisection."""
    z = float(ndtri((1 + level) / 2))
    low, high = (more - fewer) / n, 1.0
    for _ in range(N_BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if _tango_z(more, fewer, n, middle) > -z else (low, middle)
    return low


def _tango_z(more: int, fewer: int, n: int, delta: float) -> float:
    """Return the score statistic of a true difference delta, below 1."""
    b = (2 * n - more + fewer) * delta - more - fewer
    root = b * b + 8 * n * fewer * delta * (1 - delta)
    p_fewer = (root**0.5 - b) / (4 * n)  # likeliest share of `fewer` if delta holds
    variance = n * (2 * p_fewer + delta * (1 - delta))
    return float((more - fewer - n * delta) / variance**0.5) if variance > 0 else 0.0
