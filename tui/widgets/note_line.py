"""The note: what to press at first, later what just happened, what takes long just now, or what has the focus."""

from __future__ import annotations

from tui.draw.canvas import Canvas, cut
from tui.run.snapshot import Snapshot
from tui.run.telling import brief
from tui.widgets.panel import Panel


class NoteLine(Panel):
    meaning: tuple[str, ...] = ()  # of the value that has the focus, in place of the note, until something is done

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        forms, colour = (snapshot.note, *snapshot.shorter), "text"
        if snapshot.busy:
            forms, colour = (snapshot.busy,), "now"
        elif self.meaning:
            forms = self.meaning
        elif snapshot.diverged:
            colour = "trouble"
        forms = (*forms, cut(brief(forms[-1]), width - 4))
        canvas.text(0, 1, "…" if snapshot.busy else "▸", "now")
        canvas.text(0, 3, next(form for form in forms if cut(form, width - 4) == form), colour)
        return canvas
