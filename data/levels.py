"""Levels: one value of a column against its others, as `column=value` names it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from data.columns import Column
from data.errors import NAME_LENGTH, NAMED, DataError, clean, show
from data.scaling import Floats
from data.tables import Table


def flags(table: Table, column: Column, level: str) -> Floats:
    """1 where a column (rows,) holds this value, 0 where another, NaN where none."""
    if column.levels:
        hits = column.values == column.levels.index(level)
    elif column.kind == "number":
        hits = column.values == float(level)
    else:
        cells = (clean(cell or "") for cell in table.cells[column.name])
        return np.fromiter((float(cell == level) if cell else np.nan for cell in cells), np.float64, table.rows)
    return np.where(column.filled(), hits.astype(np.float64), np.nan)


def flag_name(column: str, level: str) -> str:
    return f"{column}={level}"


def split_level(table: Table, option: str, name: str) -> tuple[Column, str | None]:
    """A column, or a column and one of its values for `column=value`. Raises DataError for what is neither."""
    for start, rest in splits(name) if clean(name) not in table.columns else ():
        if clean(start) in table.columns:
            column = table.columns[clean(start)]
            return column, level_of(table, option, column, rest)
    return table.find(option, name), None


def splits(name: str) -> Iterator[tuple[str, str]]:
    """What stands before and behind each "=", up to the first one after all letters that `clean` looks at."""
    place = name.find("=")
    while place >= 0:
        yield name[:place], name[place + 1 :]
        place = name.find("=", place + 1) if place < 10 * NAME_LENGTH else -1


def level_of(table: Table, option: str, column: Column, text: str) -> str:
    """One of the values of a column, as it is written there. Raises DataError for another."""
    level = clean(text)
    if column.kind == "number":
        try:
            if (column.values == float(level)).any():
                return level
        except ValueError:
            pass
        known = [f"{value:g}" for value in np.unique(column.values[column.filled()])[:NAMED]]
    elif column.levels:
        match = [known for known in column.levels if level in (known, known.lower())]
        if match:
            return match[0]
        known = list(column.levels)
    else:
        if any(clean(cell or "") == level for cell in table.cells[column.name]):
            return level
        known = [clean(cell) for cell in table.cells[column.name] if cell][:NAMED]
    raise DataError(
        f"{option}={show(f'{column.name}={level}')}: expected a value of {column.name!r}, such as {', '.join(known)}"
    )
