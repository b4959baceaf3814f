"""Features: what a network takes of each row of a table, as it is asked for or guessed."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.columns import Column
from data.errors import DataError, clean, listed, show
from data.levels import flag_name, flags, split_level
from data.scaling import Floats
from data.tables import Table
from data.targets import differ, varies

MOST_FLAGS = 2**22  # cells of words as 0 and 1
MOST_MISSING = 0.5  # of the cells of a column that is used unasked


@dataclass(frozen=True, slots=True)
class Feature:
    """What a network takes of each row: a column's numbers, or whether it holds one of its words."""

    name: str
    column: Column
    level: str | None = None

    def values(self, table: Table) -> Floats:
        """(rows,), NaN where the cell is missing. Raises DataError for what is no number."""
        return table.numbers(self.column) if self.level is None else flags(table, self.column, self.level)


def split_names(table: Table, features: Any) -> tuple[str, ...]:
    """The names of columns in a list; one that is no column's whole name is a line of CSV. Raises DataError."""
    if isinstance(features, str) or not isinstance(features, Sequence) or not features:
        raise DataError(f"features={show(features)}: expected a list of columns")
    names: list[str] = []
    for given in features:
        if not isinstance(given, str):
            raise DataError(f"features={show(given)}: expected the name of a column")
        if clean(given) in table.columns or not given.strip():
            names.append(clean(given))
        else:
            names += [clean(name) for name in cells_of(given) if name.strip()]
    return tuple(names)


def cells_of(line: str) -> list[str]:
    """The cells of a line of CSV. Raises DataError for what is none."""
    try:
        return next(csv.reader([line], skipinitialspace=True))
    except csv.Error:
        raise DataError(f"features={show(line)}: expected columns with commas between them, on one line") from None


def named_features(table: Table, names: Sequence[str], target: Column) -> tuple[Feature, ...]:
    features: list[Feature] = []
    for number, name in enumerate(names):
        if name == target.name:
            raise DataError(f"features={show(name)} is the target: expected other columns, or lags for its past")
        if name in names[:number]:
            raise DataError(f"features={show(name)} stands twice: expected each column once")
        features += of_name(table, name)
    return tuple(features)


def of_name(table: Table, name: str) -> list[Feature]:
    """The features of a column, or the one that `column=word` names. Raises DataError where there is none."""
    column, level = split_level(table, "features", name)
    if level is not None:
        return [Feature(name, column, level)]
    if column.kind == "date":
        raise DataError(
            f"features={show(name)} holds dates: expected numbers or words; leave it out, it dates the rows"
        )
    if column.kind == "text":
        raise DataError(
            f"column {name!r} of {table.name} holds text of many values: expected numbers, or at most a dozen words"
        )
    return features_of(column)


def features_of(column: Column) -> list[Feature]:
    """What a network takes of a column: its numbers, whether it holds the second of two words, or each of several."""
    if column.kind not in ("words", "yes/no"):
        return [Feature(column.name, column)]
    levels = column.levels[1:] if len(column.levels) == 2 else column.levels
    return [Feature(flag_name(column.name, level), column, level) for level in levels]


def usable(
    table: Table, columns: Sequence[Column], target: Column, time: Column | None
) -> tuple[list[Feature], dict[str, str]]:
    """(the features that a table has, why its other columns are none)."""
    others = [column for column in columns if column is not target and column is not time]
    left_out = {column.name: why for column in others if (why := why_not(table, column, time))}
    kept = [column for column in others if column.name not in left_out]
    counting = [column for column in others if column.counting and column.kind == "number" and not column.constant]
    if not kept and time is None and counting:
        kept = counting[:1]
        del left_out[kept[0].name]
    left_out |= sparse(kept, target)
    left_out |= too_many_words([column for column in kept if column.name not in left_out])
    found = [feature for column in kept if not left_out.get(column.name) for feature in features_of(column)]
    return found, {name: why for name, why in left_out.items() if why}


def why_not(table: Table, column: Column, time: Column | None) -> str:
    """Why a column is not used unasked, in words; "" where it is."""
    if column.kind == "empty":
        return "empty"
    if column.constant:
        return f"always {column.example!r}" if column.alike else "differs by less than can be held"
    if column.counting:
        return "looks like the numbers or the names of the rows"
    if column.kind == "text":
        return "text of many values"
    if column.kind == "date":
        return "more dates"
    if not varies(column, time):
        return "always the same where it trains"
    if column.mixed:
        row = int(np.flatnonzero(column.slips)[0])
        return f"not only numbers: {show(table.cells[column.name][row])} in row {row + 1}"
    if any(flag_name(column.name, level) in table.columns for level in column.levels):
        return "its words have the name of another column"
    return ""


def sparse(columns: Sequence[Column], target: Column) -> dict[str, str]:
    """The columns whose missing cells would cost more than half of the rows, the emptiest first."""
    there = target.filled()
    fitted = target.values[there]
    masks = {column.name: column.filled()[there] for column in columns}
    total = int(there.sum())
    shares = {name: 1 - float(mask.sum()) / max(total, 1) for name, mask in masks.items()}
    whole = np.ones(total, np.int64)
    gone: dict[str, str] = {}
    for name in sorted(masks, key=lambda name: shares[name]):
        with_it = whole & masks[name]
        left = fitted[with_it > 0]
        if shares[name] > MOST_MISSING or 2 * len(left) < total or differ(fitted) > differ(left):
            gone[name] = f"{shares[name]:.0%} missing"
        else:
            whole = with_it
    return gone


def too_many_words(columns: Sequence[Column]) -> dict[str, str]:
    """The columns of most words whose flags would take more memory than is reasonable unasked."""
    cells = 0
    gone: dict[str, str] = {}
    for column in sorted(columns, key=lambda column: len(column.levels)):
        cells += len(column.levels) * column.rows
        if column.levels and cells > MOST_FLAGS:
            gone[column.name] = "too many words for so many rows"
    return gone


def as_flags(features: Sequence[Feature]) -> tuple[str, ...]:
    """A notice of words that became numbers."""
    names = dict.fromkeys(feature.column.name for feature in features if feature.level is not None)
    return (f"words as 0 and 1: {listed(names)}",) if names else ()
