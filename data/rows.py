"""Rows to predict: a table as it stands, and what a network takes of each of its rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.columns import YES, Column
from data.errors import DataError, clean
from data.examples import refuse_twice
from data.past import MOST_STEPS, UNDATED, refuse_gaps
from data.reading import read_times
from data.roles import time_column
from data.scaling import Floats
from data.signature import Signature
from data.steps import places as steps_of_rows
from data.steps import time_period
from data.tables import Cells, Table, read_table

MOST_NAMES = 12  # of columns in a sentence

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a table in their order."""

    titles: tuple[str, ...]  # the names of the columns as the table has them
    cells: Mapping[str, Cells]  # columns of text by their clean names
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
    """The rows of the table in a file for a network of this signature.

    With lags a row's inputs are the values of the target in the rows before it, by date where the table has dates.
    Raises DataError for a table that lacks a column, or whose cells or dates cannot be used.
    """
    table = read_table(path)
    own = {
        name: parted(table, name) for name in ((signature.target_name,) if signature.lags else signature.feature_names)
    }
    used = tuple(dict.fromkeys(column for column, _ in own.values()))
    require(table, used)
    if not signature.lags:
        inputs = np.column_stack([inputs_of(table, *place) for place in own.values()])
        return Rows(
            table.titles, table.cells, unused(table, {*used, signature.target_name}), inputs, np.arange(table.rows)
        )
    time = time_column(list(table.columns.values()), len(signature.lags), set(used))
    inputs, places = past(table, signature, time)
    if time is None:
        return Rows(table.titles, table.cells, (*unused(table, set(used)), UNDATED), inputs, places)
    return Rows(table.titles, table.cells, unused(table, {*used, time.name}), inputs, places)


def parted(table: Table, feature: str) -> tuple[str, str | None]:
    """(the column, None) of a feature, or (the column, the word) of one such as `shop=A`."""
    if feature in table.columns:
        return feature, None
    starts = [place for place, letter in enumerate(feature) if letter == "=" and feature[:place] in table.columns]
    return (feature[: starts[0]], feature[starts[0] + 1 :]) if starts else (feature, None)


def inputs_of(table: Table, name: str, word: str | None) -> Floats:
    """A feature (rows,): numbers, or 1 and 0 for whether a cell holds the word; NaN where it is empty."""
    if word is None:
        return table.numbers(table.columns[name])
    cells = (clean(cell or "") for cell in table.cells[name])
    return np.fromiter((float(is_word(cell, word)) if cell else np.nan for cell in cells), np.float64, table.rows)


def is_word(cell: str, word: str) -> bool:
    """Whether a cell holds this word, or one that says yes, too."""
    return cell == word or (word.lower() in YES and cell.lower() in YES)


def require(table: Table, names: tuple[str, ...]) -> None:
    """DataError where columns are missing; one that is spelled otherwise is suggested."""
    missing = [name for name in names if name not in table.columns]
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


def past(table: Table, signature: Signature, time: Column | None) -> tuple[Floats, Places]:
    """Each row's past, (rows, lags) in order of time, yesterday first, and the place of each row among them."""
    lags, y = len(signature.lags), table.numbers(table.columns[signature.target_name])
    order, steps = order_in_time(table, time, signature)
    values = np.full(int(steps[-1]) + 1, np.nan)  # a step without a row is a value that is not known
    values[steps] = y[order]
    places = np.empty_like(order)
    places[order] = steps
    before = np.concatenate([np.full(lags, np.nan), values[:-1]])
    return np.lib.stride_tricks.sliding_window_view(before, lags)[:, ::-1], places


def order_in_time(table: Table, time: Column | None, signature: Signature) -> tuple[Places, Places]:
    """(the rows from the earliest to the latest, the step at which each stands); as they are where nothing dates them.

    Raises DataError for dates that have no step in common, or another than those that the network knows.
    """
    if time is None:
        return np.arange(table.rows), np.arange(table.rows)
    times = read_times(table, time)
    empty = np.flatnonzero(np.isnan(times))
    if len(empty):
        raise DataError(f"row {empty[0] + 1}, column {time.name!r} is empty: expected a date in each row with lags")
    order = np.argsort(times, kind="stable")
    refuse_twice(table, times[order], time)
    steps = steps_of_rows(times[order])
    if steps is None or steps[-1] > MOST_STEPS * len(steps):
        refuse_gaps(table, times[order], time)
        steps = np.arange(len(order))
    step = time_period(times)
    if signature.period not in (None, step) and table.rows > 1:
        raise DataError(
            f"{table.name} has a row for each {step or 'other step'}: expected one for each {signature.period}, "
            "as in the data that were fitted"
        )
    return order, steps
