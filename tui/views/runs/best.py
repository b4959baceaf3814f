"""The best settings of a sweep so far, and what enter does with the chosen one."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import Canvas, cut, fitting
from tui.run.sweep.board import Board, Place, Ranking, median
from tui.views.runs.look import chosen, chosen_result, deviation, judged_by, number, ranking

if TYPE_CHECKING:
    from tui.run.sweep.results import Result
    from tui.views.state import ViewState

COVERED = "····"
HEAD = 2  # rows above the settings


def draw(canvas: Canvas, board: Board, state: ViewState, left: int, rows: int) -> None:
    """From this column to the right end, over so many rows."""
    width, measure = canvas.width - left, judged_by(board, state)
    words = textwrap.wrap(opens(board, state), width - 2)
    own, here = ranking(board, state), chosen(board, state)
    below = remarks(own)
    room = max(rows - HEAD - len(below) - 1 - len(words), 0)
    by = f" by {measure} rmse"
    start = canvas.text(0, left + 1, "Best so far", "label", True)
    canvas.text(0, start, fitting((f"{by} {board.unit}", by), canvas.width - start), "quiet")
    ranks = visible(own.ranked, room, here)
    columns = Columns(board, state, [own.cells[own.ranked[rank]] for rank in ranks], left, canvas.width)
    columns.heads(canvas, 1)
    for line, rank in enumerate(ranks):
        columns.row(canvas, HEAD + line, rank, own.ranked[rank], own.ranked[rank] == here)
    row = HEAD + len(ranks)
    for text in below:
        canvas.text(row, left + 1, cut(text, width - 2), "quiet")
        row += 1
    for line, text in enumerate(words):
        at = canvas.text(row + 1 + line, left + 1, text, "text")
        if not line and at:
            canvas.text(row + 1, left + 1, "enter", "bright", True)


def visible(ranked: Sequence[Place], room: int, here: Place) -> list[int]:
    """The ranks that are shown: the first ones, and the chosen cell's in the last line if it is not among them."""
    ranks = list(range(min(len(ranked), room)))
    if not ranks or here in ranked[: len(ranks)] or here not in ranked:
        return ranks
    return [*ranks[:-1], ranked.index(here)]


def remarks(own: Ranking) -> list[str]:
    """What is in no rank, and why."""
    return [
        f"{count} setting{'s' * (count > 1)} {why}"
        for count, why in ((len(own.single), "with one seed: no rank"), (own.lost, "diverged"))
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

    def __init__(self, board: Board, state: ViewState, shown: list[Result], left: int, right: int) -> None:
        self.board, self.state, self.left, self.right = board, state, left, right
        self.sides = [(side, which) for side, which in ((board.across, 1), (board.down, 0)) if side.name]
        self.unseen, self.by = board.unseen, judged_by(board, state)
        self.ranks = left + 2 + max(len(str(len(board.by[self.by].ranked))), 2)  # where their numbers end
        texts = [deviation(board, each, self.by) for each in shown]
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

    def row(self, canvas: Canvas, row: int, rank: int, place: Place, here: bool) -> None:
        colour, result = "bright" if here else "text", self.board.by[self.by].cells[place]
        if here:
            canvas.tint(np.full(self.right - self.left, row), np.arange(self.left, self.right), "window")
            canvas.text(row, self.left + 1, "▸", "now")
        canvas.text_right(row, self.ranks, str(rank + 1), colour, here)
        at = self.ranks
        for (side, which), wide in zip(self.sides, self.wide, strict=True):
            at += wide
            canvas.text_right(row, at, cut(side.labels[place[which]], wide - 1), colour, here)
        if self.by == "unseen":
            canvas.text_right(row, at + 7, number(self.board, result, "train"), colour)
            at += 7
        canvas.text_right(row, at + 7, number(self.board, result, self.by), colour, here)
        canvas.text(row, at + 8, deviation(self.board, result, self.by), "label")
        if self.by == "train" and self.unseen:
            canvas.text_right(row, self.right - 1, COVERED, "quiet")
