"""The best settings of a sweep so far, and what enter does with the chosen one."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut, fitting
from tui.run.sweep.board import Board, median
from tui.views.runs.look import chosen, chosen_result, deviation, judged_by, number

if TYPE_CHECKING:
    from tui.run.sweep.results import Result
    from tui.views.state import ViewState

COVERED = "····"
HEAD = 2  # rows above the settings


def draw(canvas: Canvas, board: Board, state: ViewState, left: int, rows: int) -> None:
    """From this column to the right end, over so many rows."""
    width, measure = canvas.width - left, judged_by(board, state)
    words = textwrap.wrap(opens(board, state), width - 2)
    settings = [each for each in board.found[measure] if board.cells[measure][board.place(each)] is each]
    ranked = [each for each in settings if each.finite and board.ranked(each)]
    below = remarks(settings, ranked)
    room = max(rows - HEAD - len(below) - 1 - len(words), 0)
    by = f" by {measure} rmse"
    start = canvas.text(0, left + 1, "Best so far", "label", True)
    canvas.text(0, start, fitting((f"{by} {board.unit}", by), canvas.width - start), "quiet")
    columns = Columns(board, state, ranked, left, canvas.width)
    columns.heads(canvas, 1)
    own = chosen(board, state)
    for line, place in enumerate(visible(ranked, room, board, own)):
        columns.row(canvas, HEAD + line, place, ranked[place], board.place(ranked[place]) == own)
    row = HEAD + min(len(ranked), room)
    for text in below:
        canvas.text(row, left + 1, cut(text, width - 2), "quiet")
        row += 1
    for line, text in enumerate(words):
        at = canvas.text(row + 1 + line, left + 1, text, "text")
        if not line and at:
            canvas.text(row + 1, left + 1, "enter", "bright", True)


def visible(ranked: list[Result], room: int, board: Board, own: tuple[int, int]) -> list[int]:
    """The places that are shown: the first ones, and the chosen one in the last line if it is not among them."""
    places = list(range(min(len(ranked), room)))
    mine = next((place for place, each in enumerate(ranked) if board.place(each) == own), 0)
    return places if mine in places or not places else [*places[:-1], mine]


def remarks(settings: list[Result], ranked: list[Result]) -> list[str]:
    """What is in no rank, and why."""
    single = sum(bool(each.finite) for each in settings) - len(ranked)
    lost = sum(not each.finite for each in settings)
    return [
        f"{count} setting{'s' * (count > 1)} {why}"
        for count, why in ((single, "with one seed: no rank"), (lost, "diverged"))
        if count
    ]


def opens(board: Board, state: ViewState) -> str:
    """What enter does."""
    result = chosen_result(board, state)
    row = None if result is None else median(result, judged_by(board, state))
    if result is None or row is None:
        return "enter opens the chosen setting once one of its runs has come to its end."
    seed = f"its median seed {row.seed}" if len(result.rows) > 1 else f"seed {row.seed}"
    on = "; the sweep goes on behind it" if board.tally.busy else ""
    return (
        f"enter opens the chosen setting: {board.words(result)}, {seed}, as a run of its own in view 1, "
        f"and adds it to the runs of view 6{on}."
    )


class Columns:
    """Where the columns of the table are."""

    def __init__(self, board: Board, state: ViewState, ranked: list[Result], left: int, right: int) -> None:
        self.board, self.state, self.left, self.right = board, state, left, right
        self.sides = [(side, place) for side, place in ((board.across, 1), (board.down, 0)) if side.name]
        self.unseen, self.by = board.unseen, judged_by(board, state)
        self.ranks = left + 2 + max(len(str(len(ranked))), 2)  # where their numbers end
        texts = [deviation(board, each, self.by) for each in ranked]
        self.tail = max(map(len, texts), default=0) + 1
        room = right - self.ranks - self.tail - 7 * (1 + self.unseen)
        self.wide = [max(len(side.name), *map(len, side.labels)) + 1 for side, _ in self.sides]
        while sum(self.wide) > room and max(self.wide) > 4:
            self.wide[self.wide.index(max(self.wide))] -= 1

    def heads(self, canvas: Canvas, row: int) -> None:
        canvas.text_right(row, self.ranks, "#", "label")
        at = self.ranks
        for (side, _), wide in zip(self.sides, self.wide, strict=True):
            at += wide
            canvas.text_right(row, at, cut(side.name, wide - 1), "label")
        canvas.text_right(row, at + 7, "train", "label")
        if self.by == "unseen":
            canvas.text_right(row, at + 14, "unseen", "label")
        elif self.unseen:
            canvas.text_right(row, self.right - 1, "unseen", "label")

    def row(self, canvas: Canvas, row: int, place: int, result: Result, here: bool) -> None:
        colour = "bright" if here else "text"
        if here:
            canvas.tint(np.full(self.right - self.left, row), np.arange(self.left, self.right), "window")
            canvas.text(row, self.left + 1, "▸", "now")
        canvas.text_right(row, self.ranks, str(place + 1), colour, here)
        at, own = self.ranks, self.board.place(result)
        for (side, which), wide in zip(self.sides, self.wide, strict=True):
            at += wide
            canvas.text_right(row, at, cut(side.labels[own[1] if which else own[0]], wide - 1), colour, here)
        if self.by == "unseen":
            canvas.text_right(row, at + 7, number(self.board, result, "train"), colour)
            at += 7
        canvas.text_right(row, at + 7, number(self.board, result, self.by), colour, here)
        canvas.text(row, at + 8, deviation(self.board, result, self.by), "label")
        if self.by == "train" and self.unseen:
            canvas.text_right(row, self.right - 1, COVERED, "quiet")
