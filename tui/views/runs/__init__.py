"""View 6: several runs side by side, a table with a dumbbell for each and their losses on train and on unseen.

Where there is a sweep, its map stands in their place until somebody leaves it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tui.draw.canvas import Canvas
from tui.run.race import Racing
from tui.run.sweep.board import Sweeping
from tui.views import Key
from tui.views.runs.look import board_on, move, swap
from tui.views.runs.look import cover as cover_sweep

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 6, "Runs", "runs side by side"
KINDS = ("curve", "series", "plane", "table")
FOOTER, BELOW, ROOM = "runs", None, "whole"


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What the losses are; of a sweep its factors."""
    board = board_on(snapshot, state)
    if board is not None:
        factors = " × ".join(filter(None, (board.down.name, board.across.name))) or "seeds"
        return f"sweep: {factors}" + (f", {board.data}" if board.data not in ("", snapshot.dataset.name) else "")
    unit = snapshot.dataset.target_unit if snapshot.measure.in_unit else ""
    return f"{snapshot.measure.word} {unit}".rstrip()


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The rows of the race, and the sweep."""
    return Racing(), Sweeping()


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The table, what was guessed, and the curves where there is room."""
    from tui.views.runs import curves, sweep, table

    canvas, rows = Canvas(width, height), snapshot.answer(Racing()) or ()
    board = board_on(snapshot, state)
    if board is not None:
        sweep.draw(canvas, board, state, palette)
        return canvas
    if not rows:
        canvas.text(1, 2, "lining the runs up …", "label")
        return canvas
    end = table.draw(canvas, rows, snapshot, state)
    curves.draw(canvas, end, rows, state, palette)
    return canvas


def choose(direction: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The run below (+1) or above (−1)."""
    rows = snapshot.answer(Racing()) or ()
    return replace(state, racer=min(max(state.racer + direction, 0), max(len(rows) - 1, 0)))


def cover(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The unseen losses are shown, or covered again; a guess stays."""
    return replace(state, covered=not state.covered)


KEYS = (
    Key("run_above", ("up",), "In runs: the run above", "run", partial(choose, -1)),
    Key("run_below", ("down",), "In runs: the run below", "run", partial(choose, 1)),
    Key("cover", ("v",), "In runs: show or cover the unseen losses", "unseen", cover),
    Key("cell_above", ("up",), "In a sweep: the cell above", "choose", partial(move, -1, 0), "sweep"),
    Key("cell_below", ("down",), "In a sweep: the cell below", "choose", partial(move, 1, 0), "sweep"),
    Key("cell_left", ("left",), "In a sweep: the cell to the left", "choose", partial(move, 0, -1), "sweep"),
    Key("cell_right", ("right",), "In a sweep: the cell to the right", "choose", partial(move, 0, 1), "sweep"),
    Key("swap", ("y",), "In a sweep: training errors, or unseen ones", "train", swap, "sweep"),
    Key("cover_sweep", ("v",), "In a sweep: show or cover unseen errors", "unseen", cover_sweep, "sweep"),
)
