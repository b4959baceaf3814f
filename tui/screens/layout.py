"""Who has a place on the main screen, by its size, by what is shown and by who has the focus."""

from __future__ import annotations

from tui.views import ViewState, view_of
from tui.widgets.too_small import too_small

NARROW = 100  # columns under which the recipe has no place of its own
LOW = 32  # rows under which a view that spreads leaves one to what stands under it
WIDTHS, HEIGHTS = (80, 100, 120, 160, 200), (24, 32, 52)  # from which on there is a class: -w80, -h24


def size_classes(width: int, height: int) -> dict[str, bool]:
    """The classes of a screen of this size, by which the sheet of styles gives the panels their room."""
    return {
        f"-{side}{size}": size == max((least for least in sizes if least <= length), default=None)
        for side, length, sizes in (("w", width, WIDTHS), ("h", height, HEIGHTS))
        for size in sizes
    }


def wide(view: ViewState) -> bool:
    """Whether the view has the whole screen."""
    return view_of(view.number).ROOM == "whole" or view.zoom


def one_line(width: int, height: int, view: ViewState, focus: str) -> bool:
    """Whether what stands under the view has a line only."""
    spread = view_of(view.number).ROOM == "spread"
    return spread and (width < NARROW or height < LOW) and focus != "recipe"


def places(width: int, height: int, view: ViewState, focus: str) -> dict[str, bool]:
    """The id of each part of the screen, and whether it has a place."""
    narrow, small, low = width < NARROW, too_small(width, height), one_line(width, height, view, focus)
    recipe = not (narrow or low) or focus == "recipe"
    alone = wide(view) or (view_of(view.number).ROOM == "spread" and narrow)
    return {
        "frame": not small,
        "too-small": small,
        "upper-divider": not alone,
        "loss": not alone,
        "lower-rule": not (wide(view) or low),
        "lower": not wide(view),
        "units": not (narrow and recipe),
        "lower-divider": not (narrow or low),
        "recipe": recipe,
    }
