"""What is remembered from one start to the next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tui.run.settings import recall, remember, settings_file


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / name)
    return tmp_path / "unitfit"


def test_a_choice_is_remembered_beside_others(folder: Path):
    assert recall("theme", ["dark", "light"]) is None
    assert remember("theme", "light") == "" and remember("other", "x") == ""
    assert recall("theme", ["dark", "light"]) == "light"
    assert recall("other", ["x"]) == "x"
    assert [path.name for path in folder.iterdir()] == ["settings.toml"]


UNUSABLE = ['theme = "pink"', "theme = 3", "theme", "\x00", "théme = 'light'", "theme = " + "[" * 5000]


@pytest.mark.parametrize("text", UNUSABLE)
def test_what_cannot_be_used_is_as_if_nothing_had_been_said(folder: Path, text: str):
    folder.mkdir()
    settings_file().write_text(text, encoding="latin-1")
    assert recall("theme", ["dark", "light"]) is None


def test_a_link_that_leads_to_itself_is_a_sentence_or_goes(folder: Path):
    folder.mkdir()
    settings_file().symlink_to(settings_file().name)
    assert recall("theme", ["dark", "light"]) is None
    said = remember("theme", "light")
    assert said.endswith("so the theme is not remembered") or recall("theme", ["light"]) == "light"


def test_a_pipe_is_not_waited_for(folder: Path):
    folder.mkdir()
    os.mkfifo(settings_file())
    assert recall("theme", ["dark", "light"]) is None


def test_a_link_to_where_settings_are_kept_stays_one(folder: Path):
    kept = folder / "kept.toml"
    folder.mkdir()
    settings_file().symlink_to(kept)
    assert remember("theme", "light") == ""
    assert settings_file().is_symlink() and kept.read_text() == 'theme = "light"\n'


def test_where_it_cannot_be_kept_there_is_a_sentence(folder: Path):
    folder.write_text("a file is in the way")
    assert remember("theme", "light").endswith("so the theme is not remembered")
