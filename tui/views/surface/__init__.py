"""View 4: the loss over two parameters, with the way that training has gone on it, and under it the loss along −g."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tui.draw.canvas import Canvas
from tui.run.facts import Where
from tui.run.surface import SurfaceOf, usual_axes
from tui.views import Key

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 4, "Surface", "the loss over two parameters"
KINDS = ("curve", "series", "plane", "table")
FOOTER, BELOW, ROOM = "view", None, "panel"
LEFT, LEGEND = 8, 9  # columns beside the map
LINE_ROWS, LINE_FROM = 8, 20  # rows of the line along −g, and from which height on it has a place
CLOSEST, FARTHEST = 8, -4


@dataclass(frozen=True, slots=True)
class Plan:
    """Who stands where in the panel."""

    columns: int  # of the map
    rows: int
    line: int  # the row of the line's rule; 0: there is none
    legend: bool


def plan(width: int, height: int) -> Plan:
    """By the size alone, so that nothing moves while it trains."""
    line, legend = height >= LINE_FROM, width >= 60
    rows = max(1, height - 3 - LINE_ROWS * line)
    return Plan(max(1, width - LEFT - 1 - LEGEND * legend), rows, rows + 3 if line else 0, legend)


def request(width: int, height: int, state: ViewState) -> SurfaceOf:
    """The map for a panel of this size."""
    own = plan(width, height)
    axes = None if state.plane else state.axes
    return SurfaceOf(axes, state.plane, own.columns, own.rows, state.closer, state.starts, state.full)


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What lies on the axes is said above the map."""
    return ""


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The map, which may be of an earlier moment, and the trail of now."""
    return (request(width, height, state), Where())


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Map, trail, legend, and the line along −g where there is room."""
    from tui.views.surface import chart, line

    canvas, own = Canvas(width, height), plan(width, height)
    surface, path = snapshot.answer(request(width, height, state)), snapshot.answer(Where())
    if surface is None or path is None or surface.network.shape != snapshot.network.shape:
        canvas.text(1, 2, "working the surface out …", "label")
        return canvas
    chart.draw(canvas, own, surface, path, snapshot, palette)
    if own.line:
        line.draw(canvas, own, surface, snapshot, palette)
    return canvas


def _moved(place: int, direction: int) -> Any:
    """What a key does that goes to the next parameter on one axis; past the other axis' own."""

    def does(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
        size = snapshot.network.n_parameters
        axes = list(state.axes or usual_axes(snapshot.chosen, snapshot.network))
        axes = [min(index, size - 1) for index in axes]
        axes[place] = (axes[place] + direction) % size
        if axes[0] == axes[1] and size > 2:
            axes[place] = (axes[place] + direction) % size
        return replace(state, axes=(axes[0], axes[1]), plane=False)

    return does


def _plane(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, plane=not state.plane)


def _starts(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, starts=0 if state.starts else max(1, snapshot.update))


def _full(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, full=0 if state.full else max(1, snapshot.update))


def _unit(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, axes=None, plane=False)


def _closer(step: int) -> Any:
    def does(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
        return replace(state, closer=min(max(state.closer + step, FARTHEST), CLOSEST))

    return does


KEYS = (
    Key("x_before", ("left",), "In the surface: x is the parameter before", "x", _moved(0, -1)),
    Key("x_after", ("right",), "In the surface: x is the parameter after", "x", _moved(0, 1)),
    Key("y_before", ("up",), "In the surface: y is the parameter before", "y", _moved(1, -1)),
    Key("y_after", ("down",), "In the surface: y is the parameter after", "y", _moved(1, 1)),
    Key("of_unit", ("backspace",), "In the surface: the chosen unit's own again", "unit's", _unit),
    Key("plane", ("p",), "In the surface: the plane of the trail, or back", "plane", _plane),
    Key("starts", ("g",), "In the surface: four other random starts, or none", "starts", _starts),
    Key("full_batch", ("m",), "In the surface: the way of full batches, or not", "full batch", _full),
    Key("closer", ("pagedown",), "In the surface: closer to here", "zoom", _closer(1)),
    Key("further", ("pageup",), "In the surface: further away", "zoom", _closer(-1)),
)
