"""Examples: a table's columns as raw features, targets and times, in order, whole, and with the past in windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.dataset import Period, Times
from data.errors import DataError, choice, clean, show
from data.scaling import Floats
from data.tables import Column, Table, resembles_dates

FEWEST_ROWS = 3
MOST_CELLS = 2**27  # of all windows together: 512 MB as float32
SHORTEST_MONTH = 28
UNDATED = "no column of dates: rows are taken in the order in which they stand"


@dataclass(frozen=True, slots=True)
class Examples:
    """Raw rows: x (N, n_inputs), y (N,) and, where the table is dated, their times (N,) in rising order."""

    x: Floats
    y: Floats
    times: Times | None
    period: Period | None
    features: tuple[str, ...]
    target: str
    lags: tuple[int, ...]
    notices: tuple[str, ...]


def read_examples(
    table: Table,
    target: str | None = None,
    features: Sequence[str] | None = None,
    lags: int | None = None,
    positive: str | None = None,
    years: tuple[int, int] | None = None,
) -> Examples:
    """The rows of a table as examples; with `lags` the features are the target's own past.

    `positive` makes a target of words ±1; of dated rows only targets in `years` (first, last) are taken, though
    windows reach back before them. Raises DataError for a column, cell, date or number of rows that cannot be used.
    """
    columns = table.columns()
    time = time_column(columns, lags)
    target = find_target(table, columns, target, time)
    names = () if lags else find_features(table, columns, features, target, time)
    y = labels(table, target, positive) if positive else table.numbers(target)
    x = np.column_stack([table.numbers(name) for name in names]) if names else np.empty((table.rows, 0))
    times = read_times(table, time)
    notices = () if time or lags else unread_dates(table, columns)
    examples = Examples(x, y, times, time_period(times), names, target, (), notices)
    if not lags:
        return within(years, in_order(whole_rows(table, examples), time))
    refuse_empty_cells(table, examples, time)
    examples = in_order(examples, time)
    if examples.times is not None and time is not None:
        refuse_gaps(table, examples.times, time)
    return windows(table, examples, lags, years)


def time_column(columns: Sequence[Column], lags: int | None) -> Column | None:
    """The first column of dates; for lags one of numbers named "year" will do."""
    dated = [column for column in columns if column.dated]
    if lags and not dated:
        dated = [column for column in columns if column.numeric and column.name.lower() == "year"]
    return dated[0] if dated else None


def find_target(table: Table, columns: Sequence[Column], target: str | None, time: Column | None) -> str:
    if target is not None:
        return table.find("target", target)
    numeric = [column.name for column in columns if column.numeric and column is not time]
    if not numeric:
        raise DataError(f"{table.name} has no column of numbers: expected a target and features in numbers such as 0.5")
    return numeric[-1]


def find_features(
    table: Table, columns: Sequence[Column], features: Sequence[str] | None, target: str, time: Column | None
) -> tuple[str, ...]:
    if features is None:
        names = [column.name for column in columns if column.numeric and column is not time and column.name != target]
        if not names:
            raise DataError(f"{table.name} has no column of numbers beside {target!r}: expected features, or lags")
        return tuple(names)
    if isinstance(features, str) or not isinstance(features, Sequence) or not features:
        raise DataError(f"features={show(features)}: expected a list of columns")
    names = [table.find("features", name) for name in features]
    for number, name in enumerate(names):
        if name == target:
            raise DataError(f"features={show(name)} is the target: expected other columns, or lags for its past")
        if name in names[:number]:
            raise DataError(f"features={show(name)} stands twice: expected each column once")
    return tuple(names)


def labels(table: Table, target: str, positive: str) -> Floats:
    """+1 where a cell is the positive word, −1 at others, NaN where it is empty."""
    cells = np.array(table.cells[target])
    if positive not in cells:
        raise choice("positive", positive, sorted(set(cells.tolist())))
    return np.where(cells == "", np.nan, np.where(cells == positive, 1.0, -1.0))


def read_times(table: Table, time: Column | None) -> Times | None:
    if time is None:
        return None
    return table.dates(time.name) if time.dated else table.numbers(time.name)


def unread_dates(table: Table, columns: Sequence[Column]) -> tuple[str, ...]:
    """A notice of each column that seems to date the rows, but not in a way that is read."""
    return tuple(
        f"column {column.name!r} is left out, and rows are split at random: dates are read as 2024-01-31, without time"
        for column in columns
        if not column.numeric and resembles_dates(table.cells[column.name])
    )


def time_period(times: Times | None) -> Period | None:
    """The usual step from row to row, given in any order; a few rows may be missing."""
    if times is None:
        return None
    if times.dtype.kind != "M":
        return "year"
    dates = np.unique(times[~np.isnat(times)])
    days, months, years = (np.diff(dates.astype(f"datetime64[{unit}]").astype(int)) for unit in "DMY")
    if not len(days) or days.min() < 7:
        return "day"
    if days.min() == 7 and not (days % 7).any():
        return "week"
    if days.min() >= 28 and months.min() == 1:
        return "month"
    return "year" if days.min() >= 365 and years.min() == 1 else None


def filled(examples: Examples) -> Any:
    """Which rows (N,) have every cell."""
    present = np.isfinite(examples.x).all(axis=1) & np.isfinite(examples.y)
    return present if examples.times is None else present & ~np.isnan(examples.times)


def whole_rows(table: Table, examples: Examples) -> Examples:
    """Without the rows that have an empty cell; a notice counts them."""
    present = filled(examples)
    left_out = int(len(present) - present.sum())
    if not left_out:
        return examples
    if left_out == len(present):
        raise DataError(f"{table.name} has no row without an empty cell: expected whole rows; choose other columns")
    rows = f"{left_out} row{'s' * (left_out != 1)} with an empty cell {'were' if left_out != 1 else 'was'} left out"
    return pick(examples, present, rows)


def in_order(examples: Examples, time: Column | None) -> Examples:
    """Sorted by time, with a notice where they were not; DataError for a date that stands twice."""
    if examples.times is None or time is None:
        return examples
    order = np.argsort(examples.times, kind="stable")
    refuse_twice(examples.times[order], time)
    if (order[1:] > order[:-1]).all():
        return examples
    return pick(examples, order, f"rows were sorted by {time.name!r}")


def refuse_twice(times: Times, time: Column) -> None:
    """DataError for one of these rising times that stands twice."""
    twice = np.flatnonzero(times[1:] == times[:-1])
    if len(twice):
        raise DataError(f"column {time.name!r} has {when(times[twice[0]])} twice: expected each date once")


def pick(examples: Examples, rows: Any, notice: str) -> Examples:
    times = None if examples.times is None else examples.times[rows]
    return replace(examples, x=examples.x[rows], y=examples.y[rows], times=times, notices=(*examples.notices, notice))


def within(years: tuple[int, int] | None, examples: Examples) -> Examples:
    """Only the rows dated in these years."""
    if years is None or examples.times is None:
        return examples
    inside = np.flatnonzero((year_of(examples.times) >= years[0]) & (year_of(examples.times) <= years[1]))
    return replace(examples, x=examples.x[inside], y=examples.y[inside], times=examples.times[inside])


def refuse_empty_cells(table: Table, examples: Examples, time: Column | None) -> None:
    missing = np.flatnonzero(~filled(examples))
    if not len(missing):
        return
    row = int(missing[0])
    if examples.times is not None and not np.isnan(examples.times[row]):
        place = f"at {when(examples.times[row])}"
    else:
        place = f"in row {row + 1}"
    column = examples.target if np.isnan(examples.y[row]) or time is None else time.name
    raise DataError(f"{table.name} has an empty cell {place}, column {column!r}: expected none with lags; fill it in")


def refuse_gaps(table: Table, times: Times, time: Column) -> None:
    """DataError where these rising times are not evenly spaced."""
    missing = first_gap(times) if len(times) > 1 else None
    if missing is not None:
        raise DataError(
            f"{table.name} has no row for {when(missing)} in column {time.name!r}: "
            "expected evenly spaced dates with lags; fill the gap"
        )


def first_gap(times: Times) -> Any | None:
    """The first time that is missing where times are not evenly spaced, by days, months or years; None if they are."""
    monthly = month_numbers(times)
    numbers = times.astype(np.float64) if monthly is None else monthly
    steps = np.diff(numbers)
    uneven = np.flatnonzero(steps != steps.min())
    if not len(uneven):
        return None
    last = times[uneven[0]]
    if monthly is None:
        return last + (steps.min() if times.dtype.kind == "f" else np.timedelta64(int(steps.min()), "D"))
    following = last.astype("datetime64[M]") + np.timedelta64(int(steps.min()), "M")
    return following.astype("datetime64[D]") + (last - last.astype("datetime64[M]").astype("datetime64[D]"))


def month_numbers(times: Times) -> Floats | None:
    """The months of dates that all stand on the same day of the month, or all at its end; None for others."""
    if times.dtype.kind != "M" or np.diff(times).min() < np.timedelta64(SHORTEST_MONTH, "D"):
        return None
    for dates in (times, times + np.timedelta64(1, "D")):
        months = dates.astype("datetime64[M]")
        days = dates - months.astype("datetime64[D]")
        if (days == days[0]).all():
            return months.astype(np.float64)
    return None


def windows(table: Table, examples: Examples, lags: int, years: tuple[int, int] | None) -> Examples:
    """Rows with the target's last values as features, yesterday's first."""
    y, times, target = examples.y, examples.times, examples.target
    first, last = 0, len(y)
    if years is not None and times is not None:
        first, last = np.searchsorted(year_of(times), [years[0], years[1] + 1]).tolist()
        if lags > first:
            expected = f"at most {first}" if first else "no lags"
            raise DataError(f"lags={lags}: expected {expected}, for the data begin on {when(times[0])}")
    if last - max(first, lags) < FEWEST_ROWS:
        most = len(y) - FEWEST_ROWS
        expected = f"at most {most}" if most > 0 else f"at least {lags + FEWEST_ROWS} rows"
        raise DataError(
            f"lags={lags} with {len(y)} rows in {table.name}: "
            f"expected {expected}, so that {FEWEST_ROWS} rows have a whole past"
        )
    first = max(first, lags)
    if lags * (last - first) > MOST_CELLS:
        raise DataError(f"lags={lags} with {last - first} rows: expected at most {MOST_CELLS // (last - first)} lags")
    past = np.lib.stride_tricks.sliding_window_view(y, lags)[first - lags : last - lags, ::-1]
    steps = tuple(range(1, lags + 1))
    names = tuple(clean(f"{target} lag {step}") for step in steps)
    notices = examples.notices
    if times is None:
        notices = (*notices, UNDATED)
    else:
        times = times[first:last]
    return replace(examples, x=past, y=y[first:last], times=times, features=names, lags=steps, notices=notices)


def year_of(times: Times) -> Floats:
    """Calendar years (N,) of dates or of years."""
    if times.dtype.kind == "M":
        return times.astype("datetime64[Y]").astype(np.float64) + 1970
    return np.floor(times)


def when(time: Any) -> str:
    """A date or a year for people."""
    return str(time) if isinstance(time, np.datetime64) else f"{time:g}"
