"""View 2: each unit's part of the output on one scale, and how the parts add up to the fit."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tui.draw.canvas import Canvas
from tui.views.units.shapes import cheap, too_large

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views import Picture
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 2, "Units", "what each unit adds"
KINDS = {"curve": "along", "series": "along", "plane": "maps", "table": "along"}  # and the modules that draw them
KEYS, FOOTER, BELOW, ROOM = (), "building", None, "panel"


def picture(dataset: Dataset) -> Picture:
    """The module that draws this kind of data set."""
    return cast("Picture", import_module(f"{__name__}.{KINDS[dataset.kind]}"))


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """Along what, where several features leave a choice."""
    return picture(snapshot.dataset).subtitle(snapshot, state)


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """Whether units are dead or saturated."""
    return picture(dataset).requests(dataset, width, height, state)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The parts and their running sums."""
    if not cheap(snapshot.network):
        canvas = Canvas(width, height)
        canvas.text(1, 2, too_large(snapshot.network, width - 4), "label")
        return canvas
    return picture(snapshot.dataset).paint(snapshot, width, height, palette, state)
