"""Predicted against true: how many points a cell holds, and of which split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import data
from engine import Network, Recipe
from tui.draw.canvas import Canvas
from tui.draw.palette import CODES, DARK
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.facts import Outputs
from tui.run.snapshot import Snapshot
from tui.views import ViewState
from tui.views.fit import scatter


def paint(train: list[float], unseen: list[float] | None, size: tuple[int, int] = (78, 26)) -> Canvas:
    """Points on the diagonal at these true values, in MPa; the last two of the training points span the axes."""
    whole = data.load("concrete")

    def scaled(values: list[float]) -> np.ndarray:
        return ((np.array(values) - whole.y_offset) / whole.y_scale).astype(np.float32)

    y_train = scaled([*train, 0.0, 80.0])
    rows = {"x_train": whole.x_train[: len(y_train)], "y_train": y_train, "x_test": None, "y_test": None}
    if unseen is not None:
        rows |= {"x_test": whole.x_train[: len(unseen)], "y_test": scaled(unseen)}
    dataset = replace(whole, **rows)
    answers = {Outputs("train"): y_train} | ({} if unseen is None else {Outputs("test"): rows["y_test"]})
    network = Network(8, [])
    snapshot = Snapshot(dataset, network, Choice(0, OUTPUT_BIAS), Recipe(), 0, 0, 0, 0.0, 0.001, answers=answers)
    return scatter.paint(snapshot, *size, DARK, ViewState())


def glyphs(canvas: Canvas, glyph: str) -> int:
    return int((canvas.characters[1:] == ord(glyph)).sum())


@pytest.mark.parametrize(("count", "few", "many"), [(1, 1, 0), (3, 1, 0), (4, 0, 1), (9, 0, 1)])
def test_a_cell_with_many_points_has_a_larger_glyph(count: int, few: int, many: int) -> None:
    canvas = paint([40.0] * count, None)
    assert (glyphs(canvas, "•") - 2, glyphs(canvas, "●")) == (few, many)
    canvas = paint([], [40.0] * count)
    assert (glyphs(canvas, "∘"), glyphs(canvas, "○")) == (few, many)


def test_unseen_points_are_on_top_and_the_training_points_under_them_tint_the_cell() -> None:
    canvas = paint([40.0, 60.0], [40.0, 20.0])
    assert (glyphs(canvas, "∘"), glyphs(canvas, "•")) == (2, 3)
    tinted = np.argwhere(canvas.background == CODES["train_tint"])
    assert len(tinted) == 1
    assert canvas.characters[tuple(tinted[0])] == ord("∘")


@pytest.mark.parametrize(
    ("unseen", "size", "head"),
    [
        ([40.0], (78, 26), "     predicted strength MPa               • train   ∘ unseen   ● ○ 4 and more"),
        ([40.0], (50, 14), "     predicted strength MPa    • train   ∘ unseen"),
        ([40.0], (40, 14), "     predicted strength MPa"),
        (None, (50, 14), "     predicted strength MPa               • train"),
        (None, (60, 14), "     predicted strength MPa          • train   ● 4 and more"),
    ],
)
def test_the_top_row_says_what_the_glyphs_are_where_it_has_room(
    unseen: list[float] | None, size: tuple[int, int], head: str
) -> None:
    assert paint([], unseen, size).plain().split("\n")[0].rstrip() == head
