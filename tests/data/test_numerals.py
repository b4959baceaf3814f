"""Numbers as people write them: cells of a column → floats."""

from __future__ import annotations

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.numerals import LONGEST, is_numeral, read_numbers, shows_decimal_commas

NAN = float("nan")


def column(cells):
    """Texts with bars between, an empty one for a missing cell, as a column."""
    return polars.Series("x", [cell or None for cell in cells.split("|")], dtype=polars.String)


def read(cells, comma=False):
    numbers = read_numbers(column(cells), comma)
    return numbers.values.tolist(), numbers.how, np.flatnonzero(numbers.slips).tolist()


@pytest.mark.parametrize(
    ("cells", "values", "how"),
    [
        ("1|2.5|-3", [1, 2.5, -3], ""),
        ("+1|.5|5.|1e3|2E-2", [1, 0.5, 5, 1000, 0.02], ""),
        ("1||3", [1, NAN, 3], ""),
        ("1|NA|3", [1, NAN, 3], ""),
        ("1|none|missing|*", [1, NAN, NAN, NAN], ""),
        ("007|010", [7, 10], ""),
        # thousands
        ("1,234|5,678", [1234, 5678], "with thousands separators"),
        ("1,234,567|12|3.5", [1234567, 12, 3.5], "with thousands separators"),
        ("1,234.56|7.89", [1234.56, 7.89], "with thousands separators"),
        ("-1,234|+2,345", [-1234, 2345], "with thousands separators"),
        ("1.234.567|2.345.678", [1234567, 2345678], "with thousands separators"),
        ("1 234|12 345|7", [1234, 12345, 7], "with thousands separators"),
        ("1\u00a0234|2\u202f345|3\u2009456", [1234, 2345, 3456], "with thousands separators"),
        ("1'234|12’345", [1234, 12345], "with thousands separators"),
        ("1'234.5|7.25", [1234.5, 7.25], "with thousands separators"),
        # decimal commas
        ("0,5|1,25", [0.5, 1.25], "with decimal commas"),
        (",5|-1,5", [0.5, -1.5], "with decimal commas"),
        ("1,5|1,234", [1.5, 1.234], "with decimal commas"),
        ("1.234,5|2.345,75", [1234.5, 2345.75], "with decimal commas"),
        ("1.234,5|1.234.567", [1234.5, 1234567], "with decimal commas"),
        ("0,123|0,456", [0.123, 0.456], "with decimal commas"),
        ("1 234,5|2 345,75", [1234.5, 2345.75], "with decimal commas"),
        ("1,5e3|2,5e-1", [1500, 0.25], "with decimal commas"),
        ("1,5|2|3,5", [1.5, 2, 3.5], "with decimal commas"),
        # what stands around
        ("$5|$6.5", [5, 6.5], "without the signs of currency"),
        ("$5,420|$600", [5420, 600], "with thousands separators, without the signs of currency"),
        ("5 €|6,5 €|7,25 €", [5, 6.5, 7.25], "with decimal commas, without the signs of currency"),
        ("£5|-£6|£ 7", [5, -6, 7], "without the signs of currency"),
        ("EUR 5|6 EUR|eur 7", [5, 6, 7], "without the signs of currency"),
        ("$5|6 USD|usd 7|8", [5, 6, 7, 8], "without the signs of currency"),
        ("5 €|EUR 6,5", [5, 6.5], "with decimal commas, without the signs of currency"),
        ("$5|6 €|$7|8", [5, NAN, 7, 8], "without the signs of currency"),
        ("€6|EUR 5|$4", [6, 5, NAN], "without the signs of currency"),
        ("$5|$6|20¢", [5, 6, NAN], "without the signs of currency"),
        ("5 SEK|6 NOK|7 SEK", [5, NAN, 7], "without the signs of currency"),
        ("kr 5|kr. 6", [5, 6], "without the signs of currency"),
        ("5%|6.5 %|7", [5, 6.5, 7], "as per cent"),
        ("(5)|6|(1,234)", [-5, 6, -1234], "with thousands separators"),
        ("($5)|$6", [-5, 6], "without the signs of currency"),
        ("−5|–6|7", [-5, -6, 7], ""),
        ("- 5|+ 6|x", [-5, 6, NAN], ""),
        ("<0.5|> 7|≥8|~9", [0.5, 7, 8, 9], "without signs such as < and *"),
        ("1.5*|2.5 **|3.5***|-4", [1.5, 2.5, 3.5, -4], "without signs such as < and *"),
        ("5 kg|6.5kg|7 kg", [5, 6.5, 7], "without the unit kg"),
        ("5 °C|-6,5 °C", [5, -6.5], "with decimal commas, without the unit °C"),
        ("5 kg||NA|7 kg", [5, NAN, NAN, 7], "without the unit kg"),
        ("5 kg|6 g", [NAN, NAN], ""),
        ("5 kg|6", [NAN, 6], ""),
    ],
)  # fmt: skip
def test_numbers(cells, values, how):
    found, words, _ = read(cells)
    np.testing.assert_array_equal(found, values)
    assert words == how


@pytest.mark.parametrize(
    ("cells", "comma", "values"),
    [
        ("1,234|5,678", False, [1234, 5678]),
        ("1,234|5,678", True, [1.234, 5.678]),
        ("1,234|5,678,901", True, [1234, 5678901]),
        ("1,234|5,67", False, [1.234, 5.67]),
        ("1,234|0,567", False, [1.234, 0.567]),
        ("1,234.5|2,345|0,5", False, [1234.5, 2345, NAN]),
    ],
    ids=["alone", "in a table of decimal commas", "millions say", "two digits say", "a 0 says", "most say"],
)
def test_a_comma_before_three_digits_is_told_by_the_others(cells, comma, values):
    np.testing.assert_array_equal(read(cells, comma)[0], values)


@pytest.mark.parametrize(
    ("cells", "slips"),
    [
        ("1|2|x", [2]),
        ("1|1_000|3", [1]),
        ("1|0x1F|3", [1]),
        ("1|12:30|3", [1]),
        ("1|1 23|3", [1]),
        ("1|1,23,4|3", [1]),
        ("1|5 kg|3", [1]),
        ("1|٣|3", [1]),
        ("1|NA|n/a|?|-|null", []),
        ("1|<x|5*6", [1, 2]),
        ("$1|€2|$3", [1]),
    ],
)
def test_cells_that_are_none(cells, slips):
    assert read(cells)[2] == slips


@pytest.mark.parametrize(
    ("cell", "numeral"),
    [
        ("1", True), ("-1.5e-3", True), (".5", True), ("1,234", True), ("1.234.567", True), ("0,5", True),
        ("$5", True), ("5 €", True), ("(5)", True), ("7%", True), ("1 234", True), ("1'234", True), ("−5", True),
        ("", False), (".", False), ("-", False), ("e5", False), ("1e", False), ("x", False), ("nan", False),
        ("inf", False), ("1-2", False), ("1/2", False), ("2024-01-31", False), ("12:30", False), ("A5", False),
        ("1_000", False), ("()", False), ("%", False), ("$", False),
    ],
)  # fmt: skip
def test_numerals(cell, numeral):
    assert is_numeral(cell) == numeral


@pytest.mark.parametrize("cell", ["9" * 200_000 + "x", "1" + " " * 200_000 + "x", "<" + " " * 200_000 + "x"])
@pytest.mark.parametrize("with_unit", [False, True])
def test_a_long_text_is_no_numeral_and_that_is_told_at_once(cell, with_unit):  # patterns would take hours
    assert not is_numeral(cell, with_unit)


def test_the_longest_numeral():
    assert is_numeral(f" {'9' * LONGEST} ")
    assert not is_numeral("9" * (LONGEST + 1))


def test_a_numeral_with_a_unit():
    assert is_numeral("5.5 kg", with_unit=True)
    assert not is_numeral("5.5 kg")
    assert not is_numeral("kg", with_unit=True)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ("0,5|1,5", True),
        ("1,234|5,678", False),
        ("1,234|5,67", True),
        ("a, b|c|0,5", False),
        ("1|2|3", False),
        ("1,234.5|2", False),
    ],
)
def test_columns_that_show_decimal_commas(cells, shown):
    assert shows_decimal_commas(column(cells)) == shown


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_whatever_python_prints_comes_back(values):
    assert read("|".join(map(repr, values)))[0] == values


@given(st.lists(st.integers(10**6, 10**12), min_size=1, max_size=20), st.sampled_from(",.'’ \u00a0\u202f"))
def test_whole_numbers_with_any_separator_come_back(values, separator):
    cells = "|".join(f"{value:,}".replace(",", separator) for value in values)
    assert read(cells)[0] == values
    assert all(map(is_numeral, cells.split("|")))


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=10))
def test_any_cells_are_numbers_missing_or_slips(cells):
    series = polars.Series("x", cells)
    numbers = read_numbers(series)
    assert not (~np.isnan(numbers.values) & numbers.slips).any()
