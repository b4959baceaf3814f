"""The passes of models side by side: what is a number in the plain loops is a vector here, a model a lane.

Rows come ROWS at a time, so that sums and activations need not wait for one another; those behind the last example of a
batch are zeros with a gradient of 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.activations import CODES, KINDS
from engine.kernels.elementwise import sum_of
from engine.kernels.emitter import LANES, MANY_REGISTERS, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.losses import LOSSES

ROWS = 4
SUMS = 2  # of rows in turn, side by side: an addition takes longer than the next one waits
INPUTS = 4  # whose weights' gradients are summed side by side
UNITS = 2 if MANY_REGISTERS else 1  # that share what they load


@emitted
def dense(
    emit: Emitter,
    source: Value,
    across: Value,
    inputs: Value,
    weights: Value,
    bias: Value,
    into: Value,
    rows: Value,
    kind: Value,
    units: Value,
) -> None:
    """Units of one kind, side by side: into[unit, row] ← activation(Σ w·source[input, row] + b)."""
    for name in KINDS:
        with emit.when(kind, CODES[name]):
            for first, count in _several(emit, units):
                starts = [emit.load(bias, (first + k) * LANES) for k in range(count)]
                own = [weights + (first + k) * inputs * LANES for k in range(count)]
                with emit.loop(rows, ROWS) as r:
                    sums = _sums(emit, starts, source, across, inputs, own, emit.whole(LANES), r)
                    for k, totals in enumerate(sums):
                        for u, total in enumerate(totals):
                            place = (first + k) * across + (r + u) * LANES
                            emit.store(KINDS[name].function(total.get()), into, place)


@emitted
def dense_to_output(
    emit: Emitter,
    source: Value,
    across: Value,
    inputs: Value,
    weights: Value,
    bias: Value,
    into: Value,
    rows: Value,
    kind: Value,
    units: Value,
    c: Value,
    y: Value,
) -> None:
    """As `dense`, of the last hidden layer: what each unit adds to the output goes there, too; y[row] has its start."""
    for name in KINDS:
        with emit.when(kind, CODES[name]), emit.loop(rows, ROWS) as r:
            outputs = [emit.variable(emit.load(y, (r + u) * LANES)) for u in range(ROWS)]
            for first, count in _several(emit, units):
                starts = [emit.load(bias, (first + k) * LANES) for k in range(count)]
                own = [weights + (first + k) * inputs * LANES for k in range(count)]
                sums = _sums(emit, starts, source, across, inputs, own, emit.whole(LANES), r)
                for k, totals in enumerate(sums):
                    out = emit.load(c, (first + k) * LANES)
                    for u, (total, output) in enumerate(zip(totals, outputs, strict=True)):
                        a = KINDS[name].function(total.get())
                        emit.store(a, into, (first + k) * across + (r + u) * LANES)
                        output.set(emit.fma(a, out, output.get()))
            for u, output in enumerate(outputs):
                emit.store(output.get(), y, (r + u) * LANES)


@emitted
def losses_of(
    emit: Emitter,
    deltas: Value,
    targets: Value,
    losses: Value,
    rows: Value,
    valid: Value,
    loss: Value,
    share_f: Value,
) -> None:
    """Outputs at deltas[row] → loss′(error)·share, 0 from row `valid` on; losses ← the sum of the losses."""
    total, zero = emit.variable(), emit.vector(0.0)
    for code, formula in enumerate(LOSSES.values()):
        with emit.when(loss, code), emit.loop(rows) as r:
            error = emit.load(deltas, r * LANES) - emit.load(targets, r * LANES)
            inside = valid > r
            emit.store(emit.select(inside, formula.slope(error) * share_f, zero), deltas, r * LANES)
            total.set(total.get() + emit.select(inside, formula.function(error), zero))
    emit.store(total.get(), losses)


def back(at_output: bool, few: bool = False) -> Callable[..., None]:
    """Back through units of one kind, in place: a[unit, row] → ∂loss/∂z, whose sum goes to the bias's gradient.

    What comes in is Σ w·g over the units `next` of the layer behind. At the output that is one, with the deltas as its
    g, and the gradient of its weight c, Σ g·a, is summed on the way. So is that of the weight from the first input x.
    With `few`, one input at the output, nobody needs ∂loss/∂z afterwards, and it stays out.
    """

    @emitted
    def run(
        emit: Emitter,
        a: Value,
        g: Value,
        across: Value,
        next: Value,
        weights: Value,
        stride: Value,
        x: Value,
        inputs: Value,
        into_c: Value,
        into_b: Value,
        into_w: Value,
        rows: Value,
        kind: Value,
        units: Value,
        fresh: Value,
    ) -> None:
        for name in KINDS:
            with emit.when(kind, CODES[name]), emit.loop(units) as n:
                c_sums, b_sums, w_sums = [[emit.variable() for _ in range(SUMS)] for _ in range(3)]
                values, c = a + n * across, emit.load(weights, n * LANES)
                with emit.loop(rows, ROWS) as r:
                    entering: list[Variable] = []
                    if not at_output:
                        own = weights + n * LANES
                        (entering,) = _sums(emit, [emit.vector(0.0)], g, across, next, [own], stride, r)
                    for u in range(ROWS):
                        at, into = (r + u) * LANES, u % SUMS
                        value = emit.load(values, at)
                        if at_output:
                            delta = emit.load(g, at)
                            c_sums[into].set(emit.fma(delta, value, c_sums[into].get()))
                        gradient = KINDS[name].slope(value) * (delta if at_output else entering[u].get())
                        b_sums[into].set(b_sums[into].get() + gradient)
                        w_sums[into].set(emit.fma(gradient, emit.load(x, at), w_sums[into].get()))
                        if not few:
                            emit.store(gradient * c if at_output else gradient, values, at)
                scale = c if at_output else None
                _add(emit, b_sums, into_b + n * LANES, fresh, scale)
                _add(emit, w_sums, into_w + n * inputs * LANES, fresh, scale)
                if at_output:
                    _add(emit, c_sums, into_c + n * LANES, fresh)

    return run


back_from_output, back_from_next = back(at_output=True), back(at_output=False)
back_to_one_input = back(at_output=True, few=True)


@emitted
def weights_gradient(
    emit: Emitter,
    x: Value,
    across: Value,
    inputs: Value,
    g: Value,
    into: Value,
    stride: Value,
    rows: Value,
    units: Value,
    fresh: Value,
) -> None:
    """into[unit, input] ← Σ g[unit, row]·x[input, row], added to what is there unless `fresh`; units `stride` apart."""
    for first, count in _several(emit, units):
        blocks = inputs & -INPUTS
        with emit.loop(blocks, INPUTS) as i:
            _gradients(emit, x, across, i, INPUTS, g, first, count, into, stride, rows, fresh)
        with emit.loop(inputs - blocks) as rest:
            _gradients(emit, x, across, blocks + rest, 1, g, first, count, into, stride, rows, fresh)


@emitted
def sum_rows(emit: Emitter, values: Value, into: Value, rows: Value, fresh: Value) -> None:
    """into ← Σ values[row], added to what is there unless `fresh`."""
    totals = [emit.variable() for _ in range(SUMS)]
    with emit.loop(rows, ROWS) as r:
        for u in range(ROWS):
            total = totals[u % SUMS]
            total.set(total.get() + emit.load(values, (r + u) * LANES))
    _add(emit, totals, into, fresh)


def _several(emit: Emitter, units: Value) -> Iterator[tuple[Value, int]]:
    """Emits loops over units, for what is emitted in each turn: (the first, how many go together), then those left."""
    whole = units & -UNITS
    with emit.loop(whole, UNITS) as n:
        yield n, UNITS
    if UNITS > 1:
        with emit.loop(units - whole) as rest:
            yield whole + rest, 1


def _sums(
    emit: Emitter,
    starts: Sequence[Value],
    source: Value,
    across: Value,
    steps: Value,
    weights: Sequence[Value],
    stride: Value,
    r: Value,
) -> list[list[Variable]]:
    """For each unit start + Σ weights[step]·source[step, row], for ROWS rows from r on."""
    sums = [[emit.variable(start) for _ in range(ROWS)] for start in starts]
    with emit.loop(steps) as i:
        own = [emit.load(place, i * stride) for place in weights]
        for u in range(ROWS):
            value = emit.load(source, i * across + (r + u) * LANES)
            for w, totals in zip(own, sums, strict=True):
                totals[u].set(emit.fma(value, w, totals[u].get()))
    return sums


def _gradients(
    emit: Emitter,
    x: Value,
    across: Value,
    i: Value,
    inputs: int,
    g: Value,
    first: Value,
    units: int,
    into: Value,
    stride: Value,
    rows: Value,
    fresh: Value,
) -> None:
    """`weights_gradient` of some units for some inputs from i on."""
    turns = ROWS if inputs == 1 else SUMS
    sums = [[[emit.variable() for _ in range(SUMS)] for _ in range(inputs)] for _ in range(units)]
    with emit.loop(rows, turns) as r:
        for u in range(turns):
            at = (r + u) * LANES
            own = [emit.load(g, (first + k) * across + at) for k in range(units)]
            for j in range(inputs):
                value = emit.load(x, (i + j) * across + at)
                for k, gradient in enumerate(own):
                    total = sums[k][j][u % SUMS]
                    total.set(emit.fma(gradient, value, total.get()))
    for k, of_unit in enumerate(sums):
        for j, parts in enumerate(of_unit):
            _add(emit, parts, into + (first + k) * stride + (i + j) * LANES, fresh)


def _add(emit: Emitter, parts: list[Variable], into: Value, fresh: Value, scale: Value | None = None) -> None:
    before, total = emit.select(fresh > 0, emit.vector(0.0), emit.load(into)), sum_of([part.get() for part in parts])
    emit.store(before + (total if scale is None else total * scale), into)
