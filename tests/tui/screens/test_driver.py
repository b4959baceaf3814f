"""What the terminal sends, as keys: what no key means is none."""

from __future__ import annotations

from math import inf

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key, MouseEvent

from tui.screens.driver import LATE, PIECE, TolerantParser

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


REPORTS = (
    "?62c", "?64;1;2;6;9;15;16;17;18;21;22;28c", ">41;390;0c", "?0u", "?1;0;256S", "0n", "?997;1n", "8;24;80t", "?5;6R",
    "2;1;1;112;112;1;0x", "1;1;10;20;0&w", "4;2$y", ">4;2m", "0;1m", ">100;1;2;3 q",
)  # fmt: skip
ANSWERS = (
    ESCAPE + "]11;rgb:0000/0000/0000" + ESCAPE + "\\",
    ESCAPE + "]4;1;rgb:ffff/0000/0000\x07",
    ESCAPE + "]52;c;cXE=\x07",
    ESCAPE + "P>|xterm(390)" + ESCAPE + "\\",
    ESCAPE + "P1$r0m" + ESCAPE + "\\",
    ESCAPE + "P!|00000000" + ESCAPE + "\\",
    ESCAPE + "]lsix 6 uurs" + ESCAPE + "\\",
    ESCAPE + "_Gi=31;OK" + ESCAPE + "\\",
    ESCAPE + "Xsos" + ESCAPE + "\\",
    *(ESCAPE + "[" + report for report in REPORTS),
)


def keys(parser, *pieces):
    return [message.key for piece in pieces for message in parser.feed(piece)]


def late(parser, monkeypatch):
    """The keys that are told once nothing has come for a while."""
    monkeypatch.setattr("textual._parser.get_time", lambda: inf)
    return [key.key for key in parser.tick()]


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_that_nobody_waits_for_is_no_key_wherever_it_is_cut(answer):
    for cut in range(2, len(answer) + 1):
        parser = TolerantParser()
        assert keys(parser, "a" + answer[:cut], answer[cut:] + "b") == ["a", "b"]
        assert not parser.unended


def test_many_answers_and_keys_between_them():
    assert keys(TolerantParser(), "a".join(ANSWERS)) == ["a"] * (len(ANSWERS) - 1)


def test_an_answer_without_an_end_takes_no_room():
    parser = TolerantParser()
    pieces = [ESCAPE + "]52;c;", *["x" * PIECE] * 100, ESCAPE, "\\q"]
    assert keys(parser, *pieces[:-2]) == []
    assert len(parser.unended) < 2 * PIECE
    assert keys(parser, *pieces[-2:]) == ["q"]


@pytest.mark.parametrize("typed", ["]", "]1", "]1;", "P", "P1q", "[", "[1", "[7$"])
def test_what_only_begins_like_an_answer_is_typed(typed, monkeypatch):
    parser, usual = TolerantParser(), XTermParser()
    assert keys(parser, ESCAPE + typed) == []
    assert parser.unended == ESCAPE + typed
    assert [*map(str, parser.give_up(0.0))] == [*map(str, usual.feed(ESCAPE + typed))]
    assert not parser.unended
    assert late(parser, monkeypatch) == late(usual, monkeypatch)


def test_an_answer_whose_end_is_lost_is_no_key():
    parser = TolerantParser()
    assert keys(parser, ESCAPE + "]11;rgb:00") == []
    assert parser.give_up(LATE / 2) == () and parser.unended
    assert parser.give_up(LATE) == () and not parser.unended
    assert keys(parser, "a") == ["a"]


@pytest.mark.parametrize("begun", ["]11;rgb:00", "P1$r0m", "_Gi=31"])
def test_ctrl_c_is_a_key_though_an_answer_has_no_end(begun, monkeypatch):
    parser = TolerantParser()
    heard = keys(parser, ESCAPE + begun, "1q\x03")
    assert [*heard, *late(parser, monkeypatch)][-1] == "ctrl+c" and not parser.unended


@pytest.mark.parametrize(
    "sent", ["]a", "Pa", "[A", "[1;5C", "[15~", "[a", "[[A", "OP", "[97;5u", "[<0;7;3M", "[<0;7;3m", "[I", "[7^"]
)
def test_keys_and_the_mouse_are_what_they_were_wherever_they_are_cut(sent, monkeypatch):
    for cut in range(2, len(sent) + 2):
        parser, usual, whole = TolerantParser(), XTermParser(), ESCAPE + sent
        heard = [*parser.feed(whole[:cut]), *(parser.feed(whole[cut:]) if whole[cut:] else ())]
        assert [*map(str, heard)] == [*map(str, usual.feed(whole))]
        assert late(parser, monkeypatch) == late(usual, monkeypatch)


@pytest.mark.parametrize("report", ["?2026;2$y", "?2048;2$y", "48;24;80;0;0t"])
def test_what_textual_asks_for_reaches_it(report):
    heard, usual = (list(map(type, parser().feed(ESCAPE + "[" + report))) for parser in (TolerantParser, XTermParser))
    assert heard == usual != []


def test_an_answer_in_a_paste_is_pasted():
    sent = ESCAPE + "[200~x" + ANSWERS[1] + "y" + ESCAPE + "[201~z"
    assert [*map(str, TolerantParser().feed(sent))] == [*map(str, XTermParser().feed(sent))]
