"""What plots share: axes, edge marks, and what is remembered of one data set."""

from __future__ import annotations

import numpy as np
import pytest

from tui.draw.axes import Axis
from tui.draw.canvas import Canvas
from tui.draw.frame import Frame, draw_axes, finite_range, mark_edges, per_dataset, words
from tui.draw.palette import CODES

X = Axis(20, 0.0, 20.0, ((0, "0"), (8, "400"), (16, "800")))
Y = Axis(4, 0.0, 4.0, ((0, "0"), (2, "10")))
FRAME = Frame(1, 4, 4, 20, X, Y)


def axes(unit: str, width: int = 26, grid: bool = True) -> list[str]:
    canvas = Canvas(width, 7)
    draw_axes(canvas, FRAME, unit, grid)
    return canvas.plain().split("\n")


def test_axes_have_ticks_with_labels_and_a_grid_at_those_of_y() -> None:
    assert axes("s") == [
        "",
        "   │",
        " 10┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈",
        "   │",
        "  0┤┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈┈",
        "   └┬───────┬───────────",
        "    0      400         s",
    ]
    assert axes("s", grid=False)[2] == " 10┤"


@pytest.mark.parametrize(
    ("unit", "labels"),
    [
        ("", "    0      400     800"),
        ("s", "    0      400         s"),  # two blanks at least
        ("eight xx", "    0      400  eight xx"),
        ("nine xxxx", "    0          nine xxxx"),
        ("時時時時", "    0      400  時時時時"),  # each as wide as two letters
        ("時時時時時", "    0         時時時時時"),
        ("of so many words x", "      of so many words x"),
        ("of so many words xyz", "    of so many words xyz"),
        ("of so many words tuvwxyz", ""),
    ],
)
def test_labels_give_way_to_the_unit(unit: str, labels: str) -> None:
    assert axes(unit)[-1] == labels


def test_a_tick_whose_number_gives_way_goes_too() -> None:
    assert axes("of so many words x")[-2:] == ["   └────────────────────", "      of so many words x"]
    assert axes("nine xxxx")[-2] == "   └┬───────────────────"


def test_a_label_stays_on_the_canvas() -> None:
    assert axes("", width=21)[-1] == "    0      400    800"


def test_points_have_cells_where_they_are_inside() -> None:
    x, y = np.array([0.0, 19.99, 20.0, 20.01, -0.1, 5.0, np.nan]), np.array([0.0, 3.99, 4.0, 1.0, 1.0, 4.1, 1.0])
    row, column = FRAME.cells(x, y)
    assert row.tolist() == [4, 1, 1]
    assert column.tolist() == [4, 23, 23]


def test_dots_run_downwards_two_across_and_four_down_a_cell() -> None:
    x, y = FRAME.dots(np.array([0.0, 2.5]), np.array([0.0, 3.5]))
    assert (x.tolist(), y.tolist()) == ([0.0, 5.0], [16.0, 2.0])
    assert FRAME.raster().shape == (16, 40)
    assert FRAME.area() == (slice(1, 5), slice(4, 24))


def test_a_line_is_marked_where_it_leaves_the_frame_and_where_it_comes_back() -> None:
    canvas = Canvas(26, 7)
    x = np.arange(20.0)
    y = np.where((x > 2) & (x < 7), 5.0, np.where(x > 17, -1.0, 2.0))
    mark_edges(canvas, FRAME, x, y, "model")
    assert canvas.plain().split("\n")[1:5] == ["       ▲  ▲", "", "", " " * 22 + "▼▼"]
    assert (canvas.foreground[1, 7], canvas.bold[1, 7]) == (CODES["model"], 1)


def test_a_line_at_the_very_edge_has_not_left() -> None:
    canvas = Canvas(26, 7)
    mark_edges(canvas, FRAME, np.arange(20.0), np.where(np.arange(20) % 2, 4.0, 0.0), "model")
    assert not canvas.plain().strip()


def test_a_line_is_not_marked_beside_the_frame() -> None:
    canvas = Canvas(26, 7)
    mark_edges(canvas, FRAME, np.array([-1.0, 0.0, 19.9, 20.0]), np.full(4, 9.0), "model")
    assert canvas.plain().split("\n")[1] == "    ▲" + " " * 18 + "▲"


def test_the_finite_range_of_several_arrays() -> None:
    assert finite_range(np.array([3.0, np.nan, -2.0]), None, np.array([np.inf, 1.0])) == (-2.0, 3.0)
    assert finite_range(None, np.array([np.nan])) == finite_range() == (0.0, 1.0)


def test_a_quantity_and_its_unit() -> None:
    assert (words("accel", "g"), words("riders", "")) == ("accel g", "riders")


class Owner:
    """Stands for a data set."""


def test_answers_are_remembered_for_the_latest_data_set() -> None:
    asked = []

    @per_dataset
    def answer(dataset: Owner, size: int) -> int:
        asked.append(size)
        return 2 * size

    first, second = Owner(), Owner()
    assert [answer(first, 3), answer(first, 3), answer(first, 4), answer(first, 3)] == [6, 6, 8, 6]
    assert asked == [3, 4]
    answer(second, 3)
    answer(first, 3)
    assert asked == [3, 4, 3, 3]


def test_a_resize_does_not_fill_the_memory() -> None:
    asked = []

    @per_dataset
    def answer(dataset: Owner, size: int) -> int:
        asked.append(size)
        return size

    owner = Owner()
    for size in range(64):
        answer(owner, size)
    answer(owner, 0)
    assert len(asked) == 64
    for size in range(64, 130):
        answer(owner, size)
    answer(owner, 0)
    assert asked.count(0) == 2
