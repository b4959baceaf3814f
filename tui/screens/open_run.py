"""The dialog that opens a saved run: its file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

from tui.run.beginnings import Open
from tui.run.runner import EXPECTED, Command, one_sentence
from tui.run.saved import is_saved
from tui.run.session import Session

MOST_NAMES = 20  # of files that are offered


class OpenRun(ModalScreen[None]):
    """Enter opens the run, escape leaves. The present run stays, u comes back to it; what is wrong is said here."""

    CSS_PATH = "open_table.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Leave")]

    class Opened(Message):
        """`problem` is None once the file is the present run."""

        def __init__(self, problem: str | None) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.send = send

    def compose(self) -> ComposeResult:
        names = saved_here()
        with Vertical():
            yield Label("Open a saved run", id="title")
            yield Label("file")
            yield Input(names[0] if names else "", id="file", placeholder="what ctrl+s wrote", compact=True)
            yield Label("Here: " + ", ".join(names) if names else "There are none in this folder.", markup=False)
            yield Label("enter opens   esc leaves", id="answer", markup=False)

    @on(Input.Submitted)
    def open(self) -> None:
        path = os.path.expanduser(self.query_one("#file", Input).value.strip())
        if not path:
            self._say("file: expected the path of a saved run", wrong=True)
            return
        self._say(f"opening {path} …")
        self.send(lambda session: self._open(session, Open(path)))

    def _open(self, session: Session, wanted: Open) -> None:
        """On the runner's thread."""
        try:
            session.perform(wanted)
        except EXPECTED as error:
            self.post_message(self.Opened(one_sentence(error)))
        else:
            self.post_message(self.Opened(None))

    @on(Opened)
    def finish(self, message: Opened) -> None:
        if message.problem is None:
            self.dismiss()
        else:
            self._say(message.problem, wrong=True)

    def _say(self, words: str, wrong: bool = False) -> None:
        answer = self.query_one("#answer", Label)
        answer.update(words)
        answer.set_class(wrong, "wrong")


def saved_here() -> list[str]:
    """The saved runs in the present folder, the newest first."""
    try:
        files = sorted(Path().glob("*.toml"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return []
    return [str(path) for path in files if is_saved(str(path))][:MOST_NAMES]
