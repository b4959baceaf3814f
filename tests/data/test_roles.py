"""What dates the rows, and tables that have nothing to fit from."""

from __future__ import annotations

import numpy as np
import pytest
from made_tables import day, refusal, roles, rows_of, wave

import data


@pytest.mark.parametrize(
    ("header", "row", "time"),
    [
        ("when,x,y", lambda n: (day(n), wave(n), n % 7), "when"),
        ("x,when,y", lambda n: (wave(n), day(n), n % 7), "when"),
        ("a,b,x,y", lambda n: (day(n), day(99 - n), wave(n), n % 7), "a"),
        ("year,x,y", lambda n: (1990 + n, wave(n), n % 7), "year"),
        ("year,x,y", lambda n: (1990 + n // 2, wave(n), n % 7), ""),
        ("a,b,x,y", lambda n: (day(0), day(n), wave(n), n % 7), "b"),
        ("when,x,y", lambda n: (f"2024-01-{n + 1:02}T00:00Z", wave(n), n % 7), "when"),
    ],
    ids=["first", "amid", "the first of two", "years", "years that come again", "not one date", "ISO"],
)
def test_what_dates_the_rows(table, header, row, time):
    assert roles(table(rows_of(header, row)))[0][2] == time


def test_years_that_date_nothing_are_numbers_and_that_is_said(table):
    ds = data.load(table(rows_of("year,x,y", lambda n: (1990 + n // 2, wave(n), n % 7))))
    assert ds.feature_names == ("year", "x")
    assert "years taken as numbers: 'year'" in ds.notices


def test_dates_in_two_columns_are_said(table):
    ds = data.load(table(rows_of("year,month,x,y", lambda n: (2020 + n // 12, n % 12 + 1, wave(n), n % 7))))
    assert (ds.feature_names, ds.period, ds.in_time) == (("x",), "month", True)
    assert "dates are year and month" in ds.notices
    assert ds.times_test[-1] == np.datetime64("2022-06-01")


def test_a_date_that_is_named_as_a_feature_is_no_number(table):
    path = table(rows_of("when,x,y", lambda n: (day(n), wave(n), n % 7)))
    assert refusal(path, target="y", features=["when"]).startswith("features='when' holds dates: expected numbers or")


def test_a_table_without_anything_to_fit_from_names_the_reasons(table):
    path = table(rows_of("note,z,y", lambda n: (f"n{n}", 7, wave(n))))
    assert refusal(path) == (
        "table.csv has nothing to fit 'y' from: 'note' (text of many values), 'z' (always '7'); "
        "expected features, or lags for its own past"
    )
