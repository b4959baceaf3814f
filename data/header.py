"""Headers: whether a table's first row names its columns, and names that are safe to print and all different."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from data.errors import NAME_LENGTH, clean
from data.missing import is_missing
from data.values import is_value

MOST = 0.8  # of a column's cells that are numbers or dates
Row = Sequence[str]


def is_header(first: Row, rows: Sequence[Row], quoted: bool = False) -> bool:
    """Whether the first row names the columns of the others.

    Text above numbers or dates does, and nothing above the names of rows. Numbers above numbers do not, unless they
    count (0, 1, 2 or years) or stand in quotes as no other row does. In a table of words, names are what does not
    come again below them.
    """
    if not first[0] and len(first) > 1 and all(row[0] for row in rows) and all(first[1:]):
        return True
    above_values, again = [], 0
    for place, cell in enumerate(first):
        cells = [row[place] for row in rows if not is_missing(row[place])]
        if is_missing(cell) or not cells:
            continue
        if MOST * len(cells) <= sum(map(is_value, cells)):
            above_values.append(is_value(cell))
        else:
            again += cell in cells
    if not above_values:
        return 2 * again < len(first)
    return not all(above_values) or quoted or (counts_up(first) and not any(map(counts_up, rows[:3])))


def counts_up(row: Row) -> bool:
    """Whether the whole numbers in a row, at least three, are each one more than the one before."""
    numbers = [int(cell) for cell in row if cell.strip().isdecimal() and len(cell) < NAME_LENGTH]
    return len(numbers) > 2 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def is_count(first: Row, rows: int, columns: int) -> bool:
    """Whether the first row says how many rows and columns follow it, as some collections write it."""
    return len(first) > 1 and first[0] in (str(rows), str(rows - 1)) and first[1] in (str(columns), str(columns - 1))


def numbered(columns: int) -> list[str]:
    """Names for the columns of a table that has none."""
    return [f"column {number}" for number in range(1, columns + 1)]


def clean_names(header: Iterable[str]) -> tuple[list[str], list[str]]:
    """(names that are safe to print and all different, those of them that were numbered since they stand twice)."""
    stripped = [title.strip() or f"column {number}" for number, title in enumerate(header, 1)]
    taken, twice, names = set(map(clean, stripped)), list[str](), list[str]()
    numbers: dict[str, Iterator[int]] = {}
    given: set[str] = set()
    for title in stripped:
        name = clean(title)
        if name in given:
            name = free(name, numbers, taken)
            if title in given:
                twice.append(name)
        taken.add(name)
        given |= {name, title}
        names.append(name)
    return names, twice


def free(name: str, numbers: dict[str, Iterator[int]], taken: set[str]) -> str:
    """The name with the next number that makes it one of its own.

    Names that are alike once they are cut share their numbers, so that none is tried twice.
    """
    digits = 0
    while True:
        digits += 1
        stem = clean(name, NAME_LENGTH - 1 - digits)
        left = numbers.setdefault(f"{digits} {stem}", iter(range(max(2, 10 ** (digits - 1)), 10**digits)))
        for number in left:
            if f"{stem} {number}" not in taken:
                return f"{stem} {number}"
