"""Dates that are written as numbers, by their column's name and their values."""

from __future__ import annotations

import numpy as np
import pytest

from data.numbered_dates import is_year_name, read_numbered_dates

NAN = float("nan")


def read(name, *values):
    """(dates as text or years, how they were told), or None."""
    dates = read_numbered_dates(name, np.array(values, float))
    if dates is None:
        return None
    if dates.values.dtype.kind == "f":
        return dates.values.tolist(), dates.how
    unit = "D" if dates.values.dtype == "datetime64[D]" else "s"
    return [str(value) for value in dates.values.astype(f"datetime64[{unit}]")], dates.how


@pytest.mark.parametrize(
    ("name", "values", "dates", "how"),
    [
        ("year", (1990, 1991, 1995), [1990, 1991, 1995], ""),
        ("model_year", (1990, 1990, 1991), [1990, 1990, 1991], ""),
        ("YEAR", (1990, NAN, 1992), [1990, NAN, 1992], ""),
        ("Jahr", (1990, 1991), [1990, 1991], ""),
        ("time", (1990, 1991, 1992), [1990, 1991, 1992], ""),
        ("day", (20240131, 20240201, 20240202), ["2024-01-31", "2024-02-01", "2024-02-02"], "as 20240131"),
        ("x", (20240131, 20240201, 20240202), ["2024-01-31", "2024-02-01", "2024-02-02"], "as 20240131"),
        ("date", (20240131, NAN), ["2024-01-31", "NaT"], "as 20240131"),
        ("month", (202401, 202402, 202412), ["2024-01-01", "2024-02-01", "2024-12-01"], "as 202401"),
        ("time", (1959.0, 1959.25, 1959.5), ["1959-01-01", "1959-04-01", "1959-07-01"], "as parts of a year"),
        ("time", (1949.0, 1949.083, 1949.167), ["1949-01-01", "1949-02-01", "1949-03-01"], "as parts of a year"),
        ("date", (45322, 45323, 45325), ["2024-01-31", "2024-02-01", "2024-02-03"], "as Excel counts days"),
        ("date", (45322.25, 45322.5, 45323), ["2024-01-31T06:00:00", "2024-01-31T12:00:00", "2024-02-01T00:00:00"],
         "as Excel counts days"),
        ("time", (1706659200, 1706662800, 1706666400),
         ["2024-01-31T00:00:00", "2024-01-31T01:00:00", "2024-01-31T02:00:00"], "as seconds since 1970"),
        ("timestamp", (1706659200000, 1706745600000, NAN, 1706832000000),
         ["2024-01-31", "2024-02-01", "NaT", "2024-02-02"], "as milliseconds since 1970"),
    ],
)  # fmt: skip
def test_numbers_that_are_dates(name, values, dates, how):
    found = read(name, *values)
    assert found is not None
    np.testing.assert_array_equal(found[0], dates)
    assert found[1] == how


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("x", (1990, 1991, 1992)),
        ("price", (45322, 45323, 45325)),
        ("x", (1706659200, 1706662800, 1706666400)),
        ("x", (202401, 202402, 202403)),
        ("time", (2.4, 3.2, 57.6)),
        ("time", (1990, 1995, 2001)),
        ("day", (1, 2, 3)),
        ("x", (20240231, 20240201, 20240202)),
        ("x", (20240131, 20240131, 20240201)),
        ("year", (-5, 1990)),
        ("year", (1990, 99999)),
        ("date", (45322, 45322)),
        ("time", (1990.1, 1990.13, 1990.2)),
        ("date", (NAN,)),
        ("date", (float("inf"), 45323)),
        ("year", (1990, 1991, float("inf"))),
        ("year", (1990, 1991, float("-inf"))),
        ("time", (1959.0, 1959.25, 1959.5, float("inf"))),
        ("day", (20240131, 20240201, 20240202, float("inf"))),
        ("date", (1e300, 45323, 45324)),
    ],
)
def test_numbers_that_are_none(name, values):
    assert read(name, *values) is None


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("year", True), ("Year", True), ("birth_year", True), ("model year", True), ("yr", True), ("año", True),
        ("years_married", False), ("yearly", False), ("date", False), ("candidate", False),
    ],
)  # fmt: skip
def test_names_that_say_year(name, year):
    assert is_year_name(name) == year
