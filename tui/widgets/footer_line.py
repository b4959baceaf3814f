"""The footer: the keys that matter in the present focus, from the table of actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.actions import Action, footer_items
from tui.draw.canvas import Canvas
from tui.draw.palette import Palette
from tui.run.snapshot import Snapshot
from tui.widgets.panel import Panel


class FooterLine(Panel):
    def __init__(self, palette: Palette, id: str, actions: Sequence[Action]) -> None:
        super().__init__(palette, id)
        self.actions = actions
        self.place = "view"  # whose keys it shows: a row of FOOTERS
        self.next_focus = ""  # what tab goes to
        self.enabled: set[str] = set()

    def draw(self, snapshot: Snapshot, width: int, height: int) -> Canvas:
        canvas = Canvas(width, height)
        column = 1
        for keys, word in footer_items(self._worded(snapshot), self.place, self.enabled, width - 2):
            column = canvas.text(0, column, keys, "bright", True)
            column = canvas.text(0, column + 1, word, "label") + 2
        return canvas

    def _worded(self, snapshot: Snapshot) -> Sequence[Action]:
        """The actions by what they would do now: what plays can be paused, and tab goes somewhere."""
        words = {"focus": self.next_focus} if self.next_focus else {}
        if snapshot.state in ("playing", "stepping"):
            words["play"] = "pause"
        if snapshot.sweep is not None and not snapshot.sweep.busy:
            words |= {"pause_sweep": "go on", "stop_sweep": "the runs"}
        return [replace(action, word=words.get(action.id, action.word)) for action in self.actions]
