"""Roles: which column of a table is fitted, from which others, and which one dates the rows; asked for or guessed."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.columns import Column
from data.dates_in_parts import joined_dates
from data.errors import DataError, clean, show
from data.numbered_dates import is_date_name
from data.scaling import Floats
from data.split import TEST_FRACTION
from data.tables import Table

ID_NAMES = re.compile(r"(?i:id|index|row|rownames|(.*[_ .-])id)|.*[a-z]ID")
OTHERS = "others"  # the name of −1 where one value stands against all others
NAMED = 6  # columns in a sentence
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


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does what in a table."""

    target: Target
    features: tuple[Feature, ...]  # () where the target's own past stands for them
    time: Column | None
    lags: bool  # whether the features are the target's own past
    left_out: dict[str, str] = field(default_factory=dict)  # why a column is not used
    notices: tuple[str, ...] = ()


def flags(table: Table, column: Column, level: str) -> Floats:
    """1 where a column (rows,) holds this value, 0 where another, NaN where none."""
    if column.levels:
        hits = column.values == column.levels.index(level)
    elif column.kind == "number":
        hits = column.values == float(level)
    else:
        cells = [clean(cell or "") for cell in table.cells[column.name]]
        hits, there = np.array([cell == level for cell in cells]), np.array([bool(cell) for cell in cells])
        return np.where(there, hits.astype(np.float64), np.nan)
    return np.where(column.filled(), hits.astype(np.float64), np.nan)


def choose(table: Table, target: str | None, features: Any, lags: int | None) -> Roles:
    """The roles that are asked for; those that are not are guessed, and a notice says so. Raises DataError."""
    columns = list(table.columns.values())
    wanted = None if features is None else split_names(table, features)
    named = {target, *(wanted or ())}
    time = time_column(columns, lags, named)
    parts: tuple[Column, ...] = ()
    if time is None and (joined := joined_dates([column for column in columns if column.name not in named])):
        time, parts = joined
    columns = [column for column in columns if all(column is not part for part in parts)]
    fitted, notices = find_target(table, columns, target, time)
    if fitted.column.kind == "empty":
        table.numbers(fitted.column)  # which says so
    if time is not None and parts:
        notices = (*notices, f"dates are {time.name}")
    if wanted is not None:
        return Roles(fitted, named_features(table, wanted, fitted.column), time, False, {}, notices)
    found, left_out = usable(table, columns, fitted.column, time)
    years = [each.column.name for each in found if each.column.dated_number]
    if years:
        notices = (*notices, f"years taken as numbers: {listed(years)}")
    if lags or not found:
        if not lags and time is None and len(columns) > 1:
            raise no_features(table, fitted.column, left_out)
        return Roles(fitted, (), time, True, {} if lags else left_out, notices)
    return Roles(fitted, tuple(found), time, False, left_out, (*notices, *as_flags(found)))


def time_column(columns: Sequence[Column], lags: int | None, named: set[str | None]) -> Column | None:
    """The first column of dates; else one of years, if each stands once, or for lags."""
    free = [column for column in columns if column.name not in named and not column.constant]
    dated = [column for column in free if column.kind == "date"]
    years = [
        column
        for column in free
        if column.dated_number and (lags or (len(np.unique(column.values)) == column.rows and not column.missing))
    ]
    return next(iter((*dated, *years)), None)


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
            names += [clean(name) for name in next(csv.reader([given], skipinitialspace=True)) if name.strip()]
    return tuple(names)


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


def flag_name(column: str, level: str) -> str:
    return f"{column}={level}"


def split_level(table: Table, option: str, name: str) -> tuple[Column, str | None]:
    """A column, or a column and one of its values for `column=value`. Raises DataError for what is neither."""
    parts = [(name[:place], name[place + 1 :]) for place, letter in enumerate(name) if letter == "="]
    for start, rest in parts if clean(name) not in table.columns else ():
        if clean(start) in table.columns:
            column = table.columns[clean(start)]
            return column, level_of(table, option, column, rest)
    return table.find(option, name), None


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


def find_target(
    table: Table, columns: Sequence[Column], name: str | None, time: Column | None
) -> tuple[Target, tuple[str, ...]]:
    if name is not None:
        if not isinstance(name, str):
            raise DataError(f"target={show(name)}: expected the name of a column")
        column, level = split_level(table, "target", name)
        if level is not None:
            return as_labels(Target(column, (OTHERS, level), level))
        return as_labels(two_values(table, column))
    *others, column = usual_targets(table, columns, time)
    target, notices = as_labels(two_values(table, column))
    if not others:
        return target, notices
    which = "column of numbers" if column.kind == "number" else "column of two values"
    return target, (f"fits {column.name!r}, the last {which}: name another as target", *notices)


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


def no_features(table: Table, target: Column, left_out: dict[str, str]) -> DataError:
    """What to do with a table that has nothing to fit a column from."""
    others = ", ".join(f"{name!r} ({why})" for name, why in list(left_out.items())[:NAMED])
    return DataError(
        f"{table.name} has nothing to fit {target.name!r} from: {others}; expected features, or lags for its own past"
    )


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


def differ(values: Any) -> bool:
    """Whether these are not all the same."""
    return bool((values != values[:1]).any())


def as_flags(features: Sequence[Feature]) -> tuple[str, ...]:
    """A notice of words that became numbers."""
    names = dict.fromkeys(feature.column.name for feature in features if feature.level is not None)
    return (f"words as 0 and 1: {listed(names)}",) if names else ()


def listed(names: Any) -> str:
    """Names in quotes, the first few of many."""
    shown = [repr(name) for name in names]
    return ", ".join(shown[:NAMED]) + f" and {len(shown) - NAMED} more" * (len(shown) > NAMED)
