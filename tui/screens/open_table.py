"""The dialog that opens one's own table: file, target, features, lags."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Label

import data
from tui.run.gestures import LoadTable
from tui.run.runner import EXPECTED, Command, one_sentence
from tui.run.session import Session
from tui.widgets.number_prompt import DIGITS

MOST_COLUMNS = 60  # that are listed


class OpenTable(ModalScreen[None]):
    """Enter opens the table, escape leaves. The run goes on until the table is there; what is wrong is said here."""

    CSS_PATH = "open_table.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss", "Leave")]

    class Columns(Message):
        """The file's columns in words, or what is wrong with it."""

        def __init__(self, words: str, wrong: bool = False) -> None:
            super().__init__()
            self.words, self.wrong = words, wrong

    class Opened(Message):
        """`problem` is None once the table is the run's data set."""

        def __init__(self, problem: str | None) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self, send: Callable[[Command], None]) -> None:
        super().__init__()
        self.send = send

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Open a table", id="title")
            for name, hint in (
                ("file", "a CSV or Parquet file"),
                ("target", "the column to fit; the last numeric one if empty"),
                ("features", "columns, with commas between; the other numeric ones if empty"),
                ("lags", "past values of the target as features, such as 28; for dated data"),
            ):
                yield Label(name)
                digits, room = (DIGITS, 9) if name == "lags" else (None, 0)  # 0: as much as one types
                yield Input(id=name, placeholder=hint, compact=True, restrict=digits, max_length=room)
            yield Label("enter opens   tab next field   esc leaves", id="answer", markup=False)

    @on(Input.Blurred, "#file")
    def list_columns(self) -> None:
        path = self._value("file")
        if path:
            self.send(lambda session: self._read_columns(path))

    def _read_columns(self, path: str) -> None:
        """On the runner's thread."""
        try:
            columns = data.columns(path)
        except EXPECTED as error:
            self.post_message(self.Columns(one_sentence(error), wrong=True))
            return
        names = [f"{column.name}{kind_of(column)}" for column in columns]
        more = f", and {len(names) - MOST_COLUMNS} more" if len(names) > MOST_COLUMNS else ""
        self.post_message(self.Columns("Columns: " + ", ".join(names[:MOST_COLUMNS]) + more))

    @on(Columns)
    def show_columns(self, message: Columns) -> None:
        self._say(message.words, message.wrong)

    @on(Input.Submitted)
    def open(self) -> None:
        if not self._value("file"):
            self._say("file: expected the path of a CSV or Parquet file", wrong=True)
            return
        features = tuple(name.strip() for name in self._value("features").split(",") if name.strip())
        lags = self._value("lags")
        wanted = LoadTable(
            self._value("file"), self._value("target") or None, features or None, int(lags) if lags else None
        )
        self._say(f"loading {wanted.data} …")
        self.send(lambda session: self._load(session, wanted))

    def _load(self, session: Session, wanted: LoadTable) -> None:
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

    def _value(self, name: str) -> str:
        value = self.query_one(f"#{name}", Input).value.strip()
        return os.path.expanduser(value) if name == "file" else value

    def _say(self, words: str, wrong: bool = False) -> None:
        answer = self.query_one("#answer", Label)
        answer.update(words)
        answer.set_class(wrong, "wrong")


def kind_of(column: data.Column) -> str:
    """What a column holds, where it is not numbers."""
    return "" if column.numeric else " (dates)" if column.dated else " (text)"
