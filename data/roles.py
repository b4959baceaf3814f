"""Roles: which column of a table is fitted, from which others, and which one dates the rows; asked for or guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.columns import Column
from data.dates_in_parts import joined_dates, with_clock
from data.errors import NAMED, DataError, listed, show
from data.features import Feature, as_flags, named_features, split_names, usable
from data.tables import Table
from data.targets import Target, find_target


@dataclass(frozen=True, slots=True)
class Roles:
    """Who does what in a table."""

    target: Target
    features: tuple[Feature, ...]  # () where the target's own past stands for them
    time: Column | None
    lags: bool  # whether the features are the target's own past
    left_out: dict[str, str] = field(default_factory=dict)  # why a column is not used
    notices: tuple[str, ...] = ()


def choose(table: Table, target: str | None, features: Any, lags: int | None) -> Roles:
    """The roles that are asked for; those that are not are guessed, and a notice says so. Raises DataError."""
    if lags is not None and features is not None:
        raise DataError(f"lags={lags} with features: expected one of them, for lags make features of the target")
    if target is not None and not isinstance(target, str):
        raise DataError(f"target={show(target)}: expected the name of a column")
    columns = list(table.columns.values())
    wanted = None if features is None else split_names(table, features)
    named = {target, *(wanted or ())}
    time = time_column(columns, lags, named)
    parts: tuple[Column, ...] = ()
    free = [column for column in columns if column.name not in named]
    joined = joined_dates(free) if time is None else with_clock(table, time, free)
    if joined is not None:
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


def no_features(table: Table, target: Column, left_out: dict[str, str]) -> DataError:
    """What to do with a table that has nothing to fit a column from."""
    others = ", ".join(f"{name!r} ({why})" for name, why in list(left_out.items())[:NAMED])
    return DataError(
        f"{table.name} has nothing to fit {target.name!r} from: {others}; expected features, or lags for its own past"
    )
