"""Where things are: each parameter in θ, the flat vector of all of them, and the examples in the shuffle's grid.

θ runs layer by layer from input to output; each layer is W (fan_out, fan_in) in C order, row i = unit i, then
b (fan_out,); the last layer is the output with c and the output bias.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, one_of, whole

# columns of a layout, which has a row for each layer of weights, the output last; SOURCE and TARGET are places in the
# vector of all units: the inputs first, then the hidden layers, then the output
FAN_IN, FAN_OUT, WEIGHT, BIAS, SOURCE, TARGET = range(6)


def make_layout(shape: Sequence[int]) -> NDArray[np.int64]:
    """The layout (layers of weights, 6) of θ for a network of this shape, such as (1, 3, 1)."""
    rows = []
    offset, source = 0, 0
    for fan_in, fan_out in pairwise(shape):
        bias = offset + fan_in * fan_out
        rows.append((fan_in, fan_out, offset, bias, source, source + fan_in))
        offset, source = bias + fan_out, source + fan_in
    return np.array(rows, np.int64)


def count_parameters(shape: Sequence[int]) -> int:
    """The length of θ."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(shape))


def split(theta: NDArray[Any], shape: Sequence[int]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Views (W (fan_out, fan_in), b (fan_out,)) into θ, or into anything in its order, layer by layer."""
    views = []
    for fan_in, fan_out, weight, bias, *_ in make_layout(shape).tolist():
        views.append((theta[weight:bias].reshape(fan_out, fan_in), theta[bias : bias + fan_out]))
    return views


def frozen_parameters(shape: Sequence[int], frozen: Sequence[Sequence[bool]]) -> NDArray[np.bool_]:
    """Whether each parameter of θ stands still (n_parameters,): a frozen unit's row of W, its b, its outgoing weights.

    `frozen` has a bool for each unit of each hidden layer.
    """
    still = np.zeros(count_parameters(shape), bool)
    for ((W, b), (W_next, _)), units in zip(pairwise(split(still, shape)), frozen, strict=True):
        columns = np.array(units)
        W[columns] = b[columns] = W_next[:, columns] = True
    return still


def parameter_index(shape: Sequence[int], layer: int, unit: int, name: str, source: int = 0) -> int:
    """The place in θ of a unit's parameter: "w" (from its input number `source`), "b", or "c" (last hidden layer).

    layer = number of hidden layers is the output, with its one unit 0. Raises EngineError for what does not exist.
    """
    layout = make_layout(shape)
    output = len(layout) - 1
    fan_in, fan_out, weight, bias, *_ = layout[whole("layer", layer, 0, output)].tolist()
    whole("unit", unit, 0, fan_out - 1)
    if one_of("name", name, ("w", "b", "c")) == "w":
        return int(weight + unit * fan_in + whole("source", source, 0, fan_in - 1))
    if name == "b":
        return int(bias + unit)
    if layer != output - 1:
        raise EngineError(f"c of a unit of layer {layer}: expected a unit of the last hidden layer")
    return parameter_index(shape, output, 0, "w", unit)


def grid(examples: int) -> tuple[int, int]:
    """(rows, columns) of the shuffle's grid: the smallest near-square one with at least `examples` cells.

    Sums modulo an odd number make even permutations only. Where both numbers are odd and no cell is left over, one more
    row lets odd ones occur as often.
    """
    columns = math.isqrt(max(examples, 1) - 1) + 1
    rows = -(-examples // columns)
    return (rows + 1 if rows * columns == examples and examples % 2 else rows), columns
