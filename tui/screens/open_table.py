"""The dialog that opens one's own table: its file, and what is fitted from what, chosen by looking at its columns."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import DataTable, Input, Label

import data
from tui.draw.canvas import cut
from tui.run.described import extent, share
from tui.run.gestures import LoadTable
from tui.run.runner import EXPECTED, Command, Perform, one_sentence
from tui.screens.dialog import Dialog
from tui.widgets.number_prompt import DIGITS

FIELDS = (
    ("file", "CSV, Excel or Parquet; tab looks into it"),
    ("target", "the column to fit; the last numeric one if empty"),
    ("features", 'columns: a, b, "c, d"; all others that can be if empty'),
    ("lags", "so many past values of the target as features, such as 28"),
)
HEADINGS = ("", "column", "holds", "range", "missing", "example")
MARKS = {"target": "▸ target", "feature": "• feature", "time": "◷ time", "": ""}
WIDEST = 9, 16, 6, 18, 7, 9  # cells of each column
HELP = "enter opens   tab next field   esc leaves"
PICK = "t target   space feature   enter opens   tab next field   esc leaves"


class Columns(DataTable[Text]):
    """The columns of a table, a row each."""

    def action_stay(self) -> None:
        """All of a row is always seen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "screen.pick_target", "target", show=False),
        Binding("space", "screen.pick_feature", "feature", show=False),
        Binding("enter", "screen.open", "open", show=False),
        Binding("home", "scroll_top", "first", show=False),
        Binding("end", "scroll_bottom", "last", show=False),
        Binding("left,right", "stay", "", show=False),
    ]


class OpenTable(Dialog):
    """Enter opens the table, escape leaves. The run goes on until the table is there; what is wrong is said here."""

    class Described(Message):
        """The file's columns, or what is wrong with it."""

        def __init__(self, path: str, description: data.Description | None, problem: str = "") -> None:
            super().__init__()
            self.path, self.description, self.problem = path, description, problem

    def __init__(self, send: Callable[[Command], None], options: Mapping[str, Any]) -> None:
        """`options`: those of `data.load` for the table that is fitted now, {} where it is none of one's own."""
        super().__init__(send)
        self.present = in_words(options)

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Open a table", id="title")
            for name, hint in FIELDS:
                digits, room = (DIGITS, 9) if name == "lags" else (None, 0)  # 0: as much as one types
                with Horizontal(classes="field"):
                    yield Label(name)
                    yield Input(
                        self.present.get(name, ""),
                        id=name,
                        placeholder=hint,
                        compact=True,
                        restrict=digits,
                        max_length=room,
                    )
            columns = Columns(id="columns", cursor_type="row", cell_padding=0)
            for heading, width in zip(HEADINGS, WIDEST, strict=True):
                columns.add_column(heading, width=width + 1)
            yield columns
            yield Label(HELP, id="answer", markup=False)

    def on_mount(self) -> None:
        self.description: data.Description | None = None
        self.seen = ""  # the file that it is of
        self.query_one(Columns).display = False
        self.focuses = bool(self.present)  # a table that is known is to be looked at first
        self.look()

    @on(Input.Blurred)
    def look(self) -> None:
        """Have the file looked into, with what was asked for so far."""
        path = self._value("file")
        if path:
            wanted = self._wanted(path)
            self.send(lambda session: self._describe(wanted))

    def _describe(self, wanted: LoadTable) -> None:
        """On the runner's thread."""
        try:
            description = data.describe(wanted.data, wanted.target, wanted.features, wanted.lags)
        except EXPECTED as error:
            self.post_message(self.Described(wanted.data, None, one_sentence(error)))
        else:
            self.post_message(self.Described(wanted.data, description, description.problem))

    @on(Described)
    def show(self, message: Described) -> None:
        if message.path != self._value("file"):  # another one is being typed by now
            return
        self.description, self.seen = message.description, message.path
        columns = self.query_one(Columns)
        row = columns.cursor_row
        columns.clear()
        columns.display = message.description is not None
        for column in message.description.columns if message.description is not None else ():
            columns.add_row(*map(Text, cells(column)))
        columns.move_cursor(row=row)
        if columns.display and self.focuses:
            columns.focus()
            self.focuses = False
        self.say(message.problem or (PICK if columns.has_focus else HELP), wrong=bool(message.problem))

    @on(Columns.RowHighlighted)
    def explain(self, message: Columns.RowHighlighted) -> None:
        """What is to say of the column under the cursor."""
        column = self._column()
        problem = self.description is not None and self.description.problem
        if column is not None and self.query_one(Columns).has_focus and not problem:
            self.say(f"{PICK}\n{column.name}: {column.note or column.kind}")

    def action_pick_target(self) -> None:
        column = self._column()
        if column is not None and self.description is not None:
            self.query_one("#target", Input).value = next_target(column, self._value("target"))
            if self._value("features"):
                self._take([each for each in self.features if each != column.name])
            self.look()

    def action_pick_feature(self) -> None:
        """Take the column as a feature too, or no longer."""
        column = self._column()
        if column is not None:
            others = [name for name in self.features if name != column.name]
            self._take(others if column.name in self.features else [*others, column.name])
            self.look()

    @property
    def features(self) -> list[str]:
        """The columns that are features now, as they are marked."""
        columns = () if self.description is None else self.description.columns
        return [column.name for column in columns if column.role == "feature"]

    def _take(self, features: Sequence[str]) -> None:
        self.query_one("#features", Input).value = as_line(features)

    def _column(self) -> data.Described | None:
        columns = self.query_one(Columns)
        rows = () if self.description is None else self.description.columns
        return rows[columns.cursor_row] if 0 <= columns.cursor_row < len(rows) else None

    @on(Input.Changed, "#file")
    def forget(self) -> None:
        """What was seen of another file is none of this one's."""
        if self.description is not None and self.seen != self._value("file"):
            self.description = None
            self.query_one(Columns).display = False
            self.say(HELP)

    @on(Input.Submitted)
    def action_open(self) -> None:
        path = self._value("file")
        if not path:
            self.say("file: expected the path of a CSV, Excel or Parquet file", wrong=True)
            return
        wanted = self._wanted(path)
        self.say(f"loading {wanted.data} …")
        self.have(Perform(wanted))

    def _wanted(self, path: str) -> LoadTable:
        features, lags = self._value("features"), self._value("lags")
        return LoadTable(
            path, self._value("target") or None, (features,) if features else None, int(lags) if lags else None
        )

    def _value(self, name: str) -> str:
        value = self.query_one(f"#{name}", Input).value.strip()
        return os.path.expanduser(value) if name == "file" else value


def next_target(column: data.Described, present: str) -> str:
    """A column as the target; of more than two words one against the rest, the next one after the present."""
    if len(column.words) <= 2:
        return column.name
    targets = [f"{column.name}={word}" for word in column.words]
    return targets[(targets.index(present) + 1) % len(targets)] if present in targets else targets[0]


def cells(column: data.Described) -> tuple[str, ...]:
    """A column as a row of the list."""
    texts = MARKS[column.role], column.name, column.kind, extent(column), share(column), column.example
    return tuple(cut(text, width) for text, width in zip(texts, WIDEST, strict=True))


def in_words(options: Mapping[str, Any]) -> dict[str, str]:
    """What stands in the fields for these arguments of `data.load`."""
    texts = {"file": options.get("name_or_path"), "target": options.get("target"), "lags": options.get("lags")}
    features = options.get("features")
    if features:
        texts["features"] = features[0] if len(features) == 1 else as_line(features)
    return {name: str(value) for name, value in texts.items() if value is not None}


def as_line(names: Sequence[str]) -> str:
    """Names as one line of CSV."""
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(names)
    return line.getvalue()
