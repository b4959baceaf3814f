"""What is remembered of a person's choices: a line each in `unitfit/settings.toml` under the folder for settings."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import platformdirs
import tomli_w

from engine.files import read_text, table_of, write_in_one_piece

LARGEST = 2**16  # bytes of the file
THEME, SCENES = "theme", "scenes_done"


def settings_file() -> Path:
    return platformdirs.user_config_path("unitfit") / "settings.toml"


def recall(name: str, choices: Collection[str]) -> str | None:
    """What was chosen, if it was one of these; None where nothing is remembered, or cannot be read."""
    chosen = _read().get(name)
    return chosen if isinstance(chosen, str) and chosen in choices else None


def recall_names(name: str) -> set[str]:
    """The names that were chosen so far."""
    chosen = _read().get(name)
    return {each for each in chosen.split(",") if each} if isinstance(chosen, str) else set()


def remember(name: str, choice: str) -> str:
    """Keep a choice beside the others; a sentence where it cannot be kept, else ""."""
    path = settings_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_in_one_piece(Path(os.path.realpath(path)), tomli_w.dumps({**_read(), name: choice}).encode())
    except OSError as error:
        return f"{path}: cannot be written ({error.strerror}), so the {name} is not remembered"
    return ""


def _read() -> dict[str, object]:
    try:
        return table_of(read_text(settings_file(), LARGEST, "settings"))
    except ValueError:  # EngineError, where there is no such text, is a ValueError
        return {}
