"""A screen that asks for numbers in the place of its note: how many epochs to run, the value of a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual import on

from engine.steps import neighbour
from tui.run.choice import index_of, parts_of
from tui.run.gestures import Wish
from tui.run.hands import SetPart
from tui.run.notes import parameter_name
from tui.run.player import RunEpochs
from tui.run.runner import Command, Perform
from tui.run.snapshot import Snapshot
from tui.screens.standing import Standing
from tui.widgets.note_line import NoteLine
from tui.widgets.number_prompt import DIGITS, NUMBER, NumberPrompt, Question, exact, read_epochs, read_value


class AskingScreen(Standing[None]):
    """It has a NoteLine, a NumberPrompt that is hidden while nothing is asked, and a panel that has the focus."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.send = send
        self.snapshot: Snapshot | None = None
        self.focused_panel = "view"
        self.epochs: int | None = None  # what n runs, once asked for
        self.asked_part: str | None = None  # that the prompt asks for: "" for the lit one, None while it asks for none
        self.next_part = ""  # that tab in the prompt goes on to

    def perform(self, wish: Wish) -> None:
        """Have a wish done to the run; what came of it is in one of the next snapshots."""
        self.send(Perform(wish))

    def action_run_epochs(self) -> None:
        if self.epochs is None:
            self.action_ask_epochs()
        else:
            self.perform(RunEpochs(self.epochs))

    def action_ask_epochs(self) -> None:
        def run(epochs: float) -> None:
            self.epochs = int(epochs)
            self.perform(RunEpochs(self.epochs))

        asked = "" if self.epochs is None else str(self.epochs)
        self._ask_number(Question("epochs to run", "enter runs, esc leaves", asked, DIGITS, 7, read_epochs, run))

    def action_ask_value(self) -> None:
        self._ask_value("")

    def _ask_value(self, part: str) -> None:
        """The value of this parameter of the chosen unit; of the lit one where the unit has no such parameter."""
        if self.snapshot is None:
            return
        network, chosen = self.snapshot.network, self.snapshot.chosen
        parts = parts_of(chosen, network)
        own = next(each for each in (part, chosen.part, parts[0]) if each in parts)
        choice = replace(chosen, part=own)
        index = index_of(choice, network)
        assert index is not None  # it is one of those that the unit has
        label, value = parameter_name(choice, network, self.snapshot.dataset), exact(float(network.theta[index]))
        hint = f"enter sets{', tab too and goes on' * (len(parts) > 1)}, esc leaves"
        self.asked_part, self.next_part = part, neighbour(parts, own, 1)
        self._ask_number(
            Question(
                label, hint, value, NUMBER, 24, read_value, lambda value: self.perform(SetPart(own, value, choice))
            )
        )

    def ask_again(self) -> None:
        """The value of now, while nothing is typed: what was pressed just before may have changed it."""
        if self.asked_part is not None and self.query_one(NumberPrompt).untouched:
            self._ask_value(self.asked_part)

    def _ask_number(self, question: Question) -> None:
        """The prompt stands in the place of the note while it asks."""
        self.query_one(NoteLine).display = False
        self.query_one(NumberPrompt).ask(question)

    @on(NumberPrompt.Next)
    def ask_next_part(self) -> None:
        """Of the chosen unit, once what was typed is set."""
        if self.asked_part is not None and self.query_one(NumberPrompt).take():
            self._ask_value(self.next_part)

    @on(NumberPrompt.Left)
    def show_note(self) -> None:
        self.asked_part = None
        self.query_one(NoteLine).display = True
        self.query_one(f"#{self.focused_panel}").focus()
