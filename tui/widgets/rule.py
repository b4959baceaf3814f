"""The thin rules between panels, with the panels' titles in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tui.draw.canvas import Canvas, cut
from tui.draw.palette import Palette
from tui.run.snapshot import Snapshot
from tui.views import ViewState, below, chosen, loss, view_of, views
from tui.widgets.panel import Panel

_BETWEEN = "  "  # between the names of several views
_LEAST = 12  # cells of words that are cut: fewer would say nothing


@dataclass(frozen=True, slots=True)
class Title:
    """What stands over a panel: its name, or the names of all that it could show, and quiet words after them."""

    panel: str
    names: tuple[str, ...]
    words: str = ""
    chosen: int = 0  # the place of the name of what it shows


def upper_titles(snapshot: Snapshot, state: ViewState) -> list[Title]:
    """All views by their numbers, the chosen one with what it shows; and the loss."""
    names, place = tuple(f"{view.NUMBER} {view.TITLE}" for view in views()), views().index(view_of(state.number))
    view = Title("view", names, chosen.subtitle(snapshot, state), place)
    return [view, Title("loss", (loss.TITLE,), loss.subtitle(snapshot, state))]


def lower_titles(snapshot: Snapshot, state: ViewState) -> list[Title]:
    """What stands under the view, and the recipe."""
    units = Title("units", (name_of("units", snapshot, state),), below.subtitle(snapshot, state))
    return [units, Title("recipe", (name_of("recipe", snapshot, state),))]


def name_of(panel: str, snapshot: Snapshot, state: ViewState) -> str:
    """The name of what this panel shows: of "view", "units" or "recipe"."""
    if panel == "recipe":
        return "Recipe"
    return below.picture(snapshot.dataset, state).TITLE if panel == "units" else view_of(state.number).TITLE


class Rule(Panel):
    """One row: ─ 1 Fit  2 Units ──────┬─ Loss rmse g ──; the title of the focused panel is bright."""

    def __init__(
        self, palette: Palette, id: str, titles: Callable[[Snapshot, ViewState], list[Title]], junction: str
    ) -> None:
        super().__init__(palette, id)
        self.titles, self.junction = titles, junction
        self.split = 0  # columns of the right panel; 0: there is none
        self.focused_panel = "view"

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        middle = width - self.split - 1 if self.split else width
        left, *right = self.titles(snapshot, self.view)
        canvas.rule(0, self._parts(left, middle))
        if self.split:
            canvas.text(0, middle, self.junction, "rule")
            canvas.rule(0, self._parts(right[0], self.split) if right else (), middle + 1)
        return canvas

    def _parts(self, title: Title, width: int) -> list[tuple[str, str, bool]]:
        """The names, closer together where they must be, and the quiet words cut to what this width leaves them."""
        focused, several = title.panel == self.focused_panel, len(title.names) > 1
        parts: list[tuple[str, str, bool]] = []
        between = _BETWEEN if len("─ ") + len(_BETWEEN.join(title.names)) + len(" ─") <= width else " "
        for place, name in enumerate(title.names):
            chosen = place == title.chosen
            parts.append((between * (place > 0), "rule", False))
            parts.append((name, "bright" if chosen and focused else "label", chosen and (focused or several)))
        room = width - len("─ ") - sum(len(text) for text, _, _ in parts) - len("  ")
        words = cut(title.words, room) if room >= min(len(title.words), _LEAST) else ""
        return [*parts, (f" {words}", "quiet", False)] if words else parts


class Divider(Panel):
    """The thin vertical line between two panels."""

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        for row in range(height):
            canvas.text(row, 0, "│", "rule")
        return canvas
