"""The loss over the epochs, on the training and on the unseen set, with edits and the best epoch marked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tui.draw import plotting
from tui.draw.axes import Axis, bent, columns_a_tick, linear, logarithmic, round_down, round_up, rows_a_tick
from tui.draw.canvas import BLANK, Canvas
from tui.draw.frame import DASHED, GRID, Frame, draw_axes, finite_range
from tui.draw.lines import slot_means
from tui.draw.numbers import gap, short
from tui.run.dated import baselines
from tui.run.facts import Accuracy, BestUnseen, LossBounds, Losses
from tui.run.loss_curve import Curve, LossAhead, LossCurve

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

_EPOCHS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # where the epoch axis may end, times a power of ten
EARLY = 20.0  # epochs that have even room, where later ones have less and less
TITLE, UNIT = "Loss", "epoch"
MARKS_ROOM = 9  # cells that the labels of edits at one place may take together
_CURVE = LossCurve(1024)  # more points than any screen has columns of dots
_AHEAD = LossAhead(1024)
_HERE, _AHEAD_WORDS = ("you are here", "here"), ("dim: still ahead", "dim: ahead")
_EVEN_COLUMNS = 0x47  # the left dots of a cell: a line one dot on, one off


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What the numbers are, after the panel's name."""
    dataset, measure = snapshot.dataset, snapshot.measure
    if dataset.labels:
        return measure.word + _right(snapshot)
    if not measure.in_unit:
        return f"{measure.word} of scaled y"
    return f"{measure.word} {dataset.target_unit or dataset.target_label}"


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """The losses of now and so far, and how many labels are right."""
    return (Losses(), _CURVE, _AHEAD, LossBounds(), BestUnseen(), *((Accuracy(),) if dataset.labels else ()))


def _right(snapshot: Snapshot) -> str:
    """How many labels are predicted with their sign: " right •93% ∘91%"; 100% is all of them."""
    shares = zip("•∘", snapshot.answer(Accuracy()) or (), strict=False)
    words = [f"{glyph}{math.floor(100 * share)}%" for glyph, share in shares if share is not None]
    return " ".join([" right", *words]) if words else ""


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Numbers as the legend, under them the curves."""
    canvas = Canvas(width, height)
    if (losses := snapshot.answer(Losses())) is not None:
        _draw_legend(canvas, *losses)
    notes = baselines(snapshot.dataset, snapshot.measure)
    below = len(notes) + 1 if notes and height >= 20 else 0
    frame = _layout(snapshot, width, height - below, state)
    draw_axes(canvas, frame, epoch_word(frame), palette.depth != "none")
    _draw_marks(canvas, frame, snapshot)
    if below:
        _draw_baselines(canvas, frame, height - below, notes)
    if snapshot.in_past:
        _draw_cursor(canvas, frame, snapshot.progress)
    for curve, suffix in ((snapshot.answer(_AHEAD), "_ahead"), (snapshot.answer(_CURVE), "")):
        if curve is not None:
            if not suffix and palette.depth == "truecolor":
                _draw_noise(canvas, frame, curve)
            _draw_curves(canvas, frame, curve, suffix, palette)
    if (best := snapshot.answer(BestUnseen())) is not None:
        _draw_best(canvas, frame, snapshot, *best)
    if snapshot.in_past:
        _name_cursor(canvas, frame, snapshot)
    return canvas


def _draw_legend(canvas: Canvas, train: float, unseen: float | None) -> None:
    """• train 22.8   ∘ unseen 25.6  +12%, as much of it as there is room for."""
    parts = [("• ", "train", False), ("train ", "label", False), (short(train), "bright", True)]
    if unseen is None:
        canvas.parts(0, 1, parts)
        return
    other = [("∘ ", "unseen", False), ("unseen ", "label", False), (short(unseen), "bright", True)]
    more = gap(train, unseen)
    rest = [("  " + more, "trouble" if more.startswith("×") else "label", False)] * bool(more)
    choices = [[*parts, (blanks, "label", False), *other, *end] for end in (rest, []) for blanks in ("   ", "  ")]
    room = canvas.width - 1
    fitting = next((choice for choice in choices if sum(len(text) for text, _, _ in choice) <= room), None)
    if fitting is not None:
        canvas.parts(0, 1, fitting)
        return
    tight = [(text.replace("• ", "•").replace("∘ ", "∘"), colour, bold) for text, colour, bold in (*parts, *other)]
    canvas.parts(0, 0, [*tight[:3], (" ", "label", False), *tight[3:]])


def _layout(snapshot: Snapshot, width: int, height: int, state: ViewState) -> Frame:
    """The frame under the legend; its limits are rounded bounds, so they move in steps.

    Who walks through the past sees axes that stand still: they hold the whole curve, and no moment moves them.
    """
    rows = max(1, height - 3)
    curve, bounds = snapshot.answer(_CURVE), snapshot.answer(LossBounds())
    own = [] if curve is None or (snapshot.in_past and bounds) else [curve.train, curve.test]
    y = _loss_axis(finite_range(*own, np.array(bounds or (), float)), rows, state.log_loss)
    left = min(y.label_width + 1, max(1, width - 2)) + 1
    columns = max(1, width - left - 1)
    x = epoch_axis(max(snapshot.progress, snapshot.end), columns, state)
    return Frame(1, left, rows, columns, x, y)


def epoch_word(frame: Frame) -> str:
    """What stands after the numbers of the epochs, where it is not in the place of one of them."""
    cell, label = frame.x.ticks[-1]
    return UNIT if cell + len(label) // 2 + 2 < frame.columns - len(UNIT) else ""


def epoch_axis(last: float, columns: int, state: ViewState) -> Axis:
    """From epoch 0 to a little beyond the last one, in steps; with more room for the first epochs where wanted."""
    end = round_up(max(10.0, 1.02 * last), _EPOCHS)
    if state.early and end > EARLY:
        return bent(EARLY, end, columns)
    return linear(0.0, end, columns, columns_a_tick(columns), True)


def _loss_axis(bounds: tuple[float, float], rows: int, log: bool) -> Axis:
    low, high = bounds
    if high <= 0.0:
        low, high = 0.0, 1.0
    if not log:
        return linear(0.0, round_up(1.02 * high), rows, rows_a_tick(rows))
    low = max(low, high * 1e-12)  # a loss of 0 has no place on a log axis
    return logarithmic(round_down(0.97 * low), round_up(1.03 * high), rows)


def _draw_noise(canvas: Canvas, frame: Frame, curve: Curve) -> None:
    """A dim ground across which a loss went up and down within a column, where that is more than two cells."""
    column = np.floor(frame.x.at(curve.epoch))
    starts = np.flatnonzero(np.diff(column, prepend=-1.0))
    place, middle = column[starts].astype(int), np.arange(frame.rows)[:, np.newaxis] + 0.5
    if len(starts) < 2:
        return
    for colour, span in zip(("train_tint_small", "unseen_tint_small"), curve.spans, strict=False):
        low, high = (frame.y.at(best.reduceat(y, starts)) for best, y in zip((np.fmin, np.fmax), span, strict=True))
        with np.errstate(invalid="ignore"):
            trend = np.abs(np.gradient(low + high)) / 2  # a smooth fall is no noise
            low, high = low + trend, high - trend
            row, at = np.nonzero((low < middle) & (middle < high) & (high - low > 2.0))
        canvas.tint(frame.top + frame.rows - 1 - row, frame.left + place[at], colour)


def _draw_curves(canvas: Canvas, frame: Frame, curve: Curve, suffix: str, palette: Palette) -> None:
    """Train in all dots; over it unseen in every other dot, which leaves every other cell that both meet to train."""
    train = _line(frame, curve.epoch, curve.train)
    canvas.codes(frame.top, frame.left, train, "train" + suffix)
    ends = [("•", "train", curve.train)]
    if curve.test is not None:
        unseen = _line(frame, curve.epoch, curve.test) & _EVEN_COLUMNS
        canvas.codes(frame.top, frame.left, np.where(_every_other(unseen, train), 0, unseen), "unseen" + suffix)
        ends.append(("∘", "unseen", curve.test))
    if (len(curve.epoch) == 1 or palette.depth == "none") and not suffix:
        for glyph, name, losses in ends:
            finite = np.flatnonzero(np.isfinite(losses))[-1:]
            canvas.glyphs(*frame.cells(curve.epoch[finite], losses[finite]), glyph, name)


def _line(frame: Frame, epoch: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """Patterns (rows, columns) of a line one dot thick: for each column of dots the mean loss of its epochs."""
    across = frame.x.at(epoch)
    inside = (across >= 0.0) & (across <= frame.columns)
    dots, losses = slot_means(2.0 * across[inside], losses[inside])
    return plotting.line(dots, 4.0 * (frame.rows - frame.y.at(losses)), frame.rows, frame.columns)


def _every_other(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of the cells in which both patterns (rows, columns) have dots every other one, counted along the curve."""
    both = ((one > 0) & (other > 0)).T
    count = np.cumsum(both).reshape(both.shape)
    every: np.ndarray = (both & (count % 2 == 0)).T
    return every


def _draw_marks(canvas: Canvas, frame: Frame, snapshot: Snapshot) -> None:
    """A dashed vertical at each edit, its label on top; labels that would collide give way to the later one."""
    free = canvas.width + 1
    rows = np.arange(frame.top + 1, frame.top + frame.rows)
    for column, (labels, ahead) in sorted(_marks(frame, snapshot).items(), reverse=True):
        canvas.glyphs(rows, np.full(len(rows), column), DASHED, "grid" if ahead else "rule")
        label = " ".join(labels) if len(" ".join(labels)) <= MARKS_ROOM else f"…{labels[-1]}"
        start = min(column - len(label) // 2, canvas.width - len(label))
        if start + len(label) < free and start > frame.left - 1:
            canvas.text(frame.top, start, label, "quiet" if ahead else "label")
            free = start


def _marks(frame: Frame, snapshot: Snapshot) -> dict[int, tuple[list[str], bool]]:
    """The edits at each column of the canvas that has any: their labels, and whether all of them are still ahead."""
    marks: dict[int, tuple[list[str], bool]] = {}
    for epoch, label, ahead in snapshot.marks:
        place = float(frame.x.at(epoch))
        if 0.0 <= place < frame.columns:
            labels, others_ahead = marks.get(frame.left + int(place), ([], True))
            marks[frame.left + int(place)] = ([*labels, label], ahead and others_ahead)
    return marks


def _draw_cursor(canvas: Canvas, frame: Frame, progress: float) -> None:
    """The cursor in the past: a dashed vertical, which the curves cross, with ◆ on the axis."""
    rows = np.arange(frame.top + 1, frame.top + frame.rows)
    canvas.glyphs(rows, np.full(len(rows), _column(frame, progress)), DASHED, "now")


def _name_cursor(canvas: Canvas, frame: Frame, snapshot: Snapshot) -> None:
    """ "you are here" beside the cursor, on the side with more room, at the highest place that covers no curve."""
    column, end = _column(frame, snapshot.progress), frame.left + frame.columns
    canvas.text(frame.top + frame.rows, column, "◆", "now")
    second = _AHEAD_WORDS if snapshot.answer(_AHEAD) is not None else ()
    right_first = column - frame.left < end - column
    for words in (*((_HERE[0], word) for word in second), *((word,) for word in _HERE)):
        width = max(map(len, words))
        for right in (right_first, not right_first):
            start = column + 2 if right else column - 1 - width
            if start < frame.left or start + width > end:
                continue
            for top in range(frame.top + 1, frame.top + frame.rows - 2):
                if _free(canvas, top, start - right, (len(words), width + 1), BLANK, ord(GRID), ord(DASHED)):
                    for row, (text, colour) in enumerate(zip(words, ("now", "quiet"), strict=False), top):
                        canvas.text(row, start if right else column - 1 - len(text), text, colour)
                    return


def _column(frame: Frame, epoch: float) -> int:
    return frame.left + int(np.clip(frame.x.at(epoch), 0, frame.columns - 1))


def _draw_best(canvas: Canvas, frame: Frame, snapshot: Snapshot, epoch: float, loss: float) -> None:
    """▴ on the axis at the best unseen epoch; its numbers in the upper right corner where that is free."""
    canvas.text(
        frame.top + frame.rows, _column(frame, epoch), "▴", "unseen_ahead" if epoch > snapshot.progress else "unseen"
    )
    if frame.rows < 14 or snapshot.in_past or snapshot.progress < 1.1 * epoch + 1.0:
        return
    texts = (f"best unseen {short(loss)}", f"epoch {epoch:.0f} ▴")
    right, top, width = frame.left + frame.columns, frame.top + 2, max(len(text) for text in texts)
    if width + 2 > frame.columns or not _free(
        canvas, top, right - width - 1, (2, width + 1), BLANK, ord(GRID), ord(DASHED)
    ):
        return
    for offset, text in enumerate(texts):
        canvas.text_right(top + offset, right, text, "label")


def _free(canvas: Canvas, row: int, column: int, size: tuple[int, int], *characters: int) -> bool:
    """Whether (rows, columns) from this cell on hold nothing but these characters."""
    area = (slice(row, row + size[0]), slice(column, column + size[1]))
    return bool(np.isin(canvas.characters[area], characters).all())


def _draw_baselines(canvas: Canvas, frame: Frame, row: int, notes: tuple[tuple[str, float], ...]) -> None:
    """What no learning reaches on the unseen days: as numbers, and dashed in the plot when inside it."""
    canvas.text(row, 1, "unseen, without learning:", "quiet")
    for offset, (label, loss) in enumerate(notes, 1):
        canvas.parts(row + offset, 1, [(f"{label}  ", "label", False), (short(loss), "text", False)])
        place = float(frame.y.at(loss))
        if 0.0 <= place < frame.rows:
            line = frame.top + frame.rows - 1 - int(place)
            canvas.text(line, frame.left, "╌" * frame.columns, "rule")
            canvas.text_right(line, frame.left + frame.columns, label.removeprefix("as "), "quiet")
