"""The GPU's loop against the plain loops in float64, and against itself."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from sides import RECIPE, Case, Sides, data

from engine import EngineError
from engine.activations import KINDS
from engine.cuda import models, plan
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.run import BAD_GRADIENT, BAD_LOSS, BAD_THETA
from engine.schedules import SCHEDULES

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a GPU gives none
SIMULATED = os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"
NEAR = 1e-5  # of ‖θ‖ after 5 updates: a hundred float32 roundings


def meet(kind: str) -> list[tuple[str, str]]:
    """Losses and optimizers that this kind is tried with: all on a GPU; in the simulator each two of the three meet."""
    kinds, losses = list(KINDS), list(LOSSES)
    return [
        (loss, optimizer)
        for place, optimizer in enumerate(OPTIMIZERS)
        for turn, loss in enumerate(losses)
        if not SIMULATED or (place + turn + kinds.index(kind)) % len(losses) == 0
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_loss_and_optimizer_is_the_plain_loops(kind):
    cases = [
        Case([[kind] * 2], replace(RECIPE, loss=loss, optimizer=optimizer), seed)
        for seed, (loss, optimizer) in enumerate(meet(kind))
    ]
    sides = Sides(cases, data(examples=6, unseen=1))
    sides.train(5)
    assert max(sides.apart()) < NEAR
    for number in range(len(cases)):
        sides.agree(number)


def test_shapes_batches_penalties_schedules_and_frozen_units_in_one_launch():
    cases = [
        Case([], replace(RECIPE, optimizer="sgd")),
        Case([["tanh", "relu", "sigmoid"], ["leaky_relu", "hard_sigmoid"]]),
        Case([["tanh"] * 20, ["sigmoid"] * 3]),  # wide enough for larger tiles
        *(Case([["sigmoid"] * 2], replace(RECIPE, batch_size=size)) for size in (1, 3, 11, 50)),
        *(Case([["tanh"] * 2], replace(RECIPE, schedule=schedule)) for schedule in SCHEDULES),
        Case([["tanh"] * 2], replace(RECIPE, l1=0.01, l2=0.02)),
        Case([["tanh"] * 2], replace(RECIPE, optimizer="adamw", l2=0.5)),
        Case([["tanh"] * 3], RECIPE, frozen=((True, False, True),)),
    ]
    sides = Sides(cases)
    sides.train(8)
    assert max(sides.apart()) < NEAR
    for number in range(len(cases)):
        sides.agree(number)


def test_batches_of_more_rows_than_a_block_takes_at_a_time():
    sides = Sides([Case([["tanh"] * 3], replace(RECIPE, batch_size=70))], data(examples=75))
    sides.train(3)
    assert max(sides.apart()) < NEAR
    sides.agree()


def test_theta_and_losses_do_not_depend_on_how_launches_are_cut():
    cases = [Case([["tanh"] * 3]), Case([["sigmoid"] * 2], replace(RECIPE, batch_size=11))]
    whole, cut = Sides(cases), Sides(cases)
    assert whole.train(10) == 1
    assert cut.train(10, budget=60) > 10
    for number in range(len(cases)):
        np.testing.assert_array_equal(cut.models.parameters(number), whole.models.parameters(number))
        np.testing.assert_array_equal(cut.models.points(number), whole.models.points(number))


@pytest.mark.parametrize(("limit", "level"), [(1_700, 3), (1_500, 2), (1_420, 1)])
def test_theta_does_not_depend_on_what_fits_into_shared_memory(limit, level, monkeypatch):
    case = Case([["tanh"] * 4])
    roomy, small = Sides([case]), models.find()._replace(shared=limit)
    monkeypatch.setattr(models, "find", lambda: small)
    tight = Sides([case])
    assert tight.models.plans[0].shape.level == level
    assert tight.models.plans[0].shared <= limit
    roomy.train(5)
    tight.train(5)
    np.testing.assert_array_equal(tight.models.parameters(0), roomy.models.parameters(0))


def test_a_kernel_that_knows_the_shape_does_the_same(monkeypatch):
    cases = [Case([["tanh"] * 3, ["relu"] * 2], seed=seed) for seed in range(2)] + [Case([])]
    usual = Sides(cases)
    monkeypatch.setattr(models, "WORTH_OWN", 1)
    own = Sides(cases)
    usual.train(7)
    own.train(7)
    for number in range(len(cases)):
        np.testing.assert_array_equal(own.models.parameters(number), usual.models.parameters(number))
        np.testing.assert_array_equal(own.models.points(number), usual.models.points(number))


def test_a_full_curve_is_thinned():
    sides = Sides([Case([["tanh"]], replace(RECIPE, batch_size=11))], points=8)
    sides.train(30)
    sides.agree()
    assert sides.models.states["point_stride"][0] == 4


@pytest.mark.parametrize(
    ("recipe", "y_scale", "status"),
    [
        (replace(RECIPE, optimizer="sgd", learning_rate=1e6), 1.0, BAD_LOSS),
        (replace(RECIPE, optimizer="sgd", learning_rate=3e38), 10.0, BAD_THETA),
        (replace(RECIPE, learning_rate=1e-3), 1.2e19, BAD_GRADIENT),  # its square is too large, and so is the moment
    ],
)
def test_a_run_that_diverges_stops_at_its_last_finite_state(recipe, y_scale, status):
    x, y, *unseen = data()
    x, y = 4 * x, y.copy()
    y[5:] *= np.float32(y_scale)
    sides = Sides([Case([], recipe)], (x, y, *unseen), dtype="float32")
    sides.train(40)
    run, state = sides.plain[0], sides.models.states[0]
    assert (run.state.status, state["status"]) == (status, status)
    assert (state["update"], state["epoch"]) == (run.state.update, run.state.epoch)
    theta = sides.models.parameters(0)[0]
    assert np.isfinite(theta).all()
    np.testing.assert_allclose(theta, run.theta, rtol=1e-3)


def test_the_others_go_on():
    wild = Case([["relu"] * 2], replace(RECIPE, optimizer="sgd", learning_rate=1e6))
    sides = Sides([wild, Case([["relu"] * 2])])
    sides.train(30)
    assert sides.models.states["status"].tolist() == [BAD_LOSS, 0]
    sides.agree(1)


def test_a_network_too_wide_for_a_block_is_refused_in_a_sentence():
    with pytest.raises(
        EngineError, match=r"^a network of 5002 units needs 6\d\d KiB .* expected a smaller one, or device='cpu'$"
    ):
        plan.plan_for((1, 5000, 1), 16, 232_448, 1024, False)
