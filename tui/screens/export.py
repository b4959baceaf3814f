"""The dialogs that export: the fit or all runs of a sweep, in which form, and into which file."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from tui.console.export import FORMATS, Format
from tui.console.fitted import Fitted
from tui.console.sweep.file import WRITERS, content
from tui.run.runner import Command
from tui.run.session import Session
from tui.run.words import exported
from tui.run.writing import export, write_new
from tui.screens.dialog import Dialog
from tui.widgets.options import Options

PICTURE = "svg"


class Exporting(Dialog):
    """Enter exports, escape leaves. A file that is there already is never written over; what is wrong is said here."""

    TITLED: ClassVar[str]
    CHOICES: ClassVar[Mapping[str, tuple[str, str]]]  # the forms: an ending, and what it is

    def __init__(self, send: Callable[[Command], None], free: Callable[[str], Path]) -> None:
        super().__init__(send)
        self.free = free  # a name that no file has, by its ending
        self.offered = ""

    def write(self, name: str, path: Path) -> None:
        """Have a form written to a file that is not there yet."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        choices = (Option(f"{name:<8}{about}", name) for name, (_, about) in self.CHOICES.items())
        with Vertical():
            yield Label(self.TITLED, id="title")
            yield Options(*choices, compact=True)
            yield Label("file")
            yield Input(id="file", compact=True)
            yield Label("enter exports   ↑ ↓ form   tab file   esc leaves", id="answer", markup=False)

    @on(OptionList.OptionHighlighted)
    def offer(self, event: OptionList.OptionHighlighted) -> None:
        """A free name for this form, unless a person has typed one."""
        file = self.query_one("#file", Input)
        if file.value == self.offered:
            self.offered = file.value = str(self.free(self.CHOICES[str(event.option_id)][0]))

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def export(self) -> None:
        path = Path(os.path.expanduser(self.query_one("#file", Input).value.strip()))
        if not path.name:
            self.say("file: expected the name of a new file", wrong=True)
        elif os.path.lexists(path):
            self.say(f"{path}: is there already; expected another name", wrong=True)
        else:
            self.write(self._chosen(), path)

    def _chosen(self) -> str:
        options = self.query_one(OptionList)
        return str(options.get_option_at_index(options.highlighted or 0).id)


class Export(Exporting):
    """The fit. The picture of the screen is drawn by whoever has one: the dialog closes with its path."""

    TITLED = "Export the fit"
    CHOICES: ClassVar = {
        **{name: (form.ending, form.about) for name, form in FORMATS.items()},
        PICTURE: (".svg", "the screen"),
    }

    def write(self, name: str, path: Path) -> None:
        if name == PICTURE:
            self.dismiss(path)
        else:
            self.say(f"exporting {path} …")
            self.have(exporting(FORMATS[name], path))


class ExportSweep(Exporting):
    """All finished runs of a sweep, as a table."""

    TITLED = "Export all runs of the sweep"
    path = Path()
    CHOICES: ClassVar = {ending[1:]: (ending, "a line for each run") for ending in WRITERS}

    def write(self, name: str, path: Path) -> None:
        self.say(f"exporting {path} …")
        self.path = path
        self.have(exporting_rows(f".{name}", path))

    def end(self) -> None:
        """The note is the sweep's, so what came of it is a notice."""
        super().end()
        self.app.notify(exported(self.path), markup=False)


def exporting(form: Format, path: Path) -> Command:
    """The command that writes the present moment of the run to a file."""
    return lambda session: export(session.run, lambda run: form.content(Fitted.of(run)), path)


def exporting_rows(ending: str, path: Path) -> Command:
    """The command that writes the runs of the sweep to a file."""

    def write(session: Session) -> None:
        if session.teller.live is not None:
            rows = session.teller.live.rows
            write_new(path, lambda: content(ending, rows))

    return write
