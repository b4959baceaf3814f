"""The passes over vectors that are not products: activations and their slopes, the output with its loss, and copies.

Formulas come from `engine.activations` and `engine.losses`. A row of codes says the kind of each lane; a vector whose
lanes are of one kind goes through that kind's own loop, a mixed one through those of all its kinds, blended by lane.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.activations import CODES, KINDS
from engine.kernels.emitter import LANES, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import inlined, internal
from engine.kernels.packing import MIXED
from engine.losses import LOSSES

KIND_COUNT = len(KINDS)
ROWS = 4
RELU, IDENTITY = CODES["relu"], CODES["identity"]
# `product` applies relu itself, as a lower bound, and identity is nothing to do
APPLIED = [kind for kind in KINDS if CODES[kind] not in (RELU, IDENTITY)]


@emitted
def activate_vector(emit: Emitter, values: Value, row: Value, rows: Value, kind: Value) -> None:
    """values[rows, one vector] ← activation(values), all lanes of this kind."""
    for name in APPLIED:
        with emit.when(kind, CODES[name]), emit.loop(rows) as r:
            emit.store(KINDS[name].function(emit.load(values, r * row)), values, r * row)


@emitted
def activate_lanes(
    emit: Emitter, values: Value, row: Value, rows: Value, kind: Value, codes: Value, floor: Value
) -> None:
    """values[rows, one vector] ← activation(values), in the lanes of this kind.

    The lower bound, under which no value is any more, hides that other lanes stay: a masked store, which LLVM would
    make of a blend with what was loaded, is slow on processors without registers for masks.
    """
    own, lowest = emit.load(codes), emit.load(floor)
    for name in APPLIED:
        with emit.when(kind, CODES[name]), emit.loop(rows) as r:
            z = emit.load(values, r * row)
            others = emit.select(z < lowest, lowest, z)
            chosen = _equal(own, float(CODES[name]))
            emit.store(emit.select(chosen, KINDS[name].function(z), others), values, r * row)


@internal
def activate(values: int, row: int, rows: int, vectors: int, kind_of: Any, first: int, codes: int, floor: int) -> None:
    """values[rows, vectors] ← activation(values), relu being done.

    kind_of has the kind of each vector of the network, negative if MIXED; codes has that of each lane, floor its lower
    bound; `first` is this layer's first vector in all three.
    """
    for n in range(vectors):
        kind, into, lanes = kind_of[first + n], values + n * LANES, (first + n) * LANES
        if kind <= MIXED:
            for each in range(KIND_COUNT):
                if -kind >> each & 1:
                    activate_lanes(into, row, rows, each, codes + lanes, floor + lanes)
        elif kind != RELU and kind != IDENTITY:
            activate_vector(into, row, rows, kind)


@emitted
def dense(
    emit: Emitter,
    x: Value,
    x_row: Value,
    weights: Value,
    stride: Value,
    steps: Value,
    into: Value,
    row: Value,
    rows: Value,
    kind: Value,
    floor: Value,
) -> None:
    """into[rows, one vector] ← activation(max(x[rows, steps]·W + b, floor)); b lies behind W, ROWS rows at a time.

    For few steps: the sums go into their activation without a way through memory. Of lanes of MIXED kinds only relu
    is applied.
    """
    bias, lowest = emit.load(weights, steps * stride), emit.load(floor)
    with emit.loop(rows, ROWS) as r:
        sums = [emit.variable(bias) for _ in range(ROWS)]
        with emit.loop(steps) as i:
            w = emit.load(weights, i * stride)
            for u, total in enumerate(sums):
                total.set(emit.fma(emit.vector(emit.load_float(x, (r + u) * x_row + i)), w, total.get()))
        for total in sums:
            total.set(emit.select(total.get() < lowest, lowest, total.get()))
        for name in APPLIED:
            with emit.when(kind, CODES[name]):
                for total in sums:
                    total.set(KINDS[name].function(total.get()))
        for u, total in enumerate(sums):
            emit.store(total.get(), into, (r + u) * row)


@emitted
def output(
    emit: Emitter,
    h: Value,
    row: Value,
    c: Value,
    vectors: Value,
    target: Value,
    delta: Value,
    sums: Value,
    rows: Value,
    loss: Value,
    share_f: Value,
) -> None:
    """LANES rows of the output layer: error = h·c + bias − target; delta = loss′(error)·share, 0 past `rows`.

    The bias lies behind c, a row's stride on. loss(error) goes to the first vector of `sums`, delta to the second.
    """
    totals = [emit.variable() for _ in range(LANES)]
    with emit.loop(vectors) as n:
        weights = emit.load(c, n * LANES)
        for r, total in enumerate(totals):
            total.set(emit.fma(emit.load(h, row * r + n * LANES), weights, total.get()))
    prediction = _sums_by_lane(emit, [total.get() for total in totals])
    error = prediction + emit.load_float(c, row) - emit.load(target)
    value, slope = emit.variable(), emit.variable()
    for code, formula in enumerate(LOSSES.values()):
        with emit.when(loss, code):
            value.set(formula.function(error))
            slope.set(formula.slope(error))
    valid, zero = emit.lanes_below(rows), emit.vector(0.0)
    scaled = emit.select(valid, slope.get() * share_f, zero)
    emit.store(scaled, delta)
    emit.store(emit.select(valid, value.get(), zero), sums)
    emit.store(scaled, sums, LANES)


def back(vectors: int, unrolled: int, at_output: bool) -> Callable[..., None]:
    """Back through one activation, `vectors` columns, in place: values a → ∂loss/∂z, and its sum over rows to `bias`.

    At the output the gradient that comes in is delta[row]·c, and Σ delta[row]·a goes to `weight`; elsewhere it is read
    from `incoming`. `unrolled` rows at a time have sums of their own, so that additions need not wait for one another.
    """
    kinds = [*KINDS] if vectors > 1 else [*KINDS, None]
    columns = range(vectors)

    @emitted
    def run(
        emit: Emitter,
        values: Value,
        row: Value,
        incoming: Value,
        delta: Value,
        c: Value,
        weight: Value,
        bias: Value,
        rows: Value,
        kind: Value,
        codes: Value,
        units: Value,
    ) -> None:
        for name in kinds:
            with emit.when(kind, MIXED if name is None else CODES[name]):
                weight_sums = [[emit.variable() for _ in columns] for _ in range(unrolled)]
                bias_sums = [[emit.variable() for _ in columns] for _ in range(unrolled)]
                slope_of = KINDS[name].slope if name is not None else _mixed_slope(emit.load(codes))
                weights = [emit.load(c, n * LANES) for n in columns] if at_output else []
                with emit.loop(rows, unrolled) as r:
                    for u in range(unrolled):
                        error = emit.vector(emit.load_float(delta, r + u)) if at_output else None
                        for n in columns:
                            place = (r + u) * row + n * LANES
                            a = emit.load(values, place)
                            if error is not None:
                                weight_sums[u][n].set(emit.fma(error, a, weight_sums[u][n].get()))
                            entering = emit.load(incoming, place) if error is None else weights[n] * error
                            gradient = slope_of(a) * entering
                            bias_sums[u][n].set(bias_sums[u][n].get() + gradient)
                            emit.store(gradient, values, place)
                for n in columns:
                    emit.store(_sum([sums[n].get() for sums in bias_sums]), bias, n * LANES)
                    if at_output:  # padding lanes hold activation(0), which need not be 0
                        total = _sum([sums[n].get() for sums in weight_sums])
                        inside = emit.lanes_below(units - n * LANES)
                        emit.store(emit.select(inside, total, emit.vector(0.0)), weight, n * LANES)

    return run


def back_over_columns(at_output: bool) -> Callable[..., None]:
    """`back` over the vectors from `begin` to `end` of a hidden layer, the last if `at_output`; an even number of rows.

    Of `incoming` on the one hand and delta, c, weight and units on the other, one side is not used.
    """
    one, four = back(1, 2, at_output), back(4, 1, at_output)

    @internal
    def walk(
        values: int,
        row: int,
        incoming: int,
        delta: int,
        c: int,
        weight: int,
        bias: int,
        rows: int,
        vectors: int,
        kind_of: Any,
        first: int,
        codes: int,
        units: int,
        begin: int,
        end: int,
    ) -> None:
        n = begin
        while n < end:
            kind, lanes, at = max(kind_of[first + n], MIXED), codes + (first + n) * LANES, n * LANES
            a, entering, into, into_bias, inside = values + at, incoming + at, weight + at, bias + at, units - at
            if n % 4 == 0 and four_alike(kind_of, first + n, first + vectors):
                four(a, row, entering, delta, c + at, into, into_bias, rows, kind, lanes, inside)
                n += 4
            else:
                one(a, row, entering, delta, c + at, into, into_bias, rows, kind, lanes, inside)
                n += 1

    return walk


@inlined
def four_alike(kind_of: Any, n: int, end: int) -> bool:
    """Whether the four vectors from n on, before `end`, are of one and the same kind."""
    if n + 4 > end or kind_of[n] <= MIXED:
        return False
    return bool(kind_of[n + 1] == kind_of[n] and kind_of[n + 2] == kind_of[n] and kind_of[n + 3] == kind_of[n])


back_from_output, back_through = back_over_columns(at_output=True), back_over_columns(at_output=False)


@emitted
def gradient_of_few(
    emit: Emitter, x: Value, x_row: Value, inputs: Value, g: Value, row: Value, into: Value, rows: Value, fresh: Value
) -> None:
    """into[inputs, one vector] ← xᵀ·g over an even number of rows, added to what is there unless `fresh`.

    For few inputs: ROWS rows at a time have sums of their own, so that additions need not wait for one another.
    """
    with emit.loop(inputs) as i:
        place = i * row
        start = emit.load(into, place)
        sums = [
            emit.variable(emit.select(fresh > 0, emit.vector(0.0), start)),
            *(emit.variable() for _ in range(ROWS - 1)),
        ]

        def add_row(total: Variable, r: Value, i: Value = i) -> None:
            total.set(emit.fma(emit.vector(emit.load_float(x, r * x_row + i)), emit.load(g, r * row), total.get()))

        whole = rows & -ROWS
        with emit.loop(whole, ROWS) as r:
            for u, total in enumerate(sums):
                add_row(total, r + u)
        with emit.loop(rows - whole) as r:
            add_row(sums[1], whole + r)
        emit.store(_sum([total.get() for total in sums]), into, place)


@emitted
def transpose_block(emit: Emitter, source: Value, row: Value, into: Value, into_row: Value, rows: Value) -> None:
    """One LANES × LANES block; rows at and past `rows` are taken as zero."""
    zero = emit.vector(0.0)
    block = [emit.select(rows > r, emit.load(source, row * r), zero) for r in range(LANES)]
    low = [lane // 2 + (LANES if lane % 2 else 0) for lane in range(LANES)]
    high = [lane + LANES // 2 for lane in low]
    for _ in range(LANES.bit_length() - 1):
        half = LANES // 2
        block = [emit.shuffle(block[i], block[i + half], lanes) for i in range(half) for lanes in (low, high)]
    for r in range(LANES):
        emit.store(block[r], into, into_row * r)


@emitted
def copy(emit: Emitter, source: Value, into: Value, vectors: Value) -> None:
    with emit.loop(vectors) as n:
        emit.store(emit.load(source, n * LANES), into, n * LANES)


@emitted
def add(emit: Emitter, source: Value, into: Value, vectors: Value) -> None:
    with emit.loop(vectors) as n:
        emit.store(emit.load(into, n * LANES) + emit.load(source, n * LANES), into, n * LANES)


@emitted
def clear(emit: Emitter, into: Value, vectors: Value) -> None:
    with emit.loop(vectors) as n:
        emit.store(emit.vector(0.0), into, n * LANES)


@emitted
def gather(
    emit: Emitter, x: Value, y: Value, order: Value, into: Value, target: Value, rows: Value, vectors: Value
) -> None:
    """The examples whose numbers are at `order`: rows of x and their y."""
    row = vectors * LANES
    with emit.loop(rows) as r:
        emit.store_float(emit.load_float(y, emit.load_word(order, r)), target, r)
    with emit.loop(vectors) as n, emit.loop(rows) as r:
        emit.store(emit.load(x, emit.load_word(order, r) * row + n * LANES), into, r * row + n * LANES)


@emitted
def total(emit: Emitter, place: Value, count: Value, step: Value) -> Value:
    """The sum of all lanes of `count` vectors, `step` words apart."""
    return _total(emit, place, count, step)


@emitted
def store_total(emit: Emitter, place: Value, count: Value, step: Value, into: Value) -> None:
    """`total` → one float."""
    emit.store_float(_total(emit, place, count, step), into)


@emitted
def add_total(emit: Emitter, place: Value, count: Value, step: Value, into: Value) -> None:
    """`total` is added to one float."""
    emit.store_float(emit.load_float(into) + _total(emit, place, count, step), into)


@emitted
def wait_for_all(emit: Emitter, count: Value, threads: Value) -> None:
    """Wait until this many threads have come here."""
    emit.wait_for_all(count, threads)


@emitted
def save_float_mode(emit: Emitter, place: Value) -> None:
    """Keep the control word of x86's vector unit in memory; nothing on other processors."""
    if LANES >= 8:
        emit.call_on_bytes("x86.sse.stmxcsr", place)


@emitted
def set_float_mode(emit: Emitter, place: Value) -> None:
    """Set the control word from memory, as `save_float_mode` left it or with other bits."""
    if LANES >= 8:
        emit.call_on_bytes("x86.sse.ldmxcsr", place)


def _equal(x: Value, number: float) -> Value:
    """The lanes that hold a whole number."""
    return (x > number - 0.5) & (x < number + 0.5)


def _mixed_slope(codes: Value) -> Callable[[Value], Value]:
    """The slope of lanes of several kinds."""

    def slope_of(a: Value) -> Value:
        slope = a.emit.vector(0.0)
        for name, kind in KINDS.items():
            slope = a.emit.select(_equal(codes, float(CODES[name])), kind.slope(a), slope)
        return slope

    return slope_of


def _total(emit: Emitter, place: Value, count: Value, step: Value) -> Value:
    sums = emit.variable()
    with emit.loop(count) as n:
        sums.set(sums.get() + emit.load(place, n * step))
    return emit.first_lane(emit.sum_lanes(sums.get()))


def _sum(values: list[Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total


def _sums_by_lane(emit: Emitter, vectors: list[Value]) -> Value:
    """LANES vectors → one, whose lane r is the sum of vector r, by sums of neighbours."""
    even, odd = list(range(0, 2 * LANES, 2)), list(range(1, 2 * LANES, 2))
    while len(vectors) > 1:
        pairs = zip(vectors[::2], vectors[1::2], strict=True)
        vectors = [emit.shuffle(x, y, even) + emit.shuffle(x, y, odd) for x, y in pairs]
    return vectors[0]
