"""What each factor of a sweep does at the chosen value of the other one: errors on training and unseen rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import Axis, logarithmic, round_down, round_up
from tui.draw.canvas import Canvas, cut
from tui.draw.frame import GRID
from tui.draw.lines import stroke
from tui.run.sweep.board import Board, Measure, spread
from tui.views.runs.look import chosen, judged_by, number, ranking

if TYPE_CHECKING:
    from tui.draw.palette import Palette
    from tui.run.sweep.results import Result
    from tui.run.sweep.sides import Side
    from tui.views.state import ViewState

LABEL = 10  # characters of a value under an axis, at least
SIGNS: dict[Measure, str] = {"train": "•", "unseen": "∘"}


def draw(canvas: Canvas, board: Board, state: ViewState, top: int, palette: Palette) -> None:
    """From this row down: a plot for each factor of more than one value, on one scale."""
    measures: tuple[Measure, ...] = ("train", judged_by(board, state))
    parts = [("Through the chosen setting", "label", False), ("  • ", "train", False), ("train", "quiet", False)]
    if "unseen" in measures:
        parts += [("  ∘ ", "unseen", False), ("unseen", "quiet", False)]
    elif board.unseen:
        parts += [("  ∘ unseen covered", "quiet", False)]
    canvas.rule(top, [*parts, ("  │ ± deviation over the seeds", "quiet", False)])
    row, column = chosen(board, state)
    own = ranking(board, state).cells
    down = [own.get((place, column)) for place in range(len(board.down.values))]
    across = [own.get((row, place)) for place in range(len(board.across.values))]
    plots = [(board.down, down, row, board.across.words(column)), (board.across, across, column, board.down.words(row))]
    plots = [plot for plot in plots if len(plot[0].values) > 1]
    if not any(result and result.finite for result in (*down, *across)):
        canvas.text(top + 2, 2, "Here is nothing to see before a run in this row or column is finished.", "quiet")
        return
    y = axis([*down, *across], dict.fromkeys(measures), canvas.height - top - 4)
    wide = canvas.width // len(plots)
    for place, (side, results, here, other) in enumerate(plots):
        plot = Plot(canvas, board, y, top + 2, place * wide + y.label_width + 2, wide - y.label_width - 5)
        plot.draw(side, results, here, other, list(dict.fromkeys(measures)), palette)


def axis(results: Sequence[Result | None], measures: Sequence[Measure] | dict[Measure, None], rows: int) -> Axis:
    """A log axis that holds all means with their deviations."""
    ends = [
        end
        for result in results
        if result and result.finite
        for measure in measures
        for end in ends_of(result, measure)
    ]
    ends = [end for end in ends if np.isfinite(end) and end > 0] or [0.1, 1.0]
    return logarithmic(round_down(0.95 * min(ends)), round_up(1.05 * max(ends)), rows)


def ends_of(result: Result, measure: Measure) -> tuple[float, float]:
    """The mean less and more its deviation."""
    own = spread(result, measure)
    wide = np.nan_to_num(own.deviation)
    return own.mean - wide, own.mean + wide


class Plot:
    """One factor across, its values evenly apart."""

    def __init__(self, canvas: Canvas, board: Board, y: Axis, top: int, left: int, columns: int) -> None:
        self.canvas, self.board, self.y, self.top, self.left, self.columns = canvas, board, y, top, left, columns

    def draw(
        self, side: Side, results: Sequence[Result | None], here: int, other: str, measures: Sequence[Measure],
        palette: Palette,
    ) -> None:  # fmt: skip
        canvas, floor = self.canvas, self.top + self.y.cells
        canvas.text(self.top - 1, self.left + 1, f"by {side.name}{', ' * bool(other)}{other}", "label")
        for row in range(self.top, floor):
            canvas.text(row, self.left - 1, "│", "rule")
        for cell, label in self.y.ticks:
            canvas.text(floor - 1 - cell, self.left - 1, "┤", "rule")
            canvas.text_right(floor - 1 - cell, self.left - 1, label, "label")
            if palette.depth != "none":
                canvas.text(floor - 1 - cell, self.left, GRID * self.columns, "grid")
        canvas.text(floor, self.left - 1, "└" + "─" * self.columns, "rule")
        places = self._columns(len(results))
        self._labels(side, places, here, floor)
        for measure in measures:
            self._line(results, places, measure)
        for measure in measures:
            self._spreads(results, places, measure)
        for measure in measures:
            self._points(results, places, measure)
        own = results[here]
        if own is not None and own.finite:
            for measure in measures:
                self._number(own, places[here], measure, measure == measures[-1])

    def _columns(self, count: int) -> list[int]:
        """The column of each value: the middles of parts of one width."""
        return [self.left + int((place + 0.5) * self.columns / count) for place in range(count)]

    def _labels(self, side: Side, places: list[int], here: int, floor: int) -> None:
        free, room_of_one = self.left - 1, max(LABEL, self.columns // len(places) - 1)
        for column in places:
            self.canvas.text(floor, column, "┬", "rule")
        for place, column in enumerate(places):
            label, own = cut(side.labels[place], room_of_one), place == here
            start = max(column - (len(label) - 1) // 2, 0)
            room = start >= free and start + len(label) <= self.canvas.width
            if own or (room and (place > here or start + len(label) < places[here] - len(side.labels[here]) // 2)):
                free = self.canvas.text(floor + 1, start, label, "bright" if own else "label", own) + 1

    def _line(self, results: Sequence[Result | None], places: list[int], measure: Measure) -> None:
        known = [
            (column, spread(result, measure).mean)
            for result, column in zip(results, places, strict=True)
            if result and result.finite
        ]
        dots = np.zeros((4 * self.y.cells, 2 * self.columns), bool)
        x = np.array([2.0 * (column - self.left) + 1.0 for column, _ in known])
        stroke(dots, x, 4.0 * (self.y.cells - self.y.at(np.array([mean for _, mean in known]))))
        self.canvas.braille(self.top, self.left, dots, f"{measure}_ahead")

    def _spreads(self, results: Sequence[Result | None], places: list[int], measure: Measure) -> None:
        for result, column in zip(results, places, strict=True):
            if result is not None and result.finite:
                low, high = (self._row(end) for end in ends_of(result, measure))
                for row in range(high, low + 1):
                    self.canvas.text(row, column, "│", measure)

    def _points(self, results: Sequence[Result | None], places: list[int], measure: Measure) -> None:
        for result, column in zip(results, places, strict=True):
            if result is not None and result.finite:
                self.canvas.text(self._row(spread(result, measure).mean), column, SIGNS[measure], measure, True)

    def _number(self, result: Result, column: int, measure: Measure, above: bool) -> None:
        """The error of the chosen setting, above its point or below."""
        low, high = (self._row(end) for end in ends_of(result, measure))
        row, text = high - 1 if above else low + 1, number(self.board, result, measure)
        if self.top <= row < self.top + self.y.cells:
            self.canvas.text(row, max(column - len(text) // 2, self.left), text, "bright", True)

    def _row(self, value: float) -> int:
        up = float(self.y.at(max(value, 1e-300)))
        return self.top + self.y.cells - 1 - int(min(max(up, 0), self.y.cells - 1))
