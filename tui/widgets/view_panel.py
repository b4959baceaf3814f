"""The big panel. In the fit of one feature a unit's number can be dragged: sideways its b, up and down its c."""

from __future__ import annotations

from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message

from tui.actions import bindings
from tui.run.hands import Drag
from tui.views import chosen, fit
from tui.views.fit import curve
from tui.widgets.panel import Panel


class ViewPanel(Panel, can_focus=True):
    BINDINGS = bindings("view")
    picture = chosen
    grabbed: int | None = None  # the unit that the mouse holds
    row = 0  # where the mouse was when it was last heard of

    class Dragged(Message):
        def __init__(self, drag: Drag) -> None:
            super().__init__()
            self.drag = drag

    def on_mouse_down(self, event: MouseDown) -> None:
        if self.snapshot and self.snapshot.dataset.kind == "curve" and self.view.number == fit.NUMBER:
            self.grabbed, self.row = curve.grab(self.snapshot, *self.size, event.y, event.x), event.y
            if self.grabbed is not None:
                self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.grabbed is not None and self.snapshot:
            x, lift = curve.dragged(self.snapshot, *self.size, event.x, self.row - event.y)
            self.row = event.y
            self.post_message(self.Dragged(Drag(self.grabbed, x, lift)))

    def on_mouse_up(self, event: MouseUp) -> None:
        self.grabbed = None
        self.release_mouse()
