"""Parquet: its columns as text, a piece of the rows at a time."""

from __future__ import annotations

import io

import polars
from polars import selectors
from polars.exceptions import PolarsError

from data.errors import clean, readable
from data.prices import refuse_large, refuse_wide

PARQUET = b"PAR1"  # at the beginning of a file, and at its end
YEARS = 1, 9999  # that a date can be written with
FIRST_CELLS, MOST_ROWS = 2**16, 2**17  # of the first piece, and of any
SHORT = 12  # bytes of a text that needs no memory besides its cell


def of_parquet(name: str, content: bytes) -> polars.DataFrame:
    """The table in a Parquet file as columns of text; one whose values have none, such as lists, shows its type.

    A short file can hold a long table, or one long text many times. So each piece has at most as many rows as all
    before it, and its text is counted before it is copied. Raises DataError for
    what takes too much memory, or is no such file.
    """
    with readable(f"{name} cannot be read as Parquet", "a whole Parquet file", PolarsError):
        return columns_of_text(name, content)


def columns_of_text(name: str, content: bytes) -> polars.DataFrame:
    lazy = polars.scan_parquet(io.BytesIO(content))
    rows, schema = lazy.select(polars.len()).collect().item(), lazy.collect_schema()
    refuse_wide(name, len(schema))
    refuse_large(name, rows, len(schema))
    texts = {column: polars.Series(column, [], polars.String) for column in schema if not schema[column].is_nested()}
    start, count, letters = 0, max(1, FIRST_CELLS // max(len(schema), 1)), 0
    while start < rows and texts:
        piece = lazy.slice(start, count).select(selectors.by_name(*texts)).collect()
        refuse_large(name, rows, len(schema), letters + length(piece))
        new = [text for text in map(as_text, piece) if text is not None]
        letters += length(polars.DataFrame(new))
        texts = {text.name: texts[text.name].append(text) for text in new}
        start, count = start + count, min(start + count, MOST_ROWS)
    for column in schema:
        if column not in texts:
            texts[column] = polars.Series(column, [clean(str(schema[column]))]).new_from_index(0, rows)
    return polars.DataFrame([texts[column] for column in schema])


def length(frame: polars.DataFrame) -> int:
    """The bytes of all texts that are too long to stand in their cells."""
    sizes = frame.select(
        selectors.string().str.len_bytes(),
        selectors.binary().bin.size(),
        selectors.by_dtype(polars.Categorical, polars.Enum).cat.len_bytes(),
    )
    return sum(int(size.filter(size > SHORT).sum()) for size in sizes)


def as_text(series: polars.Series) -> polars.Series | None:
    """Values as text, dates that no calendar has as missing ones; None where a value has no text."""
    if series.dtype in (polars.Date, polars.Datetime):
        year = series.dt.year()
        series = series.zip_with(((year >= YEARS[0]) & (year <= YEARS[1])).fill_null(False), series.clear(len(series)))
    try:
        return series.cast(polars.String)
    except PolarsError:
        return None
