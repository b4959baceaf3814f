"""The passes of models side by side: what is a number in the plain loops is a vector here, a model a lane.

Rows come ROWS at a time, so that sums and activations need not wait for one another; those behind the last example of a
batch are zeros with a gradient of 0.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.activations import CODES, KINDS
from engine.kernels.elementwise import sum_of
from engine.kernels.emitter import LANES, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.order import GROUP, walk_until_inside
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS

ROWS = 4
SUMS = 2  # of rows in turn, side by side: an addition takes longer than the next one waits
INPUTS = 4  # whose weights' gradients are summed side by side


@emitted
def order(
    emit: Emitter,
    into: Value,
    position: Value,
    groups: Value,
    keys: Value,
    examples: Value,
    rows: Value,
    columns: Value,
    rounds: Value,
) -> None:
    """`shuffle.example` of the places from `position` on, GROUP at a time → words [place, lane]; a key a lane.

    Places behind the last example walk with the first.
    """
    key = emit.load_words(keys)
    cells = [(Variable(emit.words(0)), Variable(emit.words(0))) for _ in range(GROUP)]
    last = examples - 1
    with emit.loop(groups) as n:
        for number, (left, right) in enumerate(cells):
            place = position + n * GROUP + number
            place = emit.select(place > last, emit.whole(0), place)
            row = Value(emit, emit.builder.sdiv(place.ir, columns.ir))
            left.set(emit.words(row))
            right.set(emit.words(place - row * columns))
        walk_until_inside(emit, cells, key, examples, rows, columns, rounds)
        for number, (left, right) in enumerate(cells):
            emit.store_words(left.get() * emit.words(columns) + right.get(), into, (n * GROUP + number) * LANES)


@emitted
def gather(
    emit: Emitter,
    x: Value,
    x_row: Value,
    y: Value,
    numbers: Value,
    into: Value,
    across: Value,
    inputs: Value,
    targets: Value,
    rows: Value,
) -> None:
    """The examples whose numbers are at [row, lane] → into[input, row] and targets[row]."""
    with emit.loop(rows) as r:
        for lane in range(LANES):
            place = r * LANES + lane
            emit.store_float(emit.load_float(y, emit.load_word(numbers, place)), targets, place)
    with emit.loop(inputs) as i, emit.loop(rows) as r:
        for lane in range(LANES):
            place = r * LANES + lane
            value = emit.load_float(x, emit.load_word(numbers, place) * x_row + i)
            emit.store_float(value, into, i * across + place)


@emitted
def spread(
    emit: Emitter,
    x: Value,
    x_row: Value,
    y: Value,
    into: Value,
    across: Value,
    inputs: Value,
    targets: Value,
    rows: Value,
) -> None:
    """The rows of x and y, the same for every lane → into[input, row] and targets[row]."""
    with emit.loop(rows) as r:
        emit.store(emit.vector(emit.load_float(y, r)), targets, r * LANES)
        with emit.loop(inputs) as i:
            emit.store(emit.vector(emit.load_float(x, r * x_row + i)), into, i * across + r * LANES)


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
        with emit.when(kind, CODES[name]), emit.loop(units) as n:
            start, own, place = emit.load(bias, n * LANES), weights + n * inputs * LANES, into + n * across
            with emit.loop(rows, ROWS) as r:
                sums = _sums(emit, start, source, across, inputs, own, emit.whole(LANES), r)
                for u, total in enumerate(sums):
                    emit.store(KINDS[name].function(total.get()), place, (r + u) * LANES)


@emitted
def output(
    emit: Emitter,
    h: Value,
    across: Value,
    units: Value,
    c: Value,
    bias: Value,
    targets: Value,
    deltas: Value,
    losses: Value,
    rows: Value,
    valid: Value,
    loss: Value,
    share_f: Value,
) -> None:
    """The output and its loss: deltas[row] ← loss′(error)·share, 0 from row `valid` on; losses ← their sum."""
    total = emit.variable()
    with emit.loop(rows, ROWS) as r:
        sums = _sums(emit, emit.load(bias), h, across, units, c, emit.whole(LANES), r)
        for u, y in enumerate(sums):
            error = y.get() - emit.load(targets, (r + u) * LANES)
            value, slope = emit.variable(), emit.variable()
            for code, formula in enumerate(LOSSES.values()):
                with emit.when(loss, code):
                    value.set(formula.function(error))
                    slope.set(formula.slope(error))
            inside, zero = valid > r + u, emit.vector(0.0)
            emit.store(emit.select(inside, slope.get() * share_f, zero), deltas, (r + u) * LANES)
            total.set(total.get() + emit.select(inside, value.get(), zero))
    emit.store(total.get(), losses)


def back(at_output: bool) -> Callable[..., None]:
    """Back through units of one kind, in place: a[unit, row] → ∂loss/∂z, whose sum goes to the bias's gradient.

    What comes in is Σ w·g over the units `next` of the layer behind. At the output that is one, with the deltas as its
    g, and the gradient of its weight c, Σ g·a, is summed on the way. So is that of the weight from the first input x.
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
                        entering = _sums(emit, emit.vector(0.0), g, across, next, own, stride, r)
                    for u in range(ROWS):
                        at, into = (r + u) * LANES, u % SUMS
                        value = emit.load(values, at)
                        if at_output:
                            delta = emit.load(g, at)
                            c_sums[into].set(emit.fma(delta, value, c_sums[into].get()))
                        gradient = KINDS[name].slope(value) * (delta * c if at_output else entering[u].get())
                        b_sums[into].set(b_sums[into].get() + gradient)
                        w_sums[into].set(emit.fma(gradient, emit.load(x, at), w_sums[into].get()))
                        emit.store(gradient, values, at)
                _add(emit, b_sums, into_b + n * LANES, fresh)
                _add(emit, w_sums, into_w + n * inputs * LANES, fresh)
                if at_output:
                    _add(emit, c_sums, into_c + n * LANES, fresh)

    return run


back_from_output, back_from_next = back(at_output=True), back(at_output=False)


@emitted
def weights_gradient(
    emit: Emitter, x: Value, across: Value, inputs: Value, g: Value, into: Value, rows: Value, fresh: Value
) -> None:
    """One unit: into[input] ← Σ g[row]·x[input, row], added to what is there unless `fresh`."""
    blocks = inputs & -INPUTS
    with emit.loop(blocks, INPUTS) as i:
        sums = [[emit.variable() for _ in range(SUMS)] for _ in range(INPUTS)]
        with emit.loop(rows, SUMS) as r:
            for u in range(SUMS):
                own = emit.load(g, (r + u) * LANES)
                for k in range(INPUTS):
                    value = emit.load(x, (i + k) * across + (r + u) * LANES)
                    sums[k][u].set(emit.fma(own, value, sums[k][u].get()))
        for k, parts in enumerate(sums):
            _add(emit, parts, into + (i + k) * LANES, fresh)
    with emit.loop(inputs - blocks) as rest:
        i = blocks + rest
        totals = [emit.variable() for _ in range(SUMS)]
        with emit.loop(rows, ROWS) as r:
            for u in range(ROWS):
                place, total = (r + u) * LANES, totals[u % SUMS]
                total.set(emit.fma(emit.load(g, place), emit.load(x, i * across + place), total.get()))
        _add(emit, totals, into + i * LANES, fresh)


@emitted
def sum_rows(emit: Emitter, values: Value, into: Value, rows: Value, fresh: Value) -> None:
    """into ← Σ values[row], added to what is there unless `fresh`."""
    totals = [emit.variable() for _ in range(SUMS)]
    with emit.loop(rows, ROWS) as r:
        for u in range(ROWS):
            total = totals[u % SUMS]
            total.set(total.get() + emit.load(values, (r + u) * LANES))
    _add(emit, totals, into, fresh)


@emitted
def penalize(emit: Emitter, theta: Value, gradient: Value, count: Value, l1: Value, l2: Value) -> None:
    """g ← g + l1·sign(w) + l2·w, with each lane's own l1 and l2."""
    own_l1, own_l2 = emit.load(l1), emit.load(l2)
    with emit.loop(count) as i:
        at = i * LANES
        w = emit.load(theta, at)
        sign = (w > 0.0) * 1.0 - (w < 0.0) * 1.0
        emit.store(emit.load(gradient, at) + sign * own_l1 + w * own_l2, gradient, at)


@emitted
def step_over(
    emit: Emitter,
    code: Value,
    theta: Value,
    gradient: Value,
    first: Value,
    second: Value,
    new: Value,
    count: Value,
    alive: Value,
    finite: Value,
    rates: Value,
    shrinks: Value,
    pace_f: Value,
    epsilon_f: Value,
    factor_f: Value,
) -> None:
    """One step over `count` parameters, whose new state is `new` words behind the old one; lanes not `alive` keep it.

    A lane's pace is its rate times `pace_f`, what it shrinks by its rate times `factor_f` times its entry of `shrinks`.
    0·θ of what is new is added to `finite`, lane by lane.
    """
    living = emit.load(alive) > 0.5
    pace, shrink = emit.load(rates) * pace_f, emit.load(rates) * factor_f * emit.load(shrinks)
    for own, optimizer in enumerate(OPTIMIZERS.values()):
        with emit.when(code, own):
            check, nothing = emit.variable(emit.load(finite)), emit.vector(0.0)
            keeps_first, keeps_second = optimizer.keeps
            with emit.loop(count) as i:
                at = i * LANES
                old = emit.load(theta, at)
                m = emit.load(first, at) if keeps_first else nothing
                v = emit.load(second, at) if keeps_second else nothing
                step, new_m, new_v = optimizer.step(emit.load(gradient, at), m, v, pace, epsilon_f)
                moved = emit.select(living, old - (step + old * shrink if optimizer.decoupled else step), old)
                emit.store(moved, theta + new, at)
                if keeps_first:
                    emit.store(emit.select(living, new_m, m), first + new, at)
                if keeps_second:
                    new_v = emit.select(living, new_v, v)
                    emit.store(new_v, second + new, at)
                check.set(emit.fma(moved + new_v if keeps_second else moved, nothing, check.get()))
            emit.store(check.get(), finite)


@emitted
def hold(emit: Emitter, values: Value, new: Value, places: Value, count: Value) -> None:
    """What stands still at these places: its old vectors → `new` words behind them."""
    with emit.loop(count) as i:
        at = emit.load_word(places, i) * LANES
        emit.store(emit.load(values, at), values + new, at)


def _sums(
    emit: Emitter,
    start: Value,
    source: Value,
    across: Value,
    steps: Value,
    weights: Value,
    stride: Value,
    r: Value,
) -> list[Variable]:
    """start + Σ weights[step]·source[step, row] for ROWS rows from r on."""
    sums = [emit.variable(start) for _ in range(ROWS)]
    with emit.loop(steps) as i:
        w = emit.load(weights, i * stride)
        for u, total in enumerate(sums):
            total.set(emit.fma(emit.load(source, i * across + (r + u) * LANES), w, total.get()))
    return sums


def _add(emit: Emitter, parts: list[Variable], into: Value, fresh: Value) -> None:
    before = emit.select(fresh > 0, emit.vector(0.0), emit.load(into))
    emit.store(before + sum_of([part.get() for part in parts]), into)
