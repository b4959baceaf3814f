"""Training examples come and go: drawn, erased, and as many of them as are asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.border import as_numbers
from engine.errors import EngineError, whole
from engine.examples import Examples, Points, check_split

ORDER = 2  # which of a seed's streams draws the order; a data set's noise and split have others


def draw(examples: Examples, x: ArrayLike, y: Any) -> Examples:
    """One training example more, the last: scaled x (n_inputs,) and y."""
    row = as_numbers("x", x, examples.x.dtype, "the inputs of one example").reshape(1, -1)
    inputs, target = check_split("x", row, "y", [y], examples.x.shape[1], examples.x.dtype)
    present, aside = _points(examples), examples.aside
    last = max(present.rows[-1], -1 if aside is None else aside.rows[-1], examples.given - 1)
    new = Points(inputs, target, np.array([last + 1]))
    return _with(examples, _joined(present, new), aside)


def erase(examples: Examples, row: int) -> Examples:
    """Without the training example of this row."""
    keep = examples.rows != whole("row", row, 0)
    if keep.all():
        raise EngineError(f"row={row}: expected one of the training examples")
    if not keep.any():
        raise EngineError("the only training example stays: expected at least one")
    return _with(examples, _taken(_points(examples), keep), examples.aside)


def take(examples: Examples, points: int, seed: int | None) -> Examples:
    """This many of the training examples train, the others stand aside.

    Drawn ones train first, the last of them before the others, then those that were given: in an order that the seed
    draws or, with None, the latest first. So more points are always the same ones and some besides.
    """
    everything = _points(examples)
    if examples.aside is not None:
        everything = _joined(everything, examples.aside)
        everything = _taken(everything, np.argsort(everything.rows))
    points = whole("points", points, 1, everything.rows.size)
    order = -everything.rows.astype(np.float64)
    if seed is not None:
        drawn = np.random.default_rng([whole("seed", seed, 0), ORDER]).random(examples.given)
        given = everything.rows < examples.given
        order[given] = drawn[everything.rows[given]]
    first = np.zeros(everything.rows.size, bool)
    first[np.argsort(order, kind="stable")[:points]] = True
    return _with(examples, _taken(everything, first), None if first.all() else _taken(everything, ~first))


def _points(examples: Examples) -> Points:
    return Points(examples.x, examples.y, examples.rows)


def _joined(one: Points, other: Points) -> Points:
    return Points(np.vstack((one.x, other.x)), np.append(one.y, other.y), np.append(one.rows, other.rows))


def _taken(points: Points, which: NDArray[Any]) -> Points:
    return Points(points.x[which], points.y[which], points.rows[which])


def _with(examples: Examples, present: Points, aside: Points | None) -> Examples:
    return replace(examples, x=present.x, y=present.y, rows=present.rows, aside=aside)
