"""What comes from outside, checked once: arrays of numbers, layers of kinds. Each refusal is a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.errors import EngineError, choice, show

MAX_LAYERS = 8
MAX_WIDTH = 4096

Floats = NDArray[Any]


def check_layers(layers: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The layers as tuples, or EngineError: 0 to 8 layers of 1 to 4096 units of known kinds."""
    if isinstance(layers, str) or not isinstance(layers, Sequence):
        raise EngineError(f'layers={show(layers)}: expected a list of lists of kinds, such as [["sigmoid", "relu"]]')
    if len(layers) > MAX_LAYERS:
        raise EngineError(f"{len(layers)} hidden layers: expected at most {MAX_LAYERS}")
    return tuple(check_layer(f"layers[{number}]", layer) for number, layer in enumerate(layers))


def check_layer(name: str, layer: Sequence[str]) -> tuple[str, ...]:
    """One layer as a tuple, or EngineError: 1 to 4096 units of known kinds."""
    if isinstance(layer, str) or not isinstance(layer, Sequence):
        raise EngineError(f'{name}={show(layer)}: expected a list of kinds, such as ["sigmoid", "relu"]')
    if not 1 <= len(layer) <= MAX_WIDTH:
        raise EngineError(f"{name} has {len(layer)} units: expected 1 to {MAX_WIDTH}")
    return tuple(choice("kind of unit", kind, KINDS) for kind in layer)


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
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # text, dates and complex numbers would be read as something else
            raise TypeError
        with np.errstate(over="ignore"):
            return array.astype(dtype, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise EngineError(f"{name}={show(values)}: expected {expected}") from None


def check_examples(
    x_name: str, x: ArrayLike, y_name: str, y: ArrayLike, n_inputs: int, dtype: Any
) -> tuple[Floats, Floats]:
    """Own, contiguous, finite copies of x (N, n_inputs) and y (N,), or EngineError."""
    inputs = np.array(check_inputs(x, n_inputs, dtype, x_name), order="C")
    targets = np.array(as_numbers(y_name, y, dtype, "numbers of shape (N,)"), order="C")
    if targets.shape != (len(inputs),):
        raise EngineError(
            f"{x_name} has {len(inputs)} rows and {y_name} is of shape {targets.shape}: expected a target for each row"
        )
    if not len(inputs):
        raise EngineError(f"{x_name} is empty: expected at least one example")
    for name, array in ((x_name, inputs), (y_name, targets)):
        if not np.isfinite(array).all():
            raise EngineError(
                f"{name} holds NaN or infinite values in {np.dtype(dtype).name}: "
                "expected finite numbers; leave those rows out, or scale the column"
            )
    return inputs, targets
