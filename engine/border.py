"""What comes from outside, checked once: arrays of numbers, layers of kinds. Each refusal is a sentence."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.errors import LARGEST, EngineError, one_of, show

MAX_LAYERS = 8
MAX_WIDTH = 4096

Floats = NDArray[Any]


def check_layers(layers: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The layers as tuples, or EngineError: 0 to 8 layers of 1 to 4096 units of known kinds."""
    if isinstance(layers, str) or not isinstance(layers, Sequence):
        raise EngineError(f'layers={show(layers)}: expected a list of lists of kinds, such as [["sigmoid", "relu"]]')
    if (count := count_of(layers)) > MAX_LAYERS:
        raise EngineError(f"{count} hidden layers: expected at most {MAX_LAYERS}")
    return tuple(check_layer(f"layers[{number}]", layer) for number, layer in enumerate(layers))


def check_layer(name: str, layer: Sequence[str]) -> tuple[str, ...]:
    """One layer as a tuple, or EngineError: 1 to 4096 units of known kinds."""
    if isinstance(layer, str) or not isinstance(layer, Sequence):
        raise EngineError(f'{name}={show(layer)}: expected a list of kinds, such as ["sigmoid", "relu"]')
    if not 1 <= (count := count_of(layer)) <= MAX_WIDTH:
        raise EngineError(f"{name} has {count} units: expected 1 to {MAX_WIDTH}")
    return tuple(one_of("kind of unit", kind, KINDS) for kind in layer)


def count_of(values: Sized) -> int:
    """How many there are; LARGEST where Python has no number for it, as of range(10**30)."""
    try:
        return len(values)
    except OverflowError:
        return LARGEST


def check_frozen(frozen: Sequence[Sequence[bool]], layers: Sequence[Sequence[str]]) -> tuple[tuple[bool, ...], ...]:
    """Which units of these layers are frozen, as tuples, or EngineError; () stands for none of them."""
    if not frozen:
        return tuple((False,) * len(layer) for layer in layers)
    if [len(units) for units in frozen] != [len(layer) for layer in layers]:
        raise EngineError(f"frozen={show(frozen)}: expected a bool for each unit of each hidden layer")
    return tuple(tuple(bool(unit) for unit in units) for units in frozen)


def check_inputs(x: ArrayLike, n_inputs: int, dtype: Any, name: str = "x") -> Floats:
    """x as an array (N, n_inputs), or EngineError."""
    array = as_numbers(name, x, dtype, f"numbers of shape (N, {n_inputs})")
    if array.ndim == 1 and n_inputs == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] != n_inputs:
        raise EngineError(f"{name} of shape {array.shape}: expected (N, {n_inputs}), a column for each feature")
    return array


def as_numbers(name: str, values: ArrayLike, dtype: Any, expected: str) -> Floats:
    """`values` as an array of this precision, not always a copy, or EngineError; what is too large becomes infinite."""
    try:
        if _is_masked(values):  # what is behind the mask would be taken for numbers
            raise EngineError(f"{name} has masked values: expected {expected}; leave out what is masked")
        array = np.asarray(values)
        if not _holds_numbers(array):
            raise TypeError
        with np.errstate(over="ignore", invalid="ignore"):
            return array.astype(dtype, copy=False)
    except EngineError:
        raise
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise EngineError(f"{name}={show(values)}: expected {expected}") from None


def _is_masked(values: Any) -> bool:
    """Whether anything is masked, in lists within lists too."""
    if isinstance(values, (list, tuple)):
        return any(map(_is_masked, values))
    return isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values)


def _holds_numbers(array: NDArray[Any]) -> bool:
    """Whether all of it is numbers: NumPy would read text, dates and complex numbers as something else."""
    if array.dtype.kind != "O":
        return array.dtype.kind in "biuf"
    return all(np.asarray(each).dtype.kind in "biufO" and not _is_masked(each) for each in array.flat)


def check_theta(values: ArrayLike, size: int, dtype: Any) -> Floats:
    """An own copy of θ (size,), or EngineError for another length or a number that is not finite."""
    theta = np.array(as_numbers("theta", values, dtype, f"{size} numbers"))
    if theta.shape != (size,):
        raise EngineError(f"theta of shape {theta.shape}: expected ({size},), a number for each parameter")
    if not np.isfinite(theta).all():
        place = int(np.argmin(np.isfinite(theta)))
        raise EngineError(f"theta[{place}] is not finite in {np.dtype(dtype).name}: expected finite numbers")
    return theta
