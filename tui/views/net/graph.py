"""The graph: a column of boxes for each layer, edges between them, and the weights that matter as numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import counted, short
from tui.run.choice import OUTPUT_BIAS
from tui.run.facts import ActiveShares
from tui.run.unit import source_name
from tui.views import examples
from tui.views.net import boxes, heads, lying, shown, units, weights
from tui.views.net.edges import Gap
from tui.views.net.flow import Flow, flow
from tui.views.net.plan import NUMBER, Column, Plan, most_places, plan, shown_layers
from tui.views.units.shapes import cheap, too_large

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_INPUTS = 6  # inputs with a box of their own
_ROUNDING = 1e-5  # of a feature's range: what is nearer to 0 is 0, scaled in single precision and back


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """How many numbers there are to learn."""
    return f"{counted(snapshot.network.n_parameters)} parameters"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[ActiveShares]:
    """On how much of the data each unit acts."""
    return (ActiveShares(),)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Columns from the inputs to the output; edges first, so that boxes and numbers own their cells."""
    canvas = Canvas(width, height)
    if not cheap(snapshot.network):
        canvas.text(1, 2, too_large(snapshot.network, width - 4), "label")
        return canvas
    dataset, network = snapshot.dataset, snapshot.network
    row = examples.row(dataset, state)
    numbers = flow(network, dataset.x_train[row], float(dataset.y_train[row]), snapshot.recipe)
    if lying.fits(snapshot, width, height):
        lying.draw(canvas, snapshot, numbers, palette)
        return canvas
    where = layout(snapshot, numbers, width, height)
    _draw_edges(canvas, where, snapshot)
    heads.draw(canvas, where, snapshot)
    _draw_inputs(canvas, where, snapshot, numbers)
    if where.layers:
        units.draw(canvas, where, snapshot, numbers, palette)
        weights.draw(canvas, where, snapshot)
    _draw_output(canvas, where, snapshot, numbers, palette)
    heads.draw_legend(canvas, snapshot, numbers, palette)
    return canvas


def layout(snapshot: Snapshot, numbers: Flow, width: int, height: int) -> Plan:
    """The plan for this network."""
    network, single = snapshot.network, snapshot.network.n_inputs == 1
    layers = shown_layers(width, len(network.layers), snapshot.chosen.layer, single)
    rows = max(1, height - 2)
    places = most_places(rows)
    members = [shown.inputs(snapshot, numbers.x, min(_INPUTS, places))]
    members += [shown.units(snapshot, layer, places) for layer in layers]
    counts = [network.n_inputs, *(len(network.layers[layer]) for layer in layers)]
    hidden = [count - len(each) for count, each in zip(counts, members, strict=True)]
    return plan(width, rows, layers, members, hidden, single, snapshot.dataset.kind == "plane")


# ----------------------------------------------------------------------------------------------------- the edges


def gaps(where: Plan, snapshot: Snapshot, height: int) -> list[tuple[Gap, int | None]]:
    """The gaps between columns, and the layer into which each leads; None where layers between are not shown."""
    count, columns = len(snapshot.network.layers), where.columns
    into = [*where.layers, count]
    before = [-1, *where.layers]
    single = snapshot.network.n_inputs == 1 and bool(where.layers) and where.layers[0] == 0
    found = []
    for place, (one, other) in enumerate(pairwise(columns)):
        left = one.left + one.width + (where.scale + NUMBER if place else 0)
        right = other.left - (where.tag if place < len(where.layers) else 1) - NUMBER * (single and not place)
        found.append(
            (Gap(0, left + 1, height, right - left - 1), into[place] if into[place] - before[place] == 1 else None)
        )
    return found


def _draw_edges(canvas: Canvas, where: Plan, snapshot: Snapshot) -> None:
    columns = where.columns
    for place, (gap, layer) in enumerate(gaps(where, snapshot, canvas.height)):
        sources, targets = columns[place], columns[place + 1]
        if layer is None:
            _draw_hidden_layers(canvas, gap, where, place, len(snapshot.network.layers))
            continue
        weights = snapshot.network.weights(layer)[0].astype(float)
        rows = slice(None) if targets is where.output else list(targets.members)
        weights = weights[rows][:, list(sources.members)]
        gap.draw(
            canvas,
            [sources.middle(i) for i in range(len(sources.members))],
            [targets.middle(i) for i in range(len(weights))],
            weights,
            _of_chosen(snapshot, layer, sources, targets, weights.shape),
        )


def _draw_hidden_layers(canvas: Canvas, gap: Gap, where: Plan, place: int, count: int) -> None:
    """In place of edges: how many layers lie between."""
    hidden = count - where.layers.stop if place else where.layers.start
    room, row = gap.columns, canvas.height // 2
    for offset, (text, colour) in enumerate(((f"{hidden}", "label"), ("more", "label"), ("⋯" * room, "quiet"))):
        canvas.text(row + offset, gap.left, cut(text, room), colour)


def _of_chosen(snapshot: Snapshot, layer: int, sources: Column, targets: Column, shape: tuple[int, ...]) -> np.ndarray:
    """Which edges (targets, sources) of the gap into this layer begin or end at the chosen unit."""
    chosen, mask = snapshot.chosen, np.zeros(shape, bool)
    if chosen.unit == OUTPUT_BIAS:
        return mask
    if layer == chosen.layer and chosen.unit in targets.members:
        mask[targets.members.index(chosen.unit)] = True
    if layer == chosen.layer + 1 and chosen.unit in sources.members:
        mask[:, sources.members.index(chosen.unit)] = True
    return mask


# -------------------------------------------------------------------------------------------- boxes and numbers


def _draw_inputs(canvas: Canvas, where: Plan, snapshot: Snapshot, numbers: Flow) -> None:
    """The example's inputs: name, raw value, scaled value."""
    column, dataset = where.inputs, snapshot.dataset
    raw = dataset.unscale_x(numbers.x)
    raw[np.abs(raw) < _ROUNDING * dataset.x_factor] = 0.0
    for place, feature in enumerate(column.members):
        top = column.box(place)
        canvas.text(top, 1, cut(source_name(dataset, 0, feature), column.width - 1), "label")
        unit = f" {dataset.feature_units[feature]}" if dataset.feature_units[feature] else ""
        if column.rows > 1:
            end = canvas.text(top + 1, 1, cut(short(float(raw[feature])), column.width), "bright", True)
            canvas.text(top + 1, end, unit * (end + len(unit) <= column.width), "label")
        if column.rows > 2:
            scaled = short(float(numbers.x[feature]))
            text = f"{scaled} scaled" if len(scaled) + 8 < column.width else scaled
            canvas.text(top + 2, 1, cut(text, column.width), "quiet")
    if column.hidden:
        text = f"{column.hidden} more"
        text = text if len(text) < column.width else f"+{column.hidden}"
        canvas.text(column.box(len(column.members)), 1, text, "label")


def _draw_output(canvas: Canvas, where: Plan, snapshot: Snapshot, numbers: Flow, palette: Palette) -> None:
    """The fit over the same inputs as the boxes, and under it b, y of the example and what is true."""
    column, dataset, network = where.output, snapshot.dataset, snapshot.network
    top, width = column.box(0), column.width - 1
    feature = snapshot.chosen.source if snapshot.chosen.layer == 0 else 0
    ground = boxes.ground(dataset, numbers.x, feature, column.rows, width)
    values = network.predict(ground.x).astype(float)
    if palette.depth == "truecolor" and not ground.over_plane:
        canvas.tint(slice(top, top + column.rows), slice(column.left, column.left + width), "weekend")
    low, high = (-1.0, 1.0) if dataset.labels else _range(dataset)
    boxes.draw(canvas, top, column.left, ground, values, (low, high), "model", palette, thick=True)
    if not ground.over_plane:
        share = np.clip((high - numbers.target) / (high - low), 0.0, 1.0)
        row, across = top + int(share * (column.rows - 1) + 0.5), column.left + int(ground.example[1])
        if not (canvas.characters[row : row + 1, across : across + 1] == ord("◆")).any():
            canvas.text(row, across, "•", "train")
    canvas.text(top - 1, column.left, cut(dataset.target_label, width), "label")
    bias = snapshot.chosen.unit == OUTPUT_BIAS
    unit = f" {dataset.target_unit}" if dataset.target_unit and width > 10 else ""
    lines = (
        ("▸" * bias, "now", "b ", heads.brief(numbers.bias), "bright" if bias else "text"),
        ("◆", "now", "y ", short(float(dataset.unscale(numbers.y))) + unit, "bright"),
        ("•", "train", "ŷ ", heads.truth(dataset, numbers.target) + unit, "train"),
    )
    for row, (sign, colour, name, text, ink) in enumerate(lines, top + column.rows):
        end = canvas.text(row, column.left, sign, colour)
        end = canvas.text(row, end, name, "label")
        canvas.text(row, end, cut(text, canvas.width - end), ink, ink == "bright")


def _range(dataset: Dataset) -> tuple[float, float]:
    low, high = float(dataset.y_train.min()), float(dataset.y_train.max())
    return (low, high) if high > low else (low, low + 1.0)
