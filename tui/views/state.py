"""How a person wants the panels drawn: the part of the screen's state that views read."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class SweepLook:
    """How a person looks at the sweep of view 6."""

    shown: bool = True  # in place of the runs side by side
    cell: tuple[int, int] | None = None  # the chosen row and column, from the least values on; None: the best setting
    train: bool = False  # the map shows the training error, whatever else could be seen
    covered: bool = True  # nothing of the unseen error can be seen


@dataclass(frozen=True, slots=True)
class ViewState:
    """How the panels are drawn; nothing here changes the run. Which unit is chosen the run says in its snapshot."""

    number: int = 1  # of the view in the big panel
    zoom: bool = False  # the whole unseen span of dated data instead of a window
    window: int = 0  # dated data: days (or years) from the first unseen one to the window's left edge
    log_loss: bool = True
    early: bool = True  # the first epochs have more room than later ones, where losses are drawn over epochs
    bars: bool = False  # an error bar for each training point
    ghosts: bool = False  # what the model was before
    batch: bool = False  # which points the last update saw
    axes: tuple[int, int] | None = None  # the surface's parameters, as places in θ; None: those of the chosen unit
    plane: bool = False  # the surface of the plane in which the trail moves, in place of two parameters
    closer: int = 0  # how often the surface was halved; below 0: doubled
    starts: int = 0  # updates of runs from other random starts, drawn beside the trail; 0: there are none
    full: int = 0  # updates of the run beside which one with full batches is drawn; 0: there is none
    example: int | None = None  # the place of the example whose numbers are shown, None for the one shown at first
    racer: int = 0  # the chosen row of the race
    covered: bool = True  # its unseen losses
    guesses: tuple[tuple[str, float], ...] = ()  # the last guess first: the run's name, and the unseen loss said of it
    sweep: SweepLook = SweepLook()
    traced: int | None = None  # the one that is traced, as a place in θ; None: the chosen unit's own
    page: bool = False  # where that number comes from, in place of the update
    whole: bool = False  # the view has the loss panel's place too
    focus: bool = False  # the panel being painted has the focus


def next_loss_axes(state: ViewState) -> ViewState:
    """The next of the axes that a loss can have, round and round."""
    axes = (True, True), (True, False), (False, False)  # (log_loss, early)
    log, early = axes[(axes.index((state.log_loss, state.early)) + 1) % len(axes)]
    return replace(state, log_loss=log, early=early)
