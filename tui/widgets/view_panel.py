"""The big panel. Under a curve over one feature a unit's number can be dragged, and on the fit points can be drawn.

While somebody draws there is a crosshair, which the arrows move; keys and the mouse set points and erase them.
"""

from __future__ import annotations

from textual.events import Blur, MouseDown, MouseMove, MouseUp
from textual.message import Message

from tui.actions import bindings
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame
from tui.draw.palette import Palette
from tui.run.drawing import DrawHere, EraseHere, refusal
from tui.run.gestures import Wish
from tui.run.hands import Drag
from tui.run.snapshot import Snapshot
from tui.views import ViewState, chosen, examples, fit, sums
from tui.views.fit import curve, drawing
from tui.views.sums import along
from tui.widgets.panel import Panel

HANDLES = {fit.NUMBER: curve, sums.NUMBER: along}  # the views with numbers to drag, and who knows where they are
RIGHT = 3  # button of the mouse
HIGH, LOW = 1.0, -1.0  # labels of two features


class ViewPanel(Panel, can_focus=True):
    BINDINGS = bindings("drawing", "sweep", "view")
    picture = chosen

    class Wished(Message):
        """The mouse or a key of this panel wants something of the run."""

        def __init__(self, wish: Wish) -> None:
            super().__init__()
            self.wish = wish

    class Pointed(Message):
        """The mouse has chosen an example, by its place."""

        def __init__(self, example: int) -> None:
            super().__init__()
            self.example = example

    class Drawing(Message):
        """Drawing has begun or ended."""

    def __init__(self, palette: Palette, id: str) -> None:
        super().__init__(palette, id)
        self.spot: drawing.Spot | None = None  # of the crosshair, while somebody draws
        self.label = HIGH  # that the last point got
        self.grabbed: int | None = None  # the unit that the mouse holds
        self.row = 0  # where the mouse was when it was last heard of
        self.moved = False  # whether it has moved what it holds
        self.stroke: drawing.Spot | None = None  # where the mouse set its last point, while a button is held

    # --------------------------------------------------------------------------------------------------- what is seen

    def show(self, snapshot: Snapshot, view: ViewState) -> None:
        if self.snapshot and (self.snapshot.dataset.whole is not snapshot.dataset.whole or view.number != fit.NUMBER):
            self.end_drawing()
        super().show(snapshot, view)

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = super().draw(snapshot, width, height)
        if self.spot is not None:
            drawing.draw(canvas, self._frame(snapshot), self.spot, snapshot.dataset)
        return canvas

    def _frame(self, snapshot: Snapshot) -> Frame:
        return drawing.frame_of(snapshot.dataset, *self.size)

    # -------------------------------------------------------------------------------------------------------- drawing

    def begin_drawing(self) -> None:
        """Show the crosshair, where points can be drawn."""
        if self.snapshot and not refusal(self.snapshot.dataset):
            self.spot = drawing.MIDDLE
            self._changed()

    def end_drawing(self) -> None:
        if self.spot is not None:
            self.spot = self.stroke = None
            self._changed()

    def _changed(self) -> None:
        self.repaint()
        self.post_message(self.Drawing())

    @property
    def flat(self) -> bool:
        """Whether there are two features, whose points have labels."""
        return self.snapshot is not None and self.snapshot.dataset.kind == "plane"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While nobody draws the keys of drawing mean what they mean elsewhere; so do s and r without labels."""
        if action in ("crosshair", "erase_point", "end_drawing"):
            return self.spot is not None
        if action == "set_point":
            return self.spot is not None and (self.flat or not parameters)
        return True

    def action_crosshair(self, across: int, up: int) -> None:
        if self.snapshot and self.spot:
            self.spot = drawing.moved(self.spot, self._frame(self.snapshot), across, up)
            self.repaint()

    def action_set_point(self, label: float | None = None) -> None:
        """A point at the crosshair; of two features with this label, or the last one."""
        self.label = self.label if label is None else label
        self._set(joins=False)

    def action_erase_point(self) -> None:
        if self.snapshot and self.spot:
            here = drawing.here(self.spot, self._frame(self.snapshot), self.snapshot.dataset)
            self.post_message(self.Wished(EraseHere(here)))

    def action_end_drawing(self) -> None:
        self.end_drawing()

    def _set(self, joins: bool) -> None:
        if self.snapshot and self.spot:
            here = drawing.here(self.spot, self._frame(self.snapshot), self.snapshot.dataset)
            self.post_message(self.Wished(DrawHere(here, self.label, joins)))

    def _press(self, event: MouseDown) -> None:
        """A point, or with the right button one of the other label; of one feature that one erases."""
        if self.snapshot is None or (spot := drawing.spot_at(self._frame(self.snapshot), event.y, event.x)) is None:
            return
        self.spot = spot
        if event.button == RIGHT and not self.flat:
            self.action_erase_point()
        else:
            self.label = LOW if event.button == RIGHT else HIGH
            self.stroke = spot
            self.capture_mouse()
            self._set(joins=False)
        self.repaint()

    def _stroke(self, event: MouseMove) -> None:
        """A point in each cell that the mouse comes to."""
        assert self.snapshot is not None
        spot = drawing.spot_at(self._frame(self.snapshot), event.y, event.x)
        if spot is not None and spot != self.stroke:
            self.spot = self.stroke = spot
            self._set(joins=True)
            self.repaint()

    # ---------------------------------------------------------------------------------------------------------- mouse

    def on_mouse_down(self, event: MouseDown) -> None:
        handles = HANDLES.get(self.view.number)
        if self.spot is not None:
            self._press(event)
        elif self.snapshot and self.snapshot.dataset.kind == "curve" and handles:
            self.grabbed, self.row = handles.grab(self.snapshot, *self.size, event.y, event.x), event.y
            if self.grabbed is not None:
                self.moved = False
                self.capture_mouse()
        if self.spot is None and self.grabbed is None:
            self._point(event)

    def _point(self, event: MouseDown) -> None:
        """The training example under the mouse is the one whose numbers view 3 shows."""
        if (
            self.snapshot is None
            or self.view.number != fit.NUMBER
            or self.snapshot.dataset.kind not in ("curve", "plane")
        ):
            return
        example = examples.nearest(self.snapshot.dataset, self._frame(self.snapshot), event.y, event.x)
        if example is not None:
            self.post_message(self.Pointed(example))

    def on_mouse_move(self, event: MouseMove) -> None:
        if self.stroke is not None:
            self._stroke(event)
        elif self.grabbed is not None and self.snapshot:
            x, lift = HANDLES[self.view.number].dragged(self.snapshot, *self.size, event.x, self.row - event.y)
            self.row = event.y
            self.post_message(self.Wished(Drag(self.grabbed, x, lift, self.moved)))
            self.moved = True

    def on_mouse_up(self, event: MouseUp) -> None:
        self.grabbed = self.stroke = None
        self.release_mouse()

    def on_blur(self, event: Blur) -> None:
        self.end_drawing()
