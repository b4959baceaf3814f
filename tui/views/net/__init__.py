"""View 3: the network as a graph, and under it the numbers of one example on their way through it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tui.views import KINDS as ALL
from tui.views import Key, examples
from tui.views.net import example

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot
    from tui.views.state import ViewState

NUMBER, TITLE, ABOUT = 3, "Net", "the network and one example's numbers"
KINDS = tuple(ALL)
KEYS = tuple(
    Key(f"example_{key}", (key,), f"Under the net: the example {words}", "example", partial(examples.step, by), "units")
    for key, words, by in (("left", "before", -1), ("right", "after", 1))
)
FOOTER, BELOW, ROOM = "building", example, "panel"


def subtitle(snapshot: Snapshot, state: ViewState) -> str:
    """How large it is."""
    from tui.views.net import graph

    return graph.subtitle(snapshot, state)


def requests(dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
    """On how much of the data each unit acts."""
    from tui.views.net import graph

    return graph.requests(dataset, width, height, state)


def paint(snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
    """Boxes and edges."""
    from tui.views.net import graph

    return graph.paint(snapshot, width, height, palette, state)
