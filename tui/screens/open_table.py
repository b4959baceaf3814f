"""The dialog that opens one's own table: file, target, features, lags."""

from __future__ import annotations

import os

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input, Label

import data
from tui.run.gestures import LoadTable
from tui.run.runner import EXPECTED, Perform, one_sentence
from tui.screens.dialog import Dialog
from tui.widgets.number_prompt import DIGITS

MOST_COLUMNS = 60  # that are listed


class OpenTable(Dialog):
    """Enter opens the table, escape leaves. The run goes on until the table is there; what is wrong is said here."""

    class Columns(Message):
        """The file's columns in words, or what is wrong with it."""

        def __init__(self, words: str, wrong: bool = False) -> None:
            super().__init__()
            self.words, self.wrong = words, wrong

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
        self.say(message.words, message.wrong)

    @on(Input.Submitted)
    def open(self) -> None:
        if not self._value("file"):
            self.say("file: expected the path of a CSV or Parquet file", wrong=True)
            return
        features = tuple(name.strip() for name in self._value("features").split(",") if name.strip())
        lags = self._value("lags")
        wanted = LoadTable(
            self._value("file"), self._value("target") or None, features or None, int(lags) if lags else None
        )
        self.say(f"loading {wanted.data} …")
        self.have(Perform(wanted))

    def _value(self, name: str) -> str:
        value = self.query_one(f"#{name}", Input).value.strip()
        return os.path.expanduser(value) if name == "file" else value


def kind_of(column: data.Column) -> str:
    """What a column holds, where it is not numbers."""
    return "" if column.numeric else " (dates)" if column.dated else " (text)"
