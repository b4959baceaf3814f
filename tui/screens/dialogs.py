"""A screen from which dialogs open; each is imported when somebody asks for it."""

from __future__ import annotations

from pathlib import Path

import data
from engine import EngineError, files
from tui.actions import Action
from tui.run.enacting import Enact
from tui.run.saved import free_name
from tui.run.scenes import SHOWS, Scene
from tui.run.words import exported
from tui.screens.asking import AskingScreen
from tui.views import ViewState


def view_for(scene: Scene) -> ViewState:
    """How a scene wants to be shown."""
    shown = {name: name in scene.show for name in SHOWS}
    return ViewState(scene.view, bars=shown["bars"], batch=shown["batch"], ghosts=shown["ghosts"])


class DialogScreen(AskingScreen):
    """It has the table of actions, and the file in which a person may change their keys."""

    actions: tuple[Action, ...]
    keys: Path
    next_view: ViewState | None

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.actions, str(self.keys)))

    def action_open_table(self) -> None:
        from tui.screens.open_table import OpenTable

        own = None if self.snapshot is None or self.snapshot.dataset.name in data.names() else self.snapshot.dataset
        self.app.push_screen(OpenTable(self.send, {} if own is None else own.options))

    def action_scenes(self) -> None:
        from tui.screens.scenes import Scenes

        self.app.push_screen(Scenes(), self._enact)

    def _enact(self, scene: Scene | None) -> None:
        """Have a scene set, and shown as it says."""
        if scene is not None:
            self.next_view = view_for(scene)
            self.perform(Enact(scene))

    def action_open_run(self) -> None:
        from tui.screens.open_run import OpenRun

        self.app.push_screen(OpenRun(self.send))

    def action_export(self) -> None:
        from tui.screens.export import Export

        if self.snapshot is not None:
            self.app.push_screen(Export(self.send, self._free_name), self._save_picture)

    def action_save_picture(self) -> None:
        if self.snapshot is not None:
            self._save_picture(self._free_name(".svg"))

    def _free_name(self, ending: str) -> Path:
        assert self.snapshot is not None
        return free_name(self.snapshot.dataset, self.snapshot.network, ending)

    def _save_picture(self, path: Path | None) -> None:
        """The screen as SVG; taken once the palette or a dialog has left it."""
        if path is not None:
            self.app.call_after_refresh(self._write_picture, path)

    def _write_picture(self, path: Path) -> None:
        try:
            files.save(path, self.app.export_screenshot(title="unitfit").encode(), over=False)
        except EngineError as error:
            self.app.notify(str(error), severity="error", markup=False)
        else:
            self.send(lambda session: session.telling.say(exported(path)))
