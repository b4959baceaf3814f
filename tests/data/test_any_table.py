"""Any table at all becomes a data set that can be trained on, or a sentence; no warning, nothing unsafe to print."""

from __future__ import annotations

import gzip
import io

import numpy as np
import polars
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import data
from benchmarks.rough.any_table import KINDS, opened, options_of, text_of
from benchmarks.rough.tables import drawn
from data.rows import read_rows
from data.signature import Signature

RANDOM = st.randoms(use_true_random=False)
TABLES = RANDOM.map(text_of)


@settings(max_examples=120)
@given(TABLES, RANDOM.map(options_of))
def test_any_table(tmp_path_factory, text, options):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(text)
    ds = opened(path, options)
    if ds is not None:
        asked = {name: options.get(name) for name in ("target", "features", "lags", "header")}
        described = data.describe(path, **asked)
        assert not described.problem
        assert all(column.name.isprintable() and column.example.isprintable() for column in described.columns)


@settings(max_examples=60)
@given(TABLES)
def test_what_was_fitted_can_be_predicted_from_the_same_table(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "fitted.csv"
    path.write_text(text)
    ds = opened(path, {"test_fraction": 0})
    if ds is None or ds.lags:
        return
    signature = Signature.from_arrays(Signature.of(ds).arrays(), len(ds.feature_names))
    rows = read_rows(path, signature)
    known = np.isfinite(rows.x(slice(None))).all(axis=1)
    assert known.sum() >= len(ds.y_train)


@given(st.binary(max_size=400))
@example(gzip.compress(b"x,y\n1,2\n"))
@example(b"\xff\xfe" + b"x,y\n1,2\n")
@example(b"sep=;\n")
@example(b"\n,\n")
@example(b'"')
@example(b"PAR1" * 8)
@example(b"PK\x03\x04" * 8)
def test_any_bytes(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    path.write_bytes(content)
    opened(path, {})


@settings(max_examples=40)
@given(TABLES, st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
def test_a_table_some_bytes_of_which_were_changed(tmp_path_factory, text, place, other):
    content = bytearray(text.encode())
    place %= len(content) + 1
    content[place : place + len(other)] = other
    path = tmp_path_factory.getbasetemp() / "changed.csv"
    path.write_bytes(content)
    opened(path, {})


@settings(max_examples=40)
@given(
    st.lists(st.one_of(st.none(), st.integers(-(2**31), 2**31 - 1)), min_size=1, max_size=20),
    st.sampled_from(
        [polars.Int32, polars.Float64, polars.Date, polars.Time, polars.Boolean, polars.String, polars.Datetime("ms"),
         polars.Datetime("ns"), polars.Duration("us"), polars.Decimal(38, 0), polars.Binary]
    ),
)  # fmt: skip
def test_any_parquet_column(tmp_path_factory, values, dtype):
    numbers = polars.Series("x", values, dtype=polars.Int64)
    column = (
        numbers.cast(polars.String).cast(polars.Binary) if dtype == polars.Binary else numbers.cast(dtype, strict=False)
    )
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    buffer = io.BytesIO()
    polars.DataFrame({"x": column, "y": np.arange(len(values)) ** 2.0}).write_parquet(buffer)
    path.write_bytes(buffer.getvalue())
    opened(path, {})


@pytest.mark.parametrize("start", range(0, 250, 50))
def test_tables_of_all_kinds_that_were_damaged(tmp_path, start):
    seen = set()
    for number in range(start, start + 50):
        name, content, options = drawn(1, number)
        (tmp_path / name).write_bytes(content)
        opened(tmp_path / name, options)
        seen.add(name)
    assert seen == set(KINDS)


@pytest.mark.parametrize("evil", ["\x1b[31mred", "\x9b31m", "\u202egnp.exe", "\u2066x", "\u2028line"])
def test_no_control_character_reaches_a_notice(table, evil):
    rows = "".join(f"{evil},{row % 3}{evil * (row == 3)},{row * row % 7},{row % 5}\n" for row in range(40))
    for options in ({}, {"target": f"z{evil}"}, {"features": [f"x{evil}"]}, {"target": f"y={evil}"}, {"lags": 2}):
        opened(table(f"w,x{evil},y{evil},z{evil}\n{rows}"), options)
