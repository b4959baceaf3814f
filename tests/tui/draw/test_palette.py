"""Palettes: every meaning has a colour, and the environment chooses the table."""

from __future__ import annotations

import pytest

from tui.draw.palette import ANSI, DARK, LIGHT, NAMES, PLAIN, Palette, choose, mix


def test_mixing_is_what_others_call_dim() -> None:
    assert mix("#ffffff", 0.5, "#000000") == "#808080"
    assert mix("#D55E00", 1.0) == "#d55e00"


@pytest.mark.parametrize("palette", [DARK, LIGHT, ANSI, PLAIN])
def test_every_meaning_has_a_style(palette: Palette) -> None:
    for name in NAMES:
        style = palette.style(name, name, True)
        assert (style.color is None) == (palette is PLAIN)


def test_sixteen_colours_are_the_terminal_s_own() -> None:
    numbers = [ANSI.style(name).color.number for name in ("train", "unseen", "model", "now", "trouble", "quiet")]
    assert all(number is not None and number < 16 for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("environment", "palette"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, DARK),
        ({"TERM": "xterm-256color"}, DARK),
        ({"TERM": "linux"}, ANSI),
        ({}, ANSI),
        ({"COLORTERM": "truecolor", "COLORFGBG": "0;15"}, LIGHT),
        ({"COLORTERM": "truecolor", "COLORFGBG": "15;default;0"}, DARK),
        ({"COLORFGBG": "0;15"}, ANSI),
        ({"NO_COLOR": "1", "COLORTERM": "truecolor"}, PLAIN),
        ({"NO_COLOR": "", "COLORTERM": "24bit"}, DARK),
    ],
)
def test_the_terminal_chooses(environment: dict[str, str], palette: Palette) -> None:
    assert choose(environment) is palette


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_person_has_the_last_word(theme: str, palette: Palette) -> None:
    assert choose({"COLORTERM": "truecolor", "COLORFGBG": "0;15"}, theme) is palette
    assert choose({"TERM": "linux"}, theme) is ANSI
    assert choose({"NO_COLOR": "1"}, theme) is PLAIN
