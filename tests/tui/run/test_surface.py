"""The map of the loss: what lies on its axes, what it holds, and the line along −g."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import data
from engine import History, Network, Recipe, Trainer
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.facts import Evidence
from tui.run.others import full_batch, other_starts
from tui.run.surface import SurfaceOf, usual_axes
from tui.run.trail import Path, Stop
from tui.views.surface.line import verdict

ASKED = SurfaceOf(None, False, 20, 8, 0)
NOTHING = History(np.zeros(0, int), np.zeros(0, int), np.zeros(0), np.zeros(0))


def evidence(name: str = "triangle", layers=(("tanh", "relu"),), **changes) -> Evidence:
    dataset = data.load(name)
    network = Network(dataset.x_train.shape[1], layers, seed=1)
    own = Evidence(dataset, network, Recipe(learning_rate=0.05), 10, 1.0, NOTHING)
    return replace(own, **changes)


def trail(network: Network, *factors: float) -> Path:
    return Path(tuple(Stop(place, 0, network.theta * factor) for place, factor in enumerate(factors)))


@pytest.mark.parametrize(
    ("layers", "chosen", "names"),
    [
        ([["relu"] * 2], Choice(0, 1), ((0, 1, "b"), (0, 1, "c"))),
        ([["relu"] * 2, ["tanh"]], Choice(0, 1), ((0, 1, "w"), (0, 1, "b"))),
        ([["relu"] * 2, ["tanh"]], Choice(1, 0), ((1, 0, "b"), (1, 0, "c"))),
        ([["relu"] * 2], Choice(0, OUTPUT_BIAS), ((1, 0, "b"), (0, 0, "c"))),
        ([], Choice(0, OUTPUT_BIAS), ((0, 0, "w"), (0, 0, "b"))),
    ],
)
def test_the_axes_are_those_of_the_chosen_unit(layers, chosen, names):
    network = Network(1, layers)
    assert usual_axes(chosen, network) == tuple(network.index(*name) for name in names)


def test_the_map_holds_the_trail_and_where_it_stands_now():
    now = evidence()
    own = ASKED.work(replace(now, path=trail(now.network, 3.0, 2.0, 1.0)))
    x, y = own.spots(np.array([now.network.theta * 3.0, now.network.theta], float))
    for axis, places, cells in ((own.x, x, 20), (own.y, y, 8)):
        assert ((axis.at(places) >= 0) & (axis.at(places) <= cells)).all()
    assert own.losses.shape == (16, 20)


def test_its_losses_are_those_of_the_network_with_two_other_numbers():
    now = evidence()
    own = ASKED.work(now)
    theta = now.network.theta.astype(float)
    theta[list(own.axes)] = own.x.value(3.5), own.y.value(8 - 5.25)
    other = Network(1, now.network.layers, dtype="float64")
    other.theta = theta
    error = other.predict(now.dataset.x_train) - now.dataset.y_train
    shown = np.sqrt(np.mean(error**2)) * now.dataset.y_scale
    assert own.losses[10, 3] == pytest.approx(shown, rel=1e-6)
    assert own.lowest[2] == pytest.approx(own.losses.min())


def test_a_place_in_theta_that_is_gone_gives_way_to_the_usual_ones():
    now = evidence()
    assert replace(ASKED, axes=(0, 99)).work(now).axes == usual_axes(now.chosen, now.network)
    assert replace(ASKED, axes=(0, 4)).work(now).axes == (0, 4)


def test_closer_is_half_as_wide_around_here():
    now = evidence()
    wide, near = ASKED.work(now), replace(ASKED, closer=2).work(now)
    assert near.x.high - near.x.low == pytest.approx((wide.x.high - wide.x.low) / 4, rel=0.5)
    (x,), (y,) = near.spots(now.network.theta[np.newaxis].astype(float))
    assert (near.x.low < x < near.x.high, near.y.low < y < near.y.high) == (True, True)


def test_the_plane_is_that_of_the_trail():
    now = evidence()
    theta = now.network.theta
    turned = np.roll(theta, 1)
    path = Path(tuple(Stop(k, 0, theta + k * theta + (k % 2) * turned) for k in range(4)))
    own = replace(ASKED, plane=True).work(replace(now, path=path))
    assert own.share == pytest.approx(1.0) and own.axes is None
    x, y = own.spots(np.array([stop.theta for stop in path.past], float))
    back = own.centre + np.outer(x, own.across) + np.outer(y, own.up)
    np.testing.assert_allclose(back, [stop.theta for stop in path.past], atol=1e-5)


def test_a_large_network_is_looked_at_in_fewer_places(monkeypatch):
    now = evidence()
    fine = ASKED.work(now)
    monkeypatch.setattr("tui.run.surface.PAIR_WORK", 1)
    coarse = ASKED.work(now)
    assert coarse.losses.shape == fine.losses.shape
    np.testing.assert_allclose(coarse.losses, fine.losses, rtol=0.3)


@pytest.mark.parametrize(("rate", "words"), [(1e-4, "small"), (0.2, "good"), (1e3, "too large")])
def test_along_minus_g_a_rate_is_small_good_or_too_large(rate, words):
    own = ASKED.work(evidence(recipe=Recipe(learning_rate=rate)))
    assert verdict(own.line, own.here) == words
    assert own.line.losses[0] == pytest.approx(own.here)
    assert own.line.least <= own.line.losses.min() + 1e-12
    assert own.line.losses[-1] >= own.line.least


def test_at_a_flat_place_there_is_no_line():
    now = evidence(layers=(("relu",),))
    now.network.theta = np.zeros(4)
    still = replace(now, dataset=replace(now.dataset, y_train=np.zeros_like(now.dataset.y_train)))
    assert ASKED.work(still).line is None


def test_other_starts_are_runs_of_their_own_seeds_and_full_batches_begin_here():
    now = evidence()
    own = now.dataset, now.network.architecture, now.recipe
    ways = other_starts(*own, 12)
    assert [len(way) for way in ways] == [13] * 4
    straight = Trainer(now.network.initial(2), now.dataset.x_train, now.dataset.y_train, recipe=now.recipe, seed=2)
    straight.step(12)
    assert ways[0][-1].tobytes() == straight.theta.tobytes()
    full = full_batch(*own, 10)
    np.testing.assert_array_equal(full[0], now.network.initial().theta)
    assert len(full) == 1 + 2  # 10 updates of 32 examples are two epochs of 160
