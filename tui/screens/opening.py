"""What the dialogs that open something have in common: a wish goes to the run, and what is wrong is said here."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Label

from tui.run.gestures import Wish
from tui.run.runner import EXPECTED, Command, one_sentence
from tui.run.session import Session


class Opening(ModalScreen[None]):
    """Enter opens, escape leaves. The present run goes on until the other is there; the dialog has a label #answer."""

    CSS_PATH = "opening.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Leave")]

    class Opened(Message):
        """`problem` is None once it is open."""

        def __init__(self, problem: str | None) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.send = send

    def have(self, wish: Wish) -> None:
        """Have a wish done to the run; the dialog closes once that went well."""
        self.send(lambda session: self._perform(session, wish))

    def _perform(self, session: Session, wish: Wish) -> None:
        """On the runner's thread."""
        try:
            session.perform(wish)
        except EXPECTED as error:
            self.post_message(self.Opened(one_sentence(error)))
        else:
            self.post_message(self.Opened(None))

    @on(Opened)
    def finish(self, message: Opened) -> None:
        if message.problem is None:
            self.dismiss()
        else:
            self.say(message.problem, wrong=True)

    def say(self, words: str, wrong: bool = False) -> None:
        answer = self.query_one("#answer", Label)
        answer.update(words)
        answer.set_class(wrong, "wrong")
