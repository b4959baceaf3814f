"""An edit with values of its own: plain numbers, tuples and arrays, which nobody else changes and a file can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from engine.border import as_numbers, check_layer
from engine.errors import EngineError, is_whole


def owned(edit: Any, dtype: np.dtype[Any]) -> Any:
    """The edit with arrays of this precision, the network's, and plain values else. Raises EngineError."""
    own: dict[str, Any] = {}
    for each in fields(edit):
        value, form = getattr(edit, each.name), _FORMS[str(each.type).removesuffix(" | None")]
        own[each.name] = None if value is None else form(each.name, value, dtype)
    return replace(edit, **own)


def _as_it_is(name: str, value: Any, dtype: np.dtype[Any]) -> Any:
    """What is checked where its bounds are known."""
    return value


def _whole(name: str, value: Any, dtype: np.dtype[Any]) -> Any:
    return int(value) if is_whole(value) else value


def _number(name: str, value: Any, dtype: np.dtype[Any]) -> float:
    array = as_numbers(name, value, np.float64, "a number")  # so that 0.1 stays 0.1
    if array.shape:
        raise EngineError(f"{name} of shape {array.shape}: expected a number")
    return float(array)


def _row(name: str, value: Any, dtype: np.dtype[Any]) -> tuple[float, ...]:
    array = np.atleast_1d(as_numbers(name, value, np.float64, "numbers side by side"))
    if array.ndim > 1:
        raise EngineError(f"{name} of shape {array.shape}: expected numbers side by side")
    return tuple(array.tolist())


def _array(name: str, value: Any, dtype: np.dtype[Any]) -> Any:
    array = np.array(as_numbers(name, value, dtype, "numbers"))
    array.flags.writeable = False
    return array


def _kinds(name: str, value: Any, dtype: np.dtype[Any]) -> tuple[str, ...]:
    return check_layer(name, value)


_FORMS: dict[str, Callable[[str, Any, np.dtype[Any]], Any]] = {
    "str": _as_it_is,
    "bool": _as_it_is,
    "Recipe": _as_it_is,
    "int": _whole,
    "float": _number,
    "tuple[float, ...]": _row,
    "ArrayLike": _array,
    "tuple[str, ...]": _kinds,
}  # by what an edit says of its field
