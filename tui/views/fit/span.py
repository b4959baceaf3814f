"""The span of dated data that is shown: which rows, in order of time, and their dates in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.frame import per_dataset
from tui.run.dated import MONDAY, whole_periods

if TYPE_CHECKING:
    from data import Dataset

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Span:
    """The rows that the view shows: the unseen ones, or the training ones where nothing is unseen."""

    rows: np.ndarray  # (N,) their places in the split, in order of time
    day: np.ndarray  # (N,) int: days (or hours, weeks, months, years, rows) since the first
    true: np.ndarray  # (N,) in the data's own units
    first: int  # the date of day 0, as `whole_periods` counts, or 0
    period: str  # one of data's periods, or ""
    unseen: bool

    @property
    def length(self) -> int:
        return int(self.day[-1]) + 1


@per_dataset
def span(dataset: Dataset) -> Span:
    """The rows shown, in order of time."""
    y, times, unseen = dataset.y_train, dataset.times_train, False
    if dataset.y_test is not None:
        y, times, unseen = dataset.y_test, dataset.times_test, True
    period = "" if times is None else dataset.period or ""
    count = whole_periods(times, period) if times is not None and period else np.arange(len(y))
    order = np.argsort(count, kind="stable")
    count = count[order]
    return Span(order, count - count[0], dataset.unscale(y[order]), int(count[0]), period, unseen)


def dates_of(shown: Span) -> np.ndarray:
    """The dates (N,), datetime64[D], of a span of one of `ON_WEEKDAYS`."""
    number = shown.first + shown.day
    return number.astype("datetime64[D]") if shown.period == "day" else np.busday_offset(MONDAY, number)


def date_words(day: np.datetime64, with_day: bool) -> str:
    """14 Jul, or Jul: always English, whatever the locale."""
    month = int(day.astype("datetime64[M]").astype(int)) % 12
    number = int((day - day.astype("datetime64[M]").astype("datetime64[D]")).astype(int)) + 1
    return f"{number} {MONTHS[month]}" if with_day else MONTHS[month]
