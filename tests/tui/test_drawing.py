"""Drawing on the fit: the crosshair, the keys and the mouse, and what the run trains on then."""

from __future__ import annotations

import re

import numpy as np
import pytest

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)])


def crosshair(d) -> tuple[int, int] | None:
    """(row, column) of its middle on the screen."""
    for row, text in enumerate(d.rows()):
        if found := re.search("(?<!─)──[^─┬┴┼]──(?!─)", text):
            return row, found.start() + 2
    return None


def train(d) -> np.ndarray:
    return d.shown.dataset.y_train


@SIZES
async def test_keys_draw_where_the_crosshair_is(drive, size):
    async with drive(size=size) as d:
        await d.press("P")
        assert "Drawing: arrows move, space sets a point, x erases the nearest, esc ends" in d.row(size[1] - 2)
        assert d.row(size[1] - 1).startswith(" space point  x erase  ← → ↑ ↓ move  esc ends")
        row, column = crosshair(d)
        await d.press("left", "left", "up", "space")
        assert crosshair(d) == (row - 1, column - 2)
        assert d.rows()[row - 1][column - 2] == "•"
        assert len(train(d)) == 107 and not d.session.player.playing


async def test_what_is_drawn_is_where_the_axes_say(drive):
    async with drive() as d:
        await d.press("P", "space")
        dataset = d.shown.dataset
        x, y = dataset.unscale_x(dataset.x_train[-1:])[0, 0], dataset.unscale(dataset.y_train[-1:])[0]
        assert f"A point at time {x:.1f} ms: accel {y:.1f} g".replace("-", "−") in d.row(38)
        assert f"{x:.1f} ms  {y:.1f} g".replace("-", "−") in "".join(d.rows())


async def test_x_erases_the_nearest_and_undo_brings_it_back(drive):
    async with drive() as d:
        await d.press("P", "space", "right", "x")
        assert len(train(d)) == 106 and d.session.story.trainer.examples.rows[-1] == 105
        await d.press("u")
        assert len(train(d)) == 107


async def test_esc_ends_and_gives_the_keys_back(drive):
    async with drive() as d:
        await d.press("P", "escape")
        assert crosshair(d) is None
        assert d.row(39).startswith(" space play")
        units = len(d.shown.network.layers[0])
        await d.press("s", "x", "space")
        assert len(d.shown.network.layers[0]) == units and d.session.player.playing and len(train(d)) == 106


async def test_of_one_feature_s_and_r_add_units_while_drawing(drive):
    async with drive() as d:
        await d.press("P", "s", "r")
        assert d.shown.network.layers == [["sigmoid"] * 4 + ["relu"]]


@SIZES
async def test_of_two_features_s_and_r_give_the_label(drive, size):
    async with drive(size=size, data="moons") as d:
        before = len(train(d))
        await d.press("P", "s", "right", "r", "right", "space")
        assert train(d)[before:].tolist() == [1.0, -1.0, -1.0]
        assert d.shown.network.layers == []


@pytest.mark.parametrize(("keys", "name"), [("P", "motorcycle"), ("tab", "moons"), ("d", "motorcycle"), ("P", "moons")])
async def test_drawing_ends_when_somebody_turns_elsewhere(drive, keys, name):
    async with drive(data=name) as d:
        await d.press("P")
        assert crosshair(d) is not None
        await d.press(keys)
        assert crosshair(d) is None


async def test_data_of_many_features_cannot_be_drawn_on(drive):
    async with drive(data="concrete") as d:
        await d.press("P", "space")
        assert crosshair(d) is None and d.session.player.playing
        await d.press("space", "P")
        assert "P draws points of one feature, or of two and a label ±1: concrete has others" in d.row(38)


async def test_the_crosshair_stays_in_the_frame(drive):
    async with drive(size=(80, 24)) as d:
        await d.press("P", *["left"] * 60, *["up"] * 30, "space")
        dataset = d.shown.dataset
        x, y = dataset.unscale_x(dataset.x_train[-1:])[0, 0], dataset.unscale(dataset.y_train[-1:])[0]
        assert x < 3 and y > 80
        assert sum("•" in text for text in d.rows()) > 5  # the axes have not moved away


@SIZES
async def test_the_mouse_draws_a_stroke_as_one_step(drive, size):
    async with drive(size=size) as d:
        await d.press("P")
        view = d.app.main.query_one("#view")
        await d.pilot.mouse_down(view, offset=(20, 5))
        await d.settle()
        for step in (1, 2, 2, 3):
            await d.pilot.hover(view, offset=(20 + step, 5))
            await d.settle()
        await d.pilot.mouse_up(view, offset=(23, 5))
        await d.pilot.hover(view, offset=(25, 5))
        await d.settle()
        assert len(train(d)) == 110
        assert len(set(train(d)[-4:].tolist())) == 1  # of one row
        await d.press("u")
        assert len(train(d)) == 106


@pytest.mark.parametrize(("name", "points"), [("motorcycle", []), ("moons", [-1.0])])
async def test_the_right_button_erases_or_gives_the_other_label(drive, name, points):
    async with drive(data=name) as d:
        await d.press("P")
        view, before = d.app.main.query_one("#view"), len(train(d))
        await d.pilot.click(view, offset=(20, 5))
        await d.settle()
        assert len(train(d)) == before + 1
        await d.pilot.click(view, offset=(20, 5), button=3)
        await d.settle()
        assert train(d)[before:].tolist() == ([1.0] if points else []) + points


async def test_a_click_outside_the_frame_draws_nothing(drive):
    async with drive() as d:
        await d.press("P")
        await d.pilot.click("#view", offset=(1, 5))
        await d.settle()
        assert len(train(d)) == 106


async def test_drawing_goes_on_while_it_trains(drive):
    async with drive() as d:
        await d.press("space", "P", "space")
        await d.frames(5)
        assert d.session.player.playing and len(train(d)) == 107 and d.shown.update > 5
        assert np.isfinite(d.shown.network.theta).all()


async def test_the_points_are_a_field_of_the_recipe(drive):
    async with drive() as d:
        await d.press("tab", "tab", "up", "left")
        assert len(train(d)) == 100
        assert "100 of 106 train, 27 unseen" in "".join(d.rows())
