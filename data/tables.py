"""Tables: CSV and Parquet files as named columns of text, and text as numbers and dates.

A table stays text until a column is used, so that one wrong cell can be named, and harms nobody who does not use it.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data.errors import DataError, choice, clean, show

if TYPE_CHECKING:
    import polars

    from data.dataset import Times
    from data.scaling import Floats

LARGEST_FILE = 2**30
LONGEST_LINE = 10**6
LARGEST_NUMBER = 1e100  # its square, as in a mean squared error, is a float too
SAMPLE = 1000  # cells by which a column's kind is told
SEPARATORS = ",;\t"
LIKE_A_DATE = re.compile(r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}\b.*")
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?(Z|\+00:00)?)?")

Cells = Sequence[str]


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds, going by its first cells."""

    name: str
    numeric: bool
    dated: bool


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text by their clean names, all of one length; an empty cell is ""."""

    name: str
    cells: dict[str, Cells]

    @property
    def rows(self) -> int:
        return len(next(iter(self.cells.values())))

    def columns(self) -> tuple[Column, ...]:
        """What each column holds. One without any value counts as numeric: whoever uses it is told so."""
        return tuple(describe(name, cells) for name, cells in self.cells.items())

    def find(self, option: str, name: object) -> str:
        """The column that an option names, or DataError."""
        if not isinstance(name, str):
            raise DataError(f"{option}={show(name)}: expected the name of a column")
        if clean(name) not in self.cells:
            raise choice(option, name, self.cells)
        return clean(name)

    def numbers(self, name: str) -> Floats:
        """A column (rows,), NaN where a cell is empty; DataError for text, NaN, inf, or if all cells are empty."""
        cells = self.cells[name]
        if not any(cells):
            raise DataError(f"column {name!r} of {self.name} is empty: expected numbers; choose other columns")
        values = np.array([number(cell) if cell else np.nan for cell in cells])
        wrong = np.flatnonzero(~(np.abs(values) <= LARGEST_NUMBER))
        for row in wrong.tolist():
            if cells[row]:
                size = f" of at most {LARGEST_NUMBER:g}" if np.isfinite(values[row]) else ""
                raise self._wrong(row, name, f"a finite number{size}, or an empty cell")
        return values

    def dates(self, name: str) -> Times:
        """A column (rows,) as datetime64[D], NaT where a cell is empty; DataError for what is no date."""
        for row, cell in enumerate(self.cells[name]):
            if cell and not is_date(cell):
                raise self._wrong(row, name, "a date such as 2024-01-31")
        return np.array([cell[:10] or "NaT" for cell in self.cells[name]], "datetime64[D]")

    def _wrong(self, row: int, name: str, expected: str) -> DataError:
        return DataError(f"row {row + 1}, column {name!r} is {show(self.cells[name][row])}: expected {expected}")


def read_shipped(path: Path, name: str) -> Table:
    """A CSV file that comes with the program: the standard library reads it before a larger one is imported."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return Table(name, dict(zip(header, zip(*rows, strict=True), strict=True)))


def read_table(path: str | os.PathLike[str]) -> Table:
    """Any CSV file (UTF-8; separated by comma, semicolon or tab) or Parquet file; DataError if it is neither."""
    name, content = read_file(path)
    if content[:4] == b"PAR1":
        header, columns = read_parquet(name, content)
    else:
        header, columns = read_csv(name, content)
    if not columns or not len(columns[0]):
        raise DataError(f"{name} has no rows: expected a table with a header and at least one row")
    return Table(name, dict(zip(clean_header(name, header), columns, strict=True)))


def read_file(path: str | os.PathLike[str]) -> tuple[str, bytes]:
    """A file's name, safe to print, and its content."""
    name = clean(os.path.basename(os.path.abspath(path)))
    try:
        if not os.path.lexists(path):
            raise DataError(f"{name}: there is no such file; expected a CSV or Parquet file")
        if os.path.isdir(path):
            raise DataError(f"{name} is a directory: expected a CSV or Parquet file")
        if not os.path.isfile(path):  # a pipe or a device could block or never end
            raise DataError(f"{name} is no regular file: expected a CSV or Parquet file")
        if os.path.getsize(path) > LARGEST_FILE:
            raise DataError(f"{name} is larger than 1 GB: expected a smaller CSV or Parquet file")
        with open(path, "rb") as file:
            return name, file.read()
    except OSError as error:
        raise DataError(f"{name} cannot be read ({error.strerror}): expected a readable CSV or Parquet file") from None


def read_csv(name: str, content: bytes) -> tuple[Cells, list[Cells]]:
    """Header and columns of a CSV file."""
    import polars

    ends = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    lengths = np.diff(ends, prepend=-1, append=len(content))
    if lengths.max(initial=0) > LONGEST_LINE:
        line = int(np.argmax(lengths)) + 1
        raise DataError(f"line {line} of {name} is longer than 1 MB: expected a CSV file with a line for each row")
    first = content[: ends[0] if len(ends) else len(content)]
    if b"\0" in content[:LONGEST_LINE]:
        raise DataError(f"{name} is neither CSV nor Parquet: expected a table as text, or a Parquet file")
    separator = max(SEPARATORS, key=lambda candidate: first.count(candidate.encode()))
    marked = content if content.startswith(codecs.BOM_UTF8) else codecs.BOM_UTF8 + content
    try:  # with the mark, for without it a header such as x^2 is taken for a compressed file
        frame = polars.read_csv(io.BytesIO(marked), has_header=False, infer_schema=False, separator=separator)
    except polars.exceptions.NoDataError:
        raise DataError(f"{name} is empty: expected a table with a header and at least one row") from None
    except polars.exceptions.PolarsError as error:
        reason = clean(str(error).partition("\n")[0], 100)
        raise DataError(f"{name} cannot be read as CSV ({reason}): expected UTF-8, as many cells in each row") from None
    columns = texts(name, frame)
    filled = max((row for column in columns for row in last_filled(column)), default=0)
    return [column[0] for column in columns], [column[1 : filled + 1] for column in columns]


def read_parquet(name: str, content: bytes) -> tuple[Cells, list[Cells]]:
    """Header and columns of a Parquet file."""
    import polars

    try:
        frame = polars.read_parquet(io.BytesIO(content))
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException) as error:
        reason = clean(str(error).partition("\n")[0], 100)
        raise DataError(f"{name} cannot be read as Parquet ({reason}): expected a whole Parquet file") from None
    return frame.columns, texts(name, frame)


def texts(name: str, frame: polars.DataFrame) -> list[Cells]:
    """Each column as stripped text; one whose values have no text, such as lists, shows its type instead."""
    import polars

    columns: list[Cells] = []
    for series in frame:
        try:
            text = series.cast(polars.String)
        except polars.exceptions.PolarsError:
            text = polars.Series([clean(str(series.dtype))] * len(series), dtype=polars.String)
        columns.append(text.fill_null("").str.strip_chars().to_list())
    return columns


def clean_header(name: str, header: Iterable[str]) -> list[str]:
    """Names that are safe to print and all different; DataError for one that stands twice."""
    stripped = [title.strip() or f"column {number}" for number, title in enumerate(header, 1)]
    for number, title in enumerate(stripped):
        if title in stripped[:number]:
            raise DataError(f"{name} has two columns named {show(title)}: expected a name of its own for each column")
    names: list[str] = []
    for title in map(clean, stripped):  # cut to length, two may have become the same
        alternatives = (f"{clean(title, 36)}~{number}" for number in count(2))
        names.append(title if title not in names else next(other for other in alternatives if other not in names))
    return names


def last_filled(cells: Cells) -> Iterable[int]:
    """The last row with something in it, if there is one: blank lines at a file's end are no rows."""
    return islice((row for row in range(len(cells) - 1, 0, -1) if cells[row]), 1)


def describe(name: str, cells: Cells) -> Column:
    """A column by the majority of its first filled cells, so that one slip among numbers stays a slip."""
    sample = list(islice(filter(None, cells), SAMPLE))
    numeric = 2 * sum(map(is_number, sample)) >= len(sample)
    return Column(name, numeric, dated=2 * sum(map(is_date, sample)) > len(sample))


def is_number(cell: str) -> bool:
    return not np.isnan(number(cell)) or cell.lower() in ("nan", "+nan", "-nan")


def is_date(cell: str) -> bool:
    if not ISO_DATE.fullmatch(cell):
        return False
    try:
        date.fromisoformat(cell[:10])
    except ValueError:
        return False
    return True


def resembles_dates(cells: Cells) -> bool:
    """Whether most of a column's first filled cells look like dates of some kind."""
    sample = list(islice(filter(None, cells), SAMPLE))
    return 2 * sum(LIKE_A_DATE.fullmatch(cell) is not None for cell in sample) > len(sample)


def number(cell: str) -> float:
    """A cell as a float, NaN if it is none; Python's 1_000 is no number in a table."""
    try:
        return float(cell) if "_" not in cell else np.nan
    except ValueError:
        return np.nan
