"""Columns of a table in words, as the dialog and the command show them."""

from __future__ import annotations

from data import Described
from tui.draw.numbers import minus

LONGEST = 22  # letters of all words together


def extent(column: Described) -> str:
    """From where to where a column's numbers or dates go, or its words."""
    if column.low:
        extent = column.low if column.low == column.high else f"{column.low} … {column.high}"
        return minus(extent) if column.kind == "number" else extent
    shown = ", ".join(column.words)
    return shown if len(shown) <= LONGEST else f"{len(column.words)} words"


def share(column: Described) -> str:
    """How many of a column's cells are missing."""
    if not column.missing:
        return ""
    return f"{column.missing:.0%}" if column.missing >= 0.005 else "< 1 %"
