"""The note: what to press at first, later what just happened, or what takes long just now."""

from __future__ import annotations

from tui.draw.canvas import Canvas, cut
from tui.run.snapshot import Snapshot
from tui.run.telling import brief
from tui.widgets.panel import Panel


class NoteLine(Panel):
    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        forms, colour = ((snapshot.busy,), "now") if snapshot.busy else ((snapshot.note, *snapshot.shorter), "text")
        if snapshot.diverged and not snapshot.busy:
            colour = "trouble"
        forms = (*forms, cut(brief(forms[-1]), width - 4))
        canvas.text(0, 1, "…" if snapshot.busy else "▸", "now")
        canvas.text(0, 3, next(form for form in forms if cut(form, width - 4) == form), colour)
        return canvas
