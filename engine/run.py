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
from engine.layout import frozen_parameters, grid, make_layout
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.recipe import Recipe
from engine.schedules import SCHEDULES

Floats = NDArray[Any]
Ints = NDArray[np.int64]
Curve = NDArray[np.float64]

# values of state.status
FINE, BAD_LOSS, BAD_GRADIENT, BAD_THETA = range(4)
DIVERGED = {BAD_LOSS: "loss", BAD_GRADIENT: "gradient", BAD_THETA: "theta"}

# What training counts and sums up, as one record: `state.update` and so on, in Python and in compiled code.
COUNTS = (
    "update",  # updates done
    "epoch",  # complete epochs
    "position",  # examples of the present epoch that are done
    "row",  # rows of the present batch that are in its gradient
    "check_row",  # rows of both sets that are in the whole-set losses in work, −1 where none are taken
    "status",  # FINE, or why training stopped
    "points",  # how many points the loss curve has
    "point_stride",  # epochs from point to point
    "buckets",  # how many buckets the batch losses have
    "bucket_size",  # updates of a bucket, a power of two
    "filled",  # losses in the bucket in work
    "gradient_of",  # the update of which `gradient` is, −1 where it is of none as a whole
)
SUMS = (
    "batch_loss", "train_loss", "test_loss",  # of the rows so far
    "bucket_min", "bucket_sum", "bucket_max",  # of the bucket in work
    "first_power", "second_power",  # 0.9ᵗ and 0.999ᵗ, t the updates since the optimizer began
)  # fmt: skip
STATE = np.dtype([(name, np.int64) for name in COUNTS] + [(name, np.float64) for name in SUMS])
CURVE_COUNTS = ("points", "point_stride", "buckets", "bucket_size")  # they go with the curves, not with a moment
State = Any  # a record of STATE
UPDATE, EPOCH, POSITION, ROW, CHECK_ROW, STATUS, *_, GRADIENT_OF = range(len(COUNTS))

POINT_CAPACITY = 1 << 16
BUCKET_CAPACITY = 1 << 12

ROW_COST = 1_000  # multiply-adds that a row of a whole-set loss takes beside its parameters
EVERY_EPOCH = 5_000_000_000  # multiply-adds of whole-set losses up to which one is taken at every epoch


class Run(NamedTuple):
    """One training run; P parameters, N examples, M unseen ones, U = inputs + hidden units + 1."""

    theta: Floats  # (P,)
    gradient: Floats  # (P,) of the batch in work, or of the last update
    first_moment: Floats  # (P,) trace or first moment
    second_moment: Floats  # (P,) sum of squares or second moment
    x: Floats  # (N, inputs)
    y: Floats  # (N,)
    x_test: Floats  # (M, inputs)
    y_test: Floats  # (M,)
    layout: Ints  # (layers of weights, 6), see engine.layout
    kinds: Ints  # (U,) codes of activations
    frozen: Ints  # (F,) the places in θ of what stands still
    state: State
    points: Curve  # (4 · capacity,): update, epoch, train and test loss
    buckets: Curve  # (4 · capacity,): last update, min, mean and max of batch losses


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
    grid_rows: int  # of the shuffle
    grid_columns: int
    check_each: int  # every epoch up to this one is checked on the whole sets
    check_stride: int  # and later those that this divides


def make_run(
    architecture: Architecture,
    theta: Floats,
    examples: Examples,
    points: int = POINT_CAPACITY,
    buckets: int = BUCKET_CAPACITY,
) -> Run:
    """Fresh arrays for a network at update 0, with room for so many points of its curves.

    θ is copied, the examples are not.
    """
    theta = theta.copy()
    inputs = [CODES["identity"]] * architecture.n_inputs
    hidden = [CODES[kind] for layer in architecture.layers for kind in layer]
    kinds = np.array([*inputs, *hidden, CODES["identity"]], np.int64)
    state = new_state()
    begin(state)
    return Run(
        theta=theta,
        gradient=np.zeros_like(theta),
        first_moment=np.zeros_like(theta),
        second_moment=np.zeros_like(theta),
        x=examples.x,
        y=examples.y,
        x_test=examples.x_test,
        y_test=examples.y_test,
        layout=make_layout(architecture.shape),
        kinds=kinds,
        frozen=np.flatnonzero(frozen_parameters(architecture.shape, architecture.frozen)),
        state=state,
        points=np.zeros(4 * points),
        buckets=np.zeros(4 * buckets),
    )


def begin(state: State) -> None:
    """A record of zeros, or an array of them → update 0."""
    state["check_row"] = state["gradient_of"] = -1
    state["point_stride"] = state["bucket_size"] = 1
    state["first_power"] = state["second_power"] = 1.0


def new_state() -> State:
    """A record of zeros in an array of its own: a record that is copied has no place in memory that stays."""
    return np.zeros(1, STATE).view(np.recarray)[0]


def counts_of(state: State) -> memoryview:
    """The COUNTS of a record by their places, for Python, to which its attributes are thirty times as slow."""
    return np.asarray(state).data.cast("B")[: 8 * len(COUNTS)].cast("q")


def make_settings(recipe: Recipe, parameters: int, examples: Examples, seed: int) -> Settings:
    """Recipe and seed as the kernels take them."""
    train, unseen = examples.counts
    grid_rows, grid_columns = grid(train)
    check_each, check_stride = check_plan(parameters, train, unseen)
    decoupled = OPTIMIZERS[recipe.optimizer].decoupled
    return Settings(
        examples=train,
        unseen=unseen,
        batch_size=recipe.batch_size,
        learning_rate=recipe.learning_rate,
        optimizer=list(OPTIMIZERS).index(recipe.optimizer),
        loss=list(LOSSES).index(recipe.loss),
        schedule=list(SCHEDULES).index(recipe.schedule),
        epochs=recipe.epochs,
        l1=recipe.l1,
        l2=0.0 if decoupled else recipe.l2,
        shrink=recipe.l2 if decoupled else 0.0,
        seed=seed,
        grid_rows=grid_rows,
        grid_columns=grid_columns,
        check_each=check_each,
        check_stride=check_stride,
    )


def check_plan(parameters: int, examples: int, unseen: int) -> tuple[int, int]:
    """(check_each, check_stride): at which epochs the losses on the whole sets are taken.

    A row of them costs its parameters + ROW_COST multiply-adds, a training row three times that. At every epoch while
    all of them together cost under EVERY_EPOCH; from then on at the least power of two at which one takes at most 2 %
    of the training between two.
    """
    cost = (parameters + ROW_COST) * (examples + unseen)
    stride = 1
    while 50 * (examples + unseen) > stride * 3 * examples:
        stride *= 2
    return (EVERY_EPOCH - 1) // cost, stride
