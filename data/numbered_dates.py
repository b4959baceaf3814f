"""Dates that are written as numbers: years, 20240131, Excel's days, seconds since 1970."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from data.dates import Dates, moments, whole_days, with_century

if TYPE_CHECKING:
    from data.scaling import Floats

YEAR_NAMES = re.compile(r"(?i)(.*[_ ])?(year|years|yr|yyyy|jahr|ann[ée]e|año|anno|ano)")
TIME_NAMES = re.compile(
    r"(?i)(.*[_ ])?(date|datum|fecha|time|timestamp|datetime|ts|epoch|when|period|yearmonth|month|day)"
)
YEARS = 1500, 2200
DATE_NAMES = re.compile(r"(?i)(.*[_ ])?(date|datum|fecha|datetime|when)")
EXCEL_DAYS = 14_000, 80_000  # 1938 to 2119
EXCEL_START = np.datetime64("1899-12-30", "ms")
UNIX_SECONDS = 3e8, 4.2e9
FEWEST = 3  # dates that are taken for some by their values alone


def is_year_name(name: str) -> bool:
    return YEAR_NAMES.fullmatch(name) is not None


def is_date_name(name: str) -> bool:
    return DATE_NAMES.fullmatch(name) is not None or is_year_name(name)


def read_numbered_dates(name: str, values: Floats) -> Dates | None:
    """A column of numbers (rows,), NaN where a cell is missing, as the dates that its name and values say it holds.

    Years stay numbers, float64. None for a column that is none of these.
    """
    known = values[~np.isnan(values)]
    if len(known) < 1 or not (np.isfinite(known) & (known >= 0)).all():
        return None
    whole = bool((known == np.floor(known)).all())
    timely = TIME_NAMES.fullmatch(name) is not None or is_year_name(name)
    if timely and between(known, *YEARS):
        return years(name, values, known, whole)
    if whole and between(known, 15000101, 22001231) and (timely or len(np.unique(known)) >= FEWEST):
        return digits(values, values // 10000, values // 100 % 100, values % 100, "as 20240131")
    if whole and timely and between(known, 150001, 220012):
        return digits(values, values // 100, values % 100, np.ones_like(values), "as 202401")
    if not timely or len(np.unique(known)) < FEWEST:
        return None
    if whole and between(known, 100, 991231) and DATE_NAMES.fullmatch(name):
        short = digits(values, with_century(values // 10000), values // 100 % 100, values % 100, "as 240131")
        if short is not None:
            return short
    if between(known, *EXCEL_DAYS) and DATE_NAMES.fullmatch(name):
        return since(EXCEL_START, values * 86400, "as Excel counts days")
    for unit, scale in (("seconds", 1.0), ("milliseconds", 1e3)):
        if whole and between(known, UNIX_SECONDS[0] * scale, UNIX_SECONDS[1] * scale):
            return since(np.datetime64(0, "ms"), values / scale, f"as {unit} since 1970")
    return None


def between(values: Floats, low: float, high: float) -> bool:
    return bool(low <= values.min() and values.max() <= high)


def years(name: str, values: Floats, known: Floats, whole: bool) -> Dates | None:
    """Years as they are, and parts of years as months where they come in steps of one or three."""
    if whole:
        steps = np.unique(np.diff(np.sort(known)))
        return Dates(values, "") if is_year_name(name) or (len(steps) == 1 and steps[0] > 0) else None
    months = np.round(12 * values)
    even = np.abs(12 * known - np.round(12 * known)).max() < 0.1
    if not even or len(np.unique(np.round(12 * known))) < len(known):
        return None
    return digits(values, months // 12, months % 12 + 1, np.ones_like(values), "as parts of a year")


def digits(values: Floats, year: Floats, month: Floats, day: Floats, how: str) -> Dates | None:
    """Dates from their parts; None if one of them does not exist."""
    times = moments({"year": year, "month": month, "day": day})
    return None if (np.isnat(times) & np.isfinite(values)).any() else Dates(whole_days(times), how)


def since(start: np.datetime64, seconds: Floats, how: str) -> Dates:
    known = np.isfinite(seconds)
    times = start + np.where(known, np.round(1000 * seconds), 0).astype("timedelta64[ms]")
    return Dates(whole_days(np.where(known, times, np.datetime64("NaT", "ms"))), how)
