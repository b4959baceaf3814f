"""Keys that come in one burst, faster than the program opens, fills and closes what they ask for."""

from __future__ import annotations

import asyncio
import random

import pytest
from textual.command import CommandInput
from textual.events import Key, Mount, MouseDown, Resize
from textual.geometry import Size
from textual.widgets import Input, Static

from tui.app import UnitfitApp
from tui.run.options import Options
from tui.screens.dialog import Dialog

OPENS = ["ctrl+p", "?", "o", "e", "t", "ctrl+o", "n", "enter"]
KEYS = [*OPENS, "ctrl+p", "escape", "escape", "enter", "down", "up", "pagedown", "pageup", "tab", "a", "z", "backspace"]
SIZES = [(300, 30), (300, 3), (120, 40), (40, 10), (100, 30), (1, 1)]


def burst(d, *asked: str | tuple[int, int]) -> None:
    """Keys and sizes, all of them in the program's queue before it comes to the first."""
    for each in asked:
        if isinstance(each, str):
            d.app.post_message(Key(each, each if len(each) == 1 else None))
        else:
            d.app._driver._size = each
            d.app.post_message(Resize(Size(*each), Size(*each)))


async def test_ctrl_c_does_not_wait_for_what_was_pasted(drive):
    async with drive() as d:
        burst(d, *["down"] * 1000, "ctrl+c")
        while d.app.return_code is None:
            await d.pilot.pause()
        assert d.app._waiting


async def test_ctrl_c_comes_after_the_keys_that_somebody_typed(drive, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with drive() as d:
        burst(d, "s", ".", "ctrl+s", "ctrl+c")
        while d.app.return_code is None:
            await d.pilot.pause()
        d.runner.settle()
        assert len(list(tmp_path.glob("*.toml"))) == 1


@pytest.mark.parametrize("quits", [False, True])
async def test_what_comes_to_a_palette_after_its_parts_have_left_it(drive, quits):
    async with drive() as d:
        await d.press("ctrl+p")
        palette = d.app.screen
        own = palette.query_one(CommandInput)
        if quits:
            d.app.exit()
        else:
            palette.dismiss()
        await palette.query("*").remove()
        for late in (Mount(), Input.Changed(own, "a"), Input.Submitted(own, "a"), Key("down", None)):
            await palette._dispatch_message(late)
    assert d.app.return_code == (0 if quits else None)


async def test_keys_of_a_list_that_is_not_there_do_nothing(drive):
    async with drive() as d:
        d.app.action_command_palette()  # nothing of it is composed yet, and it will be while the program ends
        assert not any(d.app.screen.check_action(own, ()) for own in ("cursor_down", "cursor_up", "command_list"))


@pytest.mark.parametrize("key", ["o", "ctrl+o", "e", "t"])
async def test_what_comes_to_a_dialog_after_its_parts_have_left_it(drive, key):
    async with drive() as d:
        await d.press(key)
        dialog = d.app.screen
        dialog.dismiss()
        await dialog.query("*").remove()
        for late in (Dialog.Done("no such file"), Dialog.Done(None), Key("1", "1")):
            await dialog._dispatch_message(late)
        assert d.app.screen is d.app.main


async def test_a_terminal_that_shrinks_while_the_program_ends(drive):
    async with drive() as d:
        await d.press("?")
        d.app.exit()
        d.app.on_resize(Resize(Size(20, 5), Size(20, 5)))  # a loop until no dialog is left would have no end
    assert d.app.return_code == 0


async def test_a_click_on_a_text_that_is_leaving(drive, monkeypatch):
    async with drive() as d:
        await d.press("?")
        text = d.app.screen.query_one(Static)
        x, y = text.content_region.offset
        with monkeypatch.context() as patch:
            patch.setattr(text, "_parent", None)
            d.app.screen._forward_event(MouseDown(None, x, y, 0, 0, 1, False, False, False, x, y))


@pytest.mark.parametrize("key", OPENS)
async def test_what_opens_and_is_left_at_once(drive, key):
    async with drive() as d:
        burst(d, key, "escape", key, "down", "escape", "a", key, (40, 10), "x", (120, 40), key, "pagedown", "a")
        await d.settle()
        burst(d, "escape", "escape", "escape")
        await d.settle()
        assert d.app.screen is d.app.main


@pytest.mark.parametrize("seed", range(2))
async def test_bursts_of_anything(drive, seed):
    draw = random.Random(seed)
    async with drive() as d:
        for _ in range(4):
            burst(d, *draw.choices([*KEYS, *SIZES], k=draw.choice([2, 5, 20])))
            for _ in range(draw.choice([0, 1, 4])):
                await d.settle()
        burst(d, (120, 40), "escape", "escape", "escape")
        await d.settle()
        burst(d, "ctrl+c", *draw.choices(KEYS, k=5))
        await d.pilot.pause()
        assert d.app.return_code == 0


@pytest.mark.parametrize("place", ["on_load", "on_mount", "on_ready"])
async def test_whoever_ends_it_while_it_begins_is_heard(monkeypatch, tmp_path, place):
    begin = getattr(UnitfitApp, place)

    def ended(app: UnitfitApp) -> None:
        begin(app)
        app._leave(143)

    monkeypatch.setattr(UnitfitApp, place, ended)
    app = UnitfitApp(Options(), keys=tmp_path / "keys.toml")
    await asyncio.wait_for(app.run_async(headless=True, size=(120, 40)), timeout=20)
    assert app.return_code == 143
