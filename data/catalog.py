"""The shipped data sets: for each CSV file in `files` the TOML file beside it says how it is read and whose it is.

A new set is these two files; `files/PROVENANCE.md` says what the second one holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from data.errors import DataError, choice, clean, show, whole

FOLDER = Path(__file__).parent / "files"
LAST = 10**9  # the place of a set that names none
UNITS = {"ms": "ms", "sec": "s", "min": "min", "kg": "kg", "mm": "mm", "cm": "cm", "km": "km", "mpa": "MPa", "pct": "%"}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file comes from, and by which right it is here."""

    origin: str
    taken_from: str
    rights: str
    sha256: str
    quirks: str = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """How a shipped set is read when nothing else is asked for."""

    about: str
    source: str
    target: str
    provenance: Provenance
    features: tuple[str, ...] | None = None  # None: the other numeric columns
    lags: int | None = None
    train_years: tuple[int, int] | None = None  # first and last year of the training targets; the next is unseen
    positive: str | None = None  # a target of words: this one is +1, the others −1
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # a column's (word for people, unit)
    place: int = LAST  # among the names; of equal places the names decide


@cache
def shipped() -> dict[str, Shipped]:
    """Each shipped set by its name, in order; DataError for an entry that cannot be used."""
    entries = {path.stem: read_entry(path) for path in FOLDER.glob("*.toml")}
    return dict(sorted(entries.items(), key=lambda item: (item[1].place, item[0])))


def csv_of(name: str) -> Path:
    """The file of a shipped set."""
    return FOLDER / f"{name}.csv"


def words(column: str, given: Mapping[str, tuple[str, str]]) -> tuple[str, str]:
    """(label, unit) of a column, as given or from its name: "bill_length_mm" → ("bill length", "mm"), "" if unknown."""
    if column in given:
        return given[column]
    label, _, suffix = column.rpartition("_")
    if label and suffix.lower() in UNITS:
        return label.replace("_", " "), UNITS[suffix.lower()]
    return column.replace("_", " "), ""


def read_entry(path: Path) -> Shipped:
    """The entry in a TOML file; DataError, with the file's name, for one that cannot be used."""
    import tomllib  # whoever only generates data need not wait for it

    try:
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise DataError(f"{error}: expected TOML") from None
        provenance = checked(given.pop("provenance", {}), Provenance, "provenance.")
        entry = Shipped(provenance=Provenance(**provenance), **checked(given, Shipped))
        if not csv_of(path.stem).is_file():
            raise DataError(f"expected {csv_of(path.stem).name} beside it")
    except (OSError, ValueError) as error:  # also the DataErrors of the checks
        raise DataError(f"{path.name}: {clean(str(error), 300)}") from None
    return entry


def checked(given: Any, entry: type, prefix: str = "") -> dict[str, Any]:
    """The values of a TOML table by the fields of an entry, or DataError."""
    if not isinstance(given, dict):
        raise DataError(f"{prefix[:-1]}={show(given)}: expected a table")
    known = {prefix + each.name: each for each in fields(entry) if each.name in CHECKS}
    for key in given:
        if prefix + key not in known:
            raise choice("key", prefix + key, known)
    for key, each in known.items():
        if each.name not in given and each.default is MISSING and each.default_factory is MISSING:
            raise DataError(f"{key} is missing: expected it too")
    return {key: CHECKS[key](prefix + key, value) for key, value in given.items()}


def text(key: str, value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise DataError(f"{key}={show(value)}: expected a text")


def number(key: str, value: Any) -> int:
    return whole(key, value, 1)


def texts(key: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and value:
        return tuple(text(key, item) for item in value)
    raise DataError(f"{key}={show(value)}: expected a list of texts")


def years(key: str, value: Any) -> tuple[int, int]:
    if isinstance(value, list) and len(value) == 2:
        return number(key, value[0]), number(key, value[1])
    raise DataError(f"{key}={show(value)}: expected the first and the last year")


def column_words(key: str, value: Any) -> dict[str, tuple[str, str]]:
    match value:
        case dict():
            return {column: pair_of_words(f"{key}.{column}", pair) for column, pair in value.items()}
    raise DataError(f"{key}={show(value)}: expected a table of columns")


def pair_of_words(key: str, value: Any) -> tuple[str, str]:
    match value:
        case [str(label), str(unit)]:
            return label, unit
    raise DataError(f"{key}={show(value)}: expected a word and a unit")


CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "about": text,
    "source": text,
    "target": text,
    "features": texts,
    "lags": number,
    "train_years": years,
    "positive": text,
    "columns": column_words,
    "place": number,
    "origin": text,
    "taken_from": text,
    "rights": text,
    "sha256": text,
    "quirks": text,
}
