"""Rows to predict: columns by their names, empty cells as NaN, and the past of lagged series by date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import data
from data import DataError
from data.rows import read_rows
from data.signature import Signature

PLANE = Signature.of(data.load("penguins"))
SERIES = replace(Signature.of(data.load("chicago", lags=2)))
ALL = slice(None)


def test_columns_are_found_by_name_in_any_order(table):
    rows = read_rows(table("bill_depth_mm,bill_length_mm\n18.7,39.1\n17.4,39.5\n"), PLANE)
    assert rows.x(ALL).tolist() == [[39.1, 18.7], [39.5, 17.4]]
    assert (rows.count, rows.notices) == (2, ())
    assert rows.x(slice(1, 2)).tolist() == [[39.5, 17.4]]


def test_other_columns_are_told_but_neither_target_nor_dates(table):
    rows = read_rows(table("island,species,bill_depth_mm,sex,bill_length_mm\nBiscoe,Adelie,18,male,39\n"), PLANE)
    assert rows.notices == ("not used: island, sex",)
    assert list(rows.cells) == ["island", "species", "bill_depth_mm", "sex", "bill_length_mm"]
    rows = read_rows(table("note,date,riders\n,2015-01-01,5\n,2015-01-02,6\n"), SERIES)
    assert rows.notices == ("not used: note",)


def test_many_other_columns_are_counted(table):
    header = ",".join(["bill_length_mm", "bill_depth_mm", *(f"c{number}" for number in range(20))])
    rows = read_rows(table(f"{header}\n{',1' * 21}\n1{',1' * 21}\n"), PLANE)
    assert rows.notices[0].startswith("not used: c0, c1, ")
    assert rows.notices[0].endswith(", c11 and 8 more")


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "-nan"])
def test_an_empty_cell_and_a_nan_are_missing(table, cell):
    rows = read_rows(table(f"bill_length_mm,bill_depth_mm\n39.1,18.7\n{cell},17.4\n"), PLANE)
    assert np.isnan(rows.x(ALL)).tolist() == [[False, False], [True, False]]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("bill_length_mm,depth", "table.csv lacks 'bill_depth_mm': expected each column by the name that it had; "
         "it has bill_length_mm, depth"),
        ("Bill_length_mm,bill_depth", "table.csv lacks 'bill_length_mm' (is it 'Bill_length_mm'?), "
         "'bill_depth_mm' (is it 'bill_depth'?): expected each column by the name that it had; "
         "it has Bill_length_mm, bill_depth"),
    ],
)  # fmt: skip
def test_missing_and_renamed_columns_are_one_sentence(table, header, sentence):
    with pytest.raises(DataError) as caught:
        read_rows(table(f"{header}\n1,2\n"), PLANE)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "bill_length_mm,bill_depth_mm\n39,deep\n",
            "row 1, column 'bill_depth_mm' is 'deep': expected a finite number",
        ),
        ("bill_length_mm,bill_depth_mm\ninf,1\n", "row 1, column 'bill_length_mm' is 'inf': expected a finite number"),
        ("bill_length_mm,bill_depth_mm\n1,\n2,\n", "column 'bill_depth_mm' of table.csv is empty: expected numbers"),
        ("bill_length_mm,bill_depth_mm\n", "table.csv has no rows"),
    ],
)
def test_cells_that_are_no_numbers_are_one_sentence(table, content, sentence):
    with pytest.raises(DataError) as caught:
        read_rows(table(content), PLANE)
    assert str(caught.value).startswith(sentence)


def test_a_row_of_a_series_has_the_rows_before_it(table):
    rows = read_rows(table("date,riders\n2015-01-01,1\n2015-01-02,2\n2015-01-03,3\n2015-01-04,\n"), SERIES)
    np.testing.assert_array_equal(rows.x(ALL), [[np.nan, np.nan], [1, np.nan], [2, 1], [3, 2]])


def test_the_past_is_by_date_and_rows_stay_in_their_order(table):
    rows = read_rows(table("date,riders\n2015-01-03,3\n2015-01-01,1\n2015-01-04,4\n2015-01-02,2\n"), SERIES)
    np.testing.assert_array_equal(rows.x(ALL), [[2, 1], [np.nan, np.nan], [3, 2], [1, np.nan]])
    np.testing.assert_array_equal(rows.x(slice(2, 3)), [[3, 2]])


def test_without_dates_rows_are_taken_as_they_stand(table):
    rows = read_rows(table("riders\n1\n2\n3\n"), SERIES)
    assert rows.notices == ("no column of dates: rows are taken in the order in which they stand",)
    np.testing.assert_array_equal(rows.x(ALL)[2], [2, 1])


def test_fewer_rows_than_lags_have_no_whole_past(table):
    rows = read_rows(table("date,riders\n2015-01-01,1\n"), SERIES)
    assert np.isnan(rows.x(ALL)).all()


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ("2015-01-01 2015-01-02 2015-03-04", "table.csv has no row for 2015-01-03 in column 'date'"),
        ("2015-01-01 2015-01-02 2015-01-01", "column 'date' has 2015-01-01 twice: expected each date once"),
        ("2015-01-01 2015-01-02 ", "row 3, column 'date' is empty: expected a date in each row with lags"),
        ("2015-01-01 2015-02-01 2015-03-01", "table.csv has a row for each month: expected one for each day"),
        ("2015-01-01 2015-01-02 soon", "row 3, column 'date' is 'soon': expected a date"),
    ],
)
def test_dates_that_are_no_even_past_are_one_sentence(table, dates, sentence):
    lines = [f"{date},{number}" for number, date in enumerate(dates.split(" "))]
    with pytest.raises(DataError) as caught:
        read_rows(table("\n".join(["date,riders", *lines])), SERIES)
    assert str(caught.value).startswith(sentence)


def test_a_series_needs_its_target(table):
    with pytest.raises(DataError, match=r"^table\.csv lacks 'riders' \(is it 'Riders'\?\): "):
        read_rows(table("date,Riders\n2015-01-01,1\n"), SERIES)


WORDS = "shop,smokes,x,y\n" + "".join(
    f"{'ABC'[row % 3]},{('No', 'Yes')[row % 2]},{row * row % 29},{row % 7}\n" for row in range(30)
)


@pytest.mark.parametrize(
    ("rows", "inputs"),
    [
        ("A,Yes,5", [1, 0, 0, 1, 5]),
        ("C,No,5", [0, 0, 1, 0, 5]),
        ("B,yes,5", [0, 1, 0, 1, 5]),
        ("B,TRUE,5", [0, 1, 0, 1, 5]),
        ("B,no,5", [0, 1, 0, 0, 5]),
        ("D,No,5", [0, 0, 0, 0, 5]),
        (",No,5", [np.nan, np.nan, np.nan, 0, 5]),
        ("A,,5", [1, 0, 0, np.nan, 5]),
        ("A,Yes,NA", [1, 0, 0, 1, np.nan]),
    ],
    ids=["as fitted", "no", "another case", "true", "no in another case", "an unseen word", "no shop", "no", "no x"],
)
def test_words_become_0_and_1_as_they_did_when_fitted(table, rows, inputs):
    signature = Signature.of(data.load(table(WORDS)))
    assert signature.feature_names == ("shop=A", "shop=B", "shop=C", "smokes=Yes", "x")
    found = read_rows(table(f"shop,smokes,x\nA,No,1\n{rows}\n", "new.csv"), signature)
    np.testing.assert_array_equal(found.x(slice(1, 2)), [inputs])


def test_a_column_whose_own_name_holds_the_mark(table):
    lines = "".join(f"{row % 2},{'ab'[row % 2]},{row * row % 29},{row % 7}\n" for row in range(30))
    dataset = data.load(table("a=b,a,x,y\n" + lines))
    assert dataset.notices[-1] == "left out: 'a' (its words have the name of another column)"
    signature = Signature.of(dataset)
    assert signature.feature_names == ("a=b", "x")
    assert read_rows(table("a=b,x\n0,3\n1,4\n", "new.csv"), signature).x(ALL).tolist() == [[0, 3], [1, 4]]


def test_a_missing_column_of_words_is_named(table):
    signature = Signature.of(data.load(table(WORDS)))
    with pytest.raises(DataError, match=r"lacks 'shop=A', 'shop=B', 'shop=C': .* it has smokes, x$"):
        read_rows(table("smokes,x\nYes,1\nNo,2\n", "new.csv"), signature)


def test_a_single_row_has_no_header_to_doubt(table):
    assert read_rows(table("bill_length_mm,bill_depth_mm\n39.1,18.7\n"), PLANE).x(ALL).tolist() == [[39.1, 18.7]]
