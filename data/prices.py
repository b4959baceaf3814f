"""Prices: how much memory a table takes, told by its counts before it is read, and where that is too much."""

from __future__ import annotations

from data.errors import DataError

LARGEST = 2**30  # bytes
MOST_COLUMNS = 20_000
CELL = 24  # bytes at the peak, as measured: a cell as text and as a number
ROW = 80  # what telling one column takes besides, such as the parts of its dates
COLUMN = 2**14  # a column itself, for the reader makes it of many parts
LETTER = 3  # the text of the file, that of the cells, and a copy of one of them


def refuse_wide(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise DataError(f"{name} has {columns} columns: expected at most {MOST_COLUMNS}")


def refuse_large(name: str, rows: int, columns: int, letters: int = 0, blocks: int = 1) -> None:
    """DataError for a table that would take more memory than `LARGEST`.

    `letters` are the bytes of its text; a reader that makes whole blocks of cells first holds some `blocks` of them.
    """
    if price(rows, columns, letters, blocks) > LARGEST:
        text = f"{letters >> 20} MB of text" * (letters >= 2**20)
        much = f"{rows} rows of {columns}" + f", {text}" * bool(text) if rows else text
        raise DataError(f"{name} takes more than 1 GB of memory ({much}): expected a smaller table")


def price(rows: int, columns: int, letters: int, blocks: int = 1) -> int:
    """Bytes of memory at the peak of reading a table, and of making examples of it."""
    return rows * (columns * CELL * blocks + ROW) + columns * COLUMN + letters * LETTER
