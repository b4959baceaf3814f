"""One step of the optimizer on the packed parameters; each thread its part."""

from __future__ import annotations

import numpy as np

from engine.kernels import optimizers
from engine.kernels.emitter import LANES
from engine.kernels.jit import inlined
from engine.kernels.packing import (
    FINITE,
    FIRST,
    GRADIENT,
    INPUTS,
    LAYERS,
    PARAMETER_VECTORS,
    SECOND,
    STRIDE,
    THETA,
    VECTORS,
    WEIGHTS,
    of,
)
from engine.kernels.team import meet_others, part_of_vectors
from engine.recipe import OPTIMIZERS
from engine.run import FIRST_POWER, SECOND_POWER, Ints, Settings, Sums

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, ADAMW = range(len(OPTIMIZERS))


@inlined
def penalize(at: Ints, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²; adamw takes its l2 apart from the gradient."""
    l1 = np.float32(settings.l1)
    l2 = np.float32(0.0 if settings.optimizer == ADAMW else settings.l2)
    if l1 == 0 and l2 == 0:
        return
    for layer in range(at[LAYERS]):
        weights = of(at, layer, WEIGHTS)
        begin, count = part_of_vectors(at, weight_vectors(at, layer))
        weights += begin * LANES
        optimizers.penalize(at[THETA] + weights, at[GRADIENT] + weights, count, l1, l2)
    meet_others(at)


@inlined
def weight_vectors(at: Ints, layer: int) -> int:
    """Vectors of a layer's weights, without its biases."""
    rows, stride = of(at, layer, INPUTS), of(at, layer, STRIDE)
    return rows * stride // LANES if layer < at[LAYERS] - 1 else of(at, layer, VECTORS)


@inlined
def optimize(at: Ints, settings: Settings, rate: float, sums: Sums) -> None:
    """One step of the optimizer over this thread's part of θ."""
    begin, vectors = part_of_vectors(at, at[PARAMETER_VECTORS])
    skip, finite = begin * LANES, at[FINITE]
    theta, g, first, second = at[THETA] + skip, at[GRADIENT] + skip, at[FIRST] + skip, at[SECOND] + skip
    eta, one, zero = np.float32(rate), np.float32(1), np.float32(0)
    if settings.optimizer == SGD:
        optimizers.sgd(theta, g, vectors, finite, eta)
    elif settings.optimizer == MOMENTUM:
        optimizers.momentum(theta, g, first, vectors, finite, eta, zero)
    elif settings.optimizer == NESTEROV:
        optimizers.momentum(theta, g, first, vectors, finite, eta, one)
    elif settings.optimizer == ADAGRAD:
        optimizers.adagrad_rmsprop(theta, g, second, vectors, finite, eta, one, one, np.float32(1e-10))
    elif settings.optimizer == RMSPROP:
        keep, part = np.float32(0.9), np.float32(0.1)
        optimizers.adagrad_rmsprop(theta, g, second, vectors, finite, eta, keep, part, np.float32(1e-8))
    else:
        if settings.optimizer == ADAMW:
            keep = np.float32(1.0 - rate * settings.l2)
            for layer in range(at[LAYERS]):
                begin, count = part_of_vectors(at, weight_vectors(at, layer))
                optimizers.shrink(at[THETA] + of(at, layer, WEIGHTS) + begin * LANES, count, keep)
            meet_others(at)
        correction = np.sqrt(1.0 - sums[SECOND_POWER])
        pace = np.float32(rate * correction / (1.0 - sums[FIRST_POWER]))
        optimizers.adam(theta, g, first, second, vectors, finite, pace, np.float32(1e-8 * correction))
