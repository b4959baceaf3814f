"""Dates: the ways in which people write dates and times in tables, and a column of text or numbers as datetime64."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.numerals import LONGEST

if TYPE_CHECKING:
    import polars

    from data.scaling import Floats
    from data.steps import Times

MONTHS = {  # by their first letters in English, German, French, Spanish
    "jan": 1, "ene": 1, "feb": 2, "fév": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5,
    "mai": 5, "jun": 6, "juin": 6, "jul": 7, "juil": 7, "aug": 8, "aoû": 8, "ago": 8, "sep": 9, "oct": 10, "okt": 10,
    "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}  # fmt: skip
MONTH = rf"(?P<name>{'|'.join(MONTHS)})[a-zéäû]*\.?"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +)?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
YEAR, SHORT_YEAR = r"(?P<year>\d{4})", r"(?P<year>\d{4}|\d{2})"
CLOCK = (
    r"(?:[T ,]+(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)? ?(?P<half>[ap]\.?m\.?)?)?"
    r" ?(?P<zone>Z|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?|UTC|GMT)?"
)
CENTURY = 69  # from here on two digits are of the last century, as in POSIX
FORMS = tuple(
    re.compile(f"(?i)^{pattern}$")
    for pattern in (
        rf"{YEAR}[-/.](?P<month>\d{{1,2}})[-/.]{DAY}{CLOCK}",
        rf"{WEEKDAY}(?P<one>\d{{1,2}})[-/.](?P<two>\d{{1,2}})[-/.]{SHORT_YEAR}{CLOCK}",
        rf"{YEAR}(?:[-/]|[ :]?m)(?P<month>\d{{1,2}})",
        rf"(?P<month>\d{{1,2}})[-/]{YEAR}",
        rf"{YEAR}[-/ :.]?q(?:tr)?(?P<quarter>[1-4])",
        rf"{YEAR}:(?P<part>\d{{1,2}})",
        rf"q(?P<quarter>[1-4])[-/ :.]*{SHORT_YEAR}",
        rf"(?P<quarter>[1-4])q[-/ :.]*{SHORT_YEAR}",
        rf"{YEAR}-?w(?P<week>\d{{2}})",
        rf"{WEEKDAY}{DAY}[-/ .,]*{MONTH}[-/ .,']*{SHORT_YEAR}{CLOCK}",
        rf"{WEEKDAY}{MONTH}[-/ .]*{DAY}(?:, *| +|[-/]){SHORT_YEAR}{CLOCK}",
        rf"{MONTH}(?:[-/ .,']*{YEAR}|[-' ]*[-'](?P<short>\d{{2}}))",
        rf"{YEAR}[-/ .]*{MONTH}(?:[-/ .]*{DAY})?{CLOCK}",
        rf"{YEAR}(?P<month>\d{{2}}){DAY}T(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?(?P<zone>Z)?",
    )
)
SAMPLE = 50  # cells by which a column's forms are told
QUARTERS = 4
PIECE = 2**18  # cells that are taken apart at a time, for their parts take ten times their memory
ONE_DAY = 86_400_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Dates:
    """A column as dates."""

    values: Times  # (rows,) datetime64[D], or [ms] where times of day differ; NaT where a cell is missing or no date
    how: str  # in words, where the same cells could have been read in another way


def is_date(cell: str) -> bool:
    """Whether a cell looks like a date in one of the ways that are read."""
    return len(cell) <= LONGEST and any(form.match(cell) for form in FORMS)


def read_dates(cells: polars.Series) -> Dates | None:
    """A column of stripped text, null where it is empty, by the forms of its cells; None where most have none."""
    filled = len(cells) - cells.null_count()
    cells = cells.zip_with(cells.str.len_chars() <= LONGEST, cells.clear(len(cells)))
    sample = cells.head(SAMPLE).drop_nulls().to_list() or cells.drop_nulls().head(SAMPLE).to_list()
    forms = sorted(FORMS, key=lambda form: -sum(form.match(cell) is not None for cell in sample))
    if not any(map(forms[0].match, sample)):
        return None
    values = np.full(len(cells), "NaT", "datetime64[ms]")
    how = ""
    for form in forms:
        if not (form is forms[0] or cells.filter(_open(values, cells)).str.contains(form.pattern).any()):
            continue
        found, words = _by_form(cells, form)
        values = np.where(np.isnat(values), found, values)
        how = how or words
        if (~np.isnat(values)).sum() == filled:
            break
    return Dates(whole_days(values), how) if 2 * (~np.isnat(values)).sum() > filled else None


def _open(values: Times, cells: polars.Series) -> polars.Series:
    """Which cells hold something that was not read yet."""
    import polars

    return polars.Series(np.isnat(values)) & cells.is_not_null()


def _by_form(cells: polars.Series, form: re.Pattern[str]) -> tuple[Times, str]:
    """(moments (rows,), how they were told where that is in doubt)."""
    pieces = [_parts(cells.slice(start, PIECE), form) for start in range(0, len(cells), PIECE)]
    parts = {part: np.concatenate([piece.pop(part) for piece in pieces]) for part in [*pieces[0]]}
    how = ""
    if "one" in parts:
        how = tell_days(parts, cells)
    if "part" in parts:
        part = parts.pop("part")
        parts["month" if np.nanmax(part, initial=0) > QUARTERS else "quarter"] = part
    if "offset" in parts and (parts["offset"] == parts["offset"][0]).all():
        del parts["offset"]  # the one zone that all have is kept
    return moments(parts), how


def _parts(cells: polars.Series, form: re.Pattern[str]) -> dict[str, Any]:
    """The numbers (rows,) that the groups of a form find in these cells, NaN where there is none."""
    import polars

    frame = cells.str.extract_groups(form.pattern).struct.unnest()
    texts = {part: frame[part].str.to_lowercase() for part in ("name", "half", "zone") if part in frame.columns}
    parts: dict[str, Any] = {
        part: frame[part].cast(polars.Float64, strict=False).to_numpy() for part in frame.columns if part not in texts
    }
    if "short" in parts:
        parts["year"] = np.where(np.isnan(parts["year"]), parts.pop("short"), parts["year"])
    whole = (frame["year"].str.len_chars() == 4).fill_null(False).to_numpy()
    parts["year"] = np.where(whole, parts["year"], with_century(parts["year"]))
    if "name" in texts:
        parts["month"] = texts["name"].replace_strict(MONTHS, default=None, return_dtype=polars.Float64).to_numpy()
    if "half" in texts and texts["half"].null_count() < len(cells):
        half = texts["half"].str.head(1).fill_null("").to_numpy()
        hour = parts["hour"] % 12 + 12 * (half == "p")
        parts["hour"] = np.where(half == "", parts["hour"], hour)
    if "zone" in texts:
        parts["offset"] = offsets(texts["zone"])
    return {part: parts[part] if part == "second" else parts[part].astype(np.float32) for part in parts}


def tell_days(parts: dict[str, Any], cells: polars.Series) -> str:
    """Put `one` and `two` as day and month into these parts; in words which was which, if the values did not say.

    A number above 12 is a day. If none is, the order that makes rising or falling dates is taken, else that of the
    separator: 1.2.2024 is in February, 1/2/2024 in January.
    """
    first, second = parts.pop("one"), parts.pop("two")
    above = [bool((part[np.isfinite(part)] > 12).any()) for part in (first, second)]
    readings = {
        "day first": {"day": first, "month": second},
        "month first": {"month": first, "day": second},
    }
    if above[0] != above[1]:
        parts.update(readings["day first" if above[0] else "month first"])
        return ""
    ordered = [name for name, reading in readings.items() if in_order(moments({**parts, **reading}))]
    points = bool(cells.drop_nulls().head(1).str.contains(".", literal=True).any())
    chosen = ordered[0] if len(ordered) == 1 else "day first" if points else "month first"
    parts.update(readings[chosen])
    return f"{chosen}, as far as can be told"


def in_order(times: Times) -> bool:
    """Whether these moments rise throughout, or fall."""
    steps = np.diff(times[~np.isnat(times)]).astype(np.int64)
    return bool(len(steps)) and bool((steps >= 0).all() or (steps <= 0).all())


def offsets(zones: polars.Series) -> Floats:
    """Seconds by which each moment's zone is ahead, 0 where none is written."""
    import polars

    groups = zones.str.extract_groups(r"(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?$").struct.unnest()
    hours, minutes = (groups[part].cast(polars.Float64).fill_null(0).to_numpy() for part in ("hours", "minutes"))
    sign = np.where((groups["sign"] == "-").fill_null(False).to_numpy(), -1, 1)
    return np.asarray(sign * (3600 * hours + 60 * minutes), np.float64)


def with_century(years: Floats) -> Floats:
    """Years of two digits with the century that is meant."""
    return np.asarray(years + np.where(years < CENTURY, 2000, 1900), np.float64)


def moments(parts: Mapping[str, Any]) -> Times:
    """Moments (rows,) in milliseconds from numbers (rows,) of years, months, days …; NaT for what does not exist."""
    starts = range(0, max(len(parts["year"]), 1), PIECE)
    return np.concatenate([_moments({part: parts[part][at : at + PIECE] for part in parts}) for at in starts])


def _moments(parts: Mapping[str, Any]) -> Times:
    year = np.asarray(parts["year"], np.float64)
    month = parts.get("month", np.ones_like(year))
    if "quarter" in parts:
        month = 3 * parts["quarter"] - 2
    day = np.where(np.isfinite(parts["day"]), parts["day"], 1) if "day" in parts else np.ones_like(year)
    clock = [np.nan_to_num(parts[part]) if part in parts else 0.0 * year for part in ("hour", "minute", "second")]
    possible = np.isfinite(year) & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    possible &= (clock[0] < 24) & (clock[1] < 60) & (clock[2] < 61)
    months = np.where(possible, 12 * (year - 1970) + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    first = months.astype("datetime64[D]")
    days = first + np.where(possible, day - 1, 0).astype("timedelta64[D]")
    possible &= days.astype("datetime64[M]") == months
    if "week" in parts:
        days, possible = weeks(year, parts["week"], possible)
    seconds = 3600 * clock[0] + 60 * clock[1] + clock[2] - parts.get("offset", 0.0)
    thousandths = np.where(possible, np.round(1000 * np.nan_to_num(seconds)), 0).astype("timedelta64[ms]")
    return np.where(possible, days.astype("datetime64[ms]") + thousandths, np.datetime64("NaT", "ms"))


def weeks(year: Floats, week: Floats, possible: Any) -> tuple[Times, Any]:
    """(the Monday of each ISO week, which of them exist)."""
    possible = possible & (week >= 1) & (week <= 53)
    january_1 = np.where(possible, year - 1970, 0).astype(np.int64).astype("datetime64[Y]").astype("datetime64[D]")
    january_4 = january_1 + np.timedelta64(3, "D")
    monday = january_4 - ((january_4.astype(np.int64) + 3) % 7).astype("timedelta64[D]")
    monday += (7 * np.where(possible, week - 1, 0)).astype("timedelta64[D]")
    thursday = monday + np.timedelta64(3, "D")  # whose year is the week's: few years have a week 53
    return monday, possible & (thursday.astype("datetime64[Y]") == january_1.astype("datetime64[Y]"))


def whole_days(times: Times) -> Times:
    """Moments as days, where all of them have one time of day."""
    known = times[~np.isnat(times)].astype(np.int64)
    if len(known) and (known % ONE_DAY != known[0] % ONE_DAY).any():
        return times
    return times.astype("datetime64[D]")
