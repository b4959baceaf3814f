"""Parquet files as columns of text: every type, dates that no calendar has, and files that are too large or broken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars
import pytest
from made_tables import cells, said, unreadable

import data
from data import parquet as parquet_files
from data import prices


def parquet(path, **columns):
    polars.DataFrame(columns).write_parquet(path)
    return path


@pytest.mark.parametrize(
    ("values", "dtype", "kind", "first"),
    [
        ([1, 2, None], polars.Int64, "number", "1"),
        ([1.5, float("nan"), 2.5], polars.Float32, "number", "1.5"),
        ([True, False, True], polars.Boolean, "yes/no", "true"),
        (["a", "b", "a"], polars.Categorical, "words", "a"),
        ([date(2024, 1, 31), None, date(2024, 2, 1)], polars.Date, "date", "2024-01-31"),
        ([datetime(2024, 1, 31, 5), datetime(2024, 1, 31, 6), None], polars.Datetime("us"), "date", "2024-01-31 05:00"),
        ([[1], [2], [3]], polars.List(polars.Int64), "words", "List(Int64)"),
        ([b"a\xff", b"b", b"c"], polars.Binary, None, None),
        ([None, None, None], polars.Null, "empty", ""),
    ],
)  # fmt: skip
def test_parquet_columns(tmp_path, values, dtype, kind, first):
    path = parquet(tmp_path / "table.parquet", x=polars.Series(values, dtype=dtype), y=[1.0, 2.0, 5.0])
    column = data.describe(path).columns[0]
    assert kind is None or column.kind == kind
    assert first is None or column.example.startswith(first)


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin", "Asia/Kolkata"])
@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("far", [2**63 - 1, -(2**63), 2**62, -(2**53)])
def test_times_that_no_calendar_has_are_missing(tmp_path, unit, zone, far):
    times = polars.Series([0, far, 86_400, None, -1], dtype=polars.Int64).cast(polars.Datetime(unit, zone))
    path = parquet(tmp_path / "table.parquet", d=times, x=[1.0, 2.0, 4.0, 3.0, 5.0], y=[1, 2, 3, 5, 4])
    years = [cell[:4] for cell in cells(path)["d"]]
    assert (years[0], years[2], years[3]) == ("1970", "1970", "")
    assert all(year == "" or 1 <= int(year) <= 9999 for year in years)
    assert data.load(path, features=["x"]).target_name == "y"


@pytest.mark.parametrize("days", [2**31 - 1, -(2**31), 3_000_000, -719_163])
def test_days_that_no_calendar_has_are_missing(tmp_path, days):
    dates = polars.Series([0, days, 19_000], dtype=polars.Int32).cast(polars.Date)
    path = parquet(tmp_path / "table.parquet", d=dates, x=[1.0, 2.0, 4.0])
    assert cells(path)["d"] == ["1970-01-01", "", "2022-01-08"]
    assert data.describe(path).columns[0].kind == "date"


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_the_longest_durations_show_their_type_as_others_do(tmp_path, unit):
    spans = polars.Series([0, 2**63 - 1, -(2**63) + 1, -1, None], dtype=polars.Int64).cast(polars.Duration(unit))
    path = parquet(tmp_path / "table.parquet", d=spans, x=[1.0, 2.0, 4.0, 3.0, 5.0], y=[1, 2, 3, 5, 4])
    assert cells(path)["d"] == [f"Duration(time_unit='{unit}')"] * 5
    assert data.load(path).target_name == "y"


@pytest.mark.parametrize("dtype", [polars.Decimal(38, 0), polars.Decimal(38, 37), polars.Int128, polars.UInt64])
def test_the_longest_numbers(tmp_path, dtype):
    numbers = polars.Series(["0", "1", "-9" if dtype.is_signed_integer() or dtype.is_decimal() else "9"]).cast(dtype)
    path = parquet(tmp_path / "table.parquet", n=numbers, y=[1.0, 2.0, 4.0])
    assert data.describe(path).columns[0].kind == "number"


def test_parquet_dates_of_the_first_and_the_last_year(tmp_path):
    dates = np.array(["0000-12-31", "0001-01-01", "9999-12-31", "10000-01-01"], "datetime64[D]").astype(np.int32)
    days = polars.Series(dates, dtype=polars.Int32).cast(polars.Date)
    path = parquet(tmp_path / "table.parquet", d=days, x=[1.0, 2.0, 4.0, 3.0])
    assert cells(path)["d"] == ["", "0001-01-01", "9999-12-31", ""]


@pytest.mark.parametrize("dtype", [polars.Time, polars.Duration("us"), polars.Decimal(10, 2)])
def test_parquet_values_of_rarer_types(tmp_path, dtype):
    values = polars.Series([1, 2, 3], dtype=polars.Int64).cast(dtype)
    path = parquet(tmp_path / "table.parquet", x=values, y=[1.0, 2.0, 5.0])
    assert data.describe(path).columns[0].kind in ("number", "text", "words")


def test_a_parquet_file_with_too_much_is_refused_by_its_counts(tmp_path, monkeypatch):
    path = parquet(tmp_path / "table.parquet", x=np.zeros(2**16), y=np.ones(2**16))
    monkeypatch.setattr(prices, "LARGEST", 2**20)
    monkeypatch.setattr(polars.LazyFrame, "slice", None)  # nothing of it is read
    assert unreadable(path) == (
        "table.parquet takes more than 1 GB of memory (65536 rows of 2): expected a smaller table"
    )


def test_a_parquet_file_of_no_rows_is_refused_as_a_table(tmp_path):
    path = parquet(tmp_path / "table.parquet", x=polars.Series([], dtype=polars.Float64), y=[])
    assert unreadable(path) == "table.parquet has no rows: expected a table with a header and at least one row"


def test_one_long_text_in_many_rows_is_counted_before_it_is_copied(tmp_path, monkeypatch):
    path = parquet(tmp_path / "table.parquet", w=["x" * 2**20] * 2**10, y=np.arange(2.0**10))
    assert path.stat().st_size < 2**20
    monkeypatch.setattr(parquet_files, "as_text", None)
    assert unreadable(path) == (
        "table.parquet takes more than 1 GB of memory (1024 rows of 2, 1024 MB of text): expected a smaller table"
    )


@pytest.mark.parametrize("dtype", [polars.String, polars.Binary, polars.Categorical, polars.Enum(["x" * 99, "y"])])
def test_texts_are_counted_whatever_their_type(dtype):
    series = polars.Series(["x" * 99, "y", None] * 10).cast(dtype)
    assert parquet_files.length(series.to_frame()) == 990


def test_a_parquet_file_is_the_same_in_pieces(tmp_path, monkeypatch):
    frame = {"x": np.arange(99), "w": [f"w{number % 7}" for number in range(99)], "l": [[1]] * 99}
    path = parquet(tmp_path / "table.parquet", **frame)
    whole = cells(path)
    monkeypatch.setattr(parquet_files, "FIRST_CELLS", 1)
    assert cells(path) == whole
    assert whole["x"] == [str(number) for number in range(99)]
    assert whole["l"] == ["List(Int64)"] * 99


def test_a_column_of_bytes_shows_its_type_if_a_later_piece_holds_no_text(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_files, "FIRST_CELLS", 1)
    path = parquet(tmp_path / "table.parquet", b=[b"a", b"b", b"\xff", b"c"], y=[1.0, 2.0, 5.0, 3.0])
    assert cells(path)["b"] == ["Binary"] * 4


def test_a_parquet_file_cut_short(tmp_path):
    content = parquet(tmp_path / "table.parquet", x=[1, 2], y=[3, 4]).read_bytes()
    for cut in (8, len(content) // 2, len(content) - 1):
        (tmp_path / "cut.parquet").write_bytes(content[:cut])
        assert "cut.parquet cannot be read as Parquet" in unreadable(tmp_path / "cut.parquet")


def test_a_parquet_file_with_changed_bytes_is_read_or_refused(tmp_path):
    frame = {"d": [date(2024, 1, day) for day in range(1, 21)], "x": np.arange(20.0), "w": ["a", "b"] * 10}
    content = parquet(tmp_path / "table.parquet", **frame).read_bytes()
    for place in range(4, len(content), 7):
        changed = content[:place] + bytes([content[place] ^ 0x5A]) + content[place + 1 :]
        (tmp_path / "changed.parquet").write_bytes(changed)
        assert said(tmp_path / "changed.parquet").isprintable()


def test_parquet_holds_the_same_numbers(table, tmp_path):
    rng = np.random.default_rng(0)
    frame = polars.DataFrame({"a": rng.normal(size=50), "b": rng.normal(size=50) * 1e-30, "c": np.arange(50)})
    frame.write_parquet(tmp_path / "table.parquet")
    ds = data.load(tmp_path / "table.parquet", target="c", test_fraction=0)
    assert ds.unscale_x(ds.x_train)[:, 0] == pytest.approx(frame["a"].to_numpy(), abs=1e-6)
    assert ds.unscale_x(ds.x_train)[:, 1] == pytest.approx(frame["b"].to_numpy(), abs=1e-36)


def test_parquet_dates_are_dates(tmp_path):
    days = [date(2024, 1, 1) + timedelta(day) for day in range(20)]
    frame = polars.DataFrame({"day": days, "sales": [float(day % 7) for day in range(20)]})
    for number, dtype in enumerate((polars.Date, polars.Datetime("us"), polars.Datetime("ms", "UTC"))):
        path = tmp_path / f"{number}.parquet"
        frame.with_columns(polars.col("day").cast(dtype)).write_parquet(path)
        ds = data.load(path, lags=2)
        assert ds.times_train is not None
        assert ds.times_train[0] == np.datetime64("2024-01-03")


def test_parquet_without_a_value_is_an_empty_cell(tmp_path, raw):
    frame = polars.DataFrame(
        {"x": [1.0, None, 3.0, 4.0, 5.0], "y": [2, 3, 5, 1, 2], "note": [" a ", None, "", "b", "c"]}
    )
    frame.write_parquet(tmp_path / "table.parquet")
    ds = data.load(tmp_path / "table.parquet", features=["x"], target="y", test_fraction=0)
    assert raw(ds) == ([[1], [3], [4], [5]], [2, 5, 1, 2])
    assert ds.notices == ("1 row left out that lacks 'x' (1)",)
