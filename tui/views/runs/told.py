"""What is said of a sweep: its best setting, what may be wrong with that, and what its keys do next."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from tui.run.sweep.board import Board, Measure, spread
from tui.views.runs.look import deviation, judged_by, number

if TYPE_CHECKING:
    from tui.run.sweep.results import Result
    from tui.views.state import ViewState

STATES = {
    "paused": "Paused; space goes on",
    "pausing": "Pausing after the runs in work",
    "stopped": "Stopped, and kept; space goes on, esc shows the runs",
}


def note(board: Board, state: ViewState) -> tuple[str, ...]:
    """In fewer and fewer words."""
    measure = judged_by(board, state)
    place = board.best(measure)
    at = STATES.get(board.tally.state, "")
    if place is None:
        waiting = (
            "The first runs are in work: no setting has a rank yet" if board.tally.busy else "No setting has a rank"
        )
        return (at or waiting,)
    first = board.by[measure].cells[place]
    seeds = len(first.finite)
    own = f"{measure} {number(board, first, measure)} {deviation(board, first, measure)}".rstrip()
    over = f" over {seeds} seeds" if seeds > 1 else ""
    word = "Best" if board.tally.state == "done" else "Best so far"
    told = f"{word}: {board.words(first)}, {own}{over}."
    warnings = doubt(board, first, measure)
    lost = board.diverged
    diverged = f" {lost} run{'s' * (lost > 1)} diverged." if lost else ""
    head = f"{at}. " if at else ""
    long, *shorter = (f"{head}{told}{warning}" for warning in warnings)
    return f"{long}{diverged}", long, *shorter, f"{head}{told}", told


def doubt(board: Board, first: Result, measure: Measure) -> tuple[str, ...]:
    """That settings of one seed seem better, which is too early to tell: in fewer and fewer words."""
    own = board.by[measure]
    singles = (own.cells[place] for place in own.single)
    better = list(takewhile(lambda each: spread(each, measure).mean < spread(first, measure).mean, singles))
    if not better:
        return ("",)
    named = board.words(better[0])
    if len(better) == 1:
        return (
            f" {named} seems better by its one seed: too early to tell.",
            f" {named}: one seed, too early to tell.",
            " One setting of one seed seems better.",
        )
    return (
        f" {named} and {len(better) - 1} more seem better by one seed each: too early to tell.",
        f" {len(better)} settings of one seed each seem better: too early to tell.",
        f" {len(better)} settings of one seed seem better.",
    )
