"""The map of a sweep: a cell for each pair of values, the least error darkest; under it how far the sweep is."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut, fitting
from tui.draw.numbers import counted, duration
from tui.draw.palette import BANDS, LIGHT, Palette
from tui.run.sweep.board import Board, Measure, Place, Ranking, spread
from tui.views.runs.look import chosen, judged_by, mapped, numbers, ranking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.run.sweep.results import Result
    from tui.views.state import ViewState

HEAD = 2  # rows above the cells
CELL = 11  # columns of a cell, where there is room
LEAST = 6  # before there are numbers
BAR = 20  # columns of the bar, at most
SHADES = " ░▒▓"  # of bands where there are no colours


def draw(canvas: Canvas, board: Board, state: ViewState, palette: Palette, width: int, rows: int) -> None:
    """Into the upper left corner; the last row says how far it is."""
    grid = Grid(board, state, width, rows)
    canvas.parts(0, 1, _head(board, state, palette, grid, width - 2))
    draw_names(canvas, board, grid)
    for column in grid.columns:
        here = column == grid.chosen[1]
        text = cut(("▾" * here) + board.across.labels[column], grid.wide - 1)
        middle = grid.x(column) + (grid.wide - len(text)) // 2
        canvas.text(1, middle, text, "bright" if here else "label", here)
    shown = ranking(board, state).cells
    bands = bands_of(ranking(board, state), mapped(board, state))
    for row in grid.rows:
        here, line = row == grid.chosen[0], grid.y(row) + (grid.high > 2)
        if here:
            canvas.text(line, 0, "▸", "now")
        label = cut(board.down.labels[row], grid.left - 3)
        canvas.text_right(line, grid.left - 2, label, "bright" if here else "label", here)
        for column in grid.columns:
            cell = Cell(canvas, grid, (row, column), palette, bands.get((row, column)))
            cell.draw(board, state, shown.get((row, column)))
    draw_progress(canvas, board, HEAD + grid.high * len(grid.rows), grid.left, width)


def draw_names(canvas: Canvas, board: Board, grid: Grid) -> None:
    """That of the columns at the left of theirs, that of the rows above theirs, or both in the corner."""
    down, across, room = board.down.name, board.across.name, grid.left - 3
    if down and grid.high > 2:
        canvas.text_right(HEAD, grid.left - 2, cut(down, room), "label")
    else:
        across = corner(board)
    canvas.text_right(1, grid.left - 2, cut(across, room), "label")


def corner(board: Board) -> str:
    """The names of rows and columns in one."""
    return "╲".join(filter(None, (board.down.name, board.across.name)))


class Grid:
    """Where the cells are: as many as there is room for, the chosen one always among them."""

    def __init__(self, board: Board, state: ViewState, width: int, rows: int) -> None:
        down, across = board.down, board.across
        self.chosen = chosen(board, state)
        self.left = max(len(label) for label in (*down.labels, corner(board))) + 3
        self.left = min(self.left, max(width // 3, 4))
        measure = mapped(board, state)
        least, tall = needed(ranking(board, state), measure, board.by[measure].digits, board.seeds)
        room = max(width - self.left, least)
        count = min(len(across.values), max(1, room // least))
        self.wide = min(max(CELL, least), room // count)
        lines = max(rows - HEAD - 1, 1)
        low = 2 if lines > 1 and tall else 1
        self.high = next((high for high in (3, 2, low) if high * len(down.values) <= lines), low)
        seen = min(len(down.values), max(lines // self.high, 1))
        order = list(range(len(down.values)))[:: -1 if down.ordered else 1]
        self.rows = window(order, order.index(self.chosen[0]), seen)
        self.columns = window(list(range(len(across.values))), self.chosen[1], count)

    def x(self, column: int) -> int:
        return self.left + self.wide * self.columns.index(column)

    def y(self, row: int) -> int:
        return HEAD + self.high * self.rows.index(row)

    def holds(self, place: Place) -> bool:
        return place[0] in self.rows and place[1] in self.columns


@lru_cache(16)
def needed(own: Ranking, measure: Measure, digits: int, seeds: tuple[int, ...]) -> tuple[int, bool]:
    """How wide a cell has to be, with its corners, and whether something stands under its mean."""
    least, tall = LEAST, False
    for (row, _), result in own.cells.items():
        mean, under = _texts(result, measure, digits, seeds[row])
        least = max(least, len(mean) + 2, len(under[-1]) + 1)
        tall = tall or bool(under[0])
    return least, tall


def window(places: list[int], middle: int, count: int) -> list[int]:
    """So many of the places, around this one."""
    start = min(max(middle - count // 2, 0), len(places) - count)
    return places[start : start + count]


class Cell:
    """One cell of the map."""

    def __init__(self, canvas: Canvas, grid: Grid, place: Place, palette: Palette, band: int | None) -> None:
        self.canvas, self.place, self.band = canvas, place, band
        self.left, self.top, self.wide, self.high = grid.x(place[1]), grid.y(place[0]), grid.wide, grid.high
        self.chosen = place == grid.chosen
        self.middle = self.top + (grid.high > 2)  # the row of the mean
        if band is not None:
            columns = slice(self.left, self.left + self.wide)
            if palette.depth == "truecolor":
                canvas.tint(slice(self.top, self.top + self.high), columns, f"band{band}")
            else:
                shade = SHADES[band * len(SHADES) // BANDS]
                for row in range(self.top, self.top + self.high):
                    canvas.text(row, self.left + self.wide - 1, shade, "model")

    def draw(self, board: Board, state: ViewState, result: Result | None) -> None:
        """What is known of its setting, or what becomes of it."""
        running = board.running.get(self.place)
        if result is None:
            words = ("·", "waits") if running is None else ("▸ running", f"seed {running}")
            for row, text in enumerate(words):
                self._line(self.middle + row, text, "quiet" if running is None else ("now", "label")[row])
            return
        measure = mapped(board, state)
        mean, under = _texts(result, measure, board.by[measure].digits, board.seeds[self.place[0]])
        self._line(self.middle, mean, "bright", self.chosen)
        if self.high > 1:
            self._under(result, next((text for text in under if len(text) < self.wide), under[-1]), running is not None)
        if board.best(judged_by(board, state)) == self.place:
            self._corners(mean)

    def _under(self, result: Result, under: str, running: bool) -> None:
        """The deviation, what is missing, and what went wrong."""
        row = self.middle + 1
        start = self._line(row, under, "bright" if self.band == BANDS - 1 else "text")
        if result.diverged:
            mark = _mark(result)
            self.canvas.text(row, start + under.index(mark), mark, "trouble", background="ground")
        elif running:
            self.canvas.text(row, start + len(under), "▸", "now")

    def _line(self, row: int, text: str, colour: str, bold: bool = False) -> int:
        """In the middle of the cell; returns where it begins."""
        start = self.left + max(0, (self.wide - len(text)) // 2)
        if row < self.canvas.height:
            self.canvas.text(row, start, cut(text, self.wide), colour, bold)
        return start

    def _corners(self, mean: str) -> None:
        right, low = self.left + self.wide - 1, self.top + self.high - 1
        for row, column, glyph in (
            (self.top, self.left, "┌"), (self.top, right, "┐"), (low, self.left, "└"), (low, right, "┘"),
        ):  # fmt: skip
            self.canvas.text(row, column, glyph, "bright", True)
        if self.high == 1:
            self.canvas.text(self.top, self.left, "[", "bright", True)
            self.canvas.text(self.top, right, "]", "bright", True)
        if self.high > 2:
            self._line(self.top, "best", "bright", True)
        elif len(mean) + len(" best") <= self.wide - 2:
            self._line(self.top, f"{mean} best", "bright", True)


def _texts(result: Result, measure: Measure, digits: int, asked: int) -> tuple[str, tuple[str, ...]]:
    """The mean of a setting; its deviation with what is missing or went wrong, and the latter alone."""
    if not result.finite:
        return "–", (_mark(result),)
    mean, own = numbers(result, measure, digits)
    missing = f"{len(result.rows)}/{asked}" if len(result.rows) < asked else ""
    alone = _mark(result) if result.diverged else missing
    return mean, (f"{own} {alone}".strip(), alone or own)


def _mark(result: Result) -> str:
    return f"✗ {result.diverged}/{len(result.rows)}"


@lru_cache(16)
def bands_of(own: Ranking, measure: Measure) -> Mapping[Place, int]:
    """The band of each cell that has a mean: by its place among them all."""
    means = {place: spread(result, measure).mean for place, result in own.cells.items() if result.finite}
    order = np.unique(list(means.values()))
    return {
        place: int(np.searchsorted(order, mean)) * (BANDS - 1) // max(len(order) - 1, 1)
        for place, mean in means.items()
    }


def _head(board: Board, state: ViewState, palette: Palette, grid: Grid, room: int) -> list[tuple[str, str, bool]]:
    """What the numbers are; what else they are the best of; where the best cell is, if it is not seen."""
    measure, several = mapped(board, state), max(board.seeds) > 1
    low = {"truecolor": "low is light" if palette is LIGHT else "low is dark"}.get(
        palette.depth, "low is blank, high ▓"
    )
    covered = "" if measure == "unseen" or not board.unseen or not state.sweep.covered else ", unseen covered (v)"
    others = f"; the best {' and '.join(board.others)} of each cell" if board.others else ""
    where = _elsewhere(board, state, grid)
    head = f"{measure} rmse {board.unit}".rstrip() + covered
    mean = "mean ± deviation over the seeds" if several else "one seed"
    forms = [f"{others}, {mean}; {low}", f"{others}, mean ± deviation; {low}", f"{others}; {low}", others]
    tail = fitting(forms, max(room - len(head) - len(where) - 1, 0))
    return [(head, "label", False), (tail, "quiet", False), (f" {where}" if where else "", "bright", True)]


def _elsewhere(board: Board, state: ViewState, grid: Grid) -> str:
    """The best cell's row and column where the window does not hold it."""
    first = board.best(judged_by(board, state))
    if first is None or grid.holds(first):
        return ""
    return f"best: {', '.join(filter(None, (board.across.words(first[1]), board.down.words(first[0]))))}"


def draw_progress(canvas: Canvas, board: Board, row: int, left: int, width: int) -> None:
    """A bar, how many runs are finished, how long that took and how long the rest will take."""
    tally = board.tally
    done = f"{counted(tally.finished)} of {counted(tally.runs)} runs"
    took = f"  {duration(tally.seconds)} done"
    left_words = f", ≈ {duration(tally.left)} left" if tally.finished < tally.runs and tally.finished else ""
    parts = [(done, "text", False), (took, "label", False), (left_words, "bright", True)]
    room = min(BAR, width - left - 2 - sum(len(text) for text, _, _ in parts))
    if room >= 6:
        share = round(room * tally.finished / max(tally.runs, 1))
        canvas.text(row, left, "━" * share, "now")
        canvas.text(row, left + share, "─" * (room - share), "rule")
    canvas.parts(row, left + room + 2 if room >= 6 else 1, parts)
