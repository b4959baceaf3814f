"""The picture of the big panel: the view that the person has chosen, or why it cannot show the data and which can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.draw.canvas import Canvas
from tui.views import KINDS, view_of, views

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views import View
    from tui.views.state import ViewState


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """That of the view."""
    view = view_of(state.number)
    return view.subtitle(snapshot, state) if snapshot.dataset.kind in view.KINDS else ""


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """What the view asks for; nothing of data that it cannot show."""
    view = view_of(state.number)
    return view.requests(dataset, width, height, state) if dataset.kind in view.KINDS else ()


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The view, or a refusal."""
    view = view_of(state.number)
    if snapshot.dataset.kind in view.KINDS:
        return view.paint(snapshot, width, height, palette, state)
    canvas = Canvas(width, height)
    for row, line in enumerate(_refusal(view, snapshot.dataset), 1):
        canvas.text(row, 2, line, "label")
    return canvas


def _refusal(view: View, dataset: Dataset) -> tuple[str, str, str]:
    other = next(view for view in views() if dataset.kind in view.KINDS)
    shown = " and ".join(words for kind, words in KINDS.items() if kind in view.KINDS)
    return (
        f"{view.NUMBER} {view.TITLE} shows {shown}.",
        f"{dataset.name} is {KINDS[dataset.kind]}.",
        f"{other.NUMBER} {other.TITLE} shows it.",
    )
