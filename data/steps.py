"""Steps in time: by which step the times of rows follow each other, and where one is missing."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from data.scaling import Floats

Times = NDArray[Any]  # (N,) datetime64[D], datetime64[ms], or years as float64
Period = Literal["hour", "day", "business day", "week", "month", "quarter", "year"]
SHORTEST_MONTH = 28
LONGEST_HOLIDAYS = 5  # business days without a row, among rows for business days
FEWEST_BUSINESS_DAYS = 8  # so that two weekends lie between them
HOUR = np.timedelta64(1, "h")
DAY = np.timedelta64(1, "D")


def time_period(times: Times | None) -> Period | None:
    """The usual step from row to row, given in any order; a few rows may be missing."""
    if times is None:
        return None
    if times.dtype.kind != "M":
        return "year"
    dates = np.sort(times[~np.isnat(times)])
    dates = dates[np.append(dates[1:] != dates[:-1], [True] * bool(len(dates)))]  # each once; np.unique is far slower
    if dates.dtype == "datetime64[ms]":
        steps = np.diff(dates)
        return "hour" if len(steps) and steps.min() == HOUR and not (steps % HOUR).astype(int).any() else None
    days, months, years = (np.diff(dates.astype(f"datetime64[{unit}]").astype(int)) for unit in "DMY")
    if are_business_days(dates):
        return "business day"
    if not len(days) or days.min() < 7:
        return "day"
    if days.min() == 7 and not (days % 7).any():
        return "week"
    if days.min() >= SHORTEST_MONTH and months.min() in (1, 3) and not (months % months.min()).any():
        return "month" if months.min() == 1 else "quarter"
    return "year" if days.min() >= 365 and years.min() == 1 else None


def are_business_days(dates: Times) -> bool:
    """Whether these rising days are those from Monday to Friday, but for holidays."""
    if dates.dtype != "datetime64[D]" or len(dates) < FEWEST_BUSINESS_DAYS or not np.is_busday(dates).all():
        return False
    steps = np.diff(dates)
    if steps.min() != DAY:
        return False
    counted = np.busday_count(dates[:-1], dates[1:])
    return bool(counted.max() <= LONGEST_HOLIDAYS and 2 * (counted == 1).sum() > len(counted))


def single_steps(times: Times, period: Period) -> bool:
    """Whether most of these rising times are one period after the one before; a few may be missing."""
    steps = np.diff(times[~np.isnan(times)])
    if period == "business day" or not len(steps):
        return True
    longest = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 31 * DAY, "quarter": 92 * DAY, "year": 366 * DAY}
    limit = 1 if steps.dtype.kind == "f" else longest[period]
    return bool(
        np.median(steps.astype(np.float64)) <= np.float64(np.array(limit).astype(steps.dtype).astype(np.float64))
    )


def places(times: Times) -> NDArray[np.int64] | None:
    """At which step each of these rising times stands, from 0; None where no step is common to all of them."""
    if are_business_days(times):
        return np.arange(len(times))
    numbers = _numbers(times)
    steps = np.diff(numbers)
    if not len(steps):
        return np.zeros(len(times), np.int64)
    smallest = steps.min()
    if not smallest > 0 or (steps % smallest).any():
        return None
    return np.asarray((numbers - numbers[0]) // smallest, np.int64)


def first_gap(times: Times) -> Any | None:
    """The first time that is missing where rising times are not evenly spaced; None if they are."""
    if are_business_days(times):
        return None
    numbers = _numbers(times)
    steps = np.diff(numbers)
    uneven = np.flatnonzero(steps != steps.min())
    if not len(uneven):
        return None
    last, step = times[uneven[0]], steps.min()
    if times.dtype.kind == "f":
        return last + step
    if month_numbers(times) is None:
        return last + np.array(int(step)).astype(times.dtype.str.replace("M8", "m8"))
    following = last.astype("datetime64[M]") + np.timedelta64(int(step), "M")
    return following.astype("datetime64[D]") + (last - last.astype("datetime64[M]").astype("datetime64[D]"))


def _numbers(times: Times) -> Floats:
    monthly = month_numbers(times)
    return times.astype(np.float64) if monthly is None else monthly


def month_numbers(times: Times) -> Floats | None:
    """The months of dates that all stand on the same day of the month, or all at its end; None for others."""
    if times.dtype != "datetime64[D]" or len(times) < 2 or np.diff(times).min() < SHORTEST_MONTH * DAY:
        return None
    for dates in (times, times + DAY):
        months = dates.astype("datetime64[M]")
        days = dates - months.astype("datetime64[D]")
        if (days == days[0]).all():
            return months.astype(np.float64)
    return None


def year_of(times: Times) -> Floats:
    """Calendar years (N,) of dates or of years."""
    if times.dtype.kind == "M":
        return times.astype("datetime64[Y]").astype(np.float64) + 1970
    return np.floor(times)


def when(time: Any) -> str:
    """A date, a moment or a year for people."""
    if not isinstance(time, np.datetime64):
        return f"{time:g}"
    return str(time).replace("T", " ").removesuffix(".000").removesuffix(":00")
