"""How one model lies in a block of threads: what is where, in which tiles it is worked off, and by how many threads.

A layer's weights are rows of its units, the bias behind them as the weight of an input that is always 1, and rows are
an odd number of floats apart, so that threads that read one column each read another memory bank. Activations are rows
of examples, an odd number apart for the same reason; so are the deltas, ∂loss/∂z.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError
from engine.layout import make_layout

LANES = 8  # threads side by side over the rows of a batch; the others are side by side over units
PACES = 32  # updates whose rates are worked out at a time
BAD, BROKEN, PACE = 0, 1, 2  # places at the head of the shared memory
EPSILON, DECAY = PACE + PACES, PACE + 2 * PACES
HEAD = PACE + 3 * PACES
ROWS = 64  # examples that are worked on at a time, at most
NARROW = 16  # units of a layer up to which a thread has one unit at a time
RESERVED = 1 << 10  # bytes that every block takes beside its own
CROWDED = 7_000  # bytes a block, so that as many are at work on a multiprocessor as it takes

WEIGHT, FROZEN = 1, 2  # flags of a parameter


class Layer(NamedTuple):
    """A layer of weights, the output last."""

    fan_in: int
    fan_out: int
    weight: int  # where its rows begin
    stride: int  # from row to row
    source: int  # row of activations of its first input
    target: int  # and of its first unit
    delta: int  # row of deltas of its first unit
    unit: int  # place of its first unit among all kinds


class Room(NamedTuple):
    """How large everything of a model is."""

    floats: int  # P′, with a place for the loss
    stride: int  # floats from row to row of activations
    a_rows: int
    d_rows: int
    order_size: int  # examples whose order is worked out at a time
    hidden: int  # layers
    units: int  # of them
    tiles: int
    batch_rows: int  # examples of a batch that are worked on at a time
    check_rows: int  # and of the whole sets


# aligned, since a record that is not is read byte by byte
LAYER = np.dtype([(name, np.int64) for name in Layer._fields], align=True)
TILE = np.dtype(
    [
        (name, np.int32)
        for name in (
            "delta",  # row of deltas of its first unit
            "source",  # row of activations of its first input
            "place",  # of the parameter between them
            "stride",  # from unit to unit
            "step",  # from input to input of the tile
            "units",  # how many of its units there are
            "inputs",  # and how many of its inputs
        )
    ],
    align=True,
)


class Shape(NamedTuple):
    """What is compiled in: the tiles that a thread holds, and how much of a model is in shared memory."""

    rows: int  # of a tile of activations; LANES threads have tiles side by side
    units: int
    own: int  # units of a tile of the weights' gradient
    inputs: int
    level: int  # 1: activations and deltas are in shared memory; 2: θ too; 3: gradient and moments too
    registers: int  # that a thread may have


@dataclass(frozen=True, eq=False)
class Plan:
    """Where everything of one model is; P′ floats of parameters, padding included."""

    shape: Shape
    threads: int
    room: Room
    shared: int  # bytes
    layers: tuple[Layer, ...]
    tiles: NDArray[Any]  # of TILE
    places: NDArray[np.int64]  # of each parameter, in θ's own order
    weights: NDArray[np.bool_]  # (P′,) whether it is a weight

    @property
    def size(self) -> int:
        return self.room.floats


@functools.lru_cache(maxsize=4096)
def plan_for(widths: tuple[int, ...], batch_size: int, limit: int, most_threads: int, many: bool) -> Plan:
    """The plan of a network of this shape for batches of at most this size, in `limit` bytes of shared memory a block.

    `many`: whether there are so many models that they fill the GPU. Raises EngineError where one has no room.
    """
    layers, places, weights = rows_of(widths)
    a_rows = layers[-1].target + 1  # the last are the targets
    d_rows = layers[-1].delta + 2  # the last are the losses

    def needed(level: int, stride: int) -> int:
        return 4 * (HEAD + (a_rows + d_rows) * stride + (0, 0, 1, 4)[level] * weights.size)

    for high in (ROWS, 32, 16):
        rows = min(batch_size, high)
        shape, threads = tiles_for(max(widths[1:-1], default=1), rows, many)
        block = LANES * shape.rows
        if needed(1, block + 1) <= limit:
            break
    else:
        raise EngineError(
            f"a network of {sum(widths)} units needs {needed(1, block + 1) >> 10} KiB of a GPU's shared memory, of "
            f"which a block has {limit >> 10}: expected a smaller one, or device='cpu'"
        )
    half = (limit + RESERVED) // 2 - RESERVED
    most = half if many and needed(1, block + 1) <= half else limit  # two blocks hide each other's waiting
    level = max(level for level in (1, 2, 3) if needed(level, block + 1) <= most)
    check_rows = block
    while check_rows + block <= ROWS and needed(3, check_rows + block + 1) <= min(CROWDED, most):
        check_rows += block
    threads = min(threads, most_threads)
    tiles = tiles_of(layers, shape)
    room = Room(
        floats=weights.size,
        stride=check_rows + 1,
        a_rows=a_rows,
        d_rows=d_rows,
        order_size=max(threads // batch_size, 1) * batch_size if batch_size <= rows else rows,
        hidden=len(layers) - 1,
        units=sum(widths[1:-1]),
        tiles=tiles.size,
        batch_rows=rows,
        check_rows=check_rows,
    )
    shared = needed(level, check_rows + 1)
    return Plan(shape._replace(level=level), threads, room, shared, layers, tiles, places, weights)


def tiles_for(widest: int, rows: int, many: bool) -> tuple[Shape, int]:
    """The tiles for layers of this width and so many rows, and how many threads take them."""
    high = 2 if rows <= 16 else 4 if rows <= 32 else 8
    if widest <= NARROW:
        return Shape(high, 1, 1, 1, 1, 128), 32 if many else rounded(LANES * widest)
    return Shape(high, 4, 4, 8, 1, 128), min(max(rounded(LANES * -(-widest // 4)), 64), 256)


def rounded(threads: int) -> int:
    """As many, in whole warps."""
    return -(-threads // 32) * 32


def rows_of(widths: tuple[int, ...]) -> tuple[tuple[Layer, ...], NDArray[np.int64], NDArray[np.bool_]]:
    """The layers, the place of each parameter of θ among the padded rows, and which of the places hold weights."""
    layers, heavy = [], []
    places = np.empty(sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(widths)), np.int64)
    weight = source = unit = delta = 0
    for fan_in, fan_out, own, bias, *_ in make_layout(widths).tolist():
        stride = (fan_in + 1) | 1
        layers.append(Layer(fan_in, fan_out, weight, stride, source, source + fan_in + 1, delta, unit))
        heavy.append(slice(own, bias))
        first = weight + stride * np.arange(fan_out)
        places[own:bias] = (first[:, None] + np.arange(fan_in)).ravel()
        places[bias : bias + fan_out] = first + fan_in
        weight += stride * fan_out
        source, unit, delta = source + fan_in + 1, unit + fan_out, delta + fan_out
    weights = np.zeros(weight + 1, bool)  # the last place is the loss's, beside the gradient
    for own in heavy:
        weights[places[own]] = True
    return tuple(layers), places, weights


def tiles_of(layers: tuple[Layer, ...], shape: Shape) -> NDArray[Any]:
    """The weights' gradients as tiles: neighbours among them have neighbouring inputs. The last adds up the losses."""
    tiles = []
    for fan_in, fan_out, weight, stride, source, _, delta, _ in layers:
        inputs = fan_in + 1  # with the bias
        step = -(-inputs // shape.inputs)
        for unit in range(0, fan_out, shape.own):
            units = min(shape.own, fan_out - unit)
            for k in range(step):
                here = -(-(inputs - k) // step)
                tiles.append((delta + unit, source + k, weight + unit * stride + k, stride, step, units, here))
    last = layers[-1]
    tiles.append((last.delta + 1, last.source + last.fan_in, last.weight + last.stride, 0, 0, 1, 1))
    return np.array(tiles, TILE)
