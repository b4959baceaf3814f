"""Parquet files as columns of text: every type, dates that no calendar has, and files that are too large or broken."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars
import pytest
from made_tables import cells, said, unreadable

import data
from data import frames


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


@pytest.mark.parametrize("dtype", [polars.Date, polars.Datetime("ms"), polars.Datetime("us", "UTC")])
def test_parquet_dates_out_of_range_are_missing(tmp_path, dtype):
    days = polars.Series([0, 2**31 - 1, -(2**31), 3_000_000, 19_000], dtype=polars.Int32)
    if dtype == polars.Date:
        values = days.cast(polars.Date)
    else:
        scale = {"ms": 1, "us": 1000}[dtype.time_unit]
        values = (days.cast(polars.Int64) * 86_400_000 * scale).cast(dtype)
    path = parquet(tmp_path / "table.parquet", d=values, x=[1.0, 2.0, 4.0, 3.0, 5.0], y=[1, 2, 3, 5, 4])
    assert [cell[:10] for cell in cells(path)["d"]] == ["1970-01-01", "", "", "", "2022-01-08"]
    assert data.describe(path).columns[0].kind == "date"


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
    monkeypatch.setattr(frames, "LARGEST", 2**20 - 1)
    monkeypatch.setattr(polars, "read_parquet", None)  # nothing of it is read
    assert unreadable(path) == "table.parquet unpacks to more than 1 GB (65536 rows of 2): expected a smaller file"


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
