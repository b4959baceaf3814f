"""Tables that are made row by row, and what would be done with their columns."""

from __future__ import annotations

import numpy as np

import data

LAST = "fits {!r}, the last column of numbers: name another as target"


def rows_of(header, row, count=30):
    """A table whose n-th row is made by a function of n."""
    return header + "\n" + "".join(",".join(map(str, row(number))) + "\n" for number in range(count))


def wave(number):
    """A number that neither rises nor comes again soon."""
    return number * number % 29 + 0.5


def day(number):
    return np.datetime64("2024-01-01") + np.timedelta64(number, "D")


def roles(path, **options):
    """(target, features, time) and, by their names, why other columns are left out."""
    found = data.describe(path, **options)
    assert not found.problem, found.problem
    target, time = (
        next((column.name for column in found.columns if column.role == role), "") for role in ("target", "time")
    )
    return (target, found.features, time), {column.name: column.note for column in found.columns if not column.role}
