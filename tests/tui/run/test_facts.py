"""Facts: each answer from evidence written down here, without a trainer."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import data
from engine import History, Network, Recipe
from tui.run.batches import LastBatch
from tui.run.facts import (
    Accuracy,
    ActiveShares,
    BestUnseen,
    Evidence,
    Facts,
    Gradient,
    LossBounds,
    Losses,
    Outputs,
    Overfitting,
    Plateau,
    Predictions,
    Request,
    Where,
)
from tui.run.ghosts import GhostCurves
from tui.run.loss_curve import LossAhead, LossCurve
from tui.run.race import Racing
from tui.run.sweep.board import Sweeping
from tui.run.workbench import Heavy

load = lru_cache(data.load)
ANSWERS = (
    Outputs("train"),
    Outputs("test"),
    Losses(),
    Accuracy(),
    LossAhead(9),
    LossBounds(),
    LossCurve(9),
    BestUnseen(),
    Gradient(),
    ActiveShares(),
    Where(),
    LastBatch(),
    Overfitting(),
    Plateau(),
)


def evidence(name: str = "motorcycle", points: int = 3, **changes) -> Evidence:
    """A network at its start, after `points` epochs of four updates whose losses fall by 1 from `points` to 1."""
    dataset, losses = load(name), np.arange(points, 0.0, -1.0)
    return replace(
        Evidence(
            dataset,
            network=Network(dataset.x_train.shape[1], [["sigmoid", "relu"]]),
            recipe=Recipe(),
            update=4 * points,
            progress=float(points),
            history=History(4 * np.arange(points), np.arange(points), losses, losses + 1),
        ),
        **changes,
    )


def facts(name: str = "motorcycle", points: int = 3, **changes) -> Facts:
    return Facts(evidence(name, points, **changes))


def without_unseen(name: str) -> data.Dataset:
    return replace(load(name), x_test=None, y_test=None, times_test=None)


def test_every_request_is_a_frozen_value_that_finds_its_answer_again():
    tried = {type(request).__name__ for request in (*ANSWERS, Predictions(len), GhostCurves(len))}
    others = {Heavy.__name__, Racing.__name__, Sweeping.__name__}  # which are answered elsewhere
    assert tried == {kind.__name__ for kind in Request.__subclasses__()} - others
    for request in ANSWERS:
        known = facts()
        twin = replace(request)
        assert (twin == request, hash(twin)) == (True, hash(request))
        assert known.of(twin) is known.of(request)


def test_only_what_is_asked_for_is_answered():
    assert set(facts().answers([Gradient(), Losses(), Gradient()])) == {Gradient(), Losses()}


def test_the_bounds_of_the_losses_are_of_the_whole_curve_wherever_the_cursor_stands():
    scale = load("motorcycle").y_scale
    for update in (0, 5, 12):
        assert facts(update=update).of(LossBounds()) == pytest.approx((scale, 2.0 * scale))
    gaps = History(np.arange(3), np.arange(3), np.array([4.0, np.nan, 9.0]), np.full(3, np.nan))
    assert facts(history=gaps).of(LossBounds()) == pytest.approx((2.0 * scale, 3.0 * scale))
    assert facts(points=0).of(LossBounds()) is None


@pytest.mark.parametrize(("split", "count"), [("train", 106), ("test", 27)])
def test_outputs_are_scaled_and_of_a_whole_split(split, count):
    known = facts()
    x = getattr(known.evidence.dataset, f"x_{split}")
    assert np.array_equal(known.of(Outputs(split)), known.evidence.network.predict(x))
    assert known.of(Outputs(split)).shape == (count,)


def test_predictions_are_in_the_data_s_units_at_the_points_of_the_data_set():
    def ends(dataset: data.Dataset, times: float) -> np.ndarray:
        return times * np.array([[-1.0], [1.0]], np.float32)

    known = facts()
    probe = known.of(Predictions(ends, (2.0,)))
    assert probe.x.tolist() == [[-2.0], [2.0]]
    assert probe.y == pytest.approx(known.evidence.dataset.unscale(known.evidence.network.predict(probe.x)))
    assert known.of(Predictions(ends, (3.0,))) is not probe


@pytest.mark.parametrize("name", ["motorcycle", "moons", "concrete"])
@pytest.mark.parametrize(("loss", "error"), [("mse", "mse"), ("mae", "mae")])
def test_losses_are_the_errors_of_the_predictions(name, loss, error):
    known = facts(name, recipe=Recipe(loss=loss))
    dataset, network = known.evidence.dataset, known.evidence.network
    for split, told in zip(("train", "test"), known.of(Losses()), strict=True):
        expected = dataset.errors(network.predict(getattr(dataset, f"x_{split}")), split)[error]
        if loss == "mse" and not dataset.labels:
            expected = np.sqrt(expected)
        assert told == pytest.approx(expected, rel=1e-6)


def test_without_unseen_examples_their_answers_are_none():
    known = facts("moons", dataset=without_unseen("moons"))
    assert known.of(Outputs("test")) is None
    assert known.of(Losses())[1] is None
    assert known.of(Accuracy())[1] is None
    assert known.of(LossCurve(9)).test is None


def test_accuracy_counts_the_labels_that_have_their_sign():
    known = facts("gaussians", network=Network(2, [["tanh"] * 3], seed=1))
    dataset, network = known.evidence.dataset, known.evidence.network
    train, unseen = known.of(Accuracy())
    for share, x, y in ((train, dataset.x_train, dataset.y_train), (unseen, dataset.x_test, dataset.y_test)):
        assert share == ((network.predict(x) >= 0) == (y > 0)).mean()
        assert 0.0 < share < 1.0
    assert facts().of(Accuracy()) is None


def test_the_curve_ends_now_and_is_in_the_data_s_units():
    known = facts(points=3)
    curve, (train, unseen) = known.of(LossCurve(9)), known.of(Losses())
    scale = known.evidence.dataset.y_scale
    assert curve.epoch.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert curve.train.tolist() == [*(np.sqrt([3.0, 2.0, 1.0]) * scale), train]
    assert curve.test.tolist() == [*(np.sqrt([4.0, 3.0, 2.0]) * scale), unseen]


def test_a_point_of_this_very_moment_gives_way_to_the_loss_of_now():
    known = facts(points=3, update=8, progress=2.0)
    assert known.of(LossCurve(9)).epoch.tolist() == [0.0, 1.0, 2.0]
    assert known.of(LossCurve(9)).train[-1] == known.of(Losses())[0]


def test_the_curve_begins_where_the_losses_are_of_the_present_kind():
    known = facts(points=5, since=7)
    assert known.of(LossCurve(9)).epoch.tolist() == [2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("points", [1, 1024, 1025, 65_536])
def test_a_long_curve_has_the_means_of_stretches_and_its_first_epochs_one_by_one(points):
    known = facts(points=points)
    curve = known.of(LossCurve(1024))
    assert len(curve.epoch) <= 1025 and curve.epoch[-1] == points
    assert curve.epoch[: min(points, 5)].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0][:points]
    gaps = np.diff(curve.epoch[:-1])
    assert not gaps.size or gaps.max() <= max(1.0, points / 300)
    scale = known.evidence.dataset.y_scale
    np.testing.assert_allclose(curve.train[:-1], np.sqrt(points - curve.epoch[:-1]) * scale)
    assert (curve.spans[0][0] <= curve.train).all() and (curve.train <= curve.spans[0][1]).all()


def test_the_best_unseen_loss_is_found_between_the_points_of_a_thinned_curve():
    known = facts(points=1000)
    known.evidence.history.test[777] = 0.25
    scale = known.evidence.dataset.y_scale
    assert known.of(BestUnseen()) == (777.0, pytest.approx(0.5 * scale))
    assert 777.0 not in known.of(LossCurve(10)).epoch


def test_the_best_unseen_loss_may_be_that_of_now_and_there_may_be_none():
    known = facts(points=3)
    assert known.of(BestUnseen()) == (3.0, known.of(Losses())[1])
    nothing = History(np.arange(2), np.arange(2), np.ones(2), np.full(2, np.nan))
    assert facts(dataset=without_unseen("motorcycle"), history=nothing).of(BestUnseen()) is None


def test_losses_that_are_not_finite_stop_no_answer():
    network = Network(1, [["relu"]])
    network.theta = [3e38, 0.0, 3e38, 0.0]
    spoilt = np.array([np.inf, np.nan, np.inf])
    known = facts(network=network, history=History(4 * np.arange(3), np.arange(3), spoilt, spoilt))
    assert known.of(Losses()) == (np.inf, np.inf)
    assert known.of(BestUnseen()) is None
    assert len(known.of(LossCurve(9)).train) == 4


def test_shares_say_on_how_many_points_a_unit_has_a_slope():
    network = Network(1, [["relu", "relu", "identity"]])
    theta = network.theta
    for unit, bias in ((0, 10.0), (1, -10.0)):  # always on; dead
        theta[network.index(0, unit, "b")] = bias
    network.theta = theta
    assert [share.tolist() for share in facts(network=network).of(ActiveShares())] == [[1.0, 0.0, 1.0]]
    assert facts(network=Network(1, [])).of(ActiveShares()) == ()


def test_what_lies_ahead_begins_here_and_ends_where_the_losses_are_of_another_kind():
    known = facts(points=6, update=8, progress=2.0, until=16)
    ahead, (train, unseen) = known.of(LossAhead(9)), known.of(Losses())
    assert ahead.epoch.tolist() == [2.0, 3.0, 4.0]
    assert (ahead.train[0], ahead.test[0]) == (train, unseen)
    scale = known.evidence.dataset.y_scale
    np.testing.assert_allclose(ahead.train[1:], np.sqrt([3.0, 2.0]) * scale)
    assert known.of(LossCurve(9)).epoch.tolist() == [0.0, 1.0, 2.0]
    assert len(facts(points=600, update=0).of(LossAhead(10)).epoch) <= 11


def test_at_the_latest_moment_nothing_lies_ahead():
    assert facts(points=5).of(LossAhead(9)) is None


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"network": Network(1, [["sigmoid", "relu"]])}, True),
        ({"history": History(4 * np.arange(3), np.arange(3), np.ones(3), np.ones(3))}, True),  # follows from the rest
        ({"history": History(np.arange(1), np.arange(1), np.ones(1), np.ones(1))}, False),  # what lay ahead is gone
        ({"update": 13}, False),
        ({"progress": 3.1}, False),
        ({"since": 1}, False),
        ({"until": 12}, False),
        ({"recipe": Recipe(loss="mae")}, False),
        ({"network": Network(1, [["sigmoid", "relu"]], seed=1)}, False),
        ({"network": Network(1, [["relu", "sigmoid"]])}, False),
        ({"gradient": np.zeros(7)}, False),
        ({"dataset": replace(load("motorcycle"))}, False),
    ],
)
def test_evidence_is_the_same_where_all_answers_are(change, same):
    assert evidence().same(evidence(**change)) == same
    slope = {"gradient": np.ones(7)}
    assert evidence(**slope).same(evidence(**{**slope, **change})) == same


def test_overfitting_is_a_fact_where_unseen_has_risen_for_long_and_train_has_fallen():
    def told(**changes) -> tuple[float, float] | None:
        epochs = np.arange(40)
        test = np.where(epochs < 10, 0.9 - 0.04 * epochs, 0.5 + 0.01 * epochs)
        own = History(4 * epochs, epochs, 0.9 - 0.02 * epochs, test)
        return facts(history=replace(own, **changes), progress=40.0, update=160).of(Overfitting())

    scale = load("motorcycle").y_scale
    late = {"train": np.full(40, 9.0)}  # so that the loss of now is below it
    assert told(**late) == (9.0, pytest.approx(np.sqrt(0.54) * scale))
    assert told(train=np.full(40, 1e-9)) is None  # train was better then, too
    assert told(**late, test=np.where(np.arange(40) < 35, 0.9, 0.5)) is None  # it has just been best
    assert told(**late, test=np.where(np.arange(40) == 20, 0.54, 0.55)) is None  # it is hardly above it
    assert told(**late, test=np.where(np.arange(40) == 20, 0.4, 0.55)) is None  # one lucky epoch
    assert facts(dataset=without_unseen("motorcycle")).of(Overfitting()) is None


def test_a_plateau_is_a_fact_where_train_has_hardly_fallen_for_long():
    def told(train: np.ndarray) -> float | None:
        epochs = np.arange(len(train))
        own = History(4 * epochs, epochs, train, train)
        return facts(history=own, progress=len(train), update=4 * len(train)).of(Plateau())

    flat = np.maximum(0.9 - 0.02 * np.arange(80), 0.5)
    assert told(flat) == 40.0
    assert told(0.9 - 0.005 * np.arange(80)) is None  # it falls
    assert told(flat + 0.01 * (np.arange(80) > 60)) is None  # it rises
    assert told(flat[:36]) is None  # not for long
    assert told(np.where(np.arange(80) == 3, np.nan, flat)) is None
