"""Tables that are made row by row, and what would be done with their columns."""

from __future__ import annotations

import numpy as np
import pytest

import data
from data import DataError
from data.tables import read_table

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


def cells(path, header=None):
    """{name: [cell, …]}, "" for an empty one."""
    return {name: [cell or "" for cell in column] for name, column in read_table(path, header).cells.items()}


def unreadable(path, header=None):
    """The sentence with which a file is refused as a table."""
    with pytest.raises(DataError) as caught:
        read_table(path, header)
    assert str(caught.value).isprintable()
    return str(caught.value)


def said(path):
    """What a person reads of a table's columns, or of why it is none."""
    try:
        found = data.describe(path)
    except DataError as error:
        return str(error)
    return " ".join([*found.notices, found.problem, *(f"{column.name} {column.example}" for column in found.columns)])


def refusal(path, **options):
    """The sentence with which nothing is fitted, as `load` and `describe` say it."""
    with pytest.raises(DataError) as caught:
        data.load(path, **options)
    assert data.describe(path, **options).problem == str(caught.value)
    return str(caught.value)
