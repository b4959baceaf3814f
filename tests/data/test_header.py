"""Whether the first row names the columns, and names that are safe to print and all different."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data.errors import clean
from data.header import clean_names, counts_up, free, is_count, is_header, numbered
from data.tables import read_table


def headed(text, quoted=False):
    first, *rows = [line.split(",") for line in text.split("\n")]
    return is_header(first, rows, quoted)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("depth,salt\n1,2\n3,4", True),
        ("4.5,59.2\n9.2,52.6\n5.0,61.1", False),
        ("1,2\n3,4", False),
        ("day,x\n2024-01-01,5\n2024-01-02,7", True),
        ("2024-01-01,5\n2024-01-02,7\n2024-01-03,8", False),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,3.2,virginica", False),
        ("length,width,kind\n4.9,3.0,setosa\n7.0,3.2,virginica", True),
        ("region,1990,1991,1992\nnorth,5,6,4\nsouth,7,8,3", True),
        (",1990,1991\nnorth,5,6\nsouth,7,8", True),
        ("1990,1991,1992\n5.5,6.1,7.2\n7.1,8.3,9.9", True),
        ("0,1,2,3\n0.5,0.6,0.1,0.2\n0.7,0.8,0.9,0.3", True),
        ("1,2,3\n2,3,4\n3,4,5", False),
        ("1990,total\n5,6\n7,8", True),
        ("NA,5\n3,4\n5,6", False),
        ("x,y\nNA,4\n5,NA", True),
        ("x,y\n?,?\n5,6", True),
        ("$5,$6\n$7,$8", False),
        ("cost,price\n$7,$8\n$9,$3", True),
        ("5%,x\n7%,a\n8%,b", False),
        ("name,town\nann,york\nben,bath", True),
        ("ann,york\nben,york\nann,bath", False),
        ("yes,no\nno,yes\nyes,yes", False),
        ("smokes,drinks\nno,yes\nyes,yes", True),
        ("x,y\n1,a\nb,c\n2,3", True),
    ],
)
def test_whether_the_first_row_has_names(text, header):
    assert headed(text) == header


@pytest.mark.parametrize("name", ["9" * 200_000 + "x", "1" + " " * 200_000 + "x", "2024 jan" + "t" * 200_000 + "!"])
@pytest.mark.parametrize("rows", ["1,2\n3,4\n5,7\n7,9\n", "1,a\n3,b\n5,a\n7,b\n"])
def test_a_long_name_is_read_at_once(table, name, rows):  # patterns would take hours
    assert [*read_table(table(f"x,{name}\n{rows}")).columns] == ["x", clean(name)]


def test_a_first_row_of_numbers_in_quotes_where_no_other_is():
    assert headed("5.5,6.5\n1,2\n3,4", quoted=True)
    assert not headed("5.5,6.5\n1,2\n3,4")


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        ("0,1,2", True),
        ("2019,2020,2021", True),
        ("area,2019,2020,2021", True),
        ("1,2", False),
        ("1,2,4", False),
        ("3,2,1", False),
        ("1.5,2.5,3.5", False),
        ("²,³,⁴", False),
        ("9" * 5000 + ",1,2", False),
    ],
)
def test_a_row_that_counts(row, counts):
    assert counts_up(row.split(",")) == counts


@pytest.mark.parametrize(
    ("first", "count"),
    [("150,4,setosa", True), ("149,3,x", True), ("7,4,x", False), ("150", False), ("150,9", False)],
)
def test_a_first_line_that_counts_rows_and_columns(first, count):
    assert is_count(first.split(","), 150, 4) == count


def test_names_where_there_are_none():
    assert numbered(3) == ["column 1", "column 2", "column 3"]


@pytest.mark.parametrize(
    ("header", "names", "twice"),
    [
        (["a", "b"], ["a", "b"], []),
        ([" a ", "b\t"], ["a", "b"], []),
        (["a", "a"], ["a", "a 2"], ["a 2"]),
        (["a", "a", "a"], ["a", "a 2", "a 3"], ["a 2", "a 3"]),
        (["a", "a", "a 2"], ["a", "a 3", "a 2"], ["a 3"]),
        (["a", "a 2", "a"], ["a", "a 2", "a 3"], ["a 3"]),
        (["a", ""], ["a", "column 2"], []),
        (["column 2", ""], ["column 2", "column 2 2"], ["column 2 2"]),
        (["", ""], ["column 1", "column 2"], []),
        (["a\x1bb", "a\x1bb"], ["a�b", "a�b 2"], ["a�b 2"]),
        (["a\x1bb", "a\x9bb"], ["a�b", "a�b 2"], []),
        (["x" * 50 + "1", "x" * 50 + "2"], ["x" * 39 + "…", "x" * 37 + "… 2"], []),
        (["x" * 50, "x" * 50], ["x" * 39 + "…", "x" * 37 + "… 2"], ["x" * 37 + "… 2"]),
    ],
)
def test_names_are_made_safe_and_different(header, names, twice):
    assert clean_names(header) == (names, twice)


def test_20_000_long_names_that_begin_alike_are_told_apart():  # each against all before it would take minutes
    names, twice = clean_names(f"{'x' * 39} of sensor {number}" for number in range(20_000))
    assert len(set(names)) == 20_000
    assert max(map(len, names)) == 40
    assert twice == []


@pytest.mark.parametrize(
    "title",
    [
        lambda number: "x" * 39 + str(number),
        lambda number: "x" * 36 + f"{number // 2:03x} {number % 2}",
        lambda number: "x" if number % 2 else f"x {number}",
        lambda number: f"x {number // 3}",
    ],
    ids=["one beginning", "many beginnings that are cut alike", "numbers are taken", "three of each"],
)
def test_the_names_that_are_tried_grow_with_the_columns(title):
    class Counting(set):
        asked = 0

        def __contains__(self, name):
            self.asked += 1
            return super().__contains__(name)

    names, taken, numbers = [title(number) for number in range(5000)], Counting(), {}
    for name in names:
        taken.add(clean(name))
    for name in names:
        taken.add(free(clean(name), numbers, taken))
    assert taken.asked <= 3 * len(names)


@given(st.lists(st.text(max_size=60), max_size=30))
def test_any_names_become_safe_and_different(header):
    names, _ = clean_names(header)
    assert len(names) == len(header) == len(set(names))
    assert all(name.isprintable() and 0 < len(name) <= 40 for name in names)


def test_long_names_are_cut_and_kept_apart(table):
    long = "how much do you agree with this long statement"
    ds = data.load(table(f"{long} (1),{long} (2),y\n1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert len(set(ds.feature_names)) == 2
    assert all(len(name) <= 40 for name in ds.feature_names)


def test_three_long_names_are_kept_apart(table):
    long = "how much do you agree with this long statement"
    header = ",".join(f"{long} ({number})" for number in (1, 2, 3))
    names = [column.name for column in data.describe(table(f"{header}\n1,2,3\n")).columns]
    assert names == [f"{long[:39]}…", f"{long[:37]}… 2", f"{long[:37]}… 3"]


def test_names_are_made_harmless_and_can_still_be_used(table):
    header = "\x1b]0;owned\x07x,y\u202etxt,a\u0085b\u009b31m\n"
    ds = data.load(table(header + "1,2,3\n2,3,5\n3,5,1\n4,1,2\n"))
    assert ds.feature_names == ("�]0;owned�x", "y�txt")
    assert ds.target_name == "a b�31m"
    assert data.load(table(header + "1,2,3\n2,3,5\n3,5,1\n4,1,2\n"), target="y\u202etxt").target_name == "y�txt"
