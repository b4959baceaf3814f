"""The thin rules between panels, with the panels' titles in them."""

from __future__ import annotations

from collections.abc import Callable

from tui.draw.canvas import Canvas, cut
from tui.draw.palette import Palette
from tui.run.snapshot import Snapshot
from tui.views import ViewState
from tui.widgets.panel import Panel

Titles = list[tuple[str, str, str]]  # (name, quiet words after it, the panel that it belongs to), left and right


class Rule(Panel):
    """One row: ─ Fit ──────┬─ Loss rmse g ──; the title of the focused panel is bright."""

    def __init__(
        self, palette: Palette, id: str, titles: Callable[[Snapshot, ViewState], Titles], junction: str
    ) -> None:
        super().__init__(palette, id)
        self.titles, self.junction = titles, junction
        self.split = 0  # columns of the right panel; 0: there is none
        self.focused_panel = "fit"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        middle = width - self.split - 1 if self.split else width
        left, *right = self.titles(snapshot, self.view)
        canvas.rule(0, self._parts(left, middle))
        if self.split:
            canvas.text(0, middle, self.junction, "rule")
            canvas.rule(0, self._parts(right[0], self.split) if right else (), middle + 1)
        return canvas

    def _parts(self, title: tuple[str, str, str], width: int) -> list[tuple[str, str, bool]]:
        """The title, its quiet words cut to what a rule of this width leaves them."""
        name, words, panel = title
        words = cut(words, width - len("─ ") - len(name) - len(" ") - len(" "))
        focused = panel == self.focused_panel
        parts = [(name, "bright" if focused else "label", focused)]
        return [*parts, (f" {words}", "quiet", False)] if words else parts


class Divider(Panel):
    """The thin vertical line between two panels."""

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        for row in range(height):
            canvas.text(row, 0, "│", "rule")
        return canvas
