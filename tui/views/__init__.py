"""Views: pure functions from a snapshot to a canvas, one module for each picture.

A view of the big panel is a module of this folder, or a folder with several files, that has all that `View` asks for.
Its file is the whole of it: `views` finds it here, and key, help, palette, footer and the rule above the panel get it
from there. Such a module is imported when the program starts, so it leaves what takes long to import to its functions.

The pictures of the other panels, `loss` and `units`, are alike but for the number.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from tui.views.state import ViewState

if TYPE_CHECKING:
    from data import Dataset
    from tui.draw.canvas import Canvas
    from tui.draw.palette import Palette
    from tui.run.facts import Request
    from tui.run.snapshot import Snapshot

Requests = Callable[["Dataset", int, int, ViewState], "Iterable[Request[Any]]"]

__all__ = ["KINDS", "Key", "Picture", "Requests", "Titled", "View", "ViewState", "Want", "view_of", "views"]

KINDS = {  # of data sets, and how a person calls such data
    "curve": "data of one feature",
    "series": "dated data",
    "plane": "data of two features",
    "table": "data of many features",
}


class Picture(Protocol):
    """What stands in a panel."""

    def subtitle(self, snapshot: Snapshot, state: ViewState) -> str:
        """Quiet words after the panel's name."""

    def requests(self, dataset: Dataset, width: int, height: int, state: ViewState) -> tuple[Request[Any], ...]:
        """What `paint` and `subtitle` look up in a snapshot of this data set."""

    def paint(self, snapshot: Snapshot, width: int, height: int, palette: Palette, state: ViewState) -> Canvas:
        """The panel's body; something sensible too as long as the answers are not there."""


class Titled(Picture, Protocol):
    """A picture with a name in the rule above its panel."""

    TITLE: str


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a view has for itself: it changes how the view is drawn, and nothing of the run."""

    id: str
    keys: tuple[str, ...]
    title: str  # a line of the help: "In the net: the example before"
    word: str  # for the footer
    does: Callable[[ViewState, Snapshot, int, int], ViewState]  # from state, snapshot, and the view's columns and rows
    panel: str = "view"  # that must have the focus: "view", "units" for what stands under it, or "" for any
    kinds: Collection[str] = tuple(KINDS)  # of data for which it does something


class View(Titled, Protocol):
    """A picture of the big panel; its TITLE is one word."""

    NUMBER: int  # its key, and its place among the others
    ABOUT: str  # a few words, for help and palette: "the fit"
    KINDS: Collection[str]  # the kinds of data set that it can show
    KEYS: tuple[Key, ...]  # its own
    FOOTER: str  # whose keys matter while it has the focus: "view" those of looking, or "building"
    BELOW: Titled | None  # what stands under it in place of the table of units
    ROOM: Literal["panel", "spread", "whole"]  # its panel, the place of the loss too, or all


@cache
def views() -> tuple[View, ...]:
    """All views of the big panel, in the order of their numbers."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return tuple(sorted((cast("View", module) for module in modules if hasattr(module, "NUMBER")), key=_number))


def _number(view: View) -> int:
    return view.NUMBER


def view_of(number: int) -> View:
    """The view with this number; KeyError for a number that none has."""
    return {view.NUMBER: view for view in views()}[number]


@dataclass(frozen=True, slots=True)
class Want:
    """What one picture of this size asks for, of whatever data set is at hand."""

    requests: Requests
    width: int
    height: int
    state: ViewState

    def __call__(self, dataset: Dataset) -> Iterable[Request[Any]]:
        return self.requests(dataset, self.width, self.height, self.state)
