"""Columns: what each column of a table holds, told by all of its cells, and its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from data.dates import read_dates
from data.errors import clean
from data.header import clean_names
from data.missing import ANYWHERE
from data.numbered_dates import is_year_name, read_numbered_dates
from data.numerals import LONGEST, Numbers, has_grouping_points, is_numeral, read_numbers, shows_decimal_commas
from data.steps import when

if TYPE_CHECKING:
    import polars

    from data.dates import Dates
    from data.scaling import Floats

Kind = Literal["number", "date", "yes/no", "words", "text", "empty"]
MOST_WORDS = 12  # in a column that becomes features, and at most one for three rows
YES = ("yes", "true", "y", "t", "1")
PAIRS = ({"yes", "no"}, {"true", "false"}, {"y", "n"}, {"t", "f"})
SAMPLE = 500  # cells by which a column of text is told from one of numbers that are written in some way
FEWEST_NUMBERED = 10  # rows whose numbers are told by counting up
STRAY = 0.1  # of the filled cells of a column of numbers that may be none


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column of a table: its kind, and its values by that."""

    name: str
    kind: Kind
    values: Any  # (rows,): float64 for numbers, datetime64 or years for dates, places in `levels` or −1 for words
    levels: tuple[str, ...]  # of words, in order
    missing: int  # cells without a value
    how: str  # how its cells were read, where that had to be guessed
    slips: Any  # (rows,) bool: cells of a column of numbers or dates that are none
    constant: bool
    counting: bool  # whether it looks like the numbers of the rows
    example: str  # the first cell that holds something
    unnamed: bool = False  # whether it is the first one and has no name
    alike: bool = True  # whether what is constant as a number is so as text
    dated_number: bool = False  # whether its numbers are years or the like, which could date the rows
    written: str = ""  # the column in the file where its slips are, if that has another name

    @property
    def rows(self) -> int:
        return len(self.values)

    @property
    def mixed(self) -> bool:
        """Whether too many cells of a column of numbers or dates are none, so that nobody wants it unasked."""
        return bool(np.count_nonzero(self.slips) > STRAY * (self.rows - self.missing + np.count_nonzero(self.slips)))

    def filled(self) -> Any:
        """Which rows (rows,) have a value."""
        if self.kind in ("yes/no", "words", "text"):
            return self.values >= 0
        return ~np.isnan(self.values) if self.kind in ("number", "date") else np.zeros(self.rows, bool)

    def bounds(self) -> tuple[str, str] | None:
        """The smallest and the largest value in words; None where nothing has an order."""
        if self.kind not in ("number", "date") or not (there := self.filled()).any():
            return None
        known = self.values[there]
        return in_words(known.min()), in_words(known.max())


def in_words(value: Any) -> str:
    """A number, a date or a year."""
    return when(value) if isinstance(value, np.datetime64) else f"{value:.6g}"


def read_columns(
    texts: Sequence[polars.Series], row_names: str | None = None, undated: str | None = None
) -> list[Column]:
    """Each of these columns of stripped text, null where a cell is empty.

    `row_names` is the column that has no name of its own and may name the rows; `undated` one whose name says nothing,
    which years may be in all the same.
    """
    plain = {text.name: values for text in texts if (values := _plain_numbers(text)) is not None}
    others = (text for text in texts if text.name not in plain and text.str.contains(",", literal=True).any())
    comma = any(shows_decimal_commas(_as_null(text)) for text in others)
    none = np.zeros(len(texts[0]), bool)
    columns = []
    for text in texts:
        if text.name not in plain:
            column = _of_text(text.name, _as_null(text), comma)
        elif comma and has_grouping_points(text, comma):  # then 1.500 is more than a thousand
            column = _of_text(text.name, text, comma)
        else:
            hint = "time" if text.name == undated else text.name
            column = _of_numbers(text.name, text, plain[text.name], none, "", hint=hint)
        if column.name == row_names:
            column = replace(column, unnamed=True, counting=stands_for_rows(column, text))
        columns.append(column)
    return columns


def _plain_numbers(text: polars.Series) -> Floats | None:
    """A column's numbers (rows,), NaN where a cell is empty; None where one is not plainly written."""
    import polars

    values = text.cast(polars.Float64, strict=False)
    return None if values.null_count() > text.null_count() else values.to_numpy()


def stands_for_rows(column: Column, text: polars.Series) -> bool:
    """Whether a column without a name tells the rows apart, and nothing else."""
    return column.kind in ("number", "text", "words") and not text.is_duplicated().any()


def _as_null(cells: polars.Series) -> polars.Series:
    """The cells with null for whatever says that a value is missing."""
    missing = cells.is_in(list(ANYWHERE)).fill_null(False)
    return cells.zip_with(~missing, cells.clear(len(cells))) if missing.any() else cells


def _of_text(name: str, cells: polars.Series, comma: bool) -> Column:
    """A column some of whose cells are no plain numbers."""
    filled = len(cells) - cells.null_count()
    if not filled:
        return _of_numbers(name, cells, np.full(len(cells), np.nan), np.zeros(len(cells), bool), "")
    dates = read_dates(cells)
    if dates is not None:
        return _of_dates(name, cells, dates)
    numbers: Numbers | None = read_numbers(cells, comma) if has_numerals(cells) else None
    if numbers is None:
        return _of_words(name, cells, filled)
    found = int((~np.isnan(numbers.values)).sum())
    if 2 * found >= found + int(numbers.slips.sum()) and not are_codes(cells, numbers):
        return _of_numbers(name, cells, numbers.values, numbers.slips, numbers.how)
    return _of_words(name, cells, filled)


def _of_numbers(name: str, cells: polars.Series, values: Floats, slips: Any, how: str, *, hint: str = "") -> Column:
    known = values[~np.isnan(values)]
    dates = read_numbered_dates(hint or name, values) if not slips.any() and not how else None
    if dates is not None and not is_year_name(name):
        return _of_dates(name, cells, dates)
    constant = bool(len(known)) and bool(known.min() == known.max())
    return Column(
        name=name,
        kind="number" if len(known) else "empty",
        values=values,
        levels=(),
        missing=len(values) - len(known),
        how=how,
        slips=slips,
        constant=constant,
        counting=counts(values),
        example=_example(cells),
        alike=not constant or cells.drop_nulls().n_unique() == 1 or float(known[0]) < 2**53,
        dated_number=dates is not None,
    )


def are_codes(cells: polars.Series, numbers: Numbers) -> bool:
    """Whether cells are words of which most happen to be numbers, such as 1 to 9 and X, each again and again."""
    strays = cells.filter(numbers.slips)
    return 0 < 2 * strays.n_unique() <= len(strays) and cells.drop_nulls().n_unique() <= MOST_WORDS


def has_numerals(cells: polars.Series) -> bool:
    """Whether at least a few of a sample of the cells are numbers in some way."""
    filled = cells.drop_nulls()
    sample = filled.gather_every(max(1, len(filled) // SAMPLE))
    short = sample.filter(sample.str.len_chars() <= LONGEST)
    return 4 * sum(is_numeral(cell, with_unit=True) for cell in short.to_list()) >= len(sample)


def counts(values: Floats) -> bool:
    """Whether the values go up by one from row to row; in a handful of rows that proves nothing."""
    if len(values) < FEWEST_NUMBERED or not np.isfinite(values[0]) or values[0] != np.floor(values[0]):
        return False
    return bool((values == values[0] + np.arange(len(values))).all())


def _of_dates(name: str, cells: polars.Series, dates: Dates) -> Column:
    there = ~np.isnan(dates.values)
    known = dates.values[there]
    return Column(
        name=name,
        kind="date",
        values=dates.values,
        levels=(),
        missing=int((~there).sum()),
        how=dates.how,
        slips=~there & cells.is_not_null().to_numpy(),
        constant=bool(known.min() == known.max()),
        counting=False,
        example=_example(cells),
    )


def _of_words(name: str, cells: polars.Series, filled: int) -> Column:
    distinct = cells.drop_nulls().n_unique()
    words = sorted(cells.drop_nulls().unique().to_list()) if distinct <= MOST_WORDS else []
    by_lower = {word.lower(): word for word in reversed(words)}
    kind: Kind = "words"
    places = cells
    if set(by_lower) in PAIRS:
        kind, places = "yes/no", cells.str.to_lowercase()
        words = sorted(by_lower, key=lambda word: word in YES)
    elif distinct > 2 and (distinct > MOST_WORDS or 3 * distinct > filled):
        kind, words = "text", []
    return Column(
        name=name,
        kind=kind,
        values=_places(places, words) if words else cells.is_not_null().to_numpy().astype(np.int32) - 1,
        levels=tuple(clean_names(by_lower.get(word, word) for word in words)[0]),
        missing=len(cells) - filled,
        how="",
        slips=np.zeros(len(cells), bool),
        constant=distinct == 1,
        counting=False,
        example=_example(cells),
    )


def _places(cells: polars.Series, levels: list[str]) -> Any:
    import polars

    places = {level: place for place, level in enumerate(levels)}
    found = cells.replace_strict(places, default=-1, return_dtype=polars.Int32)
    return found.fill_null(-1).to_numpy()


def _example(cells: polars.Series) -> str:
    return clean(cells[cells.is_not_null().arg_max() or 0] or "")
