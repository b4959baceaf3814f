"""What all parts of the main screen have in common: a canvas turned into strips, of which changed rows are sent."""

from __future__ import annotations

from dataclasses import replace

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.draw.canvas import Canvas
from tui.draw.palette import Palette
from tui.run.snapshot import Snapshot
from tui.views import Picture, ViewState, Want

LINE = "-line"  # the class of what is one row by intent
LEAST = (20, 4)  # columns and rows of a picture; a panel has less only while its screen becomes too small for it


class Panel(Widget):
    """A rectangle that `draw` paints from the latest snapshot and view state."""

    picture: Picture | None = None  # what it shows; without one it draws plain facts itself

    def __init__(self, palette: Palette, id: str) -> None:
        super().__init__(id=id)
        self.palette = palette
        self.snapshot: Snapshot | None = None
        self.view = ViewState()
        self._strips: list[Strip] = []

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        assert self.picture is not None
        line = self.parent is not None and self.parent.has_class(LINE)
        if width < LEAST[0] or height < (1 if line else LEAST[1]):
            return Canvas(width, height)
        return self.picture.paint(snapshot, width, height, self.palette, self.view)

    def want(self) -> Want | None:
        """What it asks of the run; None where that is nothing, and while it is hidden."""
        if self.picture is None or not self.shown:
            return None
        return Want(self.picture.requests, *self.size, replace(self.view, focus=False))

    @property
    def shown(self) -> bool:
        """Whether it has a place on the screen; within a hidden container it has none."""
        return all(self.size) and all(node.display for node in self.ancestors_with_self if isinstance(node, Widget))

    def show(self, snapshot: Snapshot, view: ViewState) -> None:
        """Draw this, and have the rows sent that differ from what is on the screen."""
        self.snapshot, self.view = snapshot, view
        self.repaint()

    def repaint(self) -> None:
        if self.snapshot is None or not self.shown:
            return
        width, height = self.size
        old, self._strips = self._strips, self.draw(self.snapshot, width, height).strips(self.palette)
        if len(old) != height:
            self.refresh()
            return
        changed = [Region(0, row, width, 1) for row in range(height) if old[row] is not self._strips[row]]
        if changed:
            self.refresh(*changed)

    def on_resize(self) -> None:
        self._strips = []
        self.repaint()

    def render_line(self, y: int) -> Strip:
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.palette.style("text"))
