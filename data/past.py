"""The past as features: windows of the target's own last values, and the gaps that they cannot span."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from data.columns import Column
from data.errors import NAME_LENGTH, DataError, clean
from data.examples import Examples
from data.scaling import Floats
from data.steps import Period, Times, first_gap, places, single_steps, time_period, when, year_of
from data.tables import Table

FEWEST_ROWS = 3
MOST_CELLS = 2**26  # of all windows together: 512 MB, and half of that as float32
MOST_STEPS = 4  # for each row, of which the others are missing
UNDATED = "no column of dates: rows are taken in the order in which they stand"
USUAL_LAGS: dict[Period | None, int] = {"hour": 24, "day": 7, "business day": 5, "month": 12, "quarter": 4}
OTHER_LAGS = 10


def usual_lags(times: Times | None, rows: int) -> int:
    """How many steps back a series is looked at unasked: a day of hours, a week of days …, fewer if it is short."""
    period = time_period(times)
    single = times is not None and period is not None and single_steps(times, period)
    usual = USUAL_LAGS.get(period, OTHER_LAGS) if single else OTHER_LAGS
    return max(1, min(usual, (rows - FEWEST_ROWS) // 3))


def refuse_empty_cells(table: Table, examples: Examples, time: Column | None) -> None:
    """DataError for the first row that lacks its target or its date."""
    missing = np.flatnonzero(~examples.filled())
    if not len(missing):
        return
    row = int(missing[0])
    dated = examples.times is not None and not np.isnan(examples.times[row])
    place = f"at {when(examples.times[row])}" if dated and examples.times is not None else f"in row {row + 1}"
    column = examples.target if np.isnan(examples.y[row]) or time is None else time.name
    raise DataError(
        f"{table.name} has an empty cell {place}, column {column!r}: expected none with lags; fill it or leave lags out"
    )


def refuse_gaps(table: Table, times: Times, time: Column) -> None:
    """DataError where these rising times are not evenly spaced."""
    missing = first_gap(times) if len(times) > 1 else None
    if missing is not None:
        raise DataError(
            f"{table.name} has no row for {when(missing)} in column {time.name!r}: "
            "expected evenly spaced dates with lags; fill the gap, or leave lags out"
        )


def spread_out(examples: Examples, lags: int) -> Examples:
    """Rows of a series, a row without a target for each step that is missing.

    Where the times have no step in common, or hardly a window would be whole, the rows are taken one after another.
    """
    if examples.times is None:
        return examples
    if examples.period == "business day":
        return without_holidays(examples)
    steps = places(examples.times)
    if steps is None or steps[-1] + 1 > MOST_STEPS * len(steps):
        notice = "dates are not evenly spaced: lags count rows"
        return replace(examples, notices=(*examples.notices, notice))
    count = int(steps[-1]) + 1
    if count == len(steps):
        return examples
    y = np.full(count, np.nan)
    y[steps] = examples.y
    if not whole_windows(y, lags).sum() >= max(FEWEST_ROWS, len(steps) // 2):
        notice = f"{missing(count - len(steps))}: lags count rows"
        return replace(examples, notices=(*examples.notices, notice))
    times = np.full(count, np.nan if examples.times.dtype.kind == "f" else "NaT", examples.times.dtype)
    times[steps] = examples.times
    notice = f"{missing(count - len(steps))}: rows whose past is not whole were left out"
    return replace(examples, x=np.empty((count, 0)), y=y, times=times, notices=(*examples.notices, notice))


def without_holidays(examples: Examples) -> Examples:
    """Rows for business days as they stand, with a notice of the days that have none."""
    assert examples.times is not None
    holidays = int(np.busday_count(examples.times[0], examples.times[-1])) + 1 - len(examples.y)
    if not holidays:
        return examples
    notice = f"{holidays} business day{'s have' if holidays != 1 else ' has'} no row: lags count rows"
    return replace(examples, notices=(*examples.notices, notice))


def steps_of(examples: Examples) -> str:
    """What a lag is, in words: days, where the rows come day by day; else rows."""
    if examples.times is None or examples.period is None:
        return "rows"
    return f"{examples.period}s" if single_steps(examples.times, examples.period) else "rows"


def missing(count: int) -> str:
    return f"{count} dates are missing" if count != 1 else "1 date is missing"


def whole_windows(y: Floats, lags: int) -> Any:
    """Which of these targets, from the first with a past on, and their whole past are known."""
    known = np.concatenate([[0], np.cumsum(np.isfinite(y))])
    return known[lags + 1 :] - known[: -lags - 1] == lags + 1


def windows(table: Table, examples: Examples, lags: int, years: tuple[int, int] | None) -> Examples:
    """Rows with the target's last values as features, yesterday's first; only those whose past is whole."""
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
    ends = [f" lag {step}" for step in steps]
    names = tuple(clean(target, NAME_LENGTH - len(end)) + end for end in ends)
    notices = examples.notices if examples.in_time else (*examples.notices, UNDATED)
    times = None if times is None else times[first:last]
    rows = replace(examples, x=past, y=y[first:last], times=times, features=names, lags=steps, notices=notices)
    whole = np.isfinite(rows.y) & np.isfinite(rows.x).all(axis=1)
    return rows if whole.all() else rows.pick(whole)
