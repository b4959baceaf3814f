"""What dialogs have in common: something is done to the session, and what is wrong is said here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Label

from tui.run.runner import EXPECTED, Command, one_sentence
from tui.run.session import Session
from tui.screens.standing import Standing


class Dialog(ModalScreen[Path | None], Standing[Path | None]):
    """Enter does it, escape leaves. The present run goes on until it is done; the dialog has a label #answer."""

    CSS_PATH = "dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Leave")]

    class Done(Message):
        """`problem` is None once it is done."""

        def __init__(self, problem: str | None) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.send = send

    def have(self, command: Command) -> None:
        """Have something done to the session; the dialog closes once that went well."""
        self.send(lambda session: self._perform(session, command))

    def _perform(self, session: Session, command: Command) -> None:
        """On the runner's thread."""
        try:
            command(session)
        except EXPECTED as error:
            self.post_message(self.Done(one_sentence(error)))
        else:
            self.post_message(self.Done(None))

    @on(Done)
    def finish(self, message: Done) -> None:
        if message.problem is None:
            self.end()
        else:
            self.say(message.problem, wrong=True)

    def end(self) -> None:
        """It is done."""
        self.dismiss(None)

    def say(self, words: str, wrong: bool = False) -> None:
        answer = self.query_one("#answer", Label)
        answer.update(words)
        answer.set_class(wrong, "wrong")
