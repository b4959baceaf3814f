"""Writing: a run becomes a file of one's own, as a saved run or in a form for others; the note says where."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from engine import EngineError, files
from tui.run import words
from tui.run.run import Run
from tui.run.saved import free_name


def save(run: Run, path: Path | None = None) -> None:
    """Write the run up to this moment to a file, by default to one of a name that is free in this folder."""
    path = free_name(run.dataset, run.trainer.network) if path is None else path
    run.story.save(path, over=False)
    opens = f"Saved as {path}: unitfit {path} opens it"
    run.telling.say(f"{opens}, unitfit replay {path} tells its losses", opens, f"Saved as {path}")


def export(run: Run, content: Callable[[Run], bytes], path: Path) -> None:
    """Write what this makes of this moment to a file that is not there yet. Raises EngineError or DataError."""
    write_new(path, lambda: content(run))
    run.telling.say(words.exported(path))


def write_new(path: Path, content: Callable[[], bytes]) -> None:
    """Write this to a file that is not there yet. Raises EngineError where it is, or cannot be written."""
    if os.path.lexists(path):  # before the work
        raise EngineError(f"{path}: is there already; expected another name")
    files.save(path, content(), over=False)
