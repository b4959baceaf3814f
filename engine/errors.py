"""What the engine says when a value is wrong: what it got, what it expected, what to do."""

from __future__ import annotations

import difflib
import math
import reprlib
from collections.abc import Iterable

import numpy as np


class EngineError(ValueError):
    """A value that the engine cannot work with; the message is one sentence for people."""


def whole(name: str, value: object, at_least: int, at_most: int | None = None) -> int:
    """`value` as an int within the bounds, or EngineError."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        number = int(value)
        if at_least <= number and (at_most is None or number <= at_most):
            return number
    bounds = f"of at least {at_least}" if at_most is None else f"from {at_least} to {at_most}"
    raise EngineError(f"{name}={show(value)}: expected a whole number {bounds}")


def real(name: str, value: object, *, above: float | None = None, at_least: float | None = None) -> float:
    """`value` as a finite float above or at least a bound, or EngineError."""
    if isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and (above is None or number > above) and (at_least is None or number >= at_least):
            return number
    bound = f"above {above:g}" if above is not None else f"of at least {at_least:g}"
    raise EngineError(f"{name}={show(value)}: expected a finite number {bound}")


def one_of(name: str, value: object, choices: Iterable[str]) -> str:
    """`value` if it is one of `choices`, or EngineError that names the nearest one."""
    names = list(choices)
    if isinstance(value, str) and value in names:
        return value
    near = difflib.get_close_matches(value, names, 1) if isinstance(value, str) else []
    hint = f" (did you mean {near[0]!r}?)" if near else ""
    raise EngineError(f"{name}={show(value)}: expected one of {', '.join(names)}{hint}")


def show(value: object) -> str:
    """A short repr, safe to print."""
    return reprlib.repr(value)
