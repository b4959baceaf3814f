"""Examples: raw features, targets and times of rows, and their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.columns import Column
from data.errors import DataError
from data.scaling import Floats
from data.steps import Period, Times, when, year_of
from data.tables import Table


@dataclass(frozen=True, slots=True)
class Examples:
    """Raw rows: x (N, n_inputs), y (N,) and, where the rows follow each other in time, their times (N,), rising."""

    x: Floats
    y: Floats
    times: Times | None
    period: Period | None
    features: tuple[str, ...]
    target: str
    lags: tuple[int, ...]
    notices: tuple[str, ...]
    labels: tuple[str, str] | None = None  # what the targets −1 and +1 stand for
    in_time: bool = False  # whether the rows stand in order of time
    guessed: bool = False  # whether the features were not asked for, so that one that does not vary may go

    def filled(self) -> Any:
        """Which rows (N,) have every value."""
        present = np.isfinite(self.x).all(axis=1) & np.isfinite(self.y)
        return present if self.times is None else present & ~np.isnan(self.times)

    def pick(self, rows: Any, *notices: str) -> Examples:
        """Only these rows, in this order."""
        times = None if self.times is None else self.times[rows]
        return replace(self, x=self.x[rows], y=self.y[rows], times=times, notices=(*self.notices, *notices))


def in_order(examples: Examples, time: Column | None) -> Examples:
    """Sorted by time, with a notice where they were not."""
    if examples.times is None or time is None:
        return examples
    order = np.argsort(examples.times, kind="stable")
    if (order[1:] > order[:-1]).all():
        return examples
    return examples.pick(order, f"rows were sorted by {time.name!r}")


def of_many(examples: Examples, time: Column | None) -> Examples:
    """Sorted rows whose dates stand several times keep their order, but are no series."""
    times = examples.times
    if times is None or time is None or (times[1:] > times[:-1]).all():
        return examples
    notice = f"{time.name!r} has dates that stand several times: rows are split by time, and drawn as if undated"
    return replace(examples, times=None, period=None, notices=(*examples.notices, notice))


def refuse_twice(table: Table, times: Times, time: Column) -> None:
    """DataError for one of these rising times that stands twice; it names a column that tells such rows apart."""
    twice = np.flatnonzero(times[1:] == times[:-1])
    if not len(twice):
        return
    apart = next((column for column in table.columns.values() if tells_apart(table, column, time)), None)
    if apart is None:
        raise DataError(f"column {time.name!r} has {when(times[twice[0]])} twice: expected each date once with lags")
    raise DataError(
        f"column {time.name!r} has {when(times[twice[0]])} once for each {apart.name!r}, such as {apart.example!r}: "
        f"expected one series with lags; keep the rows of one {apart.name!r}"
    )


def tells_apart(table: Table, column: Column, time: Column) -> bool:
    """Whether a column of words has one row for each of its words at any time."""
    if column.kind not in ("words", "text") or column.missing or time.missing:
        return False
    words = np.fromiter(map(hash, table.cells[column.name]), np.int64, table.rows)
    pairs = np.unique(np.stack([words, time.values.astype(np.int64)]), axis=1)
    return pairs.shape[1] == time.rows and len(np.unique(words)) < time.rows


def within(years: tuple[int, int] | None, examples: Examples) -> Examples:
    """Only the rows dated in these years."""
    if years is None or examples.times is None:
        return examples
    inside = np.flatnonzero((year_of(examples.times) >= years[0]) & (year_of(examples.times) <= years[1]))
    return examples.pick(inside)
