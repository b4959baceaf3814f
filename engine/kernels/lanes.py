"""The mini-batch loop of many small models side by side, a model a lane, float32.

A group holds LANES models of one architecture, batch size, loss, optimizer and schedule; rates, penalties and seeds are
each model's own, and so is the order of its examples. θ, gradient and moments are vectors in θ's own order, values of
units are [unit, row]: what is one number in the plain loops is one vector here. No sum runs over lanes, so a model does
not depend on its neighbours, and lanes may be empty.

A step is written beside the old state, so that a model whose step is not finite keeps the old one; from then on it
stands still, and the others go on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.activations import CODES
from engine.kernels.bookkeeping import check_is_due, optimizer_pace, record_check, scheduled_rate, updates_done
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import float32s, float64s, int32s, int64s, record_at
from engine.kernels.jit import inlined, internal, kernel
from engine.kernels.lane_group import Group, Work, work_at
from engine.kernels.lane_moves import fill, gather, hold, order, penalize, spread, step_over
from engine.kernels.lane_passes import (
    ROWS,
    back_from_next,
    back_from_output,
    back_to_one_input,
    dense,
    dense_to_output,
    losses_of,
    sum_rows,
    weights_gradient,
)
from engine.kernels.moves import clear, flush_denormals, set_float_mode, total
from engine.kernels.optimizers import check_finite
from engine.kernels.order import GROUP
from engine.kernels.packing import address
from engine.kernels.shuffle import epoch_key, rounds_for
from engine.layout import BIAS, FAN_IN, FAN_OUT, SOURCE, TARGET, WEIGHT
from engine.optimizers import KEEP_FIRST, KEEP_SECOND
from engine.run import BAD_GRADIENT, BAD_LOSS, BAD_THETA, FINE, STATE, Settings, State
from engine.schedules import CONSTANT

IDENTITY = CODES["identity"]
state_at, STATE_WORDS = record_at(STATE), STATE.itemsize // 4


def advance(group: Group, settings: Settings, target: int, budget: int) -> int:
    """As `plain.advance`, for all lanes; returns the multiply-adds spent on each."""
    return train(address(group.work), settings, target, budget)


@kernel
def train(place: int, settings: Settings, target: int, budget: int) -> int:
    """The loop of `plain.advance` for all lanes at once; returns the multiply-adds spent on each."""
    work = work_at(place)
    state = state_at(work.state)
    parameters, spent = work.parameters, 0
    work.keyed = -1
    flush_denormals(work.mode)
    while spent < budget and state.status == FINE:
        size = min(settings.batch_size, settings.examples - state.position)
        if state.check_row >= 0:
            spent += parameters * check_chunk(work, state, settings)
        elif state.update >= target:
            break
        elif state.row < size:
            spent += 3 * parameters * train_chunk(work, state, settings, size)
        else:
            finish_update(work, state, settings, size)
    set_float_mode(work.mode)
    return int(spent)


@inlined
def train_chunk(work: Work, state: State, settings: Settings, size: int) -> int:
    """The next chunk of the present batch, of `size` examples, into its gradient; returns the rows."""
    begin = state.row
    rows = min(work.chunk_rows, size - begin)
    even = (rows + ROWS - 1) // ROWS * ROWS
    across = work.chunk_rows * LANES
    inputs = int64s(work.layout)[FAN_IN]
    work_out_keys(work, state.epoch)
    groups = (rows + GROUP - 1) // GROUP
    examples, grid_rows, grid_columns = settings.examples, settings.grid_rows, settings.grid_columns
    place = state.position + begin
    order(work.order, place, groups, work.keys, examples, grid_rows, grid_columns, rounds_for(examples))
    gather(work.train, work.width, work.order, work.pairs, work.values, across, inputs, work.targets, rows)
    clear_behind(work, inputs, rows, even)
    forward(work, even)
    losses_of(work.deltas, work.targets, work.losses, even, rows, settings.loss, np.float32(1.0 / size))
    backward(work, even, begin == 0)
    sums, losses = float32s(work.batch_losses), float32s(work.losses)
    for lane in range(LANES):
        sums[lane] = losses[lane] if begin == 0 else sums[lane] + losses[lane]
    state.row = begin + rows
    return int(rows)


@inlined
def work_out_keys(work: Work, epoch: int) -> None:
    """Have each lane's key of this epoch's order."""
    if work.keyed != epoch:
        keys, seeds = int32s(work.keys), int64s(work.seeds)
        for lane in range(LANES):
            keys[lane] = np.int32(epoch_key(seeds[lane], epoch))
        work.keyed = epoch


@inlined
def clear_behind(work: Work, inputs: int, rows: int, even: int) -> None:
    """Zeros behind the last row, as far as the passes look."""
    if even > rows:
        behind, across = rows * LANES, work.chunk_rows * LANES
        clear(work.targets + behind, even - rows)
        for i in range(inputs):
            clear(work.values + i * across + behind, even - rows)


@internal
def forward(work: Work, rows: int) -> None:
    """The rows of the inputs through the network; the outputs are where the deltas will be."""
    layout, kinds, across = int64s(work.layout), int64s(work.kinds), work.chunk_rows * LANES
    at = 6 * (work.layers - 1)
    c, bias = work.theta + layout[at + WEIGHT] * LANES, work.theta + layout[at + BIAS] * LANES
    if work.layers == 1:
        dense(work.values, across, layout[at + FAN_IN], c, bias, work.deltas, rows, IDENTITY, 1)
        return
    fill(bias, work.deltas, rows)
    for layer in range(work.layers - 1):
        at = 6 * layer
        inputs, first, unit = layout[at + FAN_IN], layout[at + TARGET], 0
        source = work.values + layout[at + SOURCE] * across
        while unit < layout[at + FAN_OUT]:
            alike, kind = int64s(work.alike)[first + unit], kinds[first + unit]
            weights = work.theta + (layout[at + WEIGHT] + unit * inputs) * LANES
            bias = work.theta + (layout[at + BIAS] + unit) * LANES
            into = work.values + (first + unit) * across
            if layer < work.layers - 2:
                dense(source, across, inputs, weights, bias, into, rows, kind, alike)
            else:
                own = c + unit * LANES, work.deltas
                dense_to_output(source, across, inputs, weights, bias, into, rows, kind, alike, *own)
            unit += alike


@internal
def backward(work: Work, rows: int, fresh: bool) -> None:
    """From the deltas to the gradient, layer by layer from the output to the inputs."""
    layout, across = int64s(work.layout), work.chunk_rows * LANES
    at = 6 * (work.layers - 1)
    sum_rows(work.deltas, work.gradient + layout[at + BIAS] * LANES, rows, fresh)
    if work.layers == 1:
        inputs, into = layout[at + FAN_IN], work.gradient + layout[at + WEIGHT] * LANES
        weights_gradient(work.values, across, inputs, work.deltas, into, 0, rows, 1, fresh)
    for layer in range(work.layers - 2, -1, -1):
        back_layer(work, layer, rows, fresh)


@internal
def back_layer(work: Work, layer: int, rows: int, fresh: bool) -> None:
    """From what is behind a hidden layer to its gradient, and its values → ∂loss/∂z."""
    layout, across = int64s(work.layout), work.chunk_rows * LANES
    own, behind = 6 * layer, 6 * (layer + 1)
    inputs, first, units = layout[own + FAN_IN], layout[own + TARGET], layout[own + FAN_OUT]
    x, unit = work.values + layout[own + SOURCE] * across, 0
    while unit < units:
        alike, kind = int64s(work.alike)[first + unit], int64s(work.kinds)[first + unit]
        a, c = work.values + (first + unit) * across, (layout[behind + WEIGHT] + unit) * LANES
        b = work.gradient + (layout[own + BIAS] + unit) * LANES
        w = work.gradient + (layout[own + WEIGHT] + unit * inputs) * LANES
        sizes = rows, kind, alike, fresh
        if layer == work.layers - 2:
            into = work.gradient + c, b, w
            if work.layers == 2 and inputs == 1:
                back_to_one_input(a, work.deltas, across, 1, work.theta + c, 0, x, inputs, *into, *sizes)
            else:
                back_from_output(a, work.deltas, across, 1, work.theta + c, 0, x, inputs, *into, *sizes)
        else:
            g, next = work.values + layout[behind + TARGET] * across, layout[behind + FAN_OUT]
            back_from_next(a, g, across, next, work.theta + c, units * LANES, x, inputs, 0, b, w, *sizes)
        unit += alike
    if inputs > 1:
        g, into = work.values + first * across, work.gradient + (layout[own + WEIGHT] + 1) * LANES
        weights_gradient(x + across, across, inputs - 1, g, into, inputs * LANES, rows, units, fresh)


@internal
def check_chunk(work: Work, state: State, settings: Settings) -> int:
    """The next chunk of the losses on the whole sets, recorded when they are complete; returns the rows."""
    begin, rows_of, count, unseen = state.check_row, work.train, settings.examples, False
    if begin >= settings.examples:
        begin, rows_of, count, unseen = begin - settings.examples, work.test, settings.unseen, True
    rows = min(work.chunk_rows, count - begin)
    even, inputs = (rows + ROWS - 1) // ROWS * ROWS, int64s(work.layout)[FAN_IN]
    place, across = rows_of + begin * work.width, work.chunk_rows * LANES
    spread(place, work.width, work.values, across, inputs, work.targets, rows)
    clear_behind(work, inputs, rows, even)
    forward(work, even)
    losses_of(work.deltas, work.targets, work.losses, even, rows, settings.loss, np.float32(0.0))
    state.check_row += rows
    complete = state.check_row == settings.examples + settings.unseen
    losses, alive = float32s(work.losses), float32s(work.alive)
    for lane in range(LANES):
        member = state_at(work.members + lane * STATE_WORDS)
        if unseen:
            member.test_loss += losses[lane]
        else:
            member.train_loss += losses[lane]
        if complete and alive[lane] > 0:
            member.update, member.epoch = state.update, state.epoch
            points = work.points + lane * 8 * work.point_capacity
            record_check(member, float64s(points), work.point_capacity, settings)
    if complete:
        state.check_row = -1
    return int(rows)


@internal
def finish_update(work: Work, state: State, settings: Settings, size: int) -> None:
    """The optimizer's step with the complete gradient of a batch, into what becomes the present state."""
    start_check(work)
    step(work, state, settings)
    if work.frozen_parameters > 0:
        hold_frozen(work)
    if total(work.finite, 1, LANES) != 0.0:
        keep_diverged(work, state)
    work.theta += work.new
    work.first_moment += work.new
    work.second_moment += work.new
    work.new = -work.new
    state.first_power *= KEEP_FIRST
    state.second_power *= KEEP_SECOND
    state.row = 0
    state.update += 1
    state.position += size
    if state.position == settings.examples:
        state.position = 0
        state.epoch += 1
        begin_check(work, state, settings)


@inlined
def start_check(work: Work) -> None:
    """`finite` ← 0 for every living lane whose loss is finite."""
    finite, losses, alive = float32s(work.finite), float32s(work.batch_losses), float32s(work.alive)
    for lane in range(LANES):
        finite[lane] = losses[lane] * np.float32(0.0) if alive[lane] > 0 else np.float32(0.0)


@internal
def step(work: Work, state: State, settings: Settings) -> None:
    """One step of the optimizer; penalties and a decoupled l2 are for the weights only."""
    layout, code = int64s(work.layout), settings.optimizer
    factor = 1.0
    if settings.schedule != CONSTANT:
        done = updates_done(state.epoch, state.position, settings.batch_size, settings.examples)
        horizon = updates_done(settings.epochs, 0, settings.batch_size, settings.examples)
        factor = scheduled_rate(settings.schedule, 1.0, min(done, horizon), horizon)
    powers = state.first_power * KEEP_FIRST, state.second_power * KEEP_SECOND
    pace, epsilon = optimizer_pace(code, factor, *powers)
    numbers = np.float32(pace), np.float32(epsilon), np.float32(factor)
    if work.penalized == 0 and work.shrinking == 0:
        step_part(work, code, 0, work.parameters, work.nothing, numbers)
        return
    for layer in range(work.layers):
        at = 6 * layer
        weight, bias = layout[at + WEIGHT], layout[at + BIAS]
        if work.penalized > 0:
            place = weight * LANES
            penalize(work.theta + place, work.gradient + place, bias - weight, work.l1, work.l2)
        step_part(work, code, weight, bias, work.shrinks, numbers)
        step_part(work, code, bias, bias + layout[at + FAN_OUT], work.nothing, numbers)


@inlined
def step_part(work: Work, code: int, begin: int, end: int, shrinks: int, numbers: Any) -> None:
    """The step of the parameters from `begin` to `end`."""
    place = begin * LANES
    theta, g, m, v = work.theta + place, work.gradient + place, work.first_moment + place, work.second_moment + place
    step_over(code, theta, g, m, v, work.new, end - begin, work.alive, work.finite, work.rates, shrinks, *numbers)


@internal
def hold_frozen(work: Work) -> None:
    """What is frozen keeps its old state; whether all is finite is then for the others to say."""
    for values in (work.theta, work.first_moment, work.second_moment):
        hold(values, work.new, work.frozen, work.frozen_parameters)
    check_finite(work.theta + work.new, work.second_moment + work.new, work.parameters, work.finite)
    finite, losses, alive = float32s(work.finite), float32s(work.batch_losses), float32s(work.alive)
    for lane in range(LANES):
        if alive[lane] > 0 and not np.isfinite(losses[lane]):
            finite[lane] = losses[lane]


@internal
def keep_diverged(work: Work, state: State) -> None:
    """The lanes whose new state is not finite keep the old one, and stand still from now on."""
    finite, alive, losses = float32s(work.finite), float32s(work.alive), float32s(work.batch_losses)
    living = 0
    for lane in range(LANES):
        if finite[lane] != 0.0:
            member = state_at(work.members + lane * STATE_WORDS)
            member.update, member.epoch, member.position = state.update, state.epoch, state.position
            member.first_power, member.second_power = state.first_power, state.second_power
            member.status = what_diverged(work, lane) if np.isfinite(losses[lane]) else BAD_LOSS
            alive[lane] = 0.0
            for values in (work.theta, work.first_moment, work.second_moment):
                old, new = float32s(values), float32s(values + work.new)
                for i in range(lane, work.parameters * LANES, LANES):
                    new[i] = old[i]
        living += alive[lane] > 0
    if living == 0:
        state.status = BAD_THETA


@inlined
def what_diverged(work: Work, lane: int) -> int:
    """BAD_THETA if gradient and moments are finite, else BAD_GRADIENT."""
    for values in (work.gradient, work.first_moment + work.new, work.second_moment + work.new):
        numbers = float32s(values)
        for i in range(lane, work.parameters * LANES, LANES):
            if not np.isfinite(numbers[i]):
                return BAD_GRADIENT
    return BAD_THETA


@inlined
def begin_check(work: Work, state: State, settings: Settings) -> None:
    """Have the whole sets checked where that is due, which is at the same epochs for all lanes."""
    alive, due = float32s(work.alive), False
    for lane in range(LANES):
        member = state_at(work.members + lane * STATE_WORDS)
        member.train_loss = member.test_loss = 0.0
        due = due or (alive[lane] > 0 and check_is_due(state.epoch, member.point_stride, settings))
    if due:
        state.check_row = 0
