"""What all parts of the main screen have in common: a canvas turned into strips, of which changed rows are sent."""

from __future__ import annotations

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.draw.canvas import Canvas
from tui.draw.palette import Palette
from tui.run.snapshot import Snapshot
from tui.views import ViewState


class Panel(Widget):
    """A rectangle that `draw` paints from the latest snapshot and view state."""

    def __init__(self, palette: Palette, id: str) -> None:
        super().__init__(id=id)
        self.palette = palette
        self.snapshot: Snapshot | None = None
        self.view = ViewState()
        self._strips: list[Strip] = []

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        raise NotImplementedError

    def show(self, snapshot: Snapshot, view: ViewState) -> None:
        """Draw this, and have the rows sent that differ from what is on the screen."""
        self.snapshot, self.view = snapshot, view
        self.repaint()

    def repaint(self) -> None:
        width, height = self.size
        if self.snapshot is None or not self.display or not (width and height):
            return
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
