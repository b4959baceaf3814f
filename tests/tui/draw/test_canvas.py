"""The canvas: who owns a cell, what strips are made, and that equal rows are one object."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui.draw.canvas import Canvas, pack
from tui.draw.palette import ANSI, CODES, DARK, PLAIN


def dots(rows: int, columns: int, *on: tuple[int, int]) -> np.ndarray:
    raster = np.zeros((4 * rows, 2 * columns), bool)
    for row, column in on:
        raster[row, column] = True
    return raster


def test_text_is_cut_at_the_edges() -> None:
    canvas = Canvas(5, 2)
    canvas.text(0, 3, "abcdef")
    canvas.text(1, -2, "abcdef")
    canvas.text(7, 0, "never")
    assert canvas.plain() == "   ab\ncdef"


def test_wide_and_zero_width_characters_keep_the_width() -> None:
    canvas = Canvas(6, 1)
    assert canvas.text(0, 0, "损失e\u0301") == 5
    (strip,) = canvas.strips(DARK)
    assert strip.cell_length == 6
    assert strip.text == "损失e "
    canvas.text(0, 1, "x")
    assert canvas.strips(DARK)[0].text == " x失e "


def test_braille_patterns() -> None:
    assert pack(dots(1, 1, (0, 0))).item() == 0x01
    assert pack(dots(1, 1, (3, 1))).item() == 0x80
    canvas = Canvas(2, 1)
    canvas.braille(0, 0, dots(1, 2, (0, 0), (1, 1), (2, 3)), "model")
    assert canvas.plain() == "⠑⠠"


def test_the_last_layer_owns_a_shared_cell() -> None:
    canvas = Canvas(2, 1)
    canvas.braille(0, 0, dots(1, 2, (0, 0), (0, 2)), "grid")
    taken = canvas.braille(0, 0, dots(1, 2, (3, 0)), "model")
    assert taken.tolist() == [[True, False]]
    assert canvas.plain() == "⡀⠁"
    assert canvas.foreground[0].tolist() == [CODES["model"], CODES["grid"]]


def test_half_blocks() -> None:
    canvas = Canvas(2, 1)
    canvas.halves(0, 0, np.array([[CODES["band0"], CODES["band1"]], [CODES["band0"], CODES["band2"]]]))
    assert canvas.plain() == " ▀"
    assert canvas.background[0].tolist() == [CODES["band0"], CODES["band2"]]


def test_equal_rows_are_the_same_strip_and_others_are_not() -> None:
    first, second = Canvas(8, 2), Canvas(8, 2)
    for canvas in (first, second):
        canvas.text(0, 1, "same", "model")
        canvas.text(1, 1, "row")
    second.text(1, 1, "row", "train")
    one, two = first.strips(DARK), second.strips(DARK)
    assert one[0] is two[0]
    assert one[1] is not two[1]
    assert first.strips(ANSI)[0] is not one[0]


def test_a_rule_holds_its_words() -> None:
    canvas = Canvas(16, 1)
    canvas.rule(0, [("Loss ", "bright", True), ("rmse", "quiet", False)])
    assert canvas.plain() == "─ Loss rmse ────"


def test_without_colours_only_bold_and_reverse_are_left() -> None:
    canvas = Canvas(3, 1)
    canvas.text(0, 0, "a", "train")
    canvas.text(0, 1, "b", "bright", background="lit")
    canvas.text(0, 2, "c", "model", background="train_tint")
    styles = [segment.style for segment in canvas.strips(PLAIN)[0]]
    assert all(style.color is None and style.bgcolor is None for style in styles)
    assert [bool(style.reverse) for style in styles] == [False, True, False]
    assert [bool(style.bold) for style in styles] == [False, True, True]


@given(st.integers(0, 12), st.integers(0, 6), st.integers(-4, 14), st.integers(-4, 8), st.text(max_size=20))
def test_nothing_painted_raises(width: int, height: int, column: int, row: int, text: str) -> None:
    canvas = Canvas(width, height)
    canvas.text(row, column, text)
    canvas.text_right(row, column, text, "train", True)
    canvas.glyphs(np.arange(-2, 9), np.arange(-2, 9), "•", "train")
    canvas.tint(np.arange(-2, 9), np.arange(-2, 9), "lit")
    assert all(strip.cell_length == width for strip in canvas.strips(DARK))
    assert len(canvas.plain().split("\n")) == max(1, height)


def test_glyphs_fill_the_canvas_up_to_its_edges_and_nothing_beyond() -> None:
    canvas = Canvas(3, 2)
    canvas.glyphs(np.array([0, 1, -1, 2, 0, 0]), np.array([0, 2, 0, 0, -1, 3]), "•", "train")
    assert canvas.plain() == "•\n  •"
