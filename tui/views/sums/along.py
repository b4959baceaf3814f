"""Along one feature: the running sums in one plot, under it a lane for each unit; all others are at their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import Axis, columns_a_tick, linear, round_up, rows_a_tick
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, finite_range, per_dataset
from tui.run.facts import ActiveShares
from tui.views import knots
from tui.views.sums import adding, lanes
from tui.views.sums.parts import of_layer, of_output

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_GUTTER = 7  # least columns left of the lanes
_SHARE = 0.45  # of the height, that is for lanes, unless many units want a row each
_TALLEST = 5  # rows of a lane
_FARTHEST, _STEPS = 2.0, (1.0, 2.0, 5.0, 10.0)  # how far, times the range of the targets, sums may stretch the axis


@dataclass(frozen=True, slots=True)
class Plan:
    """The plot of the sums above, the lanes below; both have the same x."""

    plot: Frame
    lanes: Frame
    each: int  # rows of a lane
    shown: int  # lanes, with one for the units that have none of their own


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """Along which feature, where there are several."""
    if snapshot.network.n_inputs == 1:
        return ""
    return f"along {snapshot.dataset.feature_labels[source(snapshot)]}, others at their mean"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[ActiveShares]:
    """On how much of the data each unit acts."""
    return (ActiveShares(),)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Sums, lanes, and the axis that they share."""
    canvas = Canvas(width, height)
    network, dataset, chosen = snapshot.network, snapshot.dataset, snapshot.chosen
    plan, last = layout(snapshot, width, height), max(0, len(network.layers) - 1)
    x, most = inputs(snapshot, plan.plot), max(1, plan.shown - (plan.shown < units_of(snapshot)))
    always = source(snapshot) if not network.layers else chosen.unit if chosen.layer == last else -1
    output = of_output(network, dataset, x, most, always)
    adding.draw(canvas, _with_room(plan.plot, dataset, output.sums), snapshot, source(snapshot), output, palette)
    inner = chosen.layer < last
    shown = of_layer(network, x, chosen.layer, most, chosen.unit) if inner else output
    lanes.draw(canvas, plan.lanes, plan.each, snapshot, source(snapshot), x, shown)
    return canvas


def source(snapshot: Snapshot) -> int:
    """The input along which everything is drawn: the chosen one, where inputs are what the chosen layer sees."""
    return snapshot.chosen.source if snapshot.chosen.layer == 0 else 0


def units_of(snapshot: Snapshot) -> int:
    """How many units there are to show: those of the chosen layer; of the linear model the weight of the one input."""
    layers = snapshot.network.layers
    return len(layers[snapshot.chosen.layer]) if layers else 1


def inputs(snapshot: Snapshot, frame: Frame) -> np.ndarray:
    """Scaled inputs (2 · columns + 1, n_inputs) at the borders of the frame's dot columns; all others at their mean."""
    dataset, feature = snapshot.dataset, source(snapshot)
    x = np.zeros((2 * frame.columns + 1, snapshot.network.n_inputs), snapshot.network.dtype)
    raw = frame.x.value(np.arange(len(x)) / 2)
    x[:, feature] = (raw - dataset.x_offset[feature]) / dataset.x_factor[feature]
    return x


def layout(snapshot: Snapshot, width: int, height: int) -> Plan:
    """Who stands where; a function of the data and of how many units there are, so it stands still."""
    units, room = units_of(snapshot), max(2, height - 4)
    rows = max(1, int(_SHARE * room), min(units, room // 2))
    shown = min(units, rows)
    each = min(_TALLEST, rows // shown)
    above = room - shown * each
    y = _y_axis(snapshot.dataset, above, 0.0, 0.0)
    left = min(max(y.label_width + 2, _GUTTER), max(1, width - 2))
    columns = max(1, width - left - 1)
    x = _x_axis(snapshot.dataset, source(snapshot), columns)
    below = Frame(above + 2, left, shown * each, columns, x, y)
    return Plan(Frame(1, left, above, columns, x, y), below, each, shown)


@per_dataset
def _x_axis(dataset: Dataset, feature: int, columns: int) -> Axis:
    raw = [dataset.unscale_x(x)[:, feature] for x in (dataset.x_train, dataset.x_test) if x is not None]
    return linear(*finite_range(*raw), columns, columns_a_tick(columns))


@per_dataset
def _y_axis(dataset: Dataset, rows: int, below: float, above: float) -> Axis:
    """The axis of the targets with so much more room at either end, times their range."""
    low, high = finite_range(dataset.unscale(dataset.y_train))
    span = high - low
    return linear(low - below * span, high + above * span, rows, rows_a_tick(rows))


def _with_room(frame: Frame, dataset: Dataset, sums: np.ndarray) -> Frame:
    """The frame stretched, in steps, towards sums that leave the range of the targets."""
    low, high = finite_range(dataset.unscale(dataset.y_train))
    least, most = finite_range(sums)
    span = (high - low) or 1.0
    room = (
        min(_FARTHEST, round_up(out, _STEPS)) if out > 0.05 else 0.0
        for out in ((low - least) / span, (most - high) / span)
    )
    return Frame(frame.top, frame.left, frame.rows, frame.columns, frame.x, _y_axis(dataset, frame.rows, *room))


def grab(snapshot: Snapshot, width: int, height: int, row: int, column: int) -> int | None:
    """The unit whose number stands in this cell or right beside it; None where there is none."""
    if snapshot.chosen.layer:
        return None
    return knots.grab(layout(snapshot, width, height).lanes, snapshot, row, column)


def dragged(snapshot: Snapshot, width: int, height: int, column: int, rows: int) -> tuple[float, float]:
    """(the scaled x of a column, how much this many rows of the plot are in scaled y)."""
    return knots.dragged(layout(snapshot, width, height).plot, snapshot.dataset, column, rows)
