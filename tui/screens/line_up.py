"""The dialog that lines runs up: one of the races that the program knows."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui.run.presets import PRESETS
from tui.run.racing import LineUp
from tui.run.runner import Perform
from tui.screens.dialog import Dialog
from tui.widgets.options import Options


class LineRunsUp(Dialog):
    """Enter lines the chosen race up, escape leaves; why it cannot be is said here."""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Which runs side by side?", id="title")
            yield Options(*(Option(f"{name:10}{make.__doc__}", id=name) for name, make in PRESETS.items()))
            yield Label("enter lines them up, esc leaves; space trains them then", id="answer")

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        self.have(Perform(LineUp(str(event.option_id))))
