"""Tables: files of any kind as named columns, each with what it holds."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data.columns import Column, Kind
from data.errors import DataError, choice, clean, show
from data.numbered_dates import is_year_name
from data.scaling import Floats
from data.sources import Path as AnyPath
from data.sources import as_path

LARGEST_NUMBER = 1e100  # its square, as in a mean squared error, is a float too

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Columns by their clean names, all of one length."""

    name: str
    columns: Mapping[str, Column]
    cells: Mapping[str, Cells]  # their text; None or "" where a cell is empty
    notices: tuple[str, ...] = ()  # how the file was read, where that had to be guessed
    titles: tuple[str, ...] = ()  # the names as they stand in the file, on one line each, where they are known

    @property
    def rows(self) -> int:
        return next(iter(self.columns.values())).rows

    def find(self, option: str, name: object) -> Column:
        """The column that an option names, or DataError."""
        if not isinstance(name, str):
            raise DataError(f"{option}={show(name)}: expected the name of a column")
        if clean(name) not in self.columns:
            raise choice(option, name, self.columns)
        return self.columns[clean(name)]

    def numbers(self, column: Column) -> Floats:
        """A column's numbers (rows,), NaN where a cell is missing; DataError for text, infinity, or none at all."""
        if column.kind == "empty":
            raise DataError(f"column {column.name!r} of {self.name} is empty: expected numbers; choose other columns")
        if column.kind != "number":
            raise self.wrong(0, column, "a finite number, or an empty cell")
        if column.mixed:
            raise self.wrong(int(np.flatnonzero(column.slips)[0]), column, "a finite number, or an empty cell")
        beyond = np.flatnonzero(np.abs(column.values) > LARGEST_NUMBER)
        if len(beyond):
            size = f" of at most {LARGEST_NUMBER:g}" if np.isfinite(column.values[beyond[0]]) else ""
            raise self.wrong(
                int(beyond[0]), column, f"a finite number{size}, or an empty cell; or name features without it"
            )
        values: Floats = column.values
        return values

    def cell(self, row: int, column: Column) -> str:
        """As it is written."""
        return self.cells[column.written or column.name][row] or ""

    def wrong(self, row: int, column: Column, expected: str) -> DataError:
        return DataError(
            f"row {row + 1}, column {column.name!r} is {show(self.cell(row, column))}: expected {expected}"
        )


def read_table(path: AnyPath, header: bool | None = None) -> Table:
    """Any table in a file or, for "-", from standard input.

    Text in any usual encoding and dialect, Excel and Parquet; `header` says whether the first row has the names, None
    has that told by looking. Raises DataError for what is no table.
    """
    from data.frames import read_frame  # with its reader, which only one's own tables need

    return read_frame(as_path(path), header)


def read_shipped(path: Path, name: str) -> Table:
    """A CSV file that comes with the program: the standard library reads it before a larger one is imported."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    cells = dict(zip(header, zip(*rows, strict=True), strict=True))
    return Table(name, {title: shipped_column(title, texts) for title, texts in cells.items()}, cells)


def shipped_column(name: str, cells: Sequence[str]) -> Column:
    """Numbers, dates such as 2024-01-31, or words."""
    kind: Kind
    levels: tuple[str, ...] = ()
    try:
        kind, values = "number", np.array([float(cell or "nan") for cell in cells])
        missing = np.isnan(values)
    except ValueError:
        try:
            kind, values = "date", np.array([cell or "NaT" for cell in cells], "datetime64[D]")
            missing = np.isnat(values)
        except ValueError:
            levels = tuple(sorted({cell for cell in cells if cell}))
            kind, values = "words", np.array([levels.index(cell) if cell else -1 for cell in cells])
            missing = values < 0
    first = next(filter(None, cells), "")
    none = np.zeros(len(cells), bool)
    return Column(
        name, kind, values, levels, int(missing.sum()), "", none, len(set(cells)) == 1, False, first,
        dated_number=kind == "number" and is_year_name(name),
    )  # fmt: skip
