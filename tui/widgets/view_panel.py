"""The big panel: the view that the person has chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.actions import bindings
from tui.draw.canvas import Canvas
from tui.run.snapshot import Snapshot
from tui.views import KINDS, ViewState, view_of, views
from tui.widgets.panel import Panel

if TYPE_CHECKING:
    from data import Dataset
    from tui.run.facts import Request
    from tui.views import View


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """What the chosen view asks for; nothing of data that it cannot show."""
    view = view_of(state.number)
    return view.requests(dataset, width, height, state) if dataset.kind in view.KINDS else ()


class ViewPanel(Panel, can_focus=True):
    """Draws the chosen view, or says in a sentence why it cannot and which one can."""

    BINDINGS = bindings("view")
    requests = staticmethod(requests)

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        view, dataset = view_of(self.view.number), snapshot.dataset
        if dataset.kind in view.KINDS:
            return view.paint(snapshot, width, height, self.palette, self.view)
        canvas = Canvas(width, height)
        for row, line in enumerate(refusal(view, dataset)):
            canvas.text(1 + row, 2, line, "label")
        return canvas


def refusal(view: View, dataset: Dataset) -> tuple[str, str, str]:
    """Three lines: what the view is for, what the data are, and what shows them."""
    other = next(view for view in views() if dataset.kind in view.KINDS)
    shown = " and ".join(words for kind, words in KINDS.items() if kind in view.KINDS)
    return (
        f"{view.NUMBER} {view.TITLE} shows {shown}.",
        f"{dataset.name} is {KINDS[dataset.kind]}.",
        f"{other.NUMBER} {other.TITLE} shows it.",
    )
