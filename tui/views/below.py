"""The picture under the big panel: what the view puts there, else the table of units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.views import view_of
from tui.views.units import table

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views import Titled
    from tui.views.state import ViewState


def picture(dataset: Dataset, state: ViewState) -> Titled:
    """What stands there; under a view that cannot show the data it is the table."""
    view = view_of(state.number)
    return (view.BELOW if dataset.kind in view.KINDS else None) or table


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """That of the picture."""
    return picture(snapshot.dataset, state).subtitle(snapshot, state)


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """What the picture asks for."""
    return picture(dataset, state).requests(dataset, width, height, state)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The picture."""
    return picture(snapshot.dataset, state).paint(snapshot, width, height, palette, state)
