"""Maps: bands of colours, or the shades that a terminal's own colours and none have."""

from __future__ import annotations

import numpy as np
import pytest

from tui.draw.canvas import Canvas
from tui.draw.maps import draw_map
from tui.draw.palette import ANSI, CODES, DARK, PLAIN, Palette

EVEN = np.array([[0.1, 0.3, 0.5, 0.7, 0.9]]).repeat(2, axis=0)


def drawn(palette: Palette) -> Canvas:
    canvas = Canvas(5, 1)
    draw_map(canvas, 0, 0, EVEN, palette)
    return canvas


@pytest.mark.parametrize(("palette", "text"), [(DARK, ""), (ANSI, " ░▒░"), (PLAIN, " ░▒▓█")])
def test_a_map_has_colours_or_shades(palette: Palette, text: str) -> None:
    assert drawn(palette).plain() == text


def test_with_sixteen_colours_a_point_stands_on_the_map_and_the_shades_are_cut_out_of_it() -> None:
    canvas = drawn(ANSI)
    canvas.glyphs(np.zeros(5, int), np.arange(5), "•", "unseen")
    grounds = [ANSI.by_code(int(front), int(back), False).bgcolor for front, back in cells(canvas)]
    assert [ground.name for ground in grounds if ground is not None] == ["default"] * 2 + ["blue"] * 3
    styles = [ANSI.by_code(int(front), int(back), False) for front, back in cells(drawn(ANSI))]
    assert [style.reverse for style in styles] == [None, None, True, True, True]
    assert {(str(style.color and style.color.name), str(style.bgcolor and style.bgcolor.name)) for style in styles} == {
        ("blue", "default")
    }


def cells(canvas: Canvas) -> list[tuple[int, int]]:
    return list(zip(canvas.foreground[0].tolist(), canvas.background[0].tolist(), strict=True))


def test_what_is_not_finite_stays_ground() -> None:
    canvas = Canvas(2, 1)
    draw_map(canvas, 0, 0, np.array([[np.nan, 1.0]]).repeat(2, axis=0), DARK)
    assert canvas.background[0].tolist() == [CODES["ground"], CODES["band8"]]
