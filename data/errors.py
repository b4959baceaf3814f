"""What the data room says when something is wrong, in one sentence that is safe to print."""

from __future__ import annotations

import math
import numbers
import reprlib
from collections.abc import Iterable

NAME_LENGTH = 40
NAMES_LISTED = 24


class DataError(ValueError):
    """Data or options that cannot be used; the message is one sentence: got, expected, what to do."""


def clean(text: str, length: int = NAME_LENGTH) -> str:
    """Text fit for a terminal: one line, at most so long, control and bidi characters replaced by `�`."""
    line = " ".join(text[: 10 * length].split())
    safe = "".join(character if character.isprintable() else "�" for character in line)
    return safe if len(safe) <= length else safe[: length - 1] + "…"


def show(value: object) -> str:
    """A short repr, safe to print: it escapes whatever is not printable."""
    return reprlib.repr(value)


def whole(name: str, value: object, at_least: int, at_most: int = 2**63 - 1) -> int:
    """`value` as an int within the bounds, or DataError."""
    if isinstance(value, numbers.Integral) and type(value) is not bool and at_least <= int(value) <= at_most:
        return int(value)
    bounds = f"from {at_least} to {at_most}" if at_most < 2**63 - 1 else f"of at least {at_least}"
    raise DataError(f"{name}={show(value)}: expected a whole number {bounds}")


def real(name: str, value: object, at_least: float, below: float = math.inf) -> float:
    """`value` as a finite float within the bounds, or DataError."""
    if isinstance(value, numbers.Real) and type(value) is not bool and at_least <= float(value) < below:
        return float(value)
    bounds = f"from {at_least:g} to below {below:g}" if below < math.inf else f"of at least {at_least:g}"
    raise DataError(f"{name}={show(value)}: expected a finite number {bounds}")


def choice(name: str, value: str, choices: Iterable[str], otherwise: str = "") -> DataError:
    """The error for a value that is none of `choices`: it names the nearest one."""
    import difflib  # only a mistake pays for it

    names = list(choices)
    near = difflib.get_close_matches(value, names, 1)
    listed = ", ".join(names[:NAMES_LISTED]) + (f" and {len(names) - NAMES_LISTED} more" * (len(names) > NAMES_LISTED))
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return DataError(f"{name}={show(value)}: expected one of {listed}{otherwise}{hint}")
