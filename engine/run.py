"""The arrays that one training run works on, as the kernels take them.

Everything that a slice of updates reads or writes stands here, so a kernel call has no other state and allocates
nothing. `layout` has a row for each layer of weights, the output last, with the columns named below. The vectors of
units hold the inputs first, then the hidden layers, then the output.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

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
