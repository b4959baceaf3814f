"""The layout in which the tiles work, and the way to it and back.

Each hidden layer's W lies as (fan_in rows, padded fan_out), its bias as one more row; c is one row, the output bias one
more vector. Rows are whole vectors, and start on cache lines. Units of one kind lie side by side, whatever their order
in θ, so that few vectors are of mixed kinds; `places` says where each parameter is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.activations import CODES
from engine.kernels.company import Company
from engine.kernels.emitter import LANES
from engine.kernels.intrinsic import record_at
from engine.kernels.jit import internal
from engine.kernels.past import Past
from engine.layout import FAN_IN
from engine.run import STATE, Floats, Ints, Run

CHUNK = 128  # rows of a batch that are worked off together, at most
CHUNK_WORK = 1 << 29  # multiply-adds of a training chunk, about: wide networks take fewer rows at a time
ORDER_BLOCK = 1024  # places of an epoch whose examples are worked out together
LINE = 16  # floats of a cache line
MIXED = -1  # and below: the negative of a word whose bits say which kinds occur

MOST_THREADS = 16

# a layer of weights in the packed layout, the output last; places are in words
LAYER = np.dtype(
    [
        (name, np.int64)
        for name in (
            "inputs", "units", "vectors", "stride",  # vectors: of a row of W, which are `stride` words apart
            "weights", "transposed",  # where W and its transpose are
            "input", "input_stride", "first_vector",  # where the units before it are: values, and kinds of vectors
        )
    ]
)  # fmt: skip
Layer = Any  # a record of LAYER

# what one thread works on: where the run's and the buffers' arrays are, in words, then some numbers
ARRAYS = (
    "state", "points", "buckets",
    "gradient", "x", "y", "x_test", "y_test", "layout", "kind_of", "codes", "floor", "lowest", "zeros", "transposes",
    "activations", "incoming", "part", "output_sums", "targets", "deltas", "finite", "arrivals", "mode", "order",
    "frozen", "held",
    "theta", "first_moment", "second_moment",
)  # fmt: skip
NUMBERS = (
    "layers",
    "parameters",
    "parameter_vectors",
    "frozen_parameters",
    "point_capacity",  # of the loss curves
    "bucket_capacity",
    "chunk_rows",
    "turned",  # the layer up to which the weights of the present θ are transposed
    "order_begin",  # the first place that is in `order`, counted from the first epoch on
    "thread",
    "threads",
)
_FIELDS = ARRAYS + NUMBERS
# each thread writes into its own record, which shares no cache line with another
WORK = np.dtype(
    {"names": _FIELDS, "formats": [np.int64] * len(_FIELDS), "itemsize": -(-8 * len(_FIELDS) // (4 * LINE)) * 4 * LINE}
)
Work = Any  # a record of WORK

work_at, state_at, layer_at = record_at(WORK), record_at(STATE), record_at(LAYER)
LAYER_WORDS, WORK_WORDS = LAYER.itemsize // 4, WORK.itemsize // 4


class Buffers(NamedTuple):
    """A run as the tiles see it. Every array of floats starts on a cache line."""

    gradient: Floats
    x: Floats  # (N, padded inputs), and some rows to read past the end
    y: Floats  # (N,), and some more
    x_test: Floats
    y_test: Floats
    layout: Any  # (layers of weights,) of LAYER
    kind_of: Ints  # the kind of each vector of units, negative if MIXED: inputs, then layer by layer
    codes: Floats  # the kind of each lane, as a float
    floor: Floats  # 0 for a lane of relu, −∞ for others
    lowest: Floats  # a row of −∞
    zeros: Floats  # a row of zeros
    transposed: Floats  # W of the layers after the first, transposed
    activations: Floats  # inputs and hidden layers, [chunk, units]; on the way back ∂loss/∂z
    incoming: Floats  # the gradient that comes into a layer, [chunk, units]
    part: Floats  # the sums over the rows of one chunk, two rows
    output_sums: Floats  # two vectors for each LANES rows of a chunk: losses, deltas
    targets: Floats  # [chunk]
    deltas: Floats  # [chunk]
    finite: Floats  # (threads, LINE): in the first LANES of each 0·θ, summed
    arrivals: NDArray[np.int32]  # how often a thread has come to where all wait for each other
    mode: NDArray[np.int32]  # (threads, LINE): the vector unit's control word as found, and with denormals flushed to 0
    order: NDArray[np.int32]  # (threads, ORDER_BLOCK): the examples at places of an epoch, from work.order_begin on
    frozen: NDArray[np.int32]  # where what stands still is in the packed arrays
    held: Floats  # (3, F): θ, first and second of what stands still
    state: Floats  # (3, P): θ, first and second
    places: NDArray[np.intp]  # where each parameter of θ is in the packed arrays
    work: Any  # (threads,) of WORK: what the kernels get
    addresses: range  # where the work of each thread is, in words
    past: Past  # a finite state, should a step not be
    company: Company  # whether more threads got their cores


def make_buffers(run: Run, threads: int, like: Buffers | None = None) -> Buffers:
    """Room for a run and its data in the tiles' layout; `push` brings θ and the moments.

    `like`: the buffers of another run on the same examples, which are then not copied again.
    """
    threads = min(threads, MOST_THREADS)
    layout = packed_layout(run.layout)
    output = layout[-1]
    stride = int(max(layout.stride.max(), layout.input_stride.max()))
    parameters = int(output.weights + output.input_stride) + LANES
    size = -(-parameters // LINE) * LINE  # of an array that begins and ends on a cache line
    ranks = unit_ranks(run, layout)
    codes, kind_of = lane_kinds(run, layout)
    places = places_of_parameters(layout, ranks)
    x, y, x_test, y_test = like[1:5] if like else padded_examples(run, int(layout[0].input_stride))
    work = aligned(threads * WORK_WORDS).view(WORK)
    buffers = Buffers(
        gradient=aligned(parameters),
        x=x,
        y=y,
        x_test=x_test,
        y_test=y_test,
        layout=layout,
        kind_of=kind_of,
        codes=aligned_copy(codes),
        floor=aligned_copy(np.where(codes == CODES["relu"], 0.0, -np.inf)),
        lowest=aligned_copy(np.full(stride, -np.inf)),
        zeros=aligned(stride),
        transposed=aligned(int(output.transposed)),
        activations=aligned(int(output.input + (CHUNK + LANES) * output.input_stride)),
        incoming=aligned((CHUNK + LANES) * stride),
        part=aligned(2 * stride),
        output_sums=aligned(2 * CHUNK),
        targets=aligned(CHUNK + LANES),
        deltas=aligned(CHUNK + LANES),
        finite=aligned(threads * LINE).reshape(threads, LINE),
        arrivals=aligned(LINE).view(np.int32),
        mode=aligned(threads * LINE).view(np.int32).reshape(threads, LINE),
        order=aligned(threads * ORDER_BLOCK).view(np.int32).reshape(threads, ORDER_BLOCK),
        frozen=places[run.frozen].astype(np.int32),
        held=aligned(3 * run.frozen.size).reshape(3, run.frozen.size),
        state=aligned(3 * size, LANES * stride).reshape(3, size),
        places=places,
        work=work,
        addresses=range(address(work), address(work) + threads * WORK_WORDS, WORK_WORDS),
        past=Past(),
        company=Company(),
    )
    shared = (run.state, run.points, run.buckets)
    addresses = [address(array) for array in (*shared, *buffers[:-6], *buffers.state)]
    rows, still = chunk_rows(run.theta.size), run.frozen.size
    capacities = run.points.size // 4, run.buckets.size // 4
    numbers = (len(layout), run.theta.size, vectors(parameters), still, *capacities, rows, 1, -1)
    for thread in range(threads):
        work[thread] = (*addresses, *numbers, thread, 1)
        for name in ("finite", "mode", "order"):
            work[name][thread] = address(getattr(buffers, name)[thread])
    return buffers


def address(array: Any) -> int:
    """Where an array or a record begins, in words of four bytes."""
    return np.asarray(array).ctypes.data >> 2


def chunk_rows(parameters: int) -> int:
    """Rows of a chunk: a fixed function of the network, so that every sum over rows has one order."""
    return min(CHUNK, max(LINE, CHUNK_WORK // (3 * parameters) // LINE * LINE))


def vectors(count: int) -> int:
    return -(-count // LANES)


def row_stride(units: int) -> int:
    """Whole vectors; wide rows an odd number of cache lines apart, so that a column panel is not bound to one set."""
    stride = vectors(units) * LANES
    if stride <= 4 * LINE:
        return stride
    lines = -(-stride // LINE)
    return LINE * (lines + 1 - lines % 2)


def packed_layout(layout: Ints) -> Any:
    """The packed layout (layers of weights,) of LAYER for a canonical one."""
    rows = []
    weights = transposed = activations = first_vector = 0
    input_stride = vectors(int(layout[0, FAN_IN])) * LANES
    for number, (inputs, units, *_) in enumerate(layout.tolist()):
        is_output = number == len(layout) - 1
        stride = input_stride if is_output else row_stride(units)
        width = vectors(inputs) if is_output else vectors(units)
        rows.append((inputs, units, width, stride, weights, transposed, activations, input_stride, first_vector))
        weights += (inputs + 1) * stride
        if number > 0:
            transposed += vectors(units) * LANES * input_stride
        activations += (CHUNK + LANES) * input_stride
        first_vector += vectors(inputs)
        input_stride = stride
    return np.array(rows, LAYER).view(np.recarray)


def unit_ranks(run: Run, layout: Any) -> list[Ints]:
    """For the inputs and each hidden layer, where its units stand there when they are sorted by kind."""
    ranks, begin = [], 0
    for inputs in layout.inputs.tolist():
        ranks.append(np.argsort(np.argsort(run.kinds[begin : begin + inputs], kind="stable")))
        begin += inputs
    return ranks


def lane_kinds(run: Run, layout: Any) -> tuple[NDArray[np.float32], Ints]:
    """(kind of each lane, kind of each vector, as in Buffers) of inputs and hidden layers, sorted by kind.

    Padding repeats the last unit.
    """
    codes: list[int] = []
    begin = 0
    for inputs in layout.inputs.tolist():
        own = np.sort(run.kinds[begin : begin + inputs]).tolist()
        codes += own + [own[-1]] * (vectors(inputs) * LANES - inputs)
        begin += inputs
    lanes = np.array(codes).reshape(-1, LANES)
    alike = (lanes == lanes[:, :1]).all(axis=1)
    occurring = np.bitwise_or.reduce(1 << lanes, axis=1)
    return lanes.ravel().astype(np.float32), np.where(alike, lanes[:, 0], MIXED * occurring).astype(np.int64)


def places_of_parameters(layout: Any, ranks: list[Ints]) -> NDArray[np.intp]:
    """Where each parameter of θ, in its order, is in the packed layout."""
    places = []
    for (inputs, _, _, stride, weights, *_), own, after in zip(layout[:-1].tolist(), ranks, ranks[1:], strict=False):
        places += [weights + np.add.outer(after, own * stride).ravel(), weights + inputs * stride + after]
    output = layout[-1]
    places += [output.weights + ranks[-1], np.array([output.weights + output.input_stride])]
    return np.concatenate(places).astype(np.intp)


@internal
def layer_of(work: Work, layer: int) -> Layer:
    """A layer of the packed layout."""
    return layer_at(work.layout + layer * LAYER_WORDS)


def aligned(count: int, slack: int = 0) -> NDArray[np.float32]:
    """`count` zeros from a cache line on; `slack` more behind them may be read."""
    raw = np.full(count + slack + 2 * LINE, 0, np.float32)  # written now: fresh pages would cost the first slices time
    begin = (-raw.ctypes.data % (4 * LINE)) // 4
    return raw[begin : begin + count]


def aligned_copy(values: NDArray[Any], slack: int = 0) -> NDArray[np.float32]:
    copy = aligned(values.size, slack)
    copy[:] = values
    return copy


def padded_examples(run: Run, stride: int) -> tuple[Floats, Floats, Floats, Floats]:
    """x, y, x_test and y_test as `Buffers` has them."""
    train = padded(run.x, stride), aligned_copy(run.y, CHUNK)
    return *train, padded(run.x_test, stride), aligned_copy(run.y_test, CHUNK)


def padded(x: Floats, stride: int) -> NDArray[np.float32]:
    """x with rows of `stride` floats, and LANES rows to read past the end."""
    rows = aligned(len(x) * stride, LANES * stride).reshape(len(x), stride)
    rows[:, : x.shape[1]] = x
    return rows
