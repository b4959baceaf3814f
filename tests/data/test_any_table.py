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
from data import DataError
from data.rows import read_rows
from data.signature import Signature

NUMBERS = st.one_of(st.integers(-9, 99).map(str), st.floats(width=32).map(str), st.sampled_from(["1e99", "-2e99", "0"]))
DATES = st.one_of(
    st.dates().map(str),
    st.integers(0, 40).map(lambda day: str(np.datetime64("2024-01-28") + np.timedelta64(day, "D"))),
    st.integers(1, 28).map(lambda day: f"{day}/{day % 12 + 1}/24"),
    st.integers(1990, 2030).map(str),
    st.datetimes().map(lambda time: time.isoformat()),
)
WORDS = st.sampled_from(["yes", "no", "a", "b", "c", "x=y", "Ünter", "Na"])
MISSING = st.sampled_from(["", "NA", "?", "-", "null"])
HOSTILE = st.sampled_from(
    ["\x1b[31m", "\u202e", "inf", "nan", "1e400", "9" * 400, "=1+1", '"', "\t", " ", "#", "\x9b", "١", "\n", "1e-320"]
)
NAMES = st.sampled_from(["x", "y", "date", "year", "month", "id", "", "x", "a=b", "Oil, bbl", "\x1b[2J", "time", "12"])


@st.composite
def tables(draw):
    """The text of a table whose columns hold one kind of cells each, with some that do not fit."""
    rows = draw(st.integers(0, 30))
    columns = []
    for _ in range(draw(st.integers(1, 5))):
        usual = draw(st.sampled_from([NUMBERS, DATES, WORDS, st.sampled_from(["7"]), st.integers(0, 1).map(str)]))
        often = st.one_of(usual, usual, usual, usual, draw(st.sampled_from([usual, MISSING, HOSTILE])))
        columns.append([draw(NAMES), *(draw(often) for _ in range(rows))])
    separator = draw(st.sampled_from(",;\t|"))
    lines = [separator.join(map(quoted, row)) for row in zip(*columns, strict=True)]
    return draw(st.sampled_from(["", "# a remark\n", "a title\n", "\ufeff"])) + "\n".join(lines)


def quoted(cell):
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;\t|"') else cell


OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "target": st.sampled_from(["x", "y", "x=a", "a=b", "date", "column 1", "column 1=yes"]),
        "features": st.lists(st.sampled_from(["x", "y", "x,y", "year", "a=b", "Oil, bbl", "column 2"]), max_size=2),
        "lags": st.integers(1, 4),
        "test_fraction": st.sampled_from([0.0, 0.3, 0.9]),
        "header": st.booleans(),
    },
)


def opened(path, options):
    """The data set, or None where a sentence says why there is none; both are checked."""
    try:
        ds = data.load(path, **options)
    except DataError as error:
        ds, sentence = None, str(error)
    if ds is None:
        assert sentence.isprintable()
        assert len(sentence) < 700
        return None
    splits = [(ds.x_train, ds.y_train)] + ([(ds.x_test, ds.y_test)] if ds.x_test is not None else [])
    for x, y in splits:
        assert x.shape == (len(y), len(ds.feature_names))
        assert np.isfinite(x).all() and np.isfinite(y).all()
    shown = [ds.name, ds.source, ds.target_name, *ds.feature_names, *ds.label_names, *ds.notices]
    assert all(text.isprintable() for text in shown)
    assert len(set(ds.feature_names)) == len(ds.feature_names)
    return ds


@settings(max_examples=120)
@given(tables(), OPTIONS)
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
@given(tables())
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
@given(tables(), st.integers(0, 10**6), st.binary(min_size=1, max_size=4))
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


@pytest.mark.parametrize("evil", ["\x1b[31mred", "\x9b31m", "\u202egnp.exe", "\u2066x", "\u2028line"])
def test_no_control_character_reaches_a_notice(table, evil):
    rows = "".join(f"{evil},{row % 3}{evil * (row == 3)},{row * row % 7},{row % 5}\n" for row in range(40))
    for options in ({}, {"target": f"z{evil}"}, {"features": [f"x{evil}"]}, {"target": f"y={evil}"}, {"lags": 2}):
        opened(table(f"w,x{evil},y{evil},z{evil}\n{rows}"), options)
