"""Description: how a table is read: its columns, what each holds, and what is done with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from data.columns import Column, Kind
from data.errors import DataError, clean
from data.features import split_names
from data.reading import raw
from data.roles import Roles, choose
from data.tables import Table, read_table

SHORT_EXAMPLE = 20


@dataclass(frozen=True, slots=True)
class Described:
    """A column of a table, in words."""

    name: str
    kind: Kind
    role: str  # "target", "feature", "time", or "" where it is left out
    low: str  # the smallest and the largest value of numbers and dates, "" for others
    high: str
    words: tuple[str, ...]  # its values, where they are few words
    missing: float  # the share of its cells that hold no value
    example: str
    note: str  # how it was read, or why it is left out


@dataclass(frozen=True, slots=True)
class Description:
    """A table: its columns, and who would do what among them."""

    name: str
    rows: int
    columns: tuple[Described, ...]
    features: tuple[str, ...]  # what a network would take, () where that is the target's own past
    own_past: bool
    notices: tuple[str, ...]
    problem: str  # why nothing could be fitted, "" where something can

    def as_plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return asdict(self)


def describe(
    path: str | os.PathLike[str],
    target: str | None = None,
    features: Sequence[str] | None = None,
    lags: int | None = None,
    header: bool | None = None,
) -> Description:
    """How the table in a file is read, and what would be fitted with these options. Raises DataError for no table."""
    table = read_table(path, header)
    try:
        roles = choose(table, target, features, lags)
        notices = raw(table, roles, guessed=features is None).notices
    except DataError as error:
        plain = described(table, None, table.notices, str(error))
        wanted = wanted_features(table, features)
        return replace(plain, columns=tuple(as_asked(column, target, wanted) for column in plain.columns))
    return described(table, roles, notices)


def wanted_features(table: Table, features: Any) -> set[str]:
    """The names that were asked for as features, none where they cannot be read."""
    try:
        return set() if features is None else set(split_names(table, features))
    except DataError:
        return set()


def as_asked(column: Described, target: str | None, wanted: set[str]) -> Described:
    """A column in the role that it was asked for, though that cannot be."""
    if target is not None and column.name in (clean(target), clean(target).partition("=")[0]):
        return replace(column, role="target")
    return replace(column, role="feature") if column.name in wanted else column


def described(table: Table, roles: Roles | None, notices: tuple[str, ...], problem: str = "") -> Description:
    """A table with its roles, if it has any."""
    used = set() if roles is None else {feature.column.name for feature in roles.features}
    return Description(
        name=table.name,
        rows=table.rows,
        columns=tuple(of_column(column, roles, used) for column in table.columns.values()),
        features=() if roles is None else tuple(feature.name for feature in roles.features),
        own_past=roles is not None and roles.lags,
        notices=notices,
        problem=problem,
    )


def of_column(column: Column, roles: Roles | None, used: set[str]) -> Described:
    """A column in its role; `used` are those that features are made of."""
    low, high = column.bounds() or ("", "")
    role, why = "", ""
    if roles is not None:
        role, why = role_of(column, roles, used), roles.left_out.get(column.name, "")
        if roles.lags and not role and not why:
            why = "the target's own past takes its place"
    return Described(
        name=column.name,
        kind=column.kind,
        role=role,
        low=low,
        high=high,
        words=column.levels,
        missing=column.missing / column.rows,
        example=column.example,
        note=why or column.how,
    )


def role_of(column: Column, roles: Roles, used: set[str]) -> str:
    if column is roles.target.column:
        return "target"
    if column is roles.time:
        return "time"
    return "feature" if column.name in used else ""
