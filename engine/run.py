"""The arrays that one training run works on, as the kernels take them.

Everything that a slice of updates reads or writes stands here, so a kernel call has no other state and allocates
nothing. The vectors of units hold the inputs first, then the hidden layers, then the output.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.activations import CODES
from engine.architecture import Architecture
from engine.examples import Examples
from engine.layout import make_layout
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.recipe import SCHEDULES, Recipe

Floats = NDArray[Any]
Ints = NDArray[np.int64]
Sums = NDArray[np.float64]

# places in state
UPDATE, EPOCH, POSITION, ROW, CHECK_ROW, STATUS = range(6)
POINTS, POINT_STRIDE, BUCKETS, BUCKET_SIZE, FILLED, GRADIENT_OF = range(6, 12)

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
    layout: Ints  # (layers of weights, 6), see engine.layout
    kinds: Ints  # (U,) codes of activations
    state: Ints  # (12,); GRADIENT_OF: the update of which `gradient` is, −1 where it is of none as a whole
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
    l2: float  # as a part of the gradient
    shrink: float  # as a part of the step
    seed: int
    rows: int  # the shuffle's grid
    side: int
    check_each: int  # every epoch up to this one is checked on the whole sets
    check_stride: int  # the longest stride between checked epochs


def make_run(architecture: Architecture, theta: Floats, examples: Examples) -> Run:
    """Fresh arrays for a network at update 0; θ is copied, the examples are not."""
    theta = theta.copy()
    inputs = [CODES["identity"]] * architecture.n_inputs
    hidden = [CODES[kind] for layer in architecture.layers for kind in layer]
    kinds = np.array([*inputs, *hidden, CODES["identity"]], np.int64)
    state = np.zeros(12, np.int64)
    state[CHECK_ROW] = -1
    state[POINT_STRIDE] = 1
    state[BUCKET_SIZE] = 1
    state[GRADIENT_OF] = -1
    sums = np.zeros(8)
    sums[[FIRST_POWER, SECOND_POWER]] = 1
    return Run(
        theta=theta,
        gradient=np.zeros_like(theta),
        first=np.zeros_like(theta),
        second=np.zeros_like(theta),
        x=examples.x,
        y=examples.y,
        x_test=examples.x_test,
        y_test=examples.y_test,
        layout=make_layout(architecture.shape),
        kinds=kinds,
        state=state,
        sums=sums,
        points=np.zeros(4 * POINT_CAPACITY),
        buckets=np.zeros(4 * BUCKET_CAPACITY),
    )


def make_settings(recipe: Recipe, parameters: int, examples: Examples, seed: int) -> Settings:
    """Recipe and seed as the kernels take them."""
    from engine.kernels.shuffle import grid

    train, unseen = examples.counts
    rows, side = grid(train)
    check_each, check_stride = check_plan(parameters, train, unseen)
    decoupled = OPTIMIZERS[recipe.optimizer].decoupled
    return Settings(
        examples=train,
        unseen=unseen,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        optimizer=list(OPTIMIZERS).index(recipe.optimizer),
        loss=list(LOSSES).index(recipe.loss),
        schedule=SCHEDULES.index(recipe.schedule),
        epochs=recipe.epochs,
        l1=recipe.l1,
        l2=0.0 if decoupled else recipe.l2,
        shrink=recipe.l2 if decoupled else 0.0,
        seed=seed,
        rows=rows,
        side=side,
        check_each=check_each,
        check_stride=check_stride,
    )


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
