"""Under the graph: the numbers of one example, each of them from those above it, a column a unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from data.steps import when
from engine.activations import KINDS
from engine.losses import LOSSES
from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import minus, short
from tui.run.choice import OUTPUT_BIAS
from tui.run.unit import kind_name, source_name
from tui.views import examples
from tui.views.net import shown
from tui.views.net.flow import Flow, flow
from tui.views.net.heads import prime, truth, value_formula
from tui.views.units.shapes import cheap

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

TITLE = "Example"
_LABEL, _TAIL, _REST = 15, 8, 9  # columns before the numbers, after them, and for the sum of the others
_WIDE_CELL, _CELL = 9, 7

Words = list[tuple[str, str, bool]]  # (text, colour, bold)


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a number for each unit that has a column."""

    label: str
    values: np.ndarray
    lit: tuple[int, ...] = ()  # the places that are lit
    rest: float | None = None  # for all units without a column
    tail: Words | None = None
    need: int = 0  # which lines give way first where there are too few rows: those of the greatest


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """25 of 106 by time, training data."""
    dataset = snapshot.dataset
    count, place = len(dataset.y_train), examples.place(dataset, state)
    date = "" if dataset.times_train is None else f": {when(dataset.times_train[examples.row(dataset, state)])}"
    return f"{place + 1} of {count} by {examples.ordered_by(dataset)}{date}, training data"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """Nothing: all of it follows from θ."""
    return ()


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Lines for the units, then y and e."""
    canvas = Canvas(width, height)
    if not cheap(snapshot.network):
        return canvas
    dataset = snapshot.dataset
    row = examples.row(dataset, state)
    numbers = flow(snapshot.network, dataset.x_train[row], float(dataset.y_train[row]), snapshot.recipe)
    room, widest = width - _LABEL - _TAIL, max(snapshot.network.shape[1:-1], default=snapshot.network.n_inputs)
    cell = _WIDE_CELL if room // _WIDE_CELL >= widest else _CELL
    lines = _lines(snapshot, numbers, max(1, (room if widest <= room // cell else room - _REST) // cell))
    ends = [_y_line(snapshot, numbers, width - 2), _e_line(snapshot, numbers, width - 2)]
    keep = sorted(sorted(range(len(lines)), key=lambda i: lines[i].need)[: max(0, height - len(ends))])
    for place, line in enumerate(lines[i] for i in keep):
        _draw_line(canvas, place, line, cell)
    for place, words in enumerate(ends, len(keep)):
        canvas.parts(place, 1, words)
    return canvas


# ---------------------------------------------------------------------------------------------------- the lines


def _lines(snapshot: Snapshot, numbers: Flow, places: int) -> list[Line]:
    """From the inputs to c·a; of several layers the chosen one with the one before it."""
    layers = snapshot.network.layers
    if not layers:
        return _linear(snapshot, numbers, places)
    if len(layers) == 1:
        return _single(snapshot, numbers, places)
    return _deep(snapshot, numbers, places)


def _linear(snapshot: Snapshot, numbers: Flow, places: int) -> list[Line]:
    """x, w, w·x of the inputs that bring most."""
    own = shown.inputs(snapshot, numbers.x, places)
    names = [cut(source_name(snapshot.dataset, 0, i), _CELL - 1) for i in own]
    lit = tuple(place for place, i in enumerate(own) if i == snapshot.chosen.source)
    return [
        _heading("input", names, lit, len(numbers.x) - len(own)),
        Line("x", numbers.x[own], need=1),
        Line("w", numbers.weights[own], lit, need=1),
        _products("w·x", numbers, own, lit),
    ]


def _single(snapshot: Snapshot, numbers: Flow, places: int) -> list[Line]:
    """x, w·x, r, a, c·a."""
    network = snapshot.network
    own = shown.units(snapshot, 0, places)
    lit = _lit(snapshot, 0, own)
    b = network.weights(0)[1].astype(float)
    lines = [_heading("unit", [str(unit + 1) for unit in own], lit, len(b) - len(own), need=2)]
    if network.n_inputs == 1:
        lines.append(Line("x  goes to all", np.full(len(own), numbers.x[0]), need=5))
    many = network.n_inputs > 1
    lines.append(Line("Wx" if many else "w·x", (numbers.r[0] - b)[own], lit, need=3))
    lines.append(Line("r = b + Wx" if many else "r = b + w·x", numbers.r[0][own], lit, need=1))
    lines.append(Line(_value(snapshot, 0), numbers.a[0][own], lit, tail=_off(snapshot, numbers, own)))
    lines.append(_products("c·a", numbers, own, lit))
    if len(own) < len(b):
        lines.append(Line(f"of all {len(b)}", np.zeros(0), tail=_crowd(numbers, network.layers[0]), need=4))
    return lines


def _crowd(numbers: Flow, kinds: list[str]) -> Words:
    """How many units are on for this example, and how few make most of what they add."""
    able = [KINDS[kind] for kind in kinds if KINDS[kind].can_die]
    on = sum(KINDS[kind].can_die and value > 0.0 for kind, value in zip(kinds, numbers.a[0], strict=True))
    words: Words = [(f"{on} of {len(able)} {able[0].word} on;  ", "text", False)] if able else []
    return [*words, (f"{busiest(numbers.parts)} units make 90% of Σ|c·a|", "text", False)]


def busiest(parts: np.ndarray, share: float = 0.9) -> int:
    """How many of the largest |parts| (units,) make this share of the sum of all."""
    with np.errstate(all="ignore"):
        sums = np.cumsum(np.sort(np.abs(np.nan_to_num(parts)))[::-1])
        return int(np.searchsorted(sums, share * sums[-1]) + 1)


def _deep(snapshot: Snapshot, numbers: Flow, places: int) -> list[Line]:
    """r, a, the chosen unit's products, r′, a′, c·a′."""
    network, chosen = snapshot.network, snapshot.chosen
    second = max(chosen.layer, 1)
    first, last = second - 1, len(network.layers) - 1
    before, own = (shown.units(snapshot, layer, places) for layer in (first, second))
    lit, prime_of = _lit(snapshot, second, own), prime(second)
    apart = before[: len(own)] != own[: len(before)]  # columns mean other units: they are numbered twice
    lines = [
        _heading(
            "unit",
            [str(unit + 1) for unit in before],
            _lit(snapshot, first, before),
            len(numbers.a[first]) - len(before),
            2,
        ),
        Line(f"r{prime(first)}", numbers.r[first][before], _lit(snapshot, first, before), need=4 + apart),
        Line(_value(snapshot, first), numbers.a[first][before], _lit(snapshot, first, before)),
    ]
    if chosen.unit != OUTPUT_BIAS:
        lines.append(_between(snapshot, numbers, first, before, own))
    if apart:
        lines.append(_heading("unit", [str(unit + 1) for unit in own], lit, len(numbers.a[second]) - len(own), 2))
    lines.append(Line(f"r{prime_of} = b{prime_of} + W{prime_of}a{prime(first)}", numbers.r[second][own], lit, need=3))
    lines.append(Line(_value(snapshot, second), numbers.a[second][own], lit))
    if second == last:
        lines.append(_products(f"c·a{prime_of}", numbers, own, lit))
    return lines


def _between(snapshot: Snapshot, numbers: Flow, first: int, before: list[int], own: list[int]) -> Line:
    """What the chosen unit gets from each unit before it, or what it gives to each after it."""
    chosen, second = snapshot.chosen, first + 1
    W = snapshot.network.weights(second)[0].astype(float)
    letter, number = f"w{prime(second)}", str(chosen.unit + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    if chosen.layer == second:
        products = W[chosen.unit] * numbers.a[first]
        total: Words = [("Σ ", "label", False), (short(float(products.sum())), "bright", True)]
        rest = float(np.delete(products, before).sum()) if len(before) < len(products) else None
        return Line(f"{letter}{number}·a{prime(first)}", products[before], tuple(range(len(before))), rest, total)
    gives = W[:, chosen.unit] * numbers.a[first][chosen.unit]
    return Line(f"{letter}·a{prime(first)}{number} →", gives[own], tuple(range(len(own))))


def _products(label: str, numbers: Flow, own: list[int], lit: tuple[int, ...]) -> Line:
    """What each column adds to y, and all of it together."""
    parts = numbers.parts
    rest = float(np.delete(parts, own).sum()) if len(own) < len(parts) else None
    total: Words = [("Σ ", "label", False), (short(float(parts.sum())), "bright", True)]
    return Line(label, parts[own], lit, rest, total)


def _heading(label: str, names: list[str], lit: tuple[int, ...], hidden: int, need: int = 0) -> Line:
    """Names of the columns; a chosen one has a marker."""
    return Heading(label, np.zeros(0), lit, hidden or None, need=need, names=tuple(names))


@dataclass(frozen=True, slots=True)
class Heading(Line):
    """The row of names; `rest` is how many have no column."""

    names: tuple[str, ...] = ()


def _lit(snapshot: Snapshot, layer: int, own: list[int]) -> tuple[int, ...]:
    chosen = snapshot.chosen
    return (own.index(chosen.unit),) if chosen.layer == layer and chosen.unit in own else ()


def _value(snapshot: Snapshot, layer: int) -> str:
    """a = σ(r)."""
    name, _, formula = value_formula(snapshot, layer).partition(" = ")
    return f"{name} = {formula.partition('(')[0]}(r{prime(layer)})"


def _off(snapshot: Snapshot, numbers: Flow, own: list[int]) -> Words | None:
    """ "ReLU 5: off": a 0 that matters, since this example cannot move that unit."""
    kinds = snapshot.network.layers[0]
    off = [unit for unit in own if KINDS[kinds[unit]].can_die and numbers.a[0][unit] == 0.0]
    if not off:
        return None
    text = f"{kind_name(kinds[off[0]])} {off[0] + 1}: off" if len(off) == 1 else f"{len(off)} off"
    return [(text, "quiet", False)]


# ------------------------------------------------------------------------------------------------------- drawing


def _draw_line(canvas: Canvas, row: int, line: Line, cell: int) -> None:
    canvas.text(
        row,
        1,
        cut(line.label, _LABEL - 1),
        "quiet" if isinstance(line, Heading) else "bright",
        not isinstance(line, Heading),
    )
    texts = line.names if isinstance(line, Heading) else [_number(value, cell) for value in line.values]
    for place, text in enumerate(texts):
        end, lit = _LABEL + (place + 1) * cell, place in line.lit
        if isinstance(line, Heading):
            canvas.text_right(row, end, text, "bright" if lit else "model", lit)
            if lit:
                canvas.text(row, end - len(text) - 1, "▸", "now")
            continue
        canvas.text_right(row, end, text, "bright" if lit else "text", lit and len(line.lit) == 1)
        if lit:
            canvas.tint(slice(row, row + 1), slice(end - cell + 1, end + 1), "lit")
    after = _LABEL + len(texts) * cell + 1
    if line.rest is not None:
        heading = isinstance(line, Heading)
        text = f"+{line.rest:.0f} more" if heading else f"+ {short(line.rest)}"
        after = canvas.text(row, after, text, "label") + 2
    if line.tail:
        canvas.parts(row, after, line.tail)


def _number(value: float, cell: int) -> str:
    """Three decimals where a cell has room for them, else two."""
    text = minus(f"{value:.{3 if cell == _WIDE_CELL else 2}f}") if abs(value) < 1000 else short(value)
    return text.lstrip("−") if text.strip("−0.") == "" else text


def _y_line(snapshot: Snapshot, numbers: Flow, room: int) -> Words:
    """y = b + Σ c·a   −0.314 − 0.139 = −0.453   in g: −26.2 + 49.4·y = −48.6."""
    dataset = snapshot.dataset
    total = float(numbers.parts.sum())
    name = "c·a" + prime(len(snapshot.network.layers) - 1) if snapshot.network.layers else "w·x"
    words: Words = [(f"y = b + Σ {name}", "bright", True), ("   ", "text", False)]
    words += [(f"{short(numbers.bias)} {_plus(total)} = ", "text", False), (short(numbers.y), "bright", True)]
    if not dataset.labels:
        unit = dataset.target_unit or dataset.target_label
        raw = short(float(dataset.unscale(numbers.y)))
        long: Words = [(f"   in {unit}: {short(dataset.y_offset)} {_plus(dataset.y_scale)}·y = ", "label", False)]
        brief: Words = [(f"   in {unit} ", "label", False)]
        middle = next((m for m in (long, brief) if _length([*words, *m]) + len(raw) <= room), None)
        words += [*middle, (raw, "bright", True)] if middle else []
    return words


def _e_line(snapshot: Snapshot, numbers: Flow, room: int) -> Words:
    """e = (y − ŷ)²   true ŷ −21.5 g   y − ŷ = −27.1 g   scaled −0.548   e = 0.300."""
    dataset, loss = snapshot.dataset, snapshot.recipe.loss
    unit = f" {dataset.target_unit}".rstrip()
    true = truth(dataset, numbers.target) + unit
    miss = f"{short(numbers.miss * dataset.y_scale)}{unit}"
    head: Words = [(f"e = {LOSSES[loss].formula}", "bright", True), ("   true ŷ ", "label", False)]
    head += [(true, "train", False), ("   y − ŷ = ", "label", False), (miss, "bright", True)]
    end: Words = [("   e = ", "label", False), (short(numbers.loss), "bright", True)]
    scaled: Words = [] if dataset.labels else [(f"   scaled {short(numbers.miss)}", "text", False)]
    return next((w for w in ([*head, *scaled, *end], [*head, *end]) if _length(w) <= room), [head[0], *end])


def _plus(value: float) -> str:
    return f"− {short(-value)}" if value < 0 else f"+ {short(value)}"


def _length(words: Words) -> int:
    return sum(len(text) for text, _, _ in words)
