"""Whatever cannot be used is refused in one sentence that says what was got and what was expected."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data
from data import DataError
from data.errors import clean, show

Write = Callable[..., Path]
NO_FILE = "is no regular file: expected a CSV, Excel or Parquet file, or - for standard input"
DAYS = "day,y\n2024-01-01,1\n2024-01-02,4\n2024-01-03,2\n2024-01-04,8\n2024-01-05,5\n"


def columns_named_c(count: int) -> str:
    return "\n".join(",".join(f"{mark}{number}" for number in range(count)) for mark in ("c", "", "1", "2")) + "\n"


TABLES = {
    "nothing": ("", {}, "table.csv is empty: expected a table with a header"),
    "blank lines": ("\n\n\n", {}, "table.csv is empty: expected a table with a header and at least one row"),
    "a header only": ("x,y\n", {}, "table.csv has no rows"),
    "unknown target": ("x,y\n1,2\n", {"target": "z"}, "target='z': expected one of x, y"),
    "near target": ("time,speed\n1,2\n", {"target": "sped"}, "did you mean 'speed'"),
    "unknown feature": ("x,y\n1,2\n", {"features": ["z"]}, "features='z': expected one of x, y"),
    "target twice": ("x,y\n1,2\n", {"features": ["y"]}, "features='y' is the target: expected other columns"),
    "feature twice": ("x,y\n1,2\n", {"features": ["x", "x"]}, "features='x' stands twice"),
    "features as text": ("x,y\n1,2\n", {"features": "x"}, "features='x': expected a list of columns"),
    "features as number": ("x,y\n1,2\n", {"features": 5}, "features=5: expected a list of columns"),
    "no features": ("x,y\n1,2\n", {"features": []}, r"features=\[\]: expected a list of columns"),
    "target as number": ("x,y\n1,2\n", {"target": 1}, "target=1: expected the name of a column"),
    "one column": ("y\n1\n2\n3\n", {}, "has 'y' alone and 3 rows: expected features, or at least 4"),
    "words only": ("a,b\nx,y\n", {}, "has no column of numbers: expected a target and features in numbers such as 0.5"),
    "all missing": ("x,y\n1,\n2,\n3,\n", {}, r"has nothing to fit 'x' from: 'y' \(empty\); expected features, or lags"),
    "a target without a value": ("x,y\n1,\n2,\n3,\n", {"target": "y"}, "column 'y' of table.csv is empty"),
    "a feature without a value": ("x,z,y\n,1,2\n,2,3\n", {"features": ["x"]}, "column 'x' of table.csv is empty"),
    "constant target": ("x,y\n1,7\n2,7\n3,7\n4,7\n", {"target": "y"}, "column 'y' is 7 in every training row"),
    "nothing else varies": ("x,y\n1,7\n2,7\n3,7\n4,7\n", {}, "has nothing to fit 'x' from: 'y' .always '7'.; expected"),
    "constant feature": ("x,y\n1,5\n1,6\n1,7\n1,8\n", {"features": ["x"]}, "column 'x' is 1 in every training row"),
    "text": ("x,y\n1,2\n2,lots\n3,4\n", {"target": "y"}, "row 2, column 'y' is 'lots': expected a finite number"),
    "text as a feature": ("x,y\na,2\nb,3\nc,3\n", {"features": ["x"]}, "'x' of table.csv holds text of many values"),
    "text as target": ("x,y\na,2\nb,3\nc,3\n", {"target": "x"}, "target='x' holds text of many values: .* 'x=a'"),
    "inf": ("x,y\n1,2\n-inf,3\n3,4\n", {}, "row 2, column 'x' is '-inf'"),
    "target of one label": ("x,y\n1,1\n2,1\n3,1\n4,1\n", {"target": "y"}, "column 'y' is 1 in every training row"),
    "one label is unseen": (
        "day,x,z,y\n" + "".join(f"2024-01-{day:02},{day},{day % 3},{1 if day < 9 else -1}\n" for day in range(1, 11)),
        {"target": "y", "features": ["z"]},
        "column 'y' is 1 in every training row",
    ),
    "above the limit": ("x,y\n1,2\n2,-1.1e100\n3,4\n", {}, "expected a finite number of at most 1e.100"),
    "too large": ("x,y\n1,2\n2,1e300\n3,4\n", {}, "row 2, column 'y' is '1e300'"),
    "python number": ("x,y\n1,2\n2,1_000\n3,4\n", {"target": "y"}, "row 2, column 'y' is '1_000'"),
    "no whole row": ("x,y\n1,\n,2\n2,\n,3\n", {"features": ["x"]}, "has no row without an empty cell"),
    "unseen values too far from those that train": (
        "day,x,z,y\n" + "".join(f"2024-01-{n:02},{n if n < 20 else '1e99'},{n % 3},{n % 5}\n" for n in range(1, 21)),
        {"target": "y"},
        "table.csv has unseen values that are too far from those that train: leave them out",
    ),
    "two rows": ("x,y\n1,2\n2,3\n", {}, "table.csv: 2 usable rows, 1 of them unseen: expected at least 2"),
    "date twice": (DAYS + "2024-01-02,3\n", {"lags": 1}, "column 'day' has 2024-01-02 twice: expected each date once"),
    "no such date": (DAYS + "2024-02-30,3\n", {"lags": 1}, "row 6, column 'day' is '2024-02-30': expected a date"),
    "gap": (DAYS + "2024-01-08,3\n", {"lags": 1}, "has no row for 2024-01-06 in column 'day': expected evenly spaced"),
    "missing month": (
        "day,y\n2023-11-30,1\n2023-12-31,4\n2024-02-29,1\n2024-03-31,4\n",
        {"lags": 1},
        "has no row for 2024-01-31",
    ),
    "missing year": ("year,y\n1990,1\n1991,4\n1993,1\n", {"lags": 1}, "has no row for 1992 in column 'year'"),
    "empty cell with lags, undated": ("y\n1\n2\n\n4\n7\n", {"lags": 1}, "empty cell in row 3, column 'y'"),
    "empty cell with lags": (DAYS + "2024-01-06,\n2024-01-07,1\n", {"lags": 1}, "empty cell at 2024-01-06, column 'y'"),
    "empty date with lags": (DAYS + ",7\n2024-01-07,1\n", {"lags": 1}, "has an empty cell in row 6, column 'day'"),
    "too few rows for the lags": (DAYS, {"lags": 3}, "lags=3 with 5 rows in table.csv: expected at most 2"),
    "too few rows for any lag": ("y\n1\n2\n3\n", {"lags": 5}, "lags=5 with 3 rows .* expected at least 8 rows"),
    "too few rows for two lags": ("y\n1\n2\n4\n3\n", {"lags": 2}, "lags=2 with 4 rows .* expected at most 1, so"),
    "lags and features": (DAYS, {"lags": 1, "features": ["y"]}, "lags=1 with features: expected one of them"),
    "26 columns": (columns_named_c(26), {"target": "z"}, "target='z': expected one of c0, .*, c23 and 2 more$"),
    "a long header": ("x" * 1_000_001 + ",y\n1,2\n", {}, "line 1 of table.csv is longer than 1 MB"),
    "a long last line": ("x,y\n1,2\n" + "1" * 1_000_001, {}, "line 3 of table.csv is longer than 1 MB"),
    "a long line": ("x,y\n" + "1" * 1_000_001 + ",2\n", {}, "line 2 of table.csv is longer than 1 MB: expected"),
    "compressed": (zlib.compress(b"x,y\n1,2\n2,3\n3,4\n4,6\n"), {}, "is no table: expected CSV, Excel or Parquet"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {}, "table.csv is no table: expected CSV, Excel or Parquet"),
    "half a Parquet file": (b"PAR1\x15\x04", {}, "cannot be read as Parquet .*: expected a whole Parquet file"),
}  # fmt: skip
OPTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("chicgo", {}, "data='chicgo': expected one of motorcycle, chicago, .* or Parquet file .*did you mean 'chicago'"),
    ("a\0b", {}, r"data='a\\x00b': expected one of"),
    ("", {}, "data='': expected the name of a data set, or a path"),
    (7, {}, "data=7: expected the name of a data set, or a path"),  # type: ignore[list-item]
    ("chicago", {"lags": 0}, "lags=0: expected a whole number of at least 1"),
    ("chicago", {"lags": 1.5}, "lags=1.5: expected a whole number"),
    ("chicago", {"lags": True}, "lags=True: expected a whole number"),
    ("chicago", {"lags": 10**30}, "lags=1000.*: expected a whole number from 1 to 9223372036854775807"),
    ("seattle", {"lags": 3}, "lags=3: expected no lags, for the data begin on 2012-01-01"),
    ("motorcycle", {"features": "time_ms"}, "features='time_ms': expected a list of columns"),
    ("motorcycle", {"seed": 10**30}, "seed=1000.*: expected a whole number from 0 to 9223372036854775807"),
    ("chicago", {"lags": 5000}, "lags=5000: expected at most 3631, for the data begin on 2001-01-22"),
    ("chicago", {"target": "day"}, "target='day': expected one of date, riders"),
    ("motorcycle", {"test_fraction": 1.5}, "test_fraction=1.5: expected a number from 0 to below 1"),
    ("motorcycle", {"test_fraction": 1}, "test_fraction=1: expected"),
    ("motorcycle", {"test_fraction": -0.1}, "test_fraction=-0.1: expected"),
    ("motorcycle", {"test_fraction": float("nan")}, "test_fraction=nan: expected"),
    ("motorcycle", {"test_fraction": "half"}, "test_fraction='half': expected"),
    ("motorcycle", {"test_fraction": 0.999}, "133 usable rows, 133 of them unseen: expected at least 2"),
    ("motorcycle", {"seed": -1}, "seed=-1: expected a whole number of at least 0"),
    ("motorcycle", {"n": 10}, "n=10: motorcycle is a table, expected no n with it; leave it out"),
    ("motorcycle", {"noise": 0.1}, "noise=0.1: motorcycle is a table"),
    ("sine", {"n": 0}, "n=0: expected a whole number from 10 to 1000000"),
    ("sine", {"n": 10**9}, "n=1000000000: expected a whole number from 10 to 1000000"),
    ("sine", {"noise": float("nan")}, "noise=nan: expected a number from 0 to below"),
    ("sine", {"n": 9}, "n=9: expected a whole number from 10 to 1000000"),
    ("sine", {"n": 10**6 + 1}, "n=1000001: expected a whole number from 10 to 1000000"),
    ("sine", {"noise": 1e6}, r"noise=1000000.0: expected a number from 0 to below 1e\+06"),
    ("sine", {"noise": True}, "noise=True: expected a number"),
    ("sine", {"noise": -1}, "noise=-1: expected a number from 0"),
    ("sine", {"noise": 10**400}, "noise=1000.*: expected a number from 0"),
    ("sine", {"target": "y"}, "target='y': sine is a generated set, expected no target with it"),
    ("sine", {"features": ["x"]}, r"features=\['x'\]: sine is a generated set"),
    ("sine", {"lags": 3}, "lags=3: sine is a generated set"),
]


def refusal(*arguments: Any, **options: Any) -> str:
    """The sentence with which `load` refuses; one line, safe to print."""
    with pytest.raises(DataError) as caught:
        data.load(*arguments, **options)
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert len(sentence) < 500
    return sentence


@pytest.mark.parametrize(("content", "options", "message"), TABLES.values(), ids=TABLES)
def test_table(table: Write, content: str | bytes, options: dict[str, Any], message: str) -> None:
    assert re.search(message, refusal(table(content), **options))


@pytest.mark.parametrize(("name", "options", "message"), OPTIONS)
def test_option(name: str, options: dict[str, Any], message: str) -> None:
    assert re.search(message, refusal(name, **options))


def test_up_to_24_columns_are_all_listed(table: Write) -> None:
    assert refusal(table(columns_named_c(24)), target="z").endswith(
        "expected one of " + ", ".join(f"c{i}" for i in range(24))
    )


def test_what_lies_just_within_the_bounds_is_taken(table: Write) -> None:
    rows = "".join(f"{day},{day * day}e96\n" for day in range(1, 101))
    assert data.load(table("x,y\n" + rows)).y_scale > 1e99
    note = "a" * 999_990
    assert len(data.load(table(f"x,y,note\n1,2,{note}\n2,4,\n3,3,\n")).x_train) == 2
    assert len(data.load("sine", n=10, noise=0, test_fraction=0).x_train) == 10
    assert data.load("sine", n=10, noise=999_999, seed=2**63 - 1).options["seed"] == 2**63 - 1
    assert len(data.load("sine", n=10**6).x_train) == 800_000


def test_a_directory(tmp_path: Path) -> None:
    assert refusal(tmp_path).endswith("is a directory: expected a CSV, Excel or Parquet file")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == f"pipe {NO_FILE}"


def test_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    assert refusal(tmp_path / "link.csv") == f"link.csv {NO_FILE}"


def test_an_unreadable_file(table: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(DAYS)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)  # root may read everything, so that chmod proves nothing
    assert refusal(path) == "table.csv cannot be read (Permission denied): expected a readable file"


def test_a_file_larger_than_memory_should_hold(table: Write) -> None:
    path = table(DAYS)
    os.truncate(path, 2**30 + 1)  # sparse: it takes no room
    assert refusal(path) == "table.csv is larger than 1 GB: expected a smaller file"


def test_windows_that_would_not_fit_in_memory(table: Write) -> None:
    path = table("y\n" + "1\n2\n" * 20_000)
    assert refusal(path, lags=20_000) == "lags=20000 with 20000 rows: expected at most 3355 lags"


def test_parquet_columns_without_numbers(tmp_path: Path) -> None:
    polars.DataFrame({"x": [[1], [2]] * 3, "y": [1.0, 2.0, 5.0] * 2}).write_parquet(tmp_path / "table.parquet")
    assert "column 'x=List(Int64)' is 1 in every" in refusal(tmp_path / "table.parquet", features=["x"], target="y")


@pytest.mark.parametrize("evil", ["\x1b[31mred", "\x9b31m", "\u202egnp.exe", "\u2066x", "\x00\x07\r", "\u2028line"])
def test_no_control_character_reaches_a_message(table: Write, evil: str) -> None:
    evil_cell = evil.replace("\x00", "").replace("\r", "")
    refusal(table(f"x,y\n1,2\n2,{evil_cell}\n3,4\n"))
    refusal(table(f"x{evil_cell},y\n1,2\n2,3\n3,4\n"), target=f"z{evil}")
    refusal(table(f"x{evil_cell},y\n1,2\n1,3\n1,4\n"))
    refusal(table("x,y\n", evil_cell + ".csv"))
    refusal(evil)


@given(st.text())
def test_clean_is_one_printable_line_and_short(text: str) -> None:
    assert clean(text).isprintable()
    assert len(clean(text)) <= 40
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a" * 40, "a" * 40),
        ("a" * 41, "a" * 39 + "…"),
        ("  a \t\n b ", "a b"),
        ("a\x1bb\u202ec", "a�b�c"),
        (" " * 300 + "a", "a"),
    ],
)
def test_clean(text: str, safe: str) -> None:
    assert clean(text) == safe


def test_clean_to_another_length() -> None:
    assert clean("abcdef", 6) == "abcdef"
    assert clean("abcdefg", 6) == "abcde…"


@given(st.text())
def test_show_is_printable(text: str) -> None:
    assert show(text).isprintable()


@given(st.binary(max_size=300))
def test_any_bytes_load_or_are_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        shown = [column.name for column in data.describe(path).columns]
    except DataError as error:
        shown = [str(error)]
    assert all(text.isprintable() for text in shown)


@pytest.mark.parametrize("path", ["gone.csv", "gone/table", "gone.parquet"])
def test_a_path_that_is_not_there_is_called_a_file(path):
    with pytest.raises(DataError, match=f"data='{path}': there is no such file"):
        data.load(path)
