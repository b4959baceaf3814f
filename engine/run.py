"""The arrays that one training run works on, as the kernels take them.

Everything that a slice of updates reads or writes stands here, so a kernel call has no other state and allocates
nothing. `layout` has a row for each layer of weights, the output last, with the columns named below. The vectors of
units hold the inputs first, then the hidden layers, then the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.activations import CODES
from engine.losses import LOSSES
from engine.recipe import OPTIMIZERS, SCHEDULES, Recipe

if TYPE_CHECKING:
    from engine.network import Network

Floats = NDArray[Any]
Ints = NDArray[np.int64]
Sums = NDArray[np.float64]

# columns of layout
FAN_IN, FAN_OUT, WEIGHT, BIAS, SOURCE, TARGET = range(6)

# places in state
UPDATE, EPOCH, POSITION, ROW, CHECK_ROW, STATUS = range(6)
POINTS, POINT_STRIDE, BUCKETS, BUCKET_SIZE, FILLED = range(6, 11)

# values of state[STATUS]
FINE, BAD_LOSS, BAD_GRADIENT, BAD_THETA, FULL = range(5)
DIVERGED = {BAD_LOSS: "loss", BAD_GRADIENT: "gradient", BAD_THETA: "theta"}

# places in sums
BATCH_LOSS, TRAIN_LOSS, TEST_LOSS, BUCKET_MIN, BUCKET_SUM, BUCKET_MAX, FIRST_POWER, SECOND_POWER = range(8)

POINT_CAPACITY = 1 << 16
BUCKET_CAPACITY = 1 << 12


class Run(NamedTuple):
    """One training run; P parameters, N examples, M unseen ones, U = inputs + hidden units + 1."""

    theta: Floats  # (P,)
    gradient: Floats  # (P,) of the batch in work, or of the last update
    first: Floats  # (P,) trace or first moment
    second: Floats  # (P,) sum of squares or second moment
    x: Floats  # (N, inputs)
    y: Floats  # (N,)
    x_test: Floats  # (M, inputs)
    y_test: Floats  # (M,)
    layout: Ints  # (layers of weights, 6)
    kinds: Ints  # (U,) codes of activations
    state: Ints  # (11,)
    sums: Sums  # (8,)
    points: Sums  # (4 · POINT_CAPACITY,): update, epoch, train and test loss
    buckets: Sums  # (4 · BUCKET_CAPACITY,): last update, min, mean and max of batch losses


class Settings(NamedTuple):
    """What the kernels need of recipe and seed, names as codes."""

    examples: int
    unseen: int
    batch_size: int
    learning_rate: float
    optimizer: int
    loss: int
    schedule: int
    epochs: int
    l1: float
    l2: float
    seed: int
    rows: int  # the shuffle's grid
    side: int
    check_each: int  # every epoch up to this one is checked on the whole sets
    check_stride: int  # the longest stride between checked epochs


def make_run(network: Network, x: Floats, y: Floats, x_test: Floats, y_test: Floats) -> Run:
    """Fresh arrays for a network at update 0."""
    theta = network.theta
    inputs = [CODES["identity"]] * network.n_inputs
    hidden = [CODES[kind] for layer in network.layers for kind in layer]
    kinds = np.array([*inputs, *hidden, CODES["identity"]], np.int64)
    state = np.zeros(11, np.int64)
    state[CHECK_ROW] = -1
    state[POINT_STRIDE] = 1
    state[BUCKET_SIZE] = 1
    sums = np.zeros(8)
    sums[[FIRST_POWER, SECOND_POWER]] = 1
    return Run(
        theta=theta,
        gradient=np.zeros_like(theta),
        first=np.zeros_like(theta),
        second=np.zeros_like(theta),
        x=x,
        y=y,
        x_test=x_test,
        y_test=y_test,
        layout=make_layout(network.shape),
        kinds=kinds,
        state=state,
        sums=sums,
        points=np.zeros(4 * POINT_CAPACITY),
        buckets=np.zeros(4 * BUCKET_CAPACITY),
    )


def make_settings(recipe: Recipe, run: Run, seed: int) -> Settings:
    """Recipe and seed as the kernels take them."""
    from engine.kernels.shuffle import grid

    rows, side = grid(run.y.size)
    check_each, check_stride = check_plan(run.theta.size, run.y.size, run.y_test.size)
    return Settings(
        examples=run.y.size,
        unseen=run.y_test.size,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        optimizer=OPTIMIZERS.index(recipe.optimizer),
        loss=list(LOSSES).index(recipe.loss),
        schedule=SCHEDULES.index(recipe.schedule),
        epochs=recipe.epochs,
        l1=recipe.l1,
        l2=recipe.l2,
        seed=seed,
        rows=rows,
        side=side,
        check_each=check_each,
        check_stride=check_stride,
    )


def make_layout(shape: Sequence[int]) -> Ints:
    """The layout of θ for a network of this shape, such as (1, 3, 1)."""
    rows = []
    offset, source = 0, 0
    for fan_in, fan_out in pairwise(shape):
        bias = offset + fan_in * fan_out
        rows.append((fan_in, fan_out, offset, bias, source, source + fan_in))
        offset, source = bias + fan_out, source + fan_in
    return np.array(rows, np.int64)


def check_plan(parameters: int, examples: int, unseen: int) -> tuple[int, int]:
    """(check_each, check_stride): how often the whole-set losses are taken.

    Every epoch while all of them together cost under 5·10⁹ multiply-adds; then the stride doubles with every
    doubling of the epochs, until losses take at most 2 % of the multiply-adds (a training pass counts three).
    """
    each = int(5e9 // (parameters * (examples + unseen)))
    stride = 1
    while examples + unseen > 0.02 * stride * 3 * examples:
        stride *= 2
    return max(each, 1), stride
