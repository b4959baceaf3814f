"""What a person has chosen to look at: the part of the screen's state that views read."""

from __future__ import annotations

from dataclasses import dataclass

from tui.run.choice import Choice


@dataclass(frozen=True, slots=True)
class ViewState(Choice):
    """The chosen unit and how the panels are drawn; nothing here changes the run."""

    zoom: bool = False  # the whole unseen span of dated data instead of a window
    window: int = 0  # dated data: days (or years) from the first unseen one to the window's left edge
    log_loss: bool = True
    focus: bool = False  # the panel being painted has the focus
