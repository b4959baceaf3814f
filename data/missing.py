"""Missing cells: how tables write that there is no value."""

from __future__ import annotations

# As they are written, for among words Na is sodium, Nan a town, and None an answer.
ANYWHERE = frozenset((
    "", "NA", "na", "N/A", "n/a", "N.A.", "n.a.", "#N/A", "#NA", "NaN", "NAN", "nan", "+nan", "-nan", "-NaN", "-NAN",
    "NULL", "null", "Null", "<NA>", "NaT", "?", "??", "-", "--", "---", "–", "—", ".", "..", "...",
    "#DIV/0!", "#VALUE!", "#REF!", "#NULL!", "#NUM!", "#NAME?",
))  # fmt: skip
AMONG_NUMBERS = frozenset(cell.lower() for cell in ANYWHERE) | {
    "none", "nil", "missing", "unknown", "not available", "*", "**", "nd", "n.d.", "no data", "+nan", "(na)", "(null)",
}  # fmt: skip
LONGEST = max(map(len, AMONG_NUMBERS))


def is_missing(cell: str) -> bool:
    """Whether a cell holds no value, whatever its column holds."""
    return len(cell) <= LONGEST and cell.strip() in ANYWHERE
