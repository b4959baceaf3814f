"""Numerals: the ways in which people write numbers in tables, and a column of text as floats.

A column is read as one: whether 1,234 is a thousand or a little over one is told by the column's other cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.missing import AMONG_NUMBERS

if TYPE_CHECKING:
    import polars

    from data.scaling import Floats

LONGEST = 100  # letters of a number or a date, for the patterns of both are slow in long text
CURRENCY = r"[$€£¥₹₩₽₪₺¢฿]|\b(?:USD|EUR|GBP|CHF|JPY|SEK|NOK|DKK|kr|Rs)\b\.?"
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "rs": "₹"}
SPACES = "\u00a0\u202f\u2009\u2007 "
PLAIN = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"
THOUSANDS = r"[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?"
POINTS = r"[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}"  # 1.234.567: no number with a decimal point
ONE_POINT = r"[+-]?[1-9]\d{0,2}\.\d{3}"  # the numeral that may be either
DECIMAL_COMMA = r"[+-]?(?:\d+|[1-9]\d{0,2}(?:\.\d{3})+)?,\d+(?:[eE][+-]?\d+)?"
ONE_COMMA = r"[+-]?[1-9]\d{0,2},\d{3}"  # the numeral that may be either
NUMERAL = re.compile("|".join((PLAIN, THOUSANDS, POINTS, DECIMAL_COMMA)))
GROUPS = rf"^([+-]?\d{{1,3}}(?:[{SPACES}'’]\d{{3}})+(?:[.,]\d*)?)$"
MARKS = r"^[<>≤≥~≈]?\s*([^*]*[\d)])\s*\*{0,3}$"  # below what can be measured, or significant
WITH_UNIT = r"^[+-]?[\d.,]*\d\s*([A-Za-z°µ²³/]{1,8})$"
TRIM = rf"^[{SPACES}]+|[{SPACES}]+$"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A column as numbers."""

    values: Floats  # (rows,), NaN where a cell is missing or is no number
    slips: Any  # (rows,) bool: cells that are no number, nor missing
    how: str  # in words, "" for the usual way


def is_numeral(cell: str, with_unit: bool = False) -> bool:
    """Whether a cell is a number in one of the ways that are read, perhaps with a unit behind it."""
    cell = cell.strip()
    if len(cell) > LONGEST:
        return False
    if NUMERAL.fullmatch(cell):
        return True
    text = re.sub(CURRENCY, "", cell).replace("−", "-").replace("–", "-").removesuffix("%").strip()
    text = re.sub(r"^[<>≤≥~≈]\s*|\s*\*{1,3}$", "", text)
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    if with_unit:
        text = re.sub(r"(?<=\d)\s*[A-Za-z°µ²³/]{1,8}$", "", text)
    return NUMERAL.fullmatch(re.sub(rf"(?<=\d)[{SPACES}'’](?=\d{{3}})", "", text)) is not None


def read_numbers(cells: polars.Series, comma: bool = False) -> Numbers:
    """A column of stripped text, null where it is empty; `comma`: the table's other columns have decimal commas."""
    import polars

    values = cells.cast(polars.Float64, strict=False)
    if values.null_count() == cells.null_count() and not (comma and has_grouping_points(cells, comma)):
        return Numbers(values.to_numpy(), np.zeros(len(cells), bool), "")
    text = bare(cells)
    decimal = has_decimal_commas(text, comma)
    if has_grouping_points(text, comma):
        text = text.zip_with(~text.str.contains(f"^(?:{POINTS}|{ONE_POINT})$").fill_null(False), without(text, "."))
    if decimal:
        plain = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
        plain = text.zip_with(~text.str.contains(f"^(?:{DECIMAL_COMMA}|{POINTS})$").fill_null(False), plain)
    else:
        plain = text.zip_with(~text.str.contains(f"^(?:{THOUSANDS})$").fill_null(False), without(text, ","))
    values = plain.cast(polars.Float64, strict=False)
    known = text.str.to_lowercase().is_in(list(AMONG_NUMBERS)).fill_null(True)
    slips = (values.is_null() & ~known).to_numpy()
    return Numbers(values.to_numpy(), slips, in_words(cells, text, decimal, comma))


def without(text: polars.Series, letter: str) -> polars.Series:
    return text.str.replace_all(letter, "", literal=True)


def bare(cells: polars.Series) -> polars.Series:
    """The numerals without what stands around them or groups them by blanks: signs of currency, units, brackets."""
    text = without_signs(cells)
    unit = unit_of(text)
    if unit:
        text = text.str.strip_suffix(unit).str.replace_all(TRIM, "")
    grouped = text.str.contains(GROUPS).fill_null(False)
    return text.zip_with(~grouped, text.str.replace_all(rf"[{SPACES}'’]", "")) if grouped.any() else text


def without_signs(cells: polars.Series) -> polars.Series:
    text = without_currency(cells).str.replace_all(r"^[−–]", "-")
    text = text.str.replace(r"%$", "").str.replace_all(TRIM, "")
    text = text.str.replace(r"^\((.+)\)$", "-$1").str.replace(r"^([+-])\s+", "$1")
    return text.str.replace(MARKS, "$1")


def without_currency(cells: polars.Series) -> polars.Series:
    """The cells without the currency that most have; another one stays, so that no column of numbers is in both."""
    signs = cells.str.extract(f"(?i){CURRENCY}", 0)
    written = signs.drop_nulls().n_unique()
    if not written:
        return cells
    text = cells.str.replace_all(f"(?i){CURRENCY}", "")
    if written == 1:
        return text
    signs = signs.str.to_lowercase().str.strip_suffix(".").replace(SYMBOLS)
    return text.zip_with((signs == signs.drop_nulls().mode().min()).fill_null(False), cells)


def unit_of(text: polars.Series) -> str:
    """The letters that stand behind the number in every cell, "" where they are not the same in all."""
    filled = text.drop_nulls()
    filled = filled.filter(~filled.str.to_lowercase().is_in(list(AMONG_NUMBERS)))
    units = filled.str.extract(WITH_UNIT, 1).unique()
    return str(units[0]) if len(units) == 1 and units[0] is not None and len(filled) > 1 else ""


def count(text: polars.Series, pattern: str) -> int:
    return int(text.str.contains(f"^(?:{pattern})$").sum())


def has_decimal_commas(text: polars.Series, comma: bool = False) -> bool:
    """Whether commas in these numerals are decimal ones: by those that can be read in one way only, else by `comma`."""
    decimal, thousands, either = count(text, DECIMAL_COMMA), count(text, THOUSANDS), count(text, ONE_COMMA)
    if decimal == either == thousands:  # all of them could be both
        return comma and bool(either)
    return decimal > thousands


def has_grouping_points(text: polars.Series, comma: bool) -> bool:
    """Whether points in these numerals part thousands: one of them has two, or the table's commas are decimal ones.

    Then each point must have three digits behind it.
    """
    pointed = int(text.str.contains(".", literal=True).sum())
    if not pointed or pointed > count(text, f"{POINTS}|{ONE_POINT}|{DECIMAL_COMMA}"):
        return False
    return bool(count(text, POINTS)) or comma


def shows_decimal_commas(cells: polars.Series) -> bool:
    """Whether a column's numerals have decimal commas without any doubt, and are most of its cells."""
    if not cells.str.contains(",", literal=True).any():
        return False
    text = bare(cells)
    decimal = count(text, DECIMAL_COMMA)
    return 2 * decimal > len(text) - text.null_count() and has_decimal_commas(text)


def in_words(cells: polars.Series, text: polars.Series, decimal: bool, comma: bool) -> str:
    """How the numbers are written, where it is not the usual way."""
    said = []
    if decimal:
        said.append("with decimal commas")
    elif count(text, THOUSANDS) or has_grouping_points(bare(cells), comma) or cells.str.contains(GROUPS).any():
        said.append("with thousands separators")
    if bool(cells.str.contains(f"(?i){CURRENCY}").any()):
        said.append("without the signs of currency")
    if bool(cells.str.contains(r"^[<>≤≥~≈]|\d\s*\*+$").any()):
        said.append("without signs such as < and *")
    if unit := unit_of(without_signs(cells)):
        said.append(f"without the unit {unit}")
    if bool(cells.str.contains("%$").any()):
        said.append("as per cent")
    return ", ".join(said)
