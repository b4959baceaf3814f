"""Dates in parts: a year in one column, its quarter or month in another, perhaps the day in a third."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from data.columns import Column
from data.dates import MONTHS, moments
from data.scaling import Floats

PARTS = {  # by the names of their columns, with what they can hold
    "quarter": (re.compile(r"(?i)(quarter|qtr|q)"), 4),
    "month": (re.compile(r"(?i)(months?|mon|mo|mnth|monat|mes|mois)"), 12),
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
    if part != "month" or not column.levels:
        return np.full(column.rows, np.nan)
    starts = [level[:3].lower() for level in column.levels]
    places = np.array([MONTHS.index(start) + 1.0 if start in MONTHS else np.nan for start in starts] + [np.nan])
    return np.asarray(places[column.values], np.float64)
