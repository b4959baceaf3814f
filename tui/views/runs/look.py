"""What of a sweep is looked at: which errors may be seen, which cell is chosen, and the keys that change it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.draw.numbers import placed, short
from tui.run.sweep.board import Board, Measure, Place, Ranking, Sweeping, spread
from tui.run.sweep.results import Result

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

WIDEST = 6  # characters of a number


def board_on(snapshot: Snapshot, state: ViewState) -> Board | None:
    """The sweep that view 6 shows; None where it shows runs side by side."""
    board = snapshot.answer(Sweeping())
    return board if state.sweep.shown else None


def judged_by(board: Board, state: ViewState) -> Measure:
    """The error by which settings are in order: as long as the unseen one is covered that of training."""
    return "unseen" if board.unseen and not state.sweep.covered else "train"


def mapped(board: Board, state: ViewState) -> Measure:
    """The error that the map shows."""
    return "train" if state.sweep.train else judged_by(board, state)


def ranking(board: Board, state: ViewState) -> Ranking:
    """The cells in the order of what may be seen."""
    return board.by[judged_by(board, state)]


def chosen(board: Board, state: ViewState) -> Place:
    """The chosen cell: that of the best setting until a person chooses another one."""
    rows, columns = len(board.down.values), len(board.across.values)
    if state.sweep.cell is not None:
        row, column = state.sweep.cell
        return min(row, rows - 1), min(column, columns - 1)
    return board.best(judged_by(board, state)) or (rows - 1, 0)


def chosen_result(board: Board, state: ViewState) -> Result | None:
    """The setting that the chosen cell shows, None before its first run is finished."""
    return ranking(board, state).cells.get(chosen(board, state))


def number(board: Board, result: Result, measure: Measure) -> str:
    """The mean error of a setting."""
    return numbers(result, measure, board.by[measure].digits)[0]


def deviation(board: Board, result: Result, measure: Measure) -> str:
    """Its deviation over the seeds, with a sign; "" of one seed."""
    return numbers(result, measure, board.by[measure].digits)[1]


def numbers(result: Result, measure: Measure, digits: int) -> tuple[str, str]:
    """Both, with so many decimals."""
    own = spread(result, measure)
    return fitted(own.mean, digits), "" if math.isnan(own.deviation) else f"±{fitted(own.deviation, digits)}"


def fitted(value: float, places: int) -> str:
    """With the decimals of its neighbours, as far as it has room with them."""
    text = placed(value, places)
    return text if len(text) <= WIDEST else short(value)


# ---------------------------------------------------------------------------------------------------------------- keys


def move(down: int, right: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The cell below or above, to the right or to the left."""
    board = board_on(snapshot, state)
    if board is None:
        return state
    row, column = chosen(board, state)
    row += -down if board.down.ordered else down  # the large values are on top
    row = min(max(row, 0), len(board.down.values) - 1)
    column = min(max(column + right, 0), len(board.across.values) - 1)
    return replace(state, sweep=replace(state.sweep, cell=(row, column)))


def swap(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The map shows the training error, or the unseen one again."""
    return replace(state, sweep=replace(state.sweep, train=not state.sweep.train))


def cover(state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """The unseen errors are shown, or covered again."""
    return replace(state, sweep=replace(state.sweep, covered=not state.sweep.covered))
