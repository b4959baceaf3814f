"""The optimizers on vectors, in order of increasing complexity; the recurrences stand in `plain`.

Each passes once over θ, and adds 0·θ to a vector at `finite`: it stays 0 while all of θ and the moments are finite.
"""

from __future__ import annotations

import numpy as np

from engine.kernels.emitter import LANES, Emitter, Value, emitted


@emitted
def sgd(emit: Emitter, theta: Value, gradient: Value, vectors: Value, finite: Value, rate_f: Value) -> None:
    check = emit.variable()
    with emit.loop(vectors) as i:
        at = i * LANES
        moved = emit.load(theta, at) - emit.load(gradient, at) * rate_f
        check.set(emit.fma(moved, emit.vector(0.0), check.get()))
        emit.store(moved, theta, at)
    emit.store(check.get(), finite)


@emitted
def momentum(
    emit: Emitter,
    theta: Value,
    gradient: Value,
    first: Value,
    vectors: Value,
    finite: Value,
    rate_f: Value,
    ahead_f: Value,
) -> None:
    """ahead = 0 is momentum, whose step is the trace; ahead = 1 is Nesterov's, 0.9·trace + g."""
    check = emit.variable()
    with emit.loop(vectors) as i:
        at = i * LANES
        g = emit.load(gradient, at)
        trace = emit.load(first, at) * 0.9 + g
        step = trace + (trace * 0.9 + g - trace) * ahead_f
        moved = emit.load(theta, at) - step * rate_f
        check.set(emit.fma(moved, emit.vector(0.0), check.get()))
        emit.store(trace, first, at)
        emit.store(moved, theta, at)
    emit.store(check.get(), finite)


@emitted
def adagrad_rmsprop(
    emit: Emitter,
    theta: Value,
    gradient: Value,
    second: Value,
    vectors: Value,
    finite: Value,
    rate_f: Value,
    keep_f: Value,
    add_f: Value,
    epsilon_f: Value,
) -> None:
    """s ← keep·s + add·g²;  θ ← θ − η g / √(s + ε); a parameter without a gradient stays."""
    check = emit.variable()
    with emit.loop(vectors) as i:
        at = i * LANES
        g = emit.load(gradient, at)
        squares = emit.load(second, at) * keep_f + g * g * add_f
        moved = emit.load(theta, at) - g * rate_f / np.sqrt(squares + epsilon_f)
        check.set(emit.fma(moved + squares, emit.vector(0.0), check.get()))
        emit.store(squares, second, at)
        emit.store(moved, theta, at)
    emit.store(check.get(), finite)


@emitted
def adam(
    emit: Emitter,
    theta: Value,
    gradient: Value,
    first: Value,
    second: Value,
    vectors: Value,
    finite: Value,
    step_f: Value,
    epsilon_f: Value,
) -> None:
    """step = η·√(1 − 0.999ᵗ)/(1 − 0.9ᵗ) and epsilon = 1e-8·√(1 − 0.999ᵗ) carry the corrections of both moments."""
    check = emit.variable()
    keep_first, keep_second = emit.vector(0.9), emit.vector(0.999)
    with emit.loop(vectors) as i:
        at = i * LANES
        g, m, v = emit.load(gradient, at), emit.load(first, at), emit.load(second, at)
        m = emit.fma(keep_first, m - g, g)
        v = emit.fma(keep_second, v - g * g, g * g)
        moved = emit.load(theta, at) - m * step_f / (np.sqrt(v) + epsilon_f)
        check.set(emit.fma(moved + v, emit.vector(0.0), check.get()))
        emit.store(m, first, at)
        emit.store(v, second, at)
        emit.store(moved, theta, at)
    emit.store(check.get(), finite)


@emitted
def penalize(emit: Emitter, theta: Value, gradient: Value, vectors: Value, l1_f: Value, l2_f: Value) -> None:
    """g ← g + l1·sign(θ) + l2·θ"""
    with emit.loop(vectors) as i:
        at = i * LANES
        w = emit.load(theta, at)
        sign = (w > 0.0) * 1.0 - (w < 0.0) * 1.0
        emit.store(emit.load(gradient, at) + sign * l1_f + w * l2_f, gradient, at)


@emitted
def shrink(emit: Emitter, theta: Value, vectors: Value, keep_f: Value) -> None:
    """θ ← keep·θ"""
    with emit.loop(vectors) as i:
        emit.store(emit.load(theta, i * LANES) * keep_f, theta, i * LANES)
