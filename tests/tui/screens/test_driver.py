"""What the terminal sends, as keys: what no key means is none."""

from __future__ import annotations

import pytest
from textual.events import Key, MouseEvent

from tui.screens.driver import TolerantParser

ESCAPE = "\x1b"


@pytest.mark.parametrize(
    "sequence",
    [
        "[1114112;1u",  # beyond Unicode
        "[99999999999999999999;1u",
        "[55296;;55296u",  # half a character, which no line can be written with
        "[48;0;0;0;0t" + ESCAPE + "[<0;1;1M",  # a mouse on a screen of no cells
    ],
)
def test_what_no_key_means_is_ignored_and_the_next_key_is_heard(sequence):
    messages = TolerantParser().feed(ESCAPE + sequence + "a")
    heard = [message for message in messages if isinstance(message, Key | MouseEvent)]
    assert [key.key for key in heard] == ["a"]


@pytest.mark.parametrize("ctrl_c", ["\x03", ESCAPE + "[99;5u"])
def test_ctrl_c_is_a_key_though_a_paste_has_no_end(ctrl_c):
    parser = TolerantParser()
    assert not list(parser.feed(ESCAPE + "[200~hello"))
    assert parser.pasting
    pasted, key = parser.feed("q" + ctrl_c)
    assert (pasted.text, key.key, parser.pasting) == ("helloq", "ctrl+c", False)


@pytest.mark.parametrize("cut", range(1, 18))
def test_a_paste_is_one_wherever_it_is_cut(cut):
    parser, sent = TolerantParser(), ESCAPE + "[200~hi" + ESCAPE + "[201~q"
    heard = [*parser.feed(sent[:cut]), *(parser.feed(sent[cut:]) if sent[cut:] else ())]
    assert not parser.pasting
    assert [getattr(each, "text", None) or each.key for each in heard] == ["hi", "q"]


def test_keys_and_the_mouse_are_heard_as_usual():
    key, up, mouse = TolerantParser().feed("a" + ESCAPE + "[A" + ESCAPE + "[<0;7;3M")
    assert (key.key, up.key, mouse.x, mouse.y) == ("a", "up", 6, 2)
