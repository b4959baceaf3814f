"""Reading: a table whose columns have their roles becomes examples, with notices of what was guessed or left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from data.columns import Column
from data.errors import NAMED, DataError, listed, show
from data.examples import Examples, in_order, of_many, refuse_twice, tells_apart, within
from data.past import (
    FEWEST_ROWS,
    refuse_empty_cells,
    refuse_gaps,
    spread_out,
    steps_of,
    usual_lags,
    windows,
)
from data.roles import Roles, choose
from data.steps import Times, time_period
from data.tables import Table

MOST_CELLS = 2**25  # of all features together: 256 MB, of which there are copies on the way
BLAMED = 3  # columns that are named for rows that were left out


def read_examples(
    table: Table,
    target: str | None = None,
    features: Sequence[str] | None = None,
    lags: int | None = None,
    years: tuple[int, int] | None = None,
) -> Examples:
    """The rows of a table as examples; with `lags` the features are the target's own past.

    Of dated rows only targets in `years` (first, last) are taken, though windows reach back before them. Raises
    DataError for a column, cell, date or number of rows that cannot be used.
    """
    roles = choose(table, target, features, lags)
    examples = raw(table, roles, guessed=features is None)
    if not roles.lags:
        return within(years, of_many(in_order(whole_rows(table, roles, examples), roles.time), roles.time))
    if lags is None:
        return own_past(table, roles, examples)
    refuse_empty_cells(table, examples, roles.time)
    examples = in_order(examples, roles.time)
    if examples.times is not None and roles.time is not None:
        refuse_twice(table, examples.times, roles.time)
        refuse_gaps(table, examples.times, roles.time)
    return windows(table, examples, lags, years)


def raw(table: Table, roles: Roles, *, guessed: bool) -> Examples:
    """All rows as they stand, NaN where a value is missing. Raises DataError for what is no number, or too much."""
    count = len(roles.features)
    if count * table.rows > MOST_CELLS:
        raise DataError(f"{table.name} gives {count} features of {table.rows} rows: expected fewer; name some")
    y = roles.target.values(table)
    x = np.empty((table.rows, count))
    for place, feature in enumerate(roles.features):
        x[:, place] = feature.values(table)
    times = None if roles.time is None else read_times(table, roles.time)
    names = tuple(feature.name for feature in roles.features)
    notices = (*table.notices, *roles.notices, *readings(table, roles), *unused(roles))
    return Examples(
        x, y, times, time_period(times), names, roles.target.column.name, (), notices,
        labels=roles.target.labels, in_time=times is not None, guessed=guessed,
    )  # fmt: skip


def read_times(table: Table, time: Column) -> Times:
    """A column of dates, or of years; DataError where too much of it is neither."""
    if time.mixed:
        raise table.wrong(int(np.flatnonzero(time.slips)[0]), time, "a date such as 2024-01-31")
    times: Times = time.values
    return times


def own_past(table: Table, roles: Roles, examples: Examples) -> Examples:
    """The target's own past as features, as many steps back as are usual for such a series."""
    time, target = roles.time, examples.target
    dated = examples if examples.times is None else examples.pick(~np.isnan(examples.times))
    dated = in_order(dated, time)
    if dated.times is not None and time is not None and (np.diff(dated.times).astype(np.int64) == 0).any():
        if any(tells_apart(table, column, time) for column in table.columns.values()):
            refuse_twice(table, dated.times, time)
        notice = f"{time.name!r} has dates that stand several times: lags count rows"
        dated = replace(dated, times=None, period=None, notices=(*dated.notices, notice))
    lags = usual_lags(dated.times, len(dated.y))
    if len(dated.y) < lags + FEWEST_ROWS:
        raise DataError(
            f"{table.name} has {target!r} alone and {len(dated.y)} rows: expected features, or at least "
            f"{lags + FEWEST_ROWS} rows for its own past"
        )
    spread = spread_out(dated, lags)
    even = len(spread.notices) == len(dated.notices)  # with gaps, only these lags leave out what has no whole past
    other = " (lags takes another number)" * even
    notice = f"from its own past, the last {lags} {steps_of(spread)}{other}"
    return windows(table, replace(spread, notices=(*spread.notices, notice)), lags, None)


def whole_rows(table: Table, roles: Roles, examples: Examples) -> Examples:
    """Without the rows that lack a value; a notice counts them, and names the columns to blame."""
    present = examples.filled()
    gone = int(len(present) - present.sum())
    if not gone:
        return examples
    used = {column.name: column for column in (roles.target.column, *(each.column for each in roles.features))}
    if roles.time is not None:
        used[roles.time.name] = roles.time
    missing = {name: int((~column.filled()).sum()) for name, column in used.items() if not column.filled().all()}
    blamed = sorted(missing, key=lambda name: -missing[name])
    named = ", ".join(f"{name!r} ({missing[name]})" for name in blamed[:BLAMED])
    named += f" and {len(blamed) - BLAMED} more" * (len(blamed) > BLAMED)
    if gone == len(present):
        raise DataError(f"{table.name} has no row without an empty cell: expected whole rows; choose other columns")
    return examples.pick(present, f"{gone} row{'s' * (gone != 1)} left out that lack{'s' * (gone == 1)} {named}")


def readings(table: Table, roles: Roles) -> tuple[str, ...]:
    """Notices of how the cells of the columns in use were read, where that had to be guessed."""
    used: dict[str, Column] = {roles.target.column.name: roles.target.column}
    used |= {feature.column.name: feature.column for feature in roles.features}
    if roles.time is not None:
        used[roles.time.name] = roles.time
    by_how: dict[str, list[str]] = {}
    for column in used.values():
        if column.how:
            by_how.setdefault(column.how, []).append(column.name)
    notices = [f"read {how}: {listed(names)}" for how, names in by_how.items()]
    for column in used.values():
        count = int(np.count_nonzero(column.slips))
        if count:
            cell = table.cell(int(np.flatnonzero(column.slips)[0]), column)
            notices.append(
                f"{count} cell{'s' * (count != 1)} of {column.name!r} taken as missing, such as {show(cell)}"
            )
    return tuple(notices)


def unused(roles: Roles) -> tuple[str, ...]:
    """A notice of the columns that were left out, and why."""
    if not roles.left_out:
        return ()
    reasons: dict[str, list[Any]] = {}
    for name, why in roles.left_out.items():
        reasons.setdefault(why, []).append(name)
    shown = [f"{listed(names)} ({why})" for why, names in reasons.items()]
    more = f" and {len(shown) - NAMED} more" * (len(shown) > NAMED)
    return (f"left out: {', '.join(shown[:NAMED])}{more}",)
