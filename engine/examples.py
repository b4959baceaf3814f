"""Examples: what a network is trained on, and what is kept unseen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.border import as_numbers, check_inputs
from engine.errors import EngineError

Floats = NDArray[Any]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Training examples and what each is called: a row is a number that stays whatever comes and goes beside it."""

    x: Floats  # (N, n_inputs)
    y: Floats  # (N,)
    rows: Ints  # (N,), rising


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Scaled inputs and targets, C-contiguous and of the network's precision; nobody changes them."""

    x: Floats  # (N, n_inputs)
    y: Floats  # (N,)
    x_test: Floats  # (M, n_inputs); M is 0 where nothing is unseen
    y_test: Floats  # (M,)
    rows: Ints  # (N,), rising: those that were given are 0, 1, …, and drawn ones come after them
    given: int  # how many were given
    aside: Points | None = None  # training examples that do not train now
    changes: tuple[Any, ...] = ()  # the edits that led here from what was given

    @property
    def counts(self) -> tuple[int, int]:
        """(N, M)."""
        return self.y.size, self.y_test.size


def check_examples(
    x: ArrayLike, y: ArrayLike, x_test: ArrayLike | None, y_test: ArrayLike | None, n_inputs: int, dtype: Any
) -> Examples:
    """Own copies of x (N, n_inputs), y (N,) and, if there are any, of the unseen ones, or EngineError."""
    inputs, targets = check_split("x", x, "y", y, n_inputs, dtype)
    if (x_test is None) != (y_test is None):
        raise EngineError("only one of x_test and y_test is given: expected both or neither")
    if x_test is None or y_test is None:
        unseen = inputs[:0].copy(), targets[:0].copy()
    else:
        unseen = check_split("x_test", x_test, "y_test", y_test, n_inputs, dtype)
    return Examples(inputs, targets, *unseen, np.arange(targets.size), targets.size)


def check_split(
    x_name: str, x: ArrayLike, y_name: str, y: ArrayLike, n_inputs: int, dtype: Any
) -> tuple[Floats, Floats]:
    """Own copies of x (N, n_inputs) and y (N,), or EngineError."""
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
