"""One's own tables: CSV and Parquet, their columns, dates, lags and empty cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import data
from data import DataError
from data.errors import clean

Write = Callable[..., Path]
Raw = Callable[[data.Dataset], tuple[list[list[float]], list[float]]]
FRUIT = "name,weight,price\n" + "".join(f"apple {row},{row},{row * row}\n" for row in range(10))


def daily(values: list[float | str], first: str = "2024-01-01", step: int = 1) -> str:
    days = [date.fromisoformat(first) + timedelta(step * day) for day in range(len(values))]
    return "day,sales\n" + "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=True))


def test_the_last_numeric_column_is_the_target_and_the_others_are_features(table: Write) -> None:
    ds = data.load(table(FRUIT))
    assert (ds.target_name, ds.feature_names, ds.kind) == ("price", ("weight",), "curve")
    assert (ds.name, ds.source) == ("table.csv", "table.csv, 10 rows")


def test_named_columns(table: Write) -> None:
    ds = data.load(table(FRUIT), target="weight", features=["price"])
    assert (ds.target_name, ds.feature_names) == ("weight", ("price",))


def test_the_path_may_be_a_string_or_a_path(table: Write) -> None:
    path = table(FRUIT)
    assert (data.load(str(path)).x_train == data.load(path).x_train).all()


@pytest.mark.parametrize(
    "content",
    [
        FRUIT.replace("\n", "\r\n"),
        "\ufeff" + FRUIT,
        FRUIT.removesuffix("\n"),
        FRUIT + "\n\n,,\n",
        FRUIT.replace("apple 3", '"an ""apple"", cut"'),
        FRUIT.replace(",5,", ", 5 ,"),
    ],
    ids=["crlf", "bom", "no last newline", "blank lines at the end", "quotes", "blanks around"],
)
def test_ways_to_write_the_same_table(table: Write, content: str) -> None:
    plain, other = data.load(table(FRUIT)), data.load(table(content, "other.csv"))
    assert (plain.x_train == other.x_train).all()
    assert (plain.y_train == other.y_train).all()


def test_rows_with_an_empty_cell_are_left_out_and_counted(table: Write, raw: Raw) -> None:
    ds = data.load(table("x,y,note\n1,2,\n2,,a\n3,5,b\n,7,c\n5,1,d\n6,2,e\n"), test_fraction=0)
    assert raw(ds) == ([[1], [3], [5], [6]], [2, 5, 1, 2])
    assert ds.notices[-1] == "2 rows left out that lack 'y' (1), 'x' (1)"


def test_one_row_with_an_empty_cell(table: Write) -> None:
    ds = data.load(table("x,y\n1,2\n2,\n3,5\n4,5\n5,1\n"), target="y")
    assert ds.notices == ("1 row left out that lacks 'y' (1)",)


def test_own_labels_stay(table: Write) -> None:
    ds = data.load(table("a,b,class\n" + "".join(f"{row * row},{row % 5},{(-1) ** row}\n" for row in range(20))))
    assert ds.labels
    assert ds.kind == "plane"
    assert set(ds.y_train.tolist()) == {-1, 1}


def test_dated_rows_are_split_by_time(table: Write, raw: Raw) -> None:
    rows = "".join(f"2024-01-{day:02},{day % 4},{day % 3},{day}\n" for day in range(1, 21))
    ds = data.load(table("when,a,b,y\n" + rows), target="y")
    assert ds.kind == "series"
    assert ds.feature_names == ("a", "b")
    assert ds.times_test is not None
    assert list(map(str, ds.times_test)) == ["2024-01-17", "2024-01-18", "2024-01-19", "2024-01-20"]
    assert raw(ds)[1] == list(range(1, 21))


@pytest.mark.parametrize("name", ["x^2", "x\u0680", "x\1"])
def test_a_header_that_begins_like_a_compressed_file(table: Write, name: str) -> None:
    assert data.load(table(f"{name},y\n1,2\n4,3\n9,5\n16,1\n")).feature_names == (clean(name),)


def test_unsorted_dates_are_sorted_with_a_notice(table: Write, raw: Raw) -> None:
    header, *rows = daily([1, 4, 9, 16, 25, 36, 49]).splitlines()
    straight = data.load(table("\n".join([header, *rows])), lags=2)
    shuffled = data.load(table("\n".join([header, *reversed(rows)])), lags=2)
    assert raw(straight) == raw(shuffled)
    assert (straight.notices, shuffled.notices) == ((), ("rows were sorted by 'day'",))


def test_words_become_labels_and_an_empty_cell_is_left_out(table: Write) -> None:
    pets = table("age,pet\n1,cat\n2,dog\n3,\n4,cat\n")
    ds = data.load(pets, target="pet=cat", test_fraction=0)
    assert (ds.y_train.tolist(), ds.label_names) == ([1, -1, 1], ("others", "cat"))
    assert ds.notices == (
        "'pet' is fitted as +1 for 'cat', −1 for all others",
        "1 row left out that lacks 'pet' (1)",
    )
    with pytest.raises(DataError, match="target='pet=cow': expected a value of 'pet', such as cat, dog"):
        data.load(pets, target="pet=cow")


def test_the_year_is_no_target_for_lags_and_any_case_will_do(table: Write) -> None:
    rows = "".join(f"{row * row},{1990 + row}\n" for row in range(10))
    ds = data.load(table("y,YEAR\n" + rows), lags=2)
    assert (ds.target_name, ds.period) == ("y", "year")
    dated = "".join(f"2024-01-{day:02},{1990 + day},{day % 3}\n" for day in range(1, 11))
    ds = data.load(table("day,year,y\n" + dated), lags=2)
    assert ds.period == "day"


def test_the_first_of_two_columns_of_dates_dates_the_rows(table: Write) -> None:
    rows = "".join(f"2024-02-{day:02},2023-01-{30 - day},{day * day},{day % 3}\n" for day in range(1, 11))
    ds = data.load(table("sold,made,x,y\n" + rows), target="y", test_fraction=0)
    assert ds.times_train is not None
    assert str(ds.times_train[0]) == "2024-02-01"
    assert (ds.feature_names, ds.notices) == (("x",), ("left out: 'made' (more dates)",))


def test_nothing_unseen_of_dated_rows(table: Write) -> None:
    ds = data.load(table(daily([1, 4, 9, 16, 25])), lags=1, test_fraction=0)
    assert ds.times_train is not None
    assert (ds.x_test, ds.y_test, ds.times_test) == (None, None, None)
