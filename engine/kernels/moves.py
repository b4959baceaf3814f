"""Vectors from one place to another: copies, the gathering of examples, transposes and sums; and the control word."""

from __future__ import annotations

from engine.kernels.emitter import LANES, Emitter, Value
from engine.kernels.intrinsic import emitted, int32s
from engine.kernels.jit import inlined

FLUSH_DENORMALS = 0x8040  # FTZ and DAZ of x86's control word: dead units turn moments denormal, which is slow


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


@inlined
def flush_denormals(mode: int) -> None:
    """Keep the control word at `mode`, and flush denormals until it is set from there again; two words are used."""
    save_float_mode(mode)
    words = int32s(mode)
    words[1] = words[0] | FLUSH_DENORMALS
    set_float_mode(mode + 1)


def _total(emit: Emitter, place: Value, count: Value, step: Value) -> Value:
    sums = emit.variable()
    with emit.loop(count) as n:
        sums.set(sums.get() + emit.load(place, n * step))
    return emit.first_lane(emit.sum_lanes(sums.get()))
