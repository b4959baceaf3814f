"""Targets: what is fitted of a table, as it is asked for or guessed: numbers, or ±1 for two values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.columns import Column
from data.errors import NAMED, DataError, show
from data.levels import flag_name, flags, split_level
from data.numbered_dates import is_date_name
from data.scaling import Floats
from data.split import TEST_FRACTION
from data.tables import Table

OTHERS = "others"  # the name of −1 where one value stands against all others
ID_NAMES = re.compile(r"(?i:id|index|row|rownames|(.*[_ .-])id)|.*[a-z]ID")


@dataclass(frozen=True, slots=True)
class Target:
    """What is fitted: a column's numbers, or ±1 for two of its values."""

    column: Column
    labels: tuple[str, str] | None = None  # what −1 and +1 stand for
    level: str | None = None  # the value that is +1; None for numbers that are ±1 by themselves

    def values(self, table: Table) -> Floats:
        """(rows,), NaN where the cell is missing. Raises DataError for what is no number."""
        if self.level is None:
            return table.numbers(self.column)
        return 2 * flags(table, self.column, self.level) - 1


def find_target(
    table: Table, columns: Sequence[Column], name: str | None, time: Column | None
) -> tuple[Target, tuple[str, ...]]:
    if name is not None:
        column, level = split_level(table, "target", name)
        if level is not None:
            return as_labels(Target(column, (OTHERS, level), level))
        return as_labels(two_values(table, column))
    *others, column = usual_targets(table, columns, time)
    target, notices = as_labels(two_values(table, column))
    if not others and not any(each.levels for each in columns if each is not column):
        return target, notices
    which = f"{'last' if others else 'only'} column of {'numbers' if column.kind == 'number' else 'two values'}"
    return target, (f"fits {column.name!r}, the {which}: name another as target", *notices)


def usual_targets(table: Table, columns: Sequence[Column], time: Column | None) -> list[Column]:
    """The columns of numbers that are fit to be the target, of which the last one is; else those of two values."""
    free = [column for column in columns if column is not time and not column.constant and varies(column, time)]
    numeric = [column for column in free if column.kind == "number" and not column.mixed and not column.unnamed]
    told = [column for column in numeric if not (column.counting or column.dated_number or is_no_target(column.name))]
    for fit in (
        [column for column in told if 2 * column.missing <= column.rows],
        told,
        [column for column in free if column.kind in ("words", "yes/no") and len(column.levels) == 2],
        numeric,
        [column for column in columns if column is not time and column.kind == "number" and not column.unnamed],
    ):
        if fit:
            return fit
    raise no_numbers(table, columns)


def is_no_target(name: str) -> bool:
    """Whether a column's name says that it dates or numbers the rows, rather than what was measured."""
    return is_date_name(name) or ID_NAMES.fullmatch(name) is not None


def varies(column: Column, time: Column | None) -> bool:
    """Whether a column is not the same in all rows that train, where the last of them in time are unseen."""
    if time is None or column.kind not in ("number", "words", "yes/no"):
        return True
    known = column.filled() & time.filled()
    values = column.values[known][np.argsort(time.values[known], kind="stable")]
    first = values[: max(2, int(len(values) * (1 - TEST_FRACTION)))]
    return differ(first)


def differ(values: Any) -> bool:
    """Whether these are not all the same."""
    return bool((values != values[:1]).any())


def no_numbers(table: Table, columns: Sequence[Column]) -> DataError:
    """What to do with a table in which no column can be fitted unasked."""
    for column in columns:
        if column.mixed:
            return table.wrong(int(np.flatnonzero(column.slips)[0]), column, "a finite number, or an empty cell")
    for column in reversed(columns):
        if len(column.levels) > 2:
            example = flag_name(column.name, column.levels[0])
            return DataError(f"{table.name} has no column of numbers: expected one, or a target such as {example!r}")
    if len(columns) == 1 and columns[0].kind == "empty":
        return DataError(f"column {columns[0].name!r} of {table.name} is empty: expected numbers")
    return DataError(f"{table.name} has no column of numbers: expected a target and features in numbers such as 0.5")


def two_values(table: Table, column: Column) -> Target:
    """The target that a column is: labels if it has two values, else its numbers. Raises DataError for other text."""
    if column.levels:
        if len(column.levels) == 2:
            return Target(column, (column.levels[0], column.levels[1]), column.levels[1])
        if len(column.levels) > 2:
            listed = ", ".join(column.levels[:NAMED])
            raise DataError(
                f"target={show(column.name)} has {len(column.levels)} values ({listed}): expected numbers or two "
                f"values; {show(flag_name(column.name, column.levels[0]))} is one against the rest"
            )
    if column.kind == "text":
        raise DataError(
            f"target={show(column.name)} holds text of many values: expected numbers, two values, or one against the "
            f"rest as {show(flag_name(column.name, column.example))}"
        )
    if column.kind != "number" or column.mixed:
        return Target(column)
    low, high = float(np.nanmin(column.values)), float(np.nanmax(column.values))
    if low == high or not np.isfinite([low, high]).all():
        return Target(column)
    if not ((column.values == low) | (column.values == high) | np.isnan(column.values)).all():
        return Target(column)
    return Target(column, (f"{low:g}", f"{high:g}"), None if (low, high) == (-1, 1) else repr(high))


def as_labels(target: Target) -> tuple[Target, tuple[str, ...]]:
    """The target with a notice of what +1 stands for."""
    if target.labels is None or target.level is None:
        return target, ()
    low, high = target.labels
    rest = "for all others" if low == OTHERS else f"for {low!r}"
    return target, (f"{target.column.name!r} is fitted as +1 for {high!r}, −1 {rest}",)
