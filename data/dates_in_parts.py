"""Dates in parts: a year in one column, its quarter or month in another, perhaps the day in a third."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.columns import Column
from data.dates import MONTHS, moments
from data.scaling import Floats
from data.tables import Table

CLOCK_NAMES = re.compile(r"(?i)(time|clock|hour|hr|uhrzeit|zeit|hora|heure|time of day|time_of_day)")
CLOCK = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:\.[0-9]+)?)?")
LETTERED = re.compile(r"([QqMm])0?([0-9]{1,2})")
PARTS = {  # by the names of their columns, with what they can hold
    "quarter": (re.compile(r"(?i)(quarter|qtr|q|period)"), 4),
    "month": (re.compile(r"(?i)(months?|mon|mo|mnth|monat|mes|mois|period)"), 12),
    "day": (re.compile(r"(?i)(day|dom|day_of_month|mday|tag)"), 31),
}


def joined_dates(columns: Sequence[Column]) -> tuple[Column, tuple[Column, ...]] | None:
    """(one column of dates, the columns that it was made of); None where no year has a quarter or month beside it."""
    year = next((column for column in columns if column.dated_number), None)
    if year is None:
        return None
    found = {part: (column, values) for part in PARTS for column, values in [part_of(columns, part)] if column}
    within_year = next((part for part in ("quarter", "month") if part in found), None)
    if within_year is None:
        return None
    names = [within_year] + (["day"] if within_year == "month" and "day" in found else [])
    times = moments({"year": year.values, **{part: found[part][1] for part in names}}).astype("datetime64[D]")
    parts = (year, *(found[part][0] for part in names))
    missing = np.isnat(times)
    if missing.any() and all(column.missing == 0 for column in parts):
        return None  # a day that does not exist: they are no dates
    return Column(
        name=" and ".join(column.name for column in parts),
        kind="date",
        values=times,
        levels=(),
        missing=int(missing.sum()),
        how="",
        slips=np.zeros(len(times), bool),
        constant=len(np.unique(times)) == 1,
        counting=False,
        example=" ".join(column.example for column in parts),
    ), parts


def with_clock(table: Table, dates: Column, columns: Sequence[Column]) -> tuple[Column, tuple[Column, ...]] | None:
    """(dates with the times of day of another column, the columns that they were made of); None where there are none.

    Only dates that stand several times are in want of one.
    """
    if dates.values.dtype != "datetime64[D]" or len(np.unique(dates.values)) == dates.rows:
        return None
    for column in columns:
        if CLOCK_NAMES.fullmatch(column.name):
            seconds = seconds_of(column, table)
            if np.isfinite(seconds[~np.isnat(dates.values)]).all():
                there = np.isfinite(seconds)
                clock = np.where(there, np.round(1000 * np.nan_to_num(seconds)), 0).astype("timedelta64[ms]")
                times = np.where(there, dates.values.astype("datetime64[ms]") + clock, np.datetime64("NaT", "ms"))
                name = f"{dates.name} and {column.name}"
                return replace(dates, name=name, values=times, written=dates.name), (dates, column)
    return None


def seconds_of(column: Column, table: Table) -> Floats:
    """Seconds since midnight (rows,): hours as numbers, or texts such as 18:30; NaN for anything else."""
    if column.kind == "number":
        hours = np.asarray(column.values, np.float64)
        return 3600 * np.where((hours >= 0) & (hours < 24), hours, np.nan)
    return np.fromiter(map(seconds_in, table.cells[column.name]), np.float64, column.rows)


def seconds_in(cell: str | None) -> float:
    """Seconds since midnight of a text such as 18:30, NaN for another."""
    found = CLOCK.fullmatch(cell or "")
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (99, 0, 0)
    return 3600.0 * hours + 60 * minutes + seconds if hours < 24 and minutes < 60 and seconds < 60 else np.nan


def part_of(columns: Sequence[Column], part: str) -> tuple[Column | None, Floats]:
    """(the column that holds a part of dates, its numbers); (None, ...) where none does."""
    name, most = PARTS[part]
    for column in columns:
        if name.fullmatch(column.name):
            values = numbers_of(column, part)
            known = values[~np.isnan(values)]
            if len(known) and known.min() >= 1 and known.max() <= most and (known == np.floor(known)).all():
                return column, values
    return None, np.empty(0)


def numbers_of(column: Column, part: str) -> Floats:
    """A part's numbers (rows,): as they stand, or the months that words name; NaN for anything else."""
    if column.kind == "number":
        return np.asarray(column.values, np.float64)
    if not column.levels:
        return np.full(column.rows, np.nan)
    places = np.array([*(place_of(level, part) for level in column.levels), np.nan])
    return np.asarray(places[column.values], np.float64)


def place_of(word: str, part: str) -> float:
    """The number of a part of a year: of Q1 or Q01, M01, or the name of a month; NaN for other words."""
    if lettered := LETTERED.fullmatch(word):
        return float(lettered[2]) if lettered[1].lower() == part[0] else np.nan
    return month_of(word) if part == "month" else np.nan


def month_of(word: str) -> float:
    """The number of a month by its name, NaN for other words."""
    return next((float(number) for start, number in MONTHS.items() if word.lower().startswith(start)), np.nan)
