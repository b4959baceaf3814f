"""What a person can have the fit show beside data and model: error bars, earlier updates, and the last mini-batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tui.draw.canvas import Canvas
from tui.draw.frame import Frame
from tui.draw.lines import bars, strokes
from tui.draw.numbers import counted
from tui.run.batches import Batch, LastBatch
from tui.run.dated import naive
from tui.run.facts import Outputs, Request
from tui.run.ghosts import GhostCurves
from tui.views import Key

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

LAST, BEFORE = ("■", "□"), ("·", "◦")  # of the last update, and of those before it in the epoch: for +1 and for −1
BASELINES = ("‹", "«")  # as yesterday, as last week
_MOST_BARS = 400
_SHADES = ("plus1", "plus2", "plus3")  # of ghosts, the oldest first
_LOSSES = {"mse": "the mean of the bars squared", "mae": "the mean of the bars"}


def _turn_bars(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, bars=not state.bars)


def _turn_ghosts(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, ghosts=not state.ghosts)


def _turn_batch(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    return replace(state, batch=not state.batch)


KEYS = (
    Key(
        "bars",
        ("h",),
        "In the fit: error bars; in dated data, baselines",
        "errors",
        _turn_bars,
        "",
        ("curve", "series"),
    ),
    Key("ghosts", ("g",), "In the fit: what it was before", "ghosts", _turn_ghosts, "", ("curve", "series")),
    Key("batch", ("m",), "In the fit: which points the last update saw", "batch", _turn_batch, "", ("curve", "plane")),
)


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What they mean, in words."""
    kind, said = snapshot.dataset.kind, []
    if state.bars and kind == "curve":
        said.append(f"loss: {_LOSSES.get(snapshot.recipe.loss, f'the mean {snapshot.recipe.loss} of the bars')}")
    if state.bars and kind == "series" and (labels := [label for label, _ in naive(snapshot.dataset)]):
        said.append(", ".join(f"{sign} {label}" for sign, label in zip(BASELINES, labels, strict=False)))
    if state.ghosts and kind in ("curve", "series"):
        updates = [counted(update) for request in snapshot.answers for update in _updates(snapshot, request)]
        said.append(f"ghosts: update {', '.join(updates)}" if updates else "no ghosts yet")
    if state.batch and kind in ("curve", "plane"):
        batch = snapshot.answer(LastBatch())
        said.append(f"■ {counted(len(batch.last))} of update {counted(snapshot.update)}" if batch else "no batch yet")
    return "; ".join(said)


def _updates(snapshot: Snapshot, request: Request[Any]) -> list[int]:
    if not isinstance(request, GhostCurves):
        return []
    return [update for update, _ in snapshot.answer(request) or ()]


def requests(state: ViewState, points: Callable[..., np.ndarray], *arguments: Any) -> tuple[Request[Any], ...]:
    """What is asked for to show them, ghosts at these points."""
    wanted: list[Request[Any]] = []
    if state.bars:
        wanted.append(Outputs("train"))
    if state.ghosts:
        wanted.append(GhostCurves(points, arguments))
    if state.batch:
        wanted.append(LastBatch())
    return tuple(wanted)


def groups(snapshot: Snapshot, state: ViewState) -> list[tuple[np.ndarray, tuple[str, str], str]]:
    """(rows, glyphs for +1 and −1, colour) of the training points, in the order in which they are drawn."""
    rows = np.arange(len(snapshot.dataset.y_train))
    batch: Batch | None = snapshot.answer(LastBatch()) if state.batch else None
    if batch is None:
        return [(rows, ("•", "∘"), "train")]
    rest = np.setdiff1d(rows, np.concatenate((batch.last, batch.before)))
    return [(rest, ("•", "∘"), "train"), (batch.before, BEFORE, "truth"), (batch.last, LAST, "now")]


def draw_bars(canvas: Canvas, frame: Frame, snapshot: Snapshot, x: np.ndarray, y: np.ndarray) -> None:
    """A bar from each training point x (N,), y (N,) to what is predicted there; of many points some."""
    if (outputs := snapshot.answer(Outputs("train"))) is None:
        return
    some = slice(None, None, -(-len(y) // _MOST_BARS))
    predicted, raster = snapshot.dataset.unscale(outputs)[some], frame.raster()
    across, ends = frame.dots(x[some], y[some])
    bars(raster, across, ends, frame.dots(x[some], predicted)[1])
    canvas.braille(frame.top, frame.left, raster, "miss")


def shades(count: int) -> tuple[str, ...]:
    """The colours of this many ghosts, the oldest first and dimmest."""
    return _SHADES[len(_SHADES) - count :]


def draw_ghosts(canvas: Canvas, frame: Frame, ghosts: tuple[tuple[int, np.ndarray], ...], names: bool) -> None:
    """The curves of earlier updates, given at the borders of the dot columns, the oldest dimmest.

    With `names` these stand at the right ends, where shades cannot tell them apart.
    """
    for (update, y), shade in zip(ghosts, shades(len(ghosts)), strict=True):
        with np.errstate(over="ignore", invalid="ignore"):
            (dots,) = strokes(4.0 * (frame.rows - frame.y.at(y[np.newaxis])), 4 * frame.rows)
        canvas.braille(frame.top, frame.left, dots, shade)
        up = float(frame.y.at(float(y[-1])))
        if names and 0.0 <= up < frame.rows:
            right = frame.left + frame.columns
            canvas.text_right(frame.top + frame.rows - 1 - int(up), right, counted(update), "text")
