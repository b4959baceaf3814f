"""What models side by side need beside their passes: the order of examples and the examples, penalties and steps."""

from __future__ import annotations

from engine.kernels.emitter import LANES, Emitter, Value, Variable
from engine.kernels.intrinsic import emitted
from engine.kernels.order import GROUP, divided, walk_until_inside
from engine.optimizers import OPTIMIZERS


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
            row, column = divided(place, columns)
            left.set(emit.words(row))
            right.set(emit.words(column))
        walk_until_inside(emit, cells, key, examples, rows, columns, rounds)
        for number, (left, right) in enumerate(cells):
            emit.store_words(left.get() * emit.words(columns) + right.get(), into, (n * GROUP + number) * LANES)


@emitted
def gather(
    emit: Emitter,
    examples: Value,
    width: Value,
    numbers: Value,
    pairs: Value,
    into: Value,
    across: Value,
    inputs: Value,
    targets: Value,
    rows: Value,
) -> None:
    """The examples whose numbers are at [row, lane] → into[input, row] and targets[row].

    An example is `width` floats, an even number: its inputs, then its target. Two of them go together to `pairs`, and
    are parted there;
    """
    even, odd = list(range(0, 2 * LANES, 2)), list(range(1, 2 * LANES, 2))
    with emit.loop(width, 2) as column:
        with emit.loop(rows) as r:
            for lane in range(LANES):
                place = emit.load_word(numbers, r * LANES + lane) * width + column
                emit.copy_pair(examples, place, pairs, (r * LANES + lane) * 2)
        for k, order_of in enumerate((even, odd)):
            own = column + k
            place = emit.select(own > inputs - 1, targets, into + own * across)
            with emit.when(own > inputs, 0), emit.loop(rows) as r:
                first, second = (emit.load(pairs, (2 * r + half) * LANES) for half in range(2))
                emit.store(emit.shuffle(first, second, order_of), place, r * LANES)


@emitted
def spread(
    emit: Emitter,
    examples: Value,
    width: Value,
    into: Value,
    across: Value,
    inputs: Value,
    targets: Value,
    rows: Value,
) -> None:
    """The next rows of the examples, the same for every lane → into[input, row] and targets[row]."""
    with emit.loop(rows) as r:
        example = examples + r * width
        emit.store(emit.vector(emit.load_float(example, inputs)), targets, r * LANES)
        with emit.loop(inputs) as i:
            emit.store(emit.vector(emit.load_float(example, i)), into, i * across + r * LANES)


@emitted
def fill(emit: Emitter, value: Value, into: Value, rows: Value) -> None:
    """into[row] ← the vector at `value`."""
    own = emit.load(value)
    with emit.loop(rows) as r:
        emit.store(own, into, r * LANES)


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
