"""One step of the optimizer on the packed parameters; each thread its part."""

from __future__ import annotations

import numpy as np

from engine.kernels.bookkeeping import present_pace, present_rate
from engine.kernels.emitter import LANES
from engine.kernels.jit import inlined, internal
from engine.kernels.moves import clear
from engine.kernels.optimizers import check_finite, put, step_over
from engine.kernels.optimizers import penalize as penalize_vectors
from engine.kernels.packing import Work, layer_of
from engine.kernels.team import barrier, part_of_vectors
from engine.run import Settings, State


@internal
def penalize(work: Work, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²."""
    l1, l2 = np.float32(settings.l1), np.float32(settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(work.layers):
        weights = layer_of(work, layer).weights
        begin, count = part_of_vectors(work, weight_vectors(work, layer))
        weights += begin * LANES
        penalize_vectors(work.theta + weights, work.gradient + weights, count, l1, l2)
    barrier(work)


@inlined
def weight_vectors(work: Work, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    own = layer_of(work, layer)
    return int(own.inputs * own.stride // LANES if layer < work.layers - 1 else own.vectors)


@internal
def optimize(work: Work, state: State, settings: Settings) -> None:
    """One step of the optimizer over this thread's part of θ.

    A decoupled l2 shrinks the weights, not the biases.
    """
    rate = present_rate(state, settings)
    pace, epsilon = present_pace(rate, state, settings)
    numbers = np.float32(pace), np.float32(epsilon)
    clear(work.finite, 1)
    for part in range(1 if settings.shrink == 0.0 else 2 * work.layers):
        first, count, shrink = 0, work.parameter_vectors, 0.0
        if settings.shrink != 0.0:
            first, count = part_of_layer(work, part)
            shrink = 0.0 if part % 2 else rate * settings.shrink
        begin, vectors = part_of_vectors(work, count)
        skip = (first + begin) * LANES
        theta, g, m, v = work.theta + skip, work.gradient + skip, work.first_moment + skip, work.second_moment + skip
        step_over(settings.optimizer, theta, g, m, v, vectors, work.finite, *numbers, np.float32(shrink))


@internal
def hold_frozen(work: Work) -> None:
    """What is frozen has its old state again; whether all is finite is then for the others to say."""
    begin, count = part_of_vectors(work, work.frozen_parameters)
    places, held = work.frozen + begin, work.held + begin
    for values in (work.theta, work.first_moment, work.second_moment):
        put(held, places, count, values)
        held += work.frozen_parameters
    barrier(work)
    begin, vectors = part_of_vectors(work, work.parameter_vectors)
    check_finite(work.theta + begin * LANES, work.second_moment + begin * LANES, vectors, work.finite)
    barrier(work)


@internal
def part_of_layer(work: Work, part: int) -> tuple[int, int]:
    """(first, count) of the vectors with the weights of layer part / 2, or for an odd part with its biases."""
    layer = part // 2
    first, weights = layer_of(work, layer).weights // LANES, weight_vectors(work, layer)
    if part % 2 == 0:
        return first, weights
    end = layer_of(work, layer + 1).weights // LANES if layer < work.layers - 1 else work.parameter_vectors
    return first + weights, end - first - weights
