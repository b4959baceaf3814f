"""The small prompt that asks how many epochs `n` runs."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input

MOST = 1_000_000
DIGITS = "[0-9]*"  # Textual's own pattern for integers takes exponential time on a long row of digits


class EpochsPrompt(Input):
    """The number in the prompt's line; enter answers, escape leaves things as they were."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Leave")]

    class Answered(Message):
        """`epochs` is None where the person left."""

        def __init__(self, epochs: int | None) -> None:
            super().__init__()
            self.epochs = epochs

    def __init__(self) -> None:
        super().__init__(restrict=DIGITS, max_length=7, compact=True, placeholder="100")
        self.display = False

    def ask(self, epochs: int | None) -> None:
        self.value = "" if epochs is None else str(epochs)
        self.display = True
        self.focus()

    @on(Input.Submitted)
    def answer(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip() or "100"
        if not text.isdigit() or not 1 <= int(text) <= MOST:
            self.app.notify(f"epochs={text}: expected a whole number from 1 to {MOST}", severity="error", markup=False)
            return
        self._close(int(text))

    def action_leave(self) -> None:
        self._close(None)

    def _close(self, epochs: int | None) -> None:
        self.display = False
        self.post_message(self.Answered(epochs))
