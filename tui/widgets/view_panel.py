"""The big panel. Under a curve over one feature a unit's number can be dragged: sideways its b, up and down its c."""

from __future__ import annotations

from textual.events import MouseDown, MouseMove, MouseUp
from textual.message import Message

from tui.actions import bindings
from tui.run.hands import Drag
from tui.views import chosen, fit, sums
from tui.views.fit import curve
from tui.views.sums import along
from tui.widgets.panel import Panel

HANDLES = {fit.NUMBER: curve, sums.NUMBER: along}  # the views with numbers to drag, and who knows where they are


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
        handles = HANDLES.get(self.view.number)
        if self.snapshot and self.snapshot.dataset.kind == "curve" and handles:
            self.grabbed, self.row = handles.grab(self.snapshot, *self.size, event.y, event.x), event.y
            if self.grabbed is not None:
                self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.grabbed is not None and self.snapshot:
            x, lift = HANDLES[self.view.number].dragged(self.snapshot, *self.size, event.x, self.row - event.y)
            self.row = event.y
            self.post_message(self.Dragged(Drag(self.grabbed, x, lift)))

    def on_mouse_up(self, event: MouseUp) -> None:
        self.grabbed = None
        self.release_mouse()
