"""The table of actions: complete, without clashes, and every call goes to a method that takes it."""

from __future__ import annotations

import inspect
import os
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from textual.actions import parse

from tui.actions import (
    ACTIONS,
    FOOTERS,
    WISHES,
    KeysError,
    bindings,
    footer_items,
    keymap,
    of_other_views,
    place_of,
    with_keys,
    without_use,
    without_way,
)
from tui.app import UnitfitApp
from tui.run.choice import nearest
from tui.run.options import Options
from tui.run.session import Session
from tui.screens.main import MainScreen
from tui.widgets.view_panel import ViewPanel

EVERY_KEY = (
    *".><nN+-0uU*[]{}idDoe?qsrxlLwWbBcCfkSaAjJ1zy",
    *("comma", "home", "end", "enter", "space", "tab", "ctrl+p", "ctrl+c", "ctrl+s", "ctrl+o", "ctrl+r"),
)


def test_all_keys_of_the_contract_are_in_the_table():
    keys = {key for action in ACTIONS for key in action.keys}
    assert keys >= {*EVERY_KEY, "up", "down", "left", "right"}


def test_no_id_twice_and_no_key_twice_in_one_place():
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    assert max(Counter((place_of(action), action.view, key) for action in ACTIONS for key in action.keys).values()) == 1


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_call_has_a_method_that_takes_its_arguments(action):
    namespace, name, arguments = parse(action.call)
    owner = ViewPanel if action.focus == "drawing" else UnitfitApp if namespace == "app" else MainScreen
    inspect.signature(getattr(owner, f"action_{name}")).bind(None, *arguments)
    if name == "perform":
        assert arguments == (action.id,)
        assert WISHES[action.id] is action.does


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
def test_a_wish_is_a_value_that_a_run_can_take(wish):
    """It can be kept and compared, and nothing that takes it can change it."""
    assert wish == replace(wish)
    assert len({wish, replace(wish)}) == 1
    session = Session(Options(), lambda: None)
    session.perform(wish)
    assert session.run.choice == nearest(session.run.choice, session.trainer.network)


@pytest.mark.parametrize("focus", FOOTERS)
@pytest.mark.parametrize("width", [20, 78, 118, 198])
def test_the_footer_fits_and_always_shows_the_way_to_help(focus, width):
    items = footer_items(ACTIONS, focus, {action.id for action in ACTIONS}, width)
    assert len("  ".join(f"{keys} {word}" for keys, word in items)) <= width
    assert items[-1] == ("?", "help")


def test_the_footer_joins_what_belongs_together_and_leaves_out_what_is_not_there():
    enabled = {action.id for action in ACTIONS} - {"window_left", "window_right"}
    items = footer_items(ACTIONS, "view", enabled, 300)
    assert ("[ ]", "rate") in items
    assert not any(word == "window" for _, word in items)


NUDGES, MORE = "w W b B c C nudge  enter value", "f freeze  k kind  u undo  S split  a solve c"


@pytest.mark.parametrize(
    ("layers", "inputs", "line"),
    [
        (0, 1, "w W b B nudge  enter value  u undo  a solve c  A best unit  s sigmoid  r ReLU  l layer"),
        (0, 56, "w W b B nudge  enter value  u undo  a solve c  s sigmoid  r ReLU  l layer  j input"),
        (1, 1, f"↑ ↓ unit  {NUDGES}  {MORE}  A best unit  s sigmoid  r ReLU  x remove  l L layer"),
        (2, 1, f"↑ ↓ unit  {NUDGES}  {MORE}  s sigmoid  r ReLU  x remove  ← → l L layer"),
        (2, 3, f"↑ ↓ unit  {NUDGES}  {MORE}  s sigmoid  r ReLU  x remove  ← → l L layer  j input"),
    ],
)
def test_the_footer_leaves_out_what_has_no_use(layers, inputs, line):
    enabled = {action.id for action in ACTIONS} - without_use(layers, inputs) - of_other_views(1, "curve")
    words = "  ".join(f"{keys} {word}" for keys, word in footer_items(ACTIONS, "units", enabled, 300))
    assert words.startswith(f"space play  {line}  tab focus")


@pytest.mark.parametrize(
    ("changes", "ways"),
    [
        ({}, set()),
        ({"update": 1}, {"update_back", "epoch_back"}),
        ({"undoes": True}, {"undo"}),
        ({"redoes": True, "undone": 1}, {"redo", "end"}),
        ({"update": 3, "behind": 1}, {"update_back", "epoch_back", "end"}),
    ],
)
def test_the_footer_offers_the_ways_that_lead_somewhere(changes, ways):
    snapshot = replace(Session(Options(), lambda: None).snapshot(), **changes)
    enabled = {action.id for action in ACTIONS} - without_way(snapshot)
    assert enabled & {"update_back", "epoch_back", "undo", "redo", "end"} == ways


def test_the_footer_in_the_past_at_80_columns():
    items = footer_items(ACTIONS, "view", {action.id for action in ACTIONS}, 78)
    words = "  ".join(f"{keys} {word}" for keys, word in items)
    assert words == "space play  , . update  < > epoch  u undo  U redo  end latest  ? help"


def test_the_footer_of_the_units_has_the_nudges_at_80_columns():
    enabled = {action.id for action in ACTIONS} - without_use(1, 1) - of_other_views(1, "curve")
    items = footer_items(ACTIONS, "units", enabled, 78)
    assert {word for _, word in items} >= {"nudge", "value", "freeze", "kind"}


def test_bindings_carry_the_ids_by_which_they_are_remapped():
    ids = {binding.id for binding in bindings("app", "main", "view", "sweep", "drawing", "units", "recipe")}
    assert ids == {action.id for action in ACTIONS if action.keys}


def test_own_keys_replace_those_of_the_table(tmp_path: Path):
    path = tmp_path / "keys.toml"
    path.write_text('play = "p"\nfaster = "f,g"\n')
    table = {action.id: action.keys for action in with_keys(keymap(path))}
    assert table["play"] == ("p",)
    assert table["faster"] == ("f", "g")
    assert table["epoch"] == (">",)


def test_no_file_of_own_keys_is_fine(tmp_path: Path):
    assert keymap(tmp_path / "keys.toml") == {}


BAD_KEYS = [
    "play = ", 'dance = "p"', "play = 3", 'play = ""', 'play = "p,,q"', 'play = "control+p"', 'play = "a key"',
    "play = " + "[" * 5000, "play = " + "{a = " * 5000, "a." * 5000 + "b = 1", 'play = "p"\n' * 10_000,
    'play = "\\u001b[2J"', '"\\u001b[2J" = "p"', 'play = "\\u202e"', "\x1b[2J",
    '\x1b]0;title\x07 = "p"', 'play = "\x9b"',
]  # fmt: skip


@pytest.mark.parametrize("text", BAD_KEYS)
def test_own_keys_that_cannot_be_used_are_one_sentence(tmp_path: Path, text: str):
    path = tmp_path / "keys.toml"
    path.write_text(text)
    with pytest.raises(KeysError, match=r"^keys\.toml: .*expected") as caught:
        keymap(path)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


def test_brackets_without_an_end_are_told_as_such(tmp_path: Path):
    path = tmp_path / "keys.toml"
    path.write_text("play = " + "[" * 30_000)
    with pytest.raises(KeysError, match="too many brackets within each other"):
        keymap(path)


@pytest.mark.parametrize("kind", ["folder", "pipe", "endless", "dangling", "not text"])
def test_own_keys_in_what_is_no_file_of_text_are_one_sentence(tmp_path: Path, kind: str):
    path = tmp_path / "keys.toml"
    {
        "folder": path.mkdir,
        "pipe": partial(os.mkfifo, path),
        "endless": partial(path.symlink_to, "/dev/zero"),
        "dangling": partial(path.symlink_to, "nowhere"),
        "not text": partial(path.write_bytes, b"play = '\xe9'"),
    }[kind]()
    with pytest.raises(KeysError, match=r"^keys\.toml: .*expected lines such as"):
        keymap(path)


@pytest.mark.parametrize("keys", ["p", "é", "+", "f5", "ctrl+s", "ctrl+shift+f5", "alt+left", "upper_a", "p, q"])
def test_what_textual_calls_a_key_is_one(tmp_path: Path, keys: str):
    path = tmp_path / "keys.toml"
    path.write_text(f'play = "{keys}"')
    assert keymap(path) == {"play": keys.replace(" ", "")}
