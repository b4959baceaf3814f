"""The dialog that lines runs up, one of the races that the program knows, or begins a sweep."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from tui.run.presets import PRESETS
from tui.run.racing import LineUp
from tui.run.runner import Command, Perform
from tui.run.sweep.begun import SEEDS, SWEEPS
from tui.run.sweeping import BeginSweep
from tui.screens.dialog import Dialog
from tui.widgets.options import Options

SWEEP = "sweep-"  # before the name of one


class LineRunsUp(Dialog):
    """Enter lines the chosen race up or begins a sweep, escape leaves; why it cannot be is said here."""

    def __init__(self, send: Callable[[Command], None], begun: Callable[[bool], None]) -> None:
        """`begun` is told, once it is done, whether it is a sweep."""
        super().__init__(send)
        self.begun = begun
        self.sweep = False

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Which runs side by side?", id="title")
            yield Options(
                *(Option(f"{name:10}{make.__doc__}", id=name) for name, make in PRESETS.items()),
                *(Option(f"{make.__doc__}, {SEEDS} seeds each", id=f"{SWEEP}{name}") for name, make in SWEEPS.items()),
            )
            yield Label("enter lines them up, or begins a sweep; esc leaves", id="answer")

    @on(OptionList.OptionSelected)
    def choose(self, event: OptionList.OptionSelected) -> None:
        name = str(event.option_id)
        sweep = name.removeprefix(SWEEP)
        self.sweep = sweep != name
        self.have(Perform(BeginSweep(sweep) if self.sweep else LineUp(name)))

    def end(self) -> None:
        super().end()
        self.begun(self.sweep)
