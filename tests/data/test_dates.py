"""Dates and times as people write them: cells of a column → datetime64."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data.dates import is_date, moments, read_dates


def column(cells):
    return polars.Series("x", [cell or None for cell in cells.split("|")], dtype=polars.String)


def read(cells):
    """(dates as text, how they were told), or None."""
    dates = read_dates(column(cells))
    return dates and (list(map(text, dates.values)), dates.how)


def text(value):
    """A day, or a moment to the second."""
    return str(value if value.dtype == "datetime64[D]" else value.astype("datetime64[s]"))


@pytest.mark.parametrize(
    ("cells", "dates"),
    [
        # the year first
        ("2024-01-31|2024-02-01", ["2024-01-31", "2024-02-01"]),
        ("2024/01/31|2024/2/1", ["2024-01-31", "2024-02-01"]),
        ("2024.01.31|2024.2.1", ["2024-01-31", "2024-02-01"]),
        ("2024-01-31T00:00:00Z|2024-02-01T00:00:00Z", ["2024-01-31", "2024-02-01"]),
        ("2024-01-31 06:00|2024-02-01 06:00", ["2024-01-31", "2024-02-01"]),
        # with times of day
        ("2024-01-31 23:59|2024-02-01 00:00", ["2024-01-31T23:59:00", "2024-02-01T00:00:00"]),
        ("2024-01-31T05:06:07.25|2024-02-01T05:06:08", ["2024-01-31T05:06:07", "2024-02-01T05:06:08"]),
        ("2024-01-31 5 PM|2024-02-01 5 am", ["2024-01-31T17:00:00", "2024-02-01T05:00:00"]),
        ("1/31/2024 12:30 AM|1/31/2024 12:30 PM", ["2024-01-31T00:30:00", "2024-01-31T12:30:00"]),
        ("31.1.2024, 14:00|31.1.2024, 15:00", ["2024-01-31T14:00:00", "2024-01-31T15:00:00"]),
        ("20240131T1405Z|20240131T1505Z", ["2024-01-31T14:05:00", "2024-01-31T15:05:00"]),
        # with zones: those that differ are one time, those that do not are the clock of the place
        ("2024-07-01T00:00+02:00|2024-07-01T01:00+02:00", ["2024-07-01T00:00:00", "2024-07-01T01:00:00"]),
        ("2024-03-31T01:00+01:00|2024-03-31T03:00+02:00", ["2024-03-31T00:00:00", "2024-03-31T01:00:00"]),
        ("2024-03-31 01:00 UTC+2|2024-03-31 03:00 GMT-3", ["2024-03-30T23:00:00", "2024-03-31T06:00:00"]),
        ("2024-03-31 01:00 +02|2024-03-31 03:00 Z", ["2024-03-30T23:00:00", "2024-03-31T03:00:00"]),
        ("2024-03-31 01:00 -0530|2024-03-31 03:00 UTC", ["2024-03-31T06:30:00", "2024-03-31T03:00:00"]),
        # day and month told apart by one that is above 12
        ("01/02/2024|31/01/2024", ["2024-02-01", "2024-01-31"]),
        ("01/02/2024|01/31/2024", ["2024-01-02", "2024-01-31"]),
        ("29/04/2021|28/04/2021", ["2021-04-29", "2021-04-28"]),
        ("1-2-99|31-12-68|31-12-69", ["1999-02-01", "2068-12-31", "1969-12-31"]),
        ("0001-01-01|1/2/0099|31/12/99", ["0001-01-01", "0099-02-01", "1999-12-31"]),
        ("Mon 31/01/2024|Tuesday, 1/2/2024", ["2024-01-31", "2024-02-01"]),
        # with names of months
        ("31 Jan 2024|1 February 2024", ["2024-01-31", "2024-02-01"]),
        ("31-Jan-24|01-feb-24", ["2024-01-31", "2024-02-01"]),
        ("31JAN2024|01FEB2024", ["2024-01-31", "2024-02-01"]),
        ("January 31, 2024|Feb 1st, 2024", ["2024-01-31", "2024-02-01"]),
        ("Wed, 31 Jan 2024|Thu, 1 Feb 2024", ["2024-01-31", "2024-02-01"]),
        ("2024 Jan 31|2024 Feb 1", ["2024-01-31", "2024-02-01"]),
        ("2024-Jan|2024-Feb", ["2024-01-01", "2024-02-01"]),
        ("1. Mai 2024|31. Dezember 2024", ["2024-05-01", "2024-12-31"]),
        ("1 août 2024|2 déc. 2024", ["2024-08-01", "2024-12-02"]),
        ("1 ene 2024|2 abr 2024", ["2024-01-01", "2024-04-02"]),
        ("1 juin 2024|1 juil. 2024", ["2024-06-01", "2024-07-01"]),
        ("3. März 2024|1. Okt 2024", ["2024-03-03", "2024-10-01"]),
        ("Jan 2024|Sept. 2024", ["2024-01-01", "2024-09-01"]),
        ("Jan-24|Feb-24", ["2024-01-01", "2024-02-01"]),
        ("Dec '99|Jan '00", ["1999-12-01", "2000-01-01"]),
        # months, quarters, weeks
        ("2024-01|2024-12", ["2024-01-01", "2024-12-01"]),
        ("2024/1|2024/12", ["2024-01-01", "2024-12-01"]),
        ("2024M01|2024m12", ["2024-01-01", "2024-12-01"]),
        ("01/2024|12/2024", ["2024-01-01", "2024-12-01"]),
        ("2024Q1|2024q4", ["2024-01-01", "2024-10-01"]),
        ("2024-Q2|2024 Q3", ["2024-04-01", "2024-07-01"]),
        ("Q1 2024|Q4/2024", ["2024-01-01", "2024-10-01"]),
        ("1Q24|4Q24", ["2024-01-01", "2024-10-01"]),
        ("1959:1|1959:4", ["1959-01-01", "1959-10-01"]),
        ("1959:1|1959:12", ["1959-01-01", "1959-12-01"]),
        ("2024-W01|2024W52", ["2024-01-01", "2024-12-23"]),
        ("2021-W01|2020-W53", ["2021-01-04", "2020-12-28"]),
        # what is missing or does not exist
        ("2024-01-31||2024-02-02", ["2024-01-31", "NaT", "2024-02-02"]),
        ("2024-01-31|2024-02-30|2024-03-01", ["2024-01-31", "NaT", "2024-03-01"]),
        ("2023-02-29|2024-02-29|2024-03-01", ["NaT", "2024-02-29", "2024-03-01"]),
        ("2024-01-31|soon|2024-02-02", ["2024-01-31", "NaT", "2024-02-02"]),
        ("2024-13-01|2024-12-01|2024-11-01", ["NaT", "2024-12-01", "2024-11-01"]),
        ("2024-01-31 25:00|2024-01-31 23:00|2024-01-31 22:00", ["NaT", "2024-01-31T23:00:00", "2024-01-31T22:00:00"]),
        # more than one form in a column
        ("2024-01-31|1 Feb 2024|2024-02-02", ["2024-01-31", "2024-02-01", "2024-02-02"]),
    ],
)  # fmt: skip
def test_dates(cells, dates):
    assert read(cells) == (dates, "")


@pytest.mark.parametrize(
    ("cells", "dates", "how"),
    [
        ("1/2/2024|1/3/2024|1/5/2024", ["2024-01-02", "2024-01-03", "2024-01-05"], "month first"),
        ("12.1.2024|12.2.2024|12.3.2024", ["2024-01-12", "2024-02-12", "2024-03-12"], "day first"),
        ("1.2.2024|1.3.2024|1.5.2024", ["2024-02-01", "2024-03-01", "2024-05-01"], "day first"),
        ("1/2/2024|2/2/2024|1/3/2024", ["2024-02-01", "2024-02-02", "2024-03-01"], "day first"),
        ("1.2.2024|1.3.2024|2.1.2024", ["2024-01-02", "2024-01-03", "2024-02-01"], "month first"),
        ("1/3/2024|2/2/2024|1/2/2024", ["2024-03-01", "2024-02-02", "2024-02-01"], "day first"),
        ("5/5/2024|1/2/2024|3/4/2024", ["2024-05-05", "2024-01-02", "2024-03-04"], "month first"),
    ],
    ids=["slashes", "up to 12", "points", "rising", "rising in spite of points", "falling", "no order"],
)
def test_day_and_month_that_could_be_either_are_said(cells, dates, how):
    assert read(cells) == (dates, f"{how}, as far as can be told")


@pytest.mark.parametrize(
    "cells",
    [
        "a|b", "1|2|3", "1.5|2.5", "12:30|12:45", "2024|2025", "2024-01-31|x|y", "192.168.1.1|10.0.0.1", "1-2|3-4",
        "555-1234|555-9876", "may|june", "March|April", "2024-00|2024-00", "", "|",
    ],
)  # fmt: skip
def test_columns_that_are_no_dates(cells):
    assert read(cells) is None


@pytest.mark.parametrize(
    ("cell", "date"),
    [
        ("2024-01-31", True), ("31/1/24", True), ("Q1 2024", True), ("Jan-24", True), ("2024-W05", True),
        ("2024", False), ("5", False), ("", False), ("may", False), ("Jan 5", False), ("2024-01-31 or so", False),
        ("x 2024-01-31", False), ("12.5.1", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_date(cell, date):
    assert is_date(cell) == date


LONG = ("2024 jan" + "t" * 200_000 + "!", "1/1/24" + " " * 200_000 + "x", "jan" + "-" * 200_000 + "x")


@pytest.mark.parametrize("cell", LONG)
def test_a_long_text_is_no_date_and_that_is_told_at_once(cell):  # patterns would take hours
    assert not is_date(cell)
    assert read(f"{cell}|2024-01-31|{cell}") is None
    assert read(f"{cell}|2024-01-31|2024-02-01") == (["NaT", "2024-01-31", "2024-02-01"], "")


NAMES = (
    "Jan january Januar enero ene", "Feb February février fév. febrero", "Mar march März mrz. mars marzo",
    "Apr april avril abril", "May Mai mayo", "Jun june Juni juin junio", "Jul july Juli juillet juil. julio",
    "Aug august août agosto", "Sep sept. September septembre", "Oct october Oktober okt. octobre",
    "Nov november noviembre", "Dec december Dezember déc. diciembre",
)  # fmt: skip


@pytest.mark.parametrize(("month", "names"), list(enumerate(NAMES, 1)))
def test_names_of_months(month, names):
    for name in names.split():
        assert read(f"5 {name} 2024|6 {name} 2024") == ([f"2024-{month:02}-05", f"2024-{month:02}-06"], "")


@given(st.integers(1, 9998), st.integers(1, 54))
def test_weeks_are_those_of_the_calendar(year, week):
    found = moments({"year": np.array([float(year)]), "week": np.array([float(week)])})
    try:
        monday = str(date.fromisocalendar(year, week, 1))
    except ValueError:
        monday = "NaT"
    assert str(found.astype("datetime64[D]")[0]) == monday


@given(st.lists(st.dates(), min_size=1, max_size=20))
def test_iso_dates_come_back(dates):
    values = read_dates(polars.Series("x", [f"{date:%Y-%m-%d}".rjust(10, "0") for date in dates])).values
    np.testing.assert_array_equal(values, np.array(dates, "datetime64[D]"))


@given(st.lists(st.datetimes().map(lambda time: time.replace(microsecond=0)), min_size=1, max_size=20))
def test_iso_moments_come_back(times):
    values = read_dates(polars.Series("x", [time.isoformat() for time in times])).values
    one_time_of_day = len({time.time() for time in times}) == 1
    assert (values.dtype == "datetime64[D]") == one_time_of_day
    np.testing.assert_array_equal(values, np.array(times, "datetime64[D]" if one_time_of_day else "datetime64[s]"))


FORMS = ["%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%y", "%Y %b %d", "%a %d/%m/%Y", "%Y%m%dT%H%M%S"]


@given(st.lists(st.dates(min_value=np.datetime64("1970-01-01").item(), max_value=np.datetime64("2068-12-31").item()),
                min_size=1, max_size=20), st.sampled_from(FORMS))  # fmt: skip
def test_dates_come_back_unless_it_is_said(dates, form):
    found = read_dates(polars.Series("x", [date.strftime(form) for date in dates]))
    assert found.how or (found.values == np.array(dates, "datetime64[D]")).all()


@given(st.lists(st.text(alphabet="0123456789-/.:T Zqwm+janfeb", max_size=24), min_size=1, max_size=10))
def test_any_cells_are_dates_or_none(cells):
    dates = read_dates(polars.Series("x", [cell or None for cell in cells], dtype=polars.String))
    assert dates is None or len(dates.values) == len(cells)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"year": 2024}, "2024-01-01T00:00:00"),
        ({"year": 24}, "0024-01-01T00:00:00"),
        ({"year": 2024, "quarter": 3}, "2024-07-01T00:00:00"),
        ({"year": 2024, "month": 2, "day": 29}, "2024-02-29T00:00:00"),
        ({"year": 2023, "month": 2, "day": 29}, "NaT"),
        ({"year": 2024, "month": 0}, "NaT"),
        ({"year": 2024, "month": 13}, "NaT"),
        ({"year": 2024, "month": 1, "day": 0}, "NaT"),
        ({"year": 0.5}, "NaT"),
        ({"year": np.nan}, "NaT"),
        ({"year": 2024, "week": 54}, "NaT"),
        ({"year": 2024, "week": 0}, "NaT"),
        ({"year": 2023, "week": 53}, "NaT"),
        ({"year": 2023, "week": 52}, "2023-12-25T00:00:00"),
        ({"year": 2020, "week": 53}, "2020-12-28T00:00:00"),
        ({"year": 2026, "week": 53}, "2026-12-28T00:00:00"),
        ({"year": np.nan, "week": 53}, "NaT"),
        ({"year": 2024, "hour": 24}, "NaT"),
    ],
)
def test_moments(parts, expected):
    arrays = {part: np.array([value], float) for part, value in parts.items()}
    assert text(moments(arrays)[0]) == expected


def test_moments_are_told_apart_to_a_thousandth_of_a_second():
    values = read_dates(column("2024-01-31 05:06:07.25|2024-01-31 05:06:07.5")).values
    assert np.diff(values)[0] == np.timedelta64(250, "ms")


@pytest.mark.parametrize(
    "form",
    [
        "{}", "{}T00:00", "{} 00:00", "{}T00:00:00", "{} 00:00:00.000", "{}T00:00Z", "{}T00:00:00Z",
        "{}T00:00:00.0+00:00",
    ],
)  # fmt: skip
def test_a_date_may_have_the_time_of_midnight(table, form):
    rows = "".join(f"{form.format(f'2024-01-{day:02}')},{day % 4}\n" for day in range(1, 11))
    ds = data.load(table("day,y\n" + rows), lags=1, test_fraction=0)
    assert ds.times_train is not None
    assert ds.times_train.tolist() == [date(2024, 1, day) for day in range(2, 11)]
