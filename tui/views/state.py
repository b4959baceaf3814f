"""What a person has chosen to look at: the part of the screen's state that views read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewState:
    """The chosen unit and how the panels are drawn; nothing here changes the run."""

    layer: int = 0
    unit: int = 0  # −1: the output bias
    source: int = 0  # which input the letter w means
    part: str = "w"  # the parameter of the chosen unit that is lit: "w", "b" or "c"
    zoom: bool = False  # the whole unseen span of dated data instead of a window
    window: int = 0  # dated data: days (or years) from the first unseen one to the window's left edge
    log_loss: bool = True
    focus: bool = False  # the panel being painted has the focus
