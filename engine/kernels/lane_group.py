"""A group of models side by side: where its arrays are, and how members come into its lanes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import record_at
from engine.kernels.lane_passes import ROWS
from engine.kernels.packing import LINE, address, aligned
from engine.layout import TARGET
from engine.optimizers import OPTIMIZERS
from engine.recipe import Recipe
from engine.run import STATE, Ints, Run

CHUNK = 128  # rows of a batch that are worked off together, at most
VALUES = 1 << 17  # bytes that the values of a chunk take, about: an eighth of a usual second-level cache

PARAMETERS = ("theta", "first_moment", "second_moment")
# what a group works on: where its arrays are, in words, then some numbers
ARRAYS = (
    "state", "members", "points",
    "train", "test", "layout", "kinds", "alike", "frozen",
    *PARAMETERS, "gradient",
    "values", "deltas", "targets", "losses", "batch_losses", "finite", "alive", "order", "pairs", "keys",
    "seeds", "rates", "l1", "l2", "shrinks", "nothing", "mode",
)  # fmt: skip
NUMBERS = (
    "layers",
    "parameters",
    "frozen_parameters",
    "point_capacity",
    "chunk_rows",
    "width",  # floats of an example
    "new",  # how many words behind the present state the next one is written; negative every second time
    "keyed",  # the epoch whose keys are there
    "penalized",  # whether any lane has l1 or l2 in its gradient
    "shrinking",
)
GROUP_WORK = np.dtype([(name, np.int64) for name in ARRAYS + NUMBERS])
Work = Any  # a record of GROUP_WORK
work_at = record_at(GROUP_WORK)


class Lanes(NamedTuple):
    """What each lane is: its seed, and its numbers of the recipe."""

    seeds: Any  # (LANES,) of int64
    rates: Any  # (LANES,) of float32, as those below
    l1: Any
    l2: Any
    shrinks: Any


class Data(NamedTuple):
    """Examples as the groups read them: (N, width), inputs, then the target, then perhaps a zero: `width` is even."""

    train: Any
    test: Any


def make_data(run: Run) -> Data:
    """The examples of a run."""
    width = (run.x.shape[1] + 2) // 2 * 2
    both = [np.zeros((y.size, width), np.float32) for y in (run.y, run.y_test)]
    for rows, x, y in zip(both, (run.x, run.x_test), (run.y, run.y_test), strict=True):
        rows[:, : x.shape[1]], rows[:, x.shape[1]] = x, y
    return Data(*both)


class Group(NamedTuple):
    """Room for LANES models of one architecture; every array of vectors starts on a cache line."""

    state: Any  # of what the lanes have in common, a record of STATE
    members: Any  # (LANES,) of STATE: each model's own
    points: Any  # (LANES, 4 · capacity) the loss curves
    parameters: Any  # (2, 3, P, LANES): θ, first and second, the present ones and the next
    lanes: Lanes
    alive: Any  # (LANES,) 1 for a model that trains
    work: Any  # a record of GROUP_WORK
    kept: dict[str, Any]  # all arrays, whose addresses the work has


def make_group(run: Run, data: Data) -> Group:
    """Room for models of this run's network, frozen units and curves, over these data."""
    units, size, capacity = run.kinds.size, run.theta.size, run.points.size // 4
    rows = chunk_rows(units)
    state, members, points = np.zeros(1, STATE), np.zeros(LANES, STATE), np.zeros((LANES, 4 * capacity))
    parameters = aligned(2 * 3 * size * LANES).reshape(2, 3, size, LANES)
    lanes = Lanes(np.zeros(LANES, np.int64), *(aligned(LANES) for _ in range(4)))
    arrays = {
        "state": state, "members": members, "points": points, **data._asdict(),
        "layout": run.layout, "kinds": run.kinds, "alike": units_alike(run), "frozen": run.frozen.astype(np.int32),
        **dict(zip(PARAMETERS, parameters[0], strict=True)), "gradient": aligned(size * LANES),
        "values": aligned(units * rows * LANES), "pairs": aligned(2 * rows * LANES),
        **{name: aligned(rows * LANES) for name in ("deltas", "targets", "order")},
        **{name: aligned(LANES) for name in ("losses", "batch_losses", "finite", "alive", "keys", "nothing")},
        **lanes._asdict(), "mode": aligned(LINE),
    }  # fmt: skip
    numbers = {
        "layers": len(run.layout), "parameters": size, "frozen_parameters": run.frozen.size,
        "point_capacity": capacity, "chunk_rows": rows, "width": data.train.shape[1],
    }  # fmt: skip
    work = np.zeros(1, GROUP_WORK).view(np.recarray)[0]
    for name, value in {**{name: address(array) for name, array in arrays.items()}, **numbers}.items():
        work[name] = value
    return Group(state.view(np.recarray)[0], members, points, parameters, lanes, arrays["alive"], work, arrays)


def present(group: Group) -> Any:
    """θ, first and second moments as they are now (3, P, LANES)."""
    return group.parameters[0 if group.work.theta == address(group.parameters[0]) else 1]


def begin(group: Group) -> Any:
    """Nothing is there yet: zeros for θ and the moments, to be written over; no lane is alive."""
    group.parameters[...] = 0
    group.alive[:] = 0
    work, first = group.work, group.parameters[0]
    work.theta, work.first_moment, work.second_moment = map(address, first)
    work.new = first.size
    return first


def set_recipes(group: Group, own: Sequence[tuple[Recipe, int]]) -> None:
    """What is each lane's own of recipe and seed."""
    for lane, (recipe, seed) in enumerate(own):
        decoupled = OPTIMIZERS[recipe.optimizer].decoupled
        numbers = recipe.learning_rate, recipe.l1, 0.0 if decoupled else recipe.l2, recipe.l2 if decoupled else 0.0
        group.lanes.seeds[lane] = seed
        for array, number in zip(group.lanes[1:], numbers, strict=True):
            array[lane] = number
    count, lanes = len(own), group.lanes
    group.work.penalized = int(lanes.l1[:count].any() or lanes.l2[:count].any())
    group.work.shrinking = int(lanes.shrinks[:count].any())


def units_alike(run: Run) -> Ints:
    """How many units from each one on, itself among them, are of one kind and one layer (U,)."""
    alike, ends = np.ones_like(run.kinds), set(run.layout[:, TARGET].tolist())
    for unit in range(run.kinds.size - 2, -1, -1):
        if unit + 1 not in ends and run.kinds[unit] == run.kinds[unit + 1]:
            alike[unit] = alike[unit + 1] + 1
    return alike


def chunk_rows(units: int) -> int:
    """Rows of a chunk: a fixed function of the network, so that every sum over rows has one order."""
    return min(CHUNK, max(2 * ROWS, VALUES // (4 * LANES * units) // ROWS * ROWS))
