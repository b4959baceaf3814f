"""What stands on a screen that is too small for the rest."""

from __future__ import annotations

from tui.draw.canvas import Canvas
from tui.run.snapshot import Snapshot
from tui.widgets.panel import Panel

SMALLEST = (80, 24)


def too_small(width: int, height: int) -> bool:
    """Whether the panels have no room on a screen of this many columns and rows."""
    return width < SMALLEST[0] or height < SMALLEST[1]


class TooSmall(Panel):
    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        canvas.text(0, 0, f"unitfit needs 80×24, not {width}×{height}; {snapshot.state}, update {snapshot.update}")
        return canvas
