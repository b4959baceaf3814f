"""What the data room says when something is wrong, in one sentence that is safe to print."""

from __future__ import annotations

import numbers
import reprlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

NAME_LENGTH = 40
SHOWN = 200  # characters of a value
NAMES_LISTED = 24
NAMED = 6  # columns in a sentence


class DataError(ValueError):
    """Data or options that cannot be used; the message is one sentence: got, expected, what to do."""


@contextmanager
def readable(problem: str, expected: str, *errors: type[Exception]) -> Iterator[None]:
    """DataError for these errors, and for the panic of a library, which is no Exception and whose class it keeps."""
    try:
        yield
    except BaseException as error:
        panics = type(error).__name__ == "PanicException"
        if not panics and not isinstance(error, errors):
            raise
        reason = "its reader failed" if panics else clean(str(error).partition("\n")[0], 100)
        raise DataError(f"{problem} ({reason}): expected {expected}") from None


def clean(text: str, length: int = NAME_LENGTH) -> str:
    """Text fit for a terminal: one line, at most this long, control and bidi characters replaced by `�`."""
    line = " ".join(text[: 10 * length].split())
    safe = "".join(character if character.isprintable() else "�" for character in line)
    return safe if len(safe) <= length else safe[: length - 1] + "…"


def show(value: object) -> str:
    """A short repr, safe to print, of any value: also of one whose repr fails, or has no end."""
    try:
        text = reprlib.repr(value)
    except Exception:  # also that of a whole number with more digits than Python is willing to write
        text = f"<{type(value).__name__}>"
    return clean(text, SHOWN)


def whole(name: str, value: Any, at_least: int, at_most: int = 2**63 - 1) -> int:
    """`value` as an int within the bounds, or DataError."""
    if is_a(numbers.Integral, value) and at_least <= value <= at_most:
        return int(value)
    boundless = at_most == 2**63 - 1 and not (is_a(numbers.Integral, value) and value > at_most)
    bounds = f"of at least {at_least}" if boundless else f"from {at_least} to {at_most}"
    raise DataError(f"{name}={show(value)}: expected a whole number {bounds}")


def real(name: str, value: Any, at_least: float, below: float) -> float:
    """`value` as a float within the bounds, or DataError."""
    if is_a(numbers.Real, value) and at_least <= value < below:
        return float(value)
    raise DataError(f"{name}={show(value)}: expected a number from {at_least:g} to below {below:g}")


def is_a(kind: type, value: object) -> bool:
    """Whether a value is a number of this kind; True and False are none."""
    return isinstance(value, kind) and not isinstance(value, bool)


def choice(name: str, value: object, choices: Iterable[str], otherwise: str = "") -> DataError:
    """The error for a value that is none of `choices`: it names the nearest one."""
    import difflib  # only a mistake pays for it

    names = list(choices)
    near = difflib.get_close_matches(value, names, 1) if isinstance(value, str) else []
    listed = ", ".join(names[:NAMES_LISTED]) + (f" and {len(names) - NAMES_LISTED} more" * (len(names) > NAMES_LISTED))
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    return DataError(f"{name}={show(value)}: expected one of {listed}{otherwise}{hint}")


def listed(names: Iterable[str]) -> str:
    """Names in quotes, the first few of many."""
    shown = [repr(name) for name in names]
    return ", ".join(shown[:NAMED]) + f" and {len(shown) - NAMED} more" * (len(shown) > NAMED)
