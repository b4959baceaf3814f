"""All keys, by group, from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.actions import Action, sign
from tui.screens.standing import Standing

MOUSE = (
    "With the mouse, in the fit of one feature, a unit's number on the x axis can be dragged: sideways moves its b, "
    "up and down its c. While drawing, the left button sets points, of two features those of +1; the right one those "
    "of −1, and of one feature it erases.\n\n"
)
KEYS = 'The words at the right are the actions\' names. For keys of your own put lines such as\n  play = "p"\n'


class HelpScreen(ModalScreen[None], Standing[None]):
    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape,question_mark", "dismiss", "Close"), ("q", "app.quit", "Quit")]

    def __init__(self, actions: Sequence[Action], keys_file: str) -> None:
        super().__init__()
        self.actions, self.keys_file = actions, keys_file

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self.text())

    def text(self) -> Text:
        lines = Text("escape closes this, ↑ ↓ and page up, page down move it\n\n")
        for group, actions in groupby(self.actions, key=lambda action: action.group):
            lines.append(f"{group}\n", "bold")
            for action in actions:
                if action.keys:
                    lines.append(f"  {' '.join(map(sign, action.keys)):<8} ", "bold")
                    lines.append(f"{action.title:<44}  ", "")
                    lines.append(f"{action.id}\n", "dim")
            lines.append("\n")
        return lines.append(MOUSE).append(KEYS).append(f"into {self.keys_file}")
