"""The mini-batch loop as plain loops: one example at a time, one weight at a time.

These are the oracle of every faster loop. They work on the run's canonical arrays, in float32 and float64, compiled or
interpreted, and a call may stop after any example.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.activations import KINDS
from engine.kernels.bookkeeping import move_on, present_pace, present_rate, record_check
from engine.kernels.jit import by_code, compiled, kernel
from engine.kernels.shuffle import epoch_key, example
from engine.layout import BIAS, FAN_IN, FAN_OUT, SOURCE, TARGET, WEIGHT
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS, Optimizer
from engine.run import (
    BAD_GRADIENT,
    BAD_LOSS,
    BAD_THETA,
    FINE,
    Floats,
    Run,
    Settings,
)


class Buffers(NamedTuple):
    """Values and gradients of all units for one example, in the order of `Run.kinds`, and the next update's state."""

    a: Floats
    delta: Floats
    theta: Floats
    first_moment: Floats
    second_moment: Floats


def make_buffers(run: Run, threads: int, like: Buffers | None = None) -> Buffers:
    """Room for one example: these loops are one thread's, and read the run's own examples."""
    units, theta = np.zeros(run.kinds.size, run.theta.dtype), run.theta
    return Buffers(units, units.copy(), *(np.empty_like(theta) for _ in range(3)))


def push(run: Run, buffers: Buffers) -> None:
    """Nothing to do: these loops work on the run's own arrays."""


def pull(run: Run, buffers: Buffers, names: Sequence[str]) -> None:
    """Nothing to do, as for `push`."""


def copies(run: Run, buffers: Buffers) -> tuple[Floats, ...]:
    """Copies of θ, gradient, first and second moments."""
    return run.theta.copy(), run.gradient.copy(), run.first_moment.copy(), run.second_moment.copy()


def write(buffers: Buffers, places: NDArray[np.intp], values: Floats) -> None:
    """Nothing to do, as for `push`."""


def gradient(run: Run, buffers: Buffers, settings: Settings) -> Floats:
    """∇ objective over the whole training set, in θ's order."""
    scratch = run._replace(gradient=np.zeros_like(run.theta))
    whole_gradient(scratch, buffers, settings)
    return scratch.gradient


activation = by_code([compiled(kind.function) for kind in KINDS.values()])
activation_slope = by_code([compiled(kind.slope) for kind in KINDS.values()])
loss_value = by_code([compiled(loss.function) for loss in LOSSES.values()])
loss_slope = by_code([compiled(loss.slope) for loss in LOSSES.values()])


@kernel
def advance(run: Run, buffers: Buffers, settings: Settings, target: int, budget: int) -> int:
    """Train up to update `target`, checking the whole sets where due, for about `budget` multiply-adds.

    Returns the multiply-adds spent: less than the budget when all is done, or state.status says why not.
    """
    state = run.state
    left = budget
    update_cost, check_cost = 3 * run.theta.size, run.theta.size
    while left > 0 and state.status == FINE:
        if state.check_row >= 0:
            left -= check_cost * check_rows(run, buffers, settings, max(1, left // check_cost))
        elif state.update < target:
            left -= update_cost * train_rows(run, buffers, settings, max(1, left // update_cost))
        else:
            break
    return int(budget - left)


@kernel
def whole_gradient(run: Run, buffers: Buffers, settings: Settings) -> None:
    """Fill run.gradient with that of the objective over the whole training set."""
    run.gradient[:] = 0
    for i in range(run.y.size):
        train_example(run, buffers, settings, i, 1.0 / run.y.size)
    add_penalty(run, settings)


@compiled
def train_rows(run: Run, buffers: Buffers, settings: Settings, rows: int) -> int:
    """Add up to `rows` examples of the present batch to its gradient, and update if it is complete."""
    state = run.state
    examples = run.y.size
    position, begin = int(state.position), state.row
    size = min(settings.batch_size, examples - position)
    end = min(size, begin + rows)
    if begin == 0:
        run.gradient[:] = 0
        state.batch_loss = 0.0
    key = epoch_key(settings.seed, int(state.epoch))
    for row in range(begin, end):
        i = example(key, position + row, examples, settings.grid_rows, settings.grid_columns)
        state.batch_loss += train_example(run, buffers, settings, i, 1.0 / size)
    state.row = end
    if end == size:
        finish_update(run, buffers, settings, size)
    return int(end - begin)


@compiled
def finish_update(run: Run, buffers: Buffers, settings: Settings, size: int) -> None:
    """Take the optimizer's step with the complete gradient of a batch, and move on; the old state stays otherwise."""
    state = run.state
    if not np.isfinite(state.batch_loss):
        state.status = BAD_LOSS
        state.row = 0
        return
    add_penalty(run, settings)
    optimize(run, buffers, settings)
    if all_finite(buffers.theta) and all_finite(buffers.second_moment):
        run.theta[:] = buffers.theta
        run.first_moment[:], run.second_moment[:] = buffers.first_moment, buffers.second_moment
        move_on(state, run.buckets, run.buckets.size // 4, settings, size)
        return
    only_theta = all_finite(run.gradient) and all_finite(buffers.first_moment) and all_finite(buffers.second_moment)
    state.status = BAD_THETA if only_theta else BAD_GRADIENT
    state.row = 0


@compiled
def check_rows(run: Run, buffers: Buffers, settings: Settings, rows: int) -> int:
    """Add up to `rows` examples to the losses on the whole sets, and record them if they are complete."""
    state = run.state
    train, unseen = run.y.size, run.y_test.size
    begin = state.check_row
    end = min(train + unseen, begin + rows)
    for i in range(begin, end):
        if i < train:
            state.train_loss += loss_value(settings.loss, forward(run, buffers, run.x, i) - run.y[i])
        else:
            state.test_loss += loss_value(
                settings.loss, forward(run, buffers, run.x_test, i - train) - run.y_test[i - train]
            )
    state.check_row = end
    if end == train + unseen:
        record_check(state, run.points, run.points.size // 4, settings)
    return int(end - begin)


@compiled
def train_example(run: Run, buffers: Buffers, settings: Settings, i: int, share: float) -> float:
    """One example forward and back: adds `share` of its gradient to run.gradient, returns its loss."""
    error = forward(run, buffers, run.x, i) - run.y[i]
    buffers.delta[-1] = loss_slope(settings.loss, error) * share
    backward(run, buffers)
    return float(loss_value(settings.loss, error))


@compiled
def forward(run: Run, buffers: Buffers, x: Floats, i: int) -> float:
    """Example i of x through the network: z = W a + b, a = activation(z), layer by layer; returns the output."""
    theta, layout, a = run.theta, run.layout, buffers.a
    for j in range(x.shape[1]):
        a[j] = x[i, j]
    for layer in range(layout.shape[0]):
        fan_in, source, target = layout[layer, FAN_IN], layout[layer, SOURCE], layout[layer, TARGET]
        weight = layout[layer, WEIGHT]
        for unit in range(layout[layer, FAN_OUT]):
            total = theta[layout[layer, BIAS] + unit]
            for j in range(fan_in):
                total += theta[weight + j] * a[source + j]
            weight += fan_in
            a[target + unit] = activation(run.kinds[target + unit], total)
    return float(a[-1])


@compiled
def backward(run: Run, buffers: Buffers) -> None:
    """From buffers.delta[-1] = ∂loss/∂output to the gradient, layer by layer from the output to the input."""
    theta, layout, a, delta = run.theta, run.layout, buffers.a, buffers.delta
    for layer in range(layout.shape[0] - 1, -1, -1):
        fan_in, source, target = layout[layer, FAN_IN], layout[layer, SOURCE], layout[layer, TARGET]
        weight = layout[layer, WEIGHT]
        for j in range(fan_in):
            delta[source + j] = 0
        for unit in range(layout[layer, FAN_OUT]):
            at = target + unit
            delta[at] *= activation_slope(run.kinds[at], a[at])
            run.gradient[layout[layer, BIAS] + unit] += delta[at]
            for j in range(fan_in):
                run.gradient[weight + j] += delta[at] * a[source + j]
            if layer > 0:
                for j in range(fan_in):
                    delta[source + j] += delta[at] * theta[weight + j]
            weight += fan_in


@compiled
def add_penalty(run: Run, settings: Settings) -> None:
    """Add the gradient of l1·Σ|w| + ½·l2·Σw²."""
    l1, l2 = settings.l1, settings.l2
    if l1 == 0.0 and l2 == 0.0:
        return
    for layer in range(run.layout.shape[0]):
        for i in range(run.layout[layer, WEIGHT], run.layout[layer, BIAS]):
            run.gradient[i] += l1 * np.sign(run.theta[i]) + l2 * run.theta[i]


@compiled
def all_finite(values: Floats) -> bool:
    return bool(np.isfinite(values).all())


@compiled
def optimize(run: Run, buffers: Buffers, settings: Settings) -> None:
    """One step of the optimizer, into the buffers; a decoupled l2 shrinks the weights, not the biases.

    What is frozen keeps its old state there, whatever the step was.
    """
    code, rate = settings.optimizer, present_rate(run.state, settings)
    pace, epsilon = present_pace(rate, run.state, settings)
    for layer in range(run.layout.shape[0]):
        weight, bias = run.layout[layer, WEIGHT], run.layout[layer, BIAS]
        take_step(code, run, buffers, weight, bias, pace, epsilon, rate * settings.shrink)
        take_step(code, run, buffers, bias, bias + run.layout[layer, FAN_OUT], pace, epsilon, 0.0)
    for i in run.frozen:
        buffers.theta[i] = run.theta[i]
        buffers.first_moment[i], buffers.second_moment[i] = run.first_moment[i], run.second_moment[i]


def over_scalars(optimizer: Optimizer) -> Callable[..., None]:
    """One step of an optimizer over the parameters from `begin` to `end`."""
    step_of = compiled(optimizer.step)

    def step_over(run: Run, buffers: Buffers, begin: int, end: int, pace: float, epsilon: float, shrink: float) -> None:
        for i in range(begin, end):
            step, first, second = step_of(run.gradient[i], run.first_moment[i], run.second_moment[i], pace, epsilon)
            buffers.theta[i] = run.theta[i] - (step + shrink * run.theta[i])
            buffers.first_moment[i], buffers.second_moment[i] = first, second

    return step_over


take_step = by_code([compiled(over_scalars(optimizer)) for optimizer in OPTIMIZERS.values()])
