"""One description of a table: its columns, what each holds, and what is done with it."""

from __future__ import annotations

import json

import pytest

import data

ROWS = [
    (
        f"2024-01-{number + 1:02}", number * number % 29 + 0.5, "ab"[number % 2], f"note {number}", 7,
        f'"${number % 9 + 1},500"', "" if number == 4 else number % 7,
    )
    for number in range(30)
]  # fmt: skip
TABLE = "day,x,kind,note,station,rent,y\n" + "".join(",".join(map(str, row)) + "\n" for row in ROWS)


def columns(path, **options):
    return {column.name: column for column in data.describe(path, **options).columns}


@pytest.mark.parametrize(
    ("name", "kind", "role", "low", "high", "words", "example", "note"),
    [
        ("day", "date", "time", "2024-01-01", "2024-01-30", (), "2024-01-01", ""),
        ("x", "number", "feature", "0.5", "28.5", (), "0.5", ""),
        ("kind", "words", "feature", "", "", ("a", "b"), "a", ""),
        ("note", "text", "", "", "", (), "note 0", "text of many values"),
        ("station", "number", "", "7", "7", (), "7", "always '7'"),
        ("rent", "number", "feature", "1500", "9500", (), "$1,500",
         "with thousands separators, without the signs of currency"),
        ("y", "number", "target", "0", "6", (), "0", ""),
    ],
)  # fmt: skip
def test_a_column_in_words(table, name, kind, role, low, high, words, example, note):
    found = columns(table(TABLE))[name]
    assert (found.kind, found.role, found.low, found.high) == (kind, role, low, high)
    assert (found.words, found.example, found.note) == (words, example, note)
    assert found.missing == (1 / 30 if name == "y" else 0)


def test_what_is_said_of_the_table(table):
    found = data.describe(table(TABLE))
    assert (found.name, found.rows, found.problem, found.own_past) == ("table.csv", 30, "", False)
    assert found.features == ("x", "kind=b", "rent")
    ds = data.load(table(TABLE))
    assert ds.notices == (*found.notices, "1 row left out that lacks 'y' (1)")


@pytest.mark.parametrize(
    ("options", "roles"),
    [
        ({"target": "x"}, {"day": "time", "x": "target", "kind": "feature", "rent": "feature", "y": "feature"}),
        ({"target": "x", "features": ["y"]}, {"day": "time", "x": "target", "y": "feature"}),
        ({"target": "kind"}, {"day": "time", "x": "feature", "kind": "target", "rent": "feature", "y": "feature"}),
        ({"target": "kind=a", "features": ["x"]}, {"day": "time", "x": "feature", "kind": "target"}),
        ({"target": "x", "lags": 3}, {"day": "time", "x": "target"}),
    ],
)
def test_roles_that_are_asked_for(table, options, roles):
    found = columns(table(TABLE), **options)
    assert {name: column.role for name, column in found.items() if column.role} == roles


def test_the_own_past_has_no_features_yet(table):
    found = data.describe(table("day,y\n" + "".join(f"2024-01-{row + 1:02},{row * row}\n" for row in range(20))))
    assert (found.own_past, found.features) == (True, ())


def test_a_table_that_cannot_be_fitted_is_described_with_the_reason(table):
    found = data.describe(table("note,z\na,u\nb,v\nc,w\n"))
    assert "has no column of numbers" in found.problem
    assert [(column.name, column.kind, column.role) for column in found.columns] == [
        ("note", "text", ""),
        ("z", "text", ""),
    ]


def test_a_table_without_a_header(table):
    path = table("1990,5,2\n1991,7,4\n1992,6,5\n1993,8,9\n")
    assert list(columns(path, header=True)) == ["1990", "5", "2"]
    assert list(columns(path, header=False)) == ["column 1", "column 2", "column 3"]


def test_what_is_no_table_raises(table):
    with pytest.raises(data.DataError, match=r"^table\.csv is empty"):
        data.describe(table(""))


def test_it_comes_through_json_unharmed(table):
    plain = data.describe(table(TABLE.replace("note 3", "\x1b[31m\u202e"))).as_plain()
    assert json.loads(json.dumps(plain))["columns"][0]["low"] == "2024-01-01"
