"""One step of the optimizer on the packed parameters; each thread its part."""

from __future__ import annotations

import numpy as np

from engine.kernels.bookkeeping import present_pace, present_rate
from engine.kernels.elementwise import clear
from engine.kernels.emitter import LANES
from engine.kernels.jit import inlined
from engine.kernels.optimizers import penalize as penalize_vectors
from engine.kernels.optimizers import step_over
from engine.kernels.packing import (
    FINITE,
    FIRST,
    GRADIENT,
    INPUTS,
    LAYERS,
    NEXT,
    PARAMETER_VECTORS,
    SECOND,
    STRIDE,
    THETA,
    VECTORS,
    WEIGHTS,
    of,
)
from engine.kernels.team import meet_others, part_of_vectors
from engine.run import Ints, Settings, Sums


@inlined
def penalize(at: Ints, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²."""
    l1, l2 = np.float32(settings.l1), np.float32(settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(at[LAYERS]):
        weights = of(at, layer, WEIGHTS)
        begin, count = part_of_vectors(at, weight_vectors(at, layer))
        weights += begin * LANES
        penalize_vectors(at[THETA] + weights, at[GRADIENT] + weights, count, l1, l2)
    meet_others(at)


@inlined
def weight_vectors(at: Ints, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    rows, stride = of(at, layer, INPUTS), of(at, layer, STRIDE)
    return rows * stride // LANES if layer < at[LAYERS] - 1 else of(at, layer, VECTORS)


@inlined
def optimize(at: Ints, state: Ints, sums: Sums, settings: Settings) -> None:
    """One step of the optimizer over this thread's part of θ, into the next state.

    A decoupled l2 shrinks the weights, not the biases.
    """
    rate = present_rate(state, settings)
    pace, epsilon = present_pace(rate, sums, settings)
    numbers = np.float32(pace), np.float32(epsilon)
    clear(at[FINITE], 1)
    for part in range(1 if settings.shrink == 0.0 else 2 * at[LAYERS]):
        first, count, shrink = 0, at[PARAMETER_VECTORS], 0.0
        if settings.shrink != 0.0:
            first, count = part_of_layer(at, part)
            shrink = 0.0 if part % 2 else rate * settings.shrink
        begin, vectors = part_of_vectors(at, count)
        skip = (first + begin) * LANES
        theta, g, m, v = at[THETA] + skip, at[GRADIENT] + skip, at[FIRST] + skip, at[SECOND] + skip
        step_over(settings.optimizer, theta, g, m, v, at[NEXT], vectors, at[FINITE], *numbers, np.float32(shrink))


@inlined
def part_of_layer(at: Ints, part: int) -> tuple[int, int]:
    """(first, count) of the vectors with the weights of layer part / 2, or for an odd part with its biases."""
    layer = part // 2
    first, weights = of(at, layer, WEIGHTS) // LANES, weight_vectors(at, layer)
    if part % 2 == 0:
        return first, weights
    end = of(at, layer + 1, WEIGHTS) // LANES if layer < at[LAYERS] - 1 else at[PARAMETER_VECTORS]
    return first + weights, end - first - weights
