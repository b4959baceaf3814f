"""The dialog that exports the fit: in which form, and into which file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from tui.console.export import FORMATS, Format
from tui.console.fitted import Fitted
from tui.run.runner import Command
from tui.run.writing import export
from tui.screens.dialog import Dialog
from tui.widgets.options import Options

PICTURE = "svg"
CHOICES = {**{name: (form.ending, form.about) for name, form in FORMATS.items()}, PICTURE: (".svg", "the screen")}


class Export(Dialog):
    """Enter exports, escape leaves. A file that is there already is never written over; what is wrong is said here.

    The picture of the screen is drawn by whoever has one: the dialog closes with its path.
    """

    def __init__(self, send: Callable[[Command], None], free: Callable[[str], Path]) -> None:
        super().__init__(send)
        self.free = free  # a name that no file has, by its ending
        self.offered = ""

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Label("Export the fit", id="title")
            yield Options(*(Option(f"{name:<8}{about}", name) for name, (_, about) in CHOICES.items()), compact=True)
            yield Label("file")
            yield Input(id="file", compact=True)
            yield Label("enter exports   ↑ ↓ form   tab file   esc leaves", id="answer", markup=False)

    @on(OptionList.OptionHighlighted)
    def offer(self, event: OptionList.OptionHighlighted) -> None:
        """A free name for this form, unless a person has typed one."""
        file = self.query_one("#file", Input)
        if file.value == self.offered:
            self.offered = file.value = str(self.free(CHOICES[str(event.option_id)][0]))

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def export(self) -> None:
        name = self._chosen()
        path = Path(os.path.expanduser(self.query_one("#file", Input).value.strip()))
        if not path.name:
            self.say("file: expected the name of a new file", wrong=True)
        elif os.path.lexists(path):
            self.say(f"{path}: is there already; expected another name", wrong=True)
        elif name == PICTURE:
            self.dismiss(path)
        else:
            self.say(f"exporting {path} …")
            self.have(exporting(FORMATS[name], path))

    def _chosen(self) -> str:
        options = self.query_one(OptionList)
        return str(options.get_option_at_index(options.highlighted or 0).id)


def exporting(form: Format, path: Path) -> Command:
    """The command that writes the present moment of the run to a file."""
    return lambda session: export(session.run, lambda run: form.content(Fitted.of(run)), path)
