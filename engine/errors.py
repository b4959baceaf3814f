"""What the engine says when a value is wrong: what it got, what it expected, what to do."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable
from typing import Any, TypeGuard

import numpy as np

LARGEST = 2**63 - 1  # whole number that the kernels can hold
SHOWN = 200  # characters of a value
NO_NUMBERS = (bool, np.timedelta64)  # which Python, and NumPy, count among the whole numbers


class EngineError(ValueError):
    """A value that the engine cannot work with; the message is one sentence for people."""


def whole(name: str, value: object, at_least: int, at_most: int = LARGEST) -> int:
    """`value` as an int within the bounds, or EngineError."""
    number = int(value) if is_whole(value) else None
    if number is not None and at_least <= number <= at_most:
        return number
    boundless = at_most == LARGEST and (number is None or number < at_least)
    bounds = f"of at least {at_least}" if boundless else f"from {at_least} to {at_most}"
    raise EngineError(f"{name}={show(value)}: expected a whole number {bounds}")


def is_whole(value: object) -> TypeGuard[int | np.integer[Any]]:
    """Whether it is a whole number, as True and a span of time are none."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, NO_NUMBERS)


def real(name: str, value: object, *, above: float | None = None, at_least: float | None = None) -> float:
    """`value` as a finite float above or at least a bound, or EngineError."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, NO_NUMBERS):
        try:
            number = float(value)
        except OverflowError:  # a whole number that no float is near
            number = math.inf
        if math.isfinite(number) and (above is None or number > above) and (at_least is None or number >= at_least):
            return number
    bound = f"above {above:g}" if above is not None else f"of at least {at_least:g}"
    raise EngineError(f"{name}={show(value)}: expected a finite number {bound}")


def truth(name: str, value: object) -> bool:
    """`value` if it is True or False, or EngineError."""
    if isinstance(value, bool):
        return value
    raise EngineError(f"{name}={show(value)}: expected True or False")


def one_of(name: str, value: object, choices: Iterable[str]) -> str:
    """`value` if it is one of `choices`, or EngineError that names the nearest one."""
    names = list(choices)
    if isinstance(value, str) and value in names:
        return value
    near = difflib.get_close_matches(value, names, 1) if isinstance(value, str) else []
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise EngineError(f"{name}={show(value)}: expected one of {', '.join(names)}{hint}")


def show(value: object) -> str:
    """A short repr in one line, safe to print, of any value: also of one whose repr fails, or has no end."""
    try:
        text = reprlib.repr(value)
    except Exception:  # also that of a whole number with more digits than Python is willing to write
        text = f"<{type(value).__name__}>"
    return clean(text)


def clean(text: str) -> str:
    """A text fit for a message: one line, not long, and nothing that a terminal would obey."""
    line = " ".join(text[:SHOWN].split()) + "…" * (len(text) > SHOWN)
    return "".join(character if character.isprintable() else "�" for character in line)
