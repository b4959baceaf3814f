"""View 1: the fit, drawn by one module for each kind of data set."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from tui.views import Key
from tui.views.fit import extras

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views import Picture
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 1, "Fit", "the fit"
KINDS = {"curve": "curve", "series": "series", "plane": "plane", "table": "scatter"}  # and the modules that draw them
FOOTER, BELOW, ROOM = "view", None, "panel"
WEEK = {"business day": 5, "hour": 24}  # what the window of dated data moves by: 7 of other periods
NOT_ON_CALENDAR = frozenset(("bars", "ghosts"))  # the keys that change nothing of it


def move_window(direction: int, state: ViewState, snapshot: Snapshot, width: int, height: int) -> ViewState:
    """Dated data: the window a week on (+1) or back (−1); while all is shown, up to the last week."""
    from tui.views.fit import series, span

    dataset = snapshot.dataset
    last = span.span(dataset).length - 1 if state.zoom else series.last_window(dataset, width, height)
    return replace(state, window=min(max(state.window + WEEK.get(dataset.period or "", 7) * direction, 0), last))


_WINDOW = (("left", "back", -1), ("right", "on", 1))
KEYS = (
    *(
        Key(
            f"window_{key}",
            (key,),
            f"In dated data: a week {words}",
            "window",
            partial(move_window, by),
            "view",
            ("series",),
        )
        for key, words, by in _WINDOW
    ),
    *extras.KEYS,
)


def picture(dataset: Dataset) -> Picture:
    """The module that draws this kind of data set."""
    return cast("Picture", import_module(f"{__name__}.{KINDS[dataset.kind]}"))


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """What is fitted, where the axes do not say it."""
    own = picture(snapshot.dataset).subtitle(snapshot, state)
    return "; ".join(filter(None, (extras.subtitle(snapshot, state), own)))


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """Predictions, where this kind of data set is drawn."""
    return picture(dataset).requests(dataset, width, height, state)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """The data and the model."""
    return picture(snapshot.dataset).paint(snapshot, width, height, palette, state)
