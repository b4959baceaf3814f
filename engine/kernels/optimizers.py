"""The optimizers on vectors, made from their rows in `engine.optimizers`, and what penalties add to a gradient.

Each passes once over θ, in place, and adds 0·θ to a vector at `finite`: it stays 0 while all of θ and of the squares is
finite.
"""

from __future__ import annotations

from engine.kernels.emitter import LANES, Emitter, Value
from engine.kernels.intrinsic import emitted
from engine.optimizers import OPTIMIZERS


@emitted
def step_over(
    emit: Emitter,
    code: Value,
    theta: Value,
    gradient: Value,
    first: Value,
    second: Value,
    vectors: Value,
    finite: Value,
    pace_f: Value,
    epsilon_f: Value,
    shrink_f: Value,
) -> None:
    """One step over `vectors` of θ by the optimizer with this code; `shrink_f` is η·l2 of a decoupled one."""
    for own, optimizer in enumerate(OPTIMIZERS.values()):
        with emit.when(code, own):
            check, nothing = emit.variable(), emit.vector(0.0)
            check.set(emit.load(finite))
            keeps_first, keeps_second = optimizer.keeps
            with emit.loop(vectors) as i:
                at = i * LANES
                old = emit.load(theta, at)
                m = emit.load(first, at) if keeps_first else nothing
                v = emit.load(second, at) if keeps_second else nothing
                step, m, v = optimizer.step(emit.load(gradient, at), m, v, pace_f, epsilon_f)
                moved = old - (step + old * shrink_f if optimizer.decoupled else step)
                check.set(emit.fma(moved + v if keeps_second else moved, nothing, check.get()))
                if keeps_first:
                    emit.store(m, first, at)
                if keeps_second:
                    emit.store(v, second, at)
                emit.store(moved, theta, at)
            emit.store(check.get(), finite)


@emitted
def put(emit: Emitter, values: Value, places: Value, count: Value, into: Value) -> None:
    """into[places] ← values, single floats."""
    with emit.loop(count) as i:
        emit.store_float(emit.load_float(values, i), into, emit.load_word(places, i))


@emitted
def check_finite(emit: Emitter, theta: Value, second: Value, vectors: Value, finite: Value) -> None:
    """A vector at `finite` is 0 if all of θ and of the squares is finite."""
    check, nothing = emit.variable(), emit.vector(0.0)
    with emit.loop(vectors) as i:
        for values in (theta, second):
            check.set(emit.fma(emit.load(values, i * LANES), nothing, check.get()))
    emit.store(check.get(), finite)


@emitted
def penalize(emit: Emitter, theta: Value, gradient: Value, vectors: Value, l1_f: Value, l2_f: Value) -> None:
    """g ← g + l1·sign(θ) + l2·θ"""
    with emit.loop(vectors) as i:
        at = i * LANES
        w = emit.load(theta, at)
        sign = (w > 0.0) * 1.0 - (w < 0.0) * 1.0
        emit.store(emit.load(gradient, at) + sign * l1_f + w * l2_f, gradient, at)
