"""The table of the runs: what each is, its losses, and a dumbbell from train to unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from tui.draw.axes import Axis, logarithmic, round_down, round_up
from tui.draw.canvas import Canvas, cut
from tui.draw.numbers import gap, short

if TYPE_CHECKING:
    from tui.run.race import Row
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

COVERED = "····"
NAME, WIDE = 7, 100  # the column of the names, and from which width on all columns have a place
SIGNS = {"runs": "▸", "waits": "·", "done": "✓", "diverged": "✗", "": " "}


def draw(canvas: Canvas, rows: Sequence[Row], snapshot: Snapshot, state: ViewState) -> int:
    """From the top; returns the row under it."""
    wide = canvas.width >= WIDE
    room = max(12, min(30, canvas.width - (78 if wide else 50)))
    columns = _columns(room, wide)
    for name, right in columns.items():
        canvas.text_right(0, right, name, "label") if name != "run" else canvas.text(0, NAME, name, "label")
    bell = (NAME + room + (45 if wide else 19), canvas.width - 2)
    axis = bell_axis(rows, bell[1] - bell[0], state.covered)
    for place, row in enumerate(rows):
        _draw_row(canvas, 1 + place, row, place, columns, room, state)
        _draw_bell(canvas, 1 + place, row, bell[0], axis, state.covered)
    _draw_axis(canvas, len(rows) + 1, bell[0], axis)
    words = "• train    ∘ covered" if state.covered else "• train ── ∘ unseen"
    canvas.text(0, bell[0], cut(words, canvas.width - bell[0]), "label")
    return _draw_guess(canvas, len(rows) + 2, rows, snapshot, state)


def _columns(room: int, wide: bool) -> dict[str, int]:
    """The heads of the columns, and where each ends."""
    start = NAME + room
    ends = {"train": 8, "unseen": 17}
    if wide:
        ends = {"parameters": 10, "train": 18, "unseen": 26, "gap": 33, "best at": 42}
    return {"run": 0, **{name: start + end for name, end in ends.items()}}


def _draw_row(
    canvas: Canvas, line: int, row: Row, place: int, columns: dict[str, int], room: int, state: ViewState
) -> None:
    chosen = place == state.racer
    colour = "bright" if chosen else "text"
    if chosen:
        canvas.tint(np.full(canvas.width, line), np.arange(canvas.width), "window")
        canvas.text(line, 1, "▸", "now")
    canvas.text_right(line, 4, str(place + 1), colour, chosen)
    canvas.text(line, NAME - 2, SIGNS[row.state], "trouble" if row.state == "diverged" else "label")
    name = row.name + ", present" * row.present
    canvas.text(line, NAME, cut(name, room - 1), colour, chosen)
    values = {"parameters": (_thin(row.parameters), "label"), "train": (short(row.train), colour)}
    if state.covered:
        values |= {"unseen": (COVERED, "quiet"), "gap": ("··", "quiet"), "best at": ("··", "quiet")}
    else:
        ratio = gap(row.train, row.test) if np.isfinite([row.train, row.test]).all() else ""
        values["unseen"] = short(row.test), colour
        values["gap"] = ratio, "trouble" if ratio.startswith("×") else "label"
        values["best at"] = str(row.best) if row.best >= 0 else "", "label"
    for name, (text, own) in values.items():
        if name in columns:
            canvas.text_right(line, columns[name], text, own, chosen and own == colour)


def bell_axis(rows: Sequence[Row], columns: int, covered: bool) -> Axis:
    """A log axis that holds all losses that are shown."""
    losses = np.array([[row.train, row.train if covered else row.test] for row in rows]).ravel()
    losses = losses[np.isfinite(losses) & (losses > 0)]
    if not losses.size:
        losses = np.array([0.1, 1.0])
    return logarithmic(round_down(0.9 * float(losses.min())), round_up(1.1 * float(losses.max())), max(columns, 4))


def _draw_bell(canvas: Canvas, line: int, row: Row, left: int, axis: Axis, covered: bool) -> None:
    train, test = (_cell(axis, value) for value in (row.train, row.test))
    if train is not None and test is not None and not covered:
        low, high = sorted((train, test))
        canvas.text(line, left + low, "─" * (high - low), "quiet")
    if test is not None and not covered:
        canvas.text(line, left + test, "∘", "unseen")
    if train is not None:
        canvas.text(line, left + train, "•", "train")


def _cell(axis: Axis, value: float) -> int | None:
    if not (np.isfinite(value) and value > 0):
        return None
    place = float(axis.at(value))
    return int(min(max(place, 0), axis.cells - 1))


def _draw_axis(canvas: Canvas, line: int, left: int, axis: Axis) -> None:
    free = 0
    for cell, label in axis.ticks:
        start = left + cell - (len(label) - 1) // 2
        if start >= free and start + len(label) <= canvas.width:
            free = canvas.text(line, start, label, "label") + 1


def _draw_guess(canvas: Canvas, line: int, rows: Sequence[Row], snapshot: Snapshot, state: ViewState) -> int:
    """What was guessed and what came of it, or that one can guess; returns the row under it."""
    if not any(np.isfinite(row.test) for row in rows):
        return line
    words = guess_words(rows, state) if state.guesses and not state.covered else ""
    if state.covered:
        words = "Guess first: ↑ ↓ choose the run that is best on what it has not seen, enter types its unseen loss"
    if not words:
        return line
    canvas.text(line, 1, "◇", "now")
    canvas.text(line, 3, cut(words, canvas.width - 4), "text")
    return line + 1


def guess_words(rows: Sequence[Row], state: ViewState) -> str:
    """How the last guess did: where its run came among all, its true loss, and which is the best."""
    name, guess = state.guesses[0]
    own = next((row for row in rows if row.name == name and np.isfinite(row.test)), None)
    if own is None:
        return ""
    known = sorted((row for row in rows if np.isfinite(row.test)), key=lambda row: row.test)
    rank = next(place for place, row in enumerate(known, 1) if row is own)
    factor = max(own.test, guess) / max(min(own.test, guess), 1e-300)
    best = "it is the best" if rank == 1 else f"number {rank}; best is {known[0].name}, {short(known[0].test)}"
    return f"Your guess for {name}: {short(guess)}; it is {short(own.test)}, a factor of {factor:.2f} away; {best}"


def _thin(number: int) -> str:
    """Whole numbers in groups of three."""
    return f"{number:,}".replace(",", " ")
