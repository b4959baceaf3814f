"""The dialog that opens a saved run: its file."""

from __future__ import annotations

import os
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Label

from tui.run.beginnings import Open
from tui.run.runner import Perform
from tui.run.saved import is_saved
from tui.screens.dialog import Dialog

MOST_NAMES = 20  # of files that are offered


class OpenRun(Dialog):
    """Enter opens the run, escape leaves. The present run stays, u comes back to it; what is wrong is said here."""

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
            self.say("file: expected the path of a saved run", wrong=True)
            return
        self.say(f"opening {path} …")
        self.have(Perform(Open(path)))


def saved_here() -> list[str]:
    """The saved runs in the present folder, the newest first."""
    try:
        files = sorted(Path().glob("*.toml"), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return []
    return [str(path) for path in files if is_saved(str(path))][:MOST_NAMES]
