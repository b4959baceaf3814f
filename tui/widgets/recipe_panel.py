"""The recipe: how the network is trained, field by field, with the keys that change it at the right."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data import Dataset
from engine.optimizers import OPTIMIZERS
from engine.recipe import BY_FLAG
from engine.schedules import SCHEDULES
from tui.actions import ACTIONS, bindings, sign
from tui.draw.canvas import Canvas
from tui.run.fields import PANEL_FIELDS, ROWS
from tui.run.gestures import StepField
from tui.run.snapshot import Snapshot
from tui.widgets.panel import Panel

Part = tuple[str, str]  # (text, the field that it shows or "")
Row = tuple[str, tuple[Part, ...], str]  # label, what it says, keys
LABEL_WIDTH = 10
TWO_COLUMNS = 70  # cells, from which on the rows stand in two columns


class RecipePanel(Panel, can_focus=True):
    """The chosen field is lit while the panel has the focus."""

    BINDINGS = bindings("recipe")
    chosen = PANEL_FIELDS.index("data")

    def move(self, direction: int, snapshot: Snapshot) -> None:
        """Choose the next field that is shown."""
        shown = shown_fields(snapshot)
        place = shown.index(PANEL_FIELDS[self.chosen]) if PANEL_FIELDS[self.chosen] in shown else 0
        self.chosen = PANEL_FIELDS.index(shown[(place + direction) % len(shown)])
        self.repaint()

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        lines = rows(snapshot)
        columns = 2 if width >= TWO_COLUMNS else 1
        each = -(-len(lines) // columns)
        first = self._first(lines, height) if columns == 1 else 0
        for place, line in enumerate(lines[first:]):
            left = place // each * (width // 2)
            self._draw_row(canvas, place % each, left, left + width // columns, line)
        if first:
            canvas.text(0, width - 1, "↑", "label")
        if columns == 1 and fields_of(lines[first + height :]):
            canvas.text(height - 1, width - 1, "↓", "label")
        return canvas

    def _first(self, lines: list[Row], height: int) -> int:
        """The line at the top: where not all have room, one that leaves the chosen field in sight."""
        if not self.view.focus:
            return 0
        chosen = next((place for place, row in enumerate(lines) if PANEL_FIELDS[self.chosen] in fields_of([row])), 0)
        return max(0, chosen - height + 1)

    def _draw_row(self, canvas: Canvas, row: int, left: int, right: int, line: Row) -> None:
        label, parts, keys = line
        canvas.text(row, left + 1, label, "label")
        column = left + LABEL_WIDTH + 1
        parts = self._in_sight(parts, right - column)
        for (text, field), (after, its) in zip(parts, (*parts[1:], ("", "")), strict=True):
            follows = after if its and not field else ""  # the value of which this is the lead
            if column + len(text + follows) > right:
                break  # half a number would be another one
            lit = self.view.focus and field == PANEL_FIELDS[self.chosen]
            column = canvas.text(row, column, text, "bright" if lit else "text", lit, "lit" if lit else None)
        if column + len(keys) < right - 1:
            canvas.text_right(row, right - 1, keys, "quiet")

    def _in_sight(self, parts: tuple[Part, ...], room: int) -> tuple[Part, ...]:
        """Without the first ones, where the chosen field would have no room after them."""
        fields, chosen = [field for _, field in parts], PANEL_FIELDS[self.chosen]
        if not self.view.focus or chosen not in fields:
            return parts
        end = fields.index(chosen)
        lengths = [sum(len(text) for text, _ in parts[first : end + 1]) for first in range(end + 1)]
        return parts[next((first for first, length in enumerate(lengths) if length <= room), end) :]


def rows(snapshot: Snapshot) -> list[Row]:
    """What the panel says, top to bottom."""
    dataset, network = snapshot.dataset, snapshot.network
    unseen = 0 if dataset.y_test is None else len(dataset.y_test)
    return [
        ("data", ((_points(dataset), "points"), (f" train, {unseen} unseen", "data")), "d"),
        *((_lags(dataset),) if dataset.lags else ()),
        *(recipe_row(row, snapshot) for row in ROWS),
        ("start", ((network.init, "init"), (", ", ""), (f"seed {snapshot.seed}", "seed")), "i"),
        ("device", ((f"{snapshot.device}, {network.dtype.name}", ""),), ""),
    ]


def _points(dataset: Dataset) -> str:
    """How many points train, and of how many if others could."""
    train, loaded = len(dataset.y_train), len(dataset.whole.y_train)
    return f"{train} of {loaded}" if train < loaded else f"{train}"


def _lags(dataset: Dataset) -> Row:
    """How far back the features reach."""
    most = dataset.lags[-1]
    return "lags", ((f"1…{most}" if most > 1 else "1", "lags"), (f" {dataset.period or 'row'}s back", "")), ""


def recipe_row(row: str, snapshot: Snapshot) -> Row:
    """The fields of a row, what follows from them, and the keys of the first one."""
    parts: list[Part] = []
    schedule = SCHEDULES[snapshot.recipe.schedule]
    for field in ROWS[row]:
        if field.shown(snapshot.recipe):
            parts += [(field.lead, ""), (field.text(getattr(snapshot.recipe, BY_FLAG[field.flag])), field.flag)]
            if field.flag == "schedule" and schedule.moves:  # the word for its way has no room here
                parts[-2:] = [(" → ", ""), (f"{schedule.last(snapshot.recipe.learning_rate):.3g}", field.flag)]
    if row in ASIDES:
        parts.append((ASIDES[row](snapshot), ""))
    wishes = [StepField(ROWS[row][0].flag, direction) for direction in (-1, 1)]
    return row, tuple(parts), " ".join(sign(action.keys[0]) for action in ACTIONS if action.does in wishes)


def updates_an_epoch(snapshot: Snapshot) -> str:
    updates = -(-len(snapshot.dataset.y_train) // snapshot.recipe.batch_size)
    return ", full batch" if updates == 1 else f", {updates} updates an epoch"


def rate_now(snapshot: Snapshot) -> str:
    return f", now {snapshot.rate:.3g}" if SCHEDULES[snapshot.recipe.schedule].moves else ""


def constants(snapshot: Snapshot) -> str:
    return f" {OPTIMIZERS[snapshot.recipe.optimizer].constants}".rstrip()


ASIDES: Mapping[str, Callable[[Snapshot], str]] = {  # what follows from the fields of a row
    "batch": updates_an_epoch,
    "rate": rate_now,
    "optimizer": constants,
}


def shown_fields(snapshot: Snapshot) -> list[str]:
    return fields_of(rows(snapshot))


def fields_of(lines: list[Row]) -> list[str]:
    return [field for _, parts, _ in lines for _, field in parts if field]
