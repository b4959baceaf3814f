"""Rows to predict: a table as it stands, and what a network takes of each of its rows."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.errors import DataError
from data.examples import UNDATED, read_times, refuse_gaps, refuse_twice, time_column, time_period
from data.scaling import Floats
from data.signature import Signature
from data.tables import Cells, Column, Table, read_table

MOST_NAMES = 12  # of columns in a sentence
NO_NUMBER = ("nan", "+nan", "-nan")  # how programs write that there is none

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a table in their order."""

    cells: dict[str, Cells]  # columns of text by their clean names
    notices: tuple[str, ...]
    inputs: Floats  # (rows, n_inputs) in the data's own units, in order of time; NaN where a value is missing
    places: Places  # (rows,): which of these belong to each row

    @property
    def count(self) -> int:
        return len(self.places)

    def x(self, rows: slice) -> Floats:
        """The inputs of these rows, (N, n_inputs), in the data's own units; NaN where a value is missing."""
        values: Floats = self.inputs[self.places[rows]]
        return values


def read_rows(path: str | os.PathLike[str], signature: Signature) -> Rows:
    """The rows of a CSV or Parquet file for a network of this signature.

    With lags a row's inputs are the values of the target in the rows before it, by date where the table has dates.
    Raises DataError for a table that lacks a column, or whose cells or dates cannot be used.
    """
    table = read_table(path)
    used = (signature.target_name,) if signature.lags else signature.feature_names
    require(table, used)
    if not signature.lags:
        inputs = np.column_stack([numbers(table, name) for name in used])
        return Rows(table.cells, unused(table, {*used, signature.target_name}), inputs, np.arange(table.rows))
    time = time_column(table.columns(), len(signature.lags))
    inputs, places = past(table, signature, time)
    if time is None:
        return Rows(table.cells, (*unused(table, set(used)), UNDATED), inputs, places)
    return Rows(table.cells, unused(table, {*used, time.name}), inputs, places)


def require(table: Table, names: tuple[str, ...]) -> None:
    """DataError where columns are missing; one that is spelled otherwise is suggested."""
    missing = [name for name in names if name not in table.cells]
    if missing:
        others = [name for name in table.cells if name not in names]
        wanted = some([repr(name) + near(name, others) for name in missing])
        raise DataError(
            f"{table.name} lacks {wanted}: expected each column by the name that it had; it has {some([*table.cells])}"
        )


def near(name: str, names: Iterable[str]) -> str:
    """The one of these that the name may have become, as a question."""
    import difflib  # only a mistake pays for it

    others = {other.lower(): other for other in names}
    found = difflib.get_close_matches(name.lower(), others, 1)
    return f" (is it {others[found[0]]!r}?)" if found else ""


def unused(table: Table, used: set[str]) -> tuple[str, ...]:
    """A notice of the columns that nobody asks for."""
    extra = [name for name in table.cells if name not in used]
    return (f"not used: {some(extra)}",) if extra else ()


def some(names: list[str]) -> str:
    """Names with commas between, the first of many."""
    return ", ".join(names[:MOST_NAMES]) + f" and {len(names) - MOST_NAMES} more" * (len(names) > MOST_NAMES)


def numbers(table: Table, name: str) -> Floats:
    """A column (rows,), NaN where a cell is empty or says so itself. Raises DataError for any other text."""
    cells = ["" if cell.lower() in NO_NUMBER else cell for cell in table.cells[name]]
    return Table(table.name, {name: cells}).numbers(name)


def past(table: Table, signature: Signature, time: Column | None) -> tuple[Floats, Places]:
    """Each row's past, (rows, lags) in order of time, yesterday first, and the place of each row among them."""
    lags, y = len(signature.lags), numbers(table, signature.target_name)
    order = order_in_time(table, time, signature)
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    before = np.concatenate([np.full(lags, np.nan), y[order][:-1]])
    return np.lib.stride_tricks.sliding_window_view(before, lags)[:, ::-1], places


def order_in_time(table: Table, time: Column | None, signature: Signature) -> Places:
    """The rows from the earliest to the latest; as they stand where nothing dates them.

    Raises DataError for dates that are not evenly spaced, or by another step than those that the network knows.
    """
    times = read_times(table, time)
    if times is None or time is None:
        return np.arange(table.rows)
    empty = np.flatnonzero(np.isnan(times))
    if len(empty):
        raise DataError(f"row {empty[0] + 1}, column {time.name!r} is empty: expected a date in each row with lags")
    order = np.argsort(times, kind="stable")
    refuse_twice(times[order], time)
    refuse_gaps(table, times[order], time)
    step = time_period(times)
    if signature.period not in (None, step) and table.rows > 1:
        raise DataError(
            f"{table.name} has a row for each {step or 'other step'}: expected one for each {signature.period}, "
            "as in the data that were fitted"
        )
    return order
