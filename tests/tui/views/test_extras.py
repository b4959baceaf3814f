"""What the fit can show beside data and model, and the keys that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import data
from engine import Network, Recipe
from tui.draw.canvas import Canvas
from tui.draw.palette import ANSI, CODES, DARK
from tui.run.batches import Batch, LastBatch
from tui.run.dated import naive
from tui.run.facts import Outputs
from tui.run.ghosts import GhostCurves
from tui.run.snapshot import Snapshot
from tui.views import ViewState, fit
from tui.views.fit import curve, extras

load = lru_cache(data.load)
Told = Callable[..., Snapshot]
SIZE = (79, 27)


def asked(told: Told, name: str, state: ViewState, answers: dict[Any, Any], **changes: Any) -> Snapshot:
    """A run with what the fit asks for, some of it as given here."""
    dataset = load(name)
    network = Network(dataset.x_train.shape[1], [["tanh"] * 2], seed=1)
    snapshot = told(dataset, network, fit.requests(dataset, *SIZE, state), **changes)
    assert set(answers) <= set(snapshot.answers), "it is not asked for"
    return told(dataset, network, answers={**snapshot.answers, **answers}, **changes)


def drawn(snapshot: Snapshot, state: ViewState, palette: Any = DARK) -> Canvas:
    return fit.paint(snapshot, *SIZE, palette, state)


def test_a_bar_goes_from_each_point_to_the_curve(told: Told):
    dataset, state = load("motorcycle"), ViewState(bars=True)
    outputs = np.array(dataset.y_train)
    outputs[[3, 9]] += (1.5, -1.0)  # all others are right
    snapshot = asked(told, "motorcycle", state, {Outputs("train"): outputs})
    canvas = drawn(snapshot, state)
    columns = np.flatnonzero((canvas.foreground == CODES["miss"]).any(axis=0))
    frame = curve.layout(dataset, *SIZE)
    x = dataset.unscale_x(dataset.x_train)[[3, 9], 0]
    assert set(columns) == {frame.left + int(frame.x.at(value)) for value in x}
    assert not (drawn(snapshot, ViewState()).foreground == CODES["miss"]).any()


@pytest.mark.parametrize(
    ("loss", "words"), [("mse", "the bars squared"), ("mae", "mean of the bars"), ("huber", "huber")]
)
def test_the_bars_are_the_loss(told: Told, loss: str, words: str):
    state = ViewState(bars=True)
    snapshot = asked(told, "motorcycle", state, {}, recipe=Recipe(loss=loss))
    assert words in fit.subtitle(snapshot, state)


def test_ghosts_are_dimmer_the_older_and_told_by_their_updates(told: Told):
    state = ViewState(ghosts=True)
    request = GhostCurves(curve.points, SIZE)
    frame = curve.layout(load("motorcycle"), *SIZE)
    levels = (-120.0, -60.0, 40.0)
    ghosts = tuple((update, np.full(2 * frame.columns + 1, y)) for update, y in zip((4, 8, 16), levels, strict=True))
    snapshot = asked(told, "motorcycle", state, {request: ghosts})
    canvas = drawn(snapshot, state)
    for level, shade in zip(levels, ("plus1", "plus2", "plus3"), strict=True):
        row = frame.top + frame.rows - 1 - int(frame.y.at(level))
        assert (canvas.foreground[row] == CODES[shade]).sum() > frame.columns / 2
    assert "ghosts: update 4, 8, 16" in fit.subtitle(snapshot, state)
    rows = drawn(snapshot, state, ANSI).plain().split("\n")
    assert [row.rstrip().split()[-1] for row in rows if row.endswith((" 16", "⣀16", "⠤16", "⠒16", "⠉16"))] != []
    none = asked(told, "motorcycle", state, {request: ()})
    assert "no ghosts yet" in fit.subtitle(none, state)
    drawn(none, state)


@pytest.mark.parametrize("name", ["motorcycle", "moons"])
def test_points_are_told_by_when_the_epoch_saw_them(told: Told, name: str):
    state, dataset = ViewState(batch=True), load(name)
    batch = Batch(last=np.arange(0, 20), before=np.arange(20, 60))
    snapshot = asked(told, name, state, {LastBatch(): batch})
    groups = extras.groups(snapshot, state)
    assert [len(rows) for rows, _, _ in groups] == [len(dataset.y_train) - 60, 40, 20]
    assert sorted(np.concatenate([rows for rows, _, _ in groups]).tolist()) == list(range(len(dataset.y_train)))
    canvas = drawn(snapshot, state)
    plain = canvas.plain()
    assert 0 < plain.count("■") + plain.count("□") <= 20
    assert (canvas.foreground[(canvas.characters == ord("■")) | (canvas.characters == ord("□"))] == CODES["now"]).all()
    assert "■ 20 of update 480" in fit.subtitle(snapshot, state)
    without = asked(told, name, state, {LastBatch(): None})
    assert "■" not in drawn(without, state).plain()
    assert "no batch yet" in fit.subtitle(without, state)


def test_dated_data_have_their_baselines_as_signs(told: Told):
    state, dataset = ViewState(bars=True), load("chicago")
    snapshot = asked(told, "chicago", state, {})
    plain = drawn(snapshot, state).plain()
    assert plain.count("‹") > 5
    assert plain.count("«") > 5
    assert fit.subtitle(snapshot, state) == "‹ as yesterday, « as last week"
    assert "‹" not in drawn(snapshot, ViewState()).plain()
    labels = dict(naive(dataset))
    true = dataset.unscale(dataset.y_test)
    np.testing.assert_allclose(labels["as yesterday"][1:], true[:-1])
    np.testing.assert_allclose(labels["as last week"][7:], true[:-7])
    assert labels["as yesterday"][0] == dataset.unscale(dataset.y_train)[-1]


async def test_the_keys_turn_them_on_and_off_in_view_1_alone(drive: Any):
    async with drive() as d:
        for key, name in (("h", "bars"), ("g", "ghosts"), ("m", "batch")):
            await d.press(key)
            assert getattr(d.app.main.view, name)
            await d.press("tab", key)  # whatever has the focus
            assert not getattr(d.app.main.view, name)
        await d.press("2", "h", "g", "m")
        assert d.app.main.view == ViewState(number=2)


async def test_the_palette_has_the_keys_of_the_view_that_is_shown(drive: Any):
    async with drive() as d:
        titles = [command.title for command in d.app.get_system_commands(d.app.screen)]
        assert {key.title for key in extras.KEYS} <= set(titles)
        await d.press("2")
        titles = [command.title for command in d.app.get_system_commands(d.app.screen)]
        assert not {key.title for key in extras.KEYS} & set(titles)


async def test_the_last_batch_is_shown_after_an_update(drive: Any):
    async with drive() as d:
        await d.press("m")
        assert "no batch yet" in d.row(1)
        await d.press(".")
        assert "■ 32 of update 1" in d.row(1)
        assert "■" in "".join(d.rows()[2:28])


async def test_ghosts_come_as_the_run_goes_on(drive: Any):
    async with drive() as d:
        await d.press("g")
        assert "no ghosts yet" in d.row(1)
        for _ in range(9):
            await d.press(".")
        assert "ghosts: update 2, 4, 8" in d.row(1)
        await d.press("home")
        assert "no ghosts yet" in d.row(1)
