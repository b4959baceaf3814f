"""Whether one cell of text is a value, that is, a number or a date, and no word."""

from __future__ import annotations

from data.dates import is_date
from data.numerals import is_numeral


def is_value(cell: str) -> bool:
    return is_numeral(cell) or is_date(cell)
