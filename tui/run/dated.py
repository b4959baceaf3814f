"""Dated data: times as whole numbers of periods, and how well one predicts without learning anything."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from data import Dataset
from tui.run.measure import Measure

MONDAY = np.datetime64("1970-01-05", "D")  # the first since 1970
ON_WEEKDAYS = ("day", "business day")  # the periods of which each has its weekday
UNITS = {"hour": "h", "day": "D", "month": "M"}
_BEFORE = {  # predictions without learning, and the periods that they look back
    "hour": (("as an hour ago", 1), ("as a day ago", 24)),
    "business day": (("as the day before", 1), ("as last week", 5)),
    "quarter": (("as last quarter", 1), ("as last year", 4)),
    "day": (("as yesterday", 1), ("as last week", 7)),
    "week": (("as last week", 1),),
    "month": (("as last month", 1), ("as last year", 12)),
    "year": (("as last year", 1),),
}

_LAGS = {  # how far back one would look next
    "hour": (1, 2, 3, 6, 12, 24, 48, 168),
    "business day": (1, 2, 3, 5, 10, 20, 60, 250),
    "quarter": (1, 2, 4, 8, 12, 20),
    "day": (1, 2, 3, 5, 7, 14, 28, 56, 112, 364),
    "week": (1, 2, 4, 8, 13, 26, 52, 104),
    "month": (1, 2, 3, 6, 12, 24, 36, 60),
}
_ROUND_LAGS = (1, 2, 3, 5, 10, 20, 50, 100)


def next_lags(lags: int, period: str | None, direction: int) -> int:
    """The next number of steps back above (+1) or below (−1) this one; the same where there is none."""
    steps = _LAGS.get(period or "", _ROUND_LAGS)
    if direction > 0:
        return next((step for step in steps if step > lags), lags)
    return next((step for step in reversed(steps) if step < lags), lags)


def whole_periods(times: np.ndarray, period: str) -> np.ndarray:
    """Times as whole numbers: hours, days, business days from the first Monday on, weeks … since 1970, or years."""
    if not np.issubdtype(times.dtype, np.datetime64):
        numbers: np.ndarray = np.floor(times).astype(np.int64)
        return numbers
    if period == "business day":
        return np.busday_count(MONDAY, times.astype("datetime64[D]"))
    if period == "quarter":
        return times.astype("datetime64[M]").astype(np.int64) // 3
    if period == "week":
        return (times.astype("datetime64[D]") - MONDAY).astype(np.int64) // 7
    if period == "year":
        return times.astype("datetime64[Y]").astype(np.int64) + 1970
    return times.astype(f"datetime64[{UNITS[period]}]").astype(np.int64)


@lru_cache(maxsize=2)  # of the data set at hand, which stays the same object while it is trained on
def naive(dataset: Dataset) -> tuple[tuple[str, np.ndarray], ...]:
    """(label, values) of predicting the value of a period, a week or a year before; () where undated.

    The values (M,) are those for the unseen rows, in the data's own units, and nan where nothing is known.
    """
    if dataset.times_test is None or dataset.times_train is None or dataset.y_test is None or not dataset.lags:
        return ()
    if dataset.period is None:
        return ()
    when = whole_periods(np.concatenate((dataset.times_train, dataset.times_test)), dataset.period)
    value = dataset.unscale(np.concatenate((dataset.y_train, dataset.y_test)))
    known = dict(zip(when.tolist(), value.tolist(), strict=True))
    unseen = when[-len(dataset.y_test) :].tolist()
    found = (
        (label, np.array([known.get(t - back, np.nan) for t in unseen])) for label, back in _BEFORE[dataset.period]
    )
    return tuple((label, values) for label, values in found if np.isfinite(values).any())


@lru_cache(maxsize=2)
def baselines(dataset: Dataset, measure: Measure) -> tuple[tuple[str, float], ...]:
    """The loss on the unseen rows of these predictions; () for measures without a unit."""
    if not measure.in_unit:
        return ()
    found = []
    for label, values in naive(dataset):
        assert dataset.y_test is not None
        misses = (dataset.unscale(dataset.y_test) - values)[np.isfinite(values)]
        found.append((label, float(measure.shown(measure.loss.function(misses).mean(), 1.0))))
    return tuple(found)
