"""Least squares for the output weights and for the place of a new unit, against brute force."""

from __future__ import annotations

import numpy as np
import pytest

from engine import EngineError, Network, Recipe, Trainer, solving
from engine.activations import KINDS
from engine.edits import AddUnit, Freeze, SetOutput
from engine.solving import CANDIDATES, KNOTS, PAIRS, RIDGE, best_unit, place_layer, place_unit, solve_output

RNG = np.random.default_rng(4)
X = np.sort(RNG.uniform(-1, 1, 90))
TENT = 1 - 2 * np.abs(X) + 0.05 * RNG.standard_normal(90)


def squares(network: Network, x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean((network.predict(x).astype(np.float64) - y) ** 2))


def last_units(network: Network, x: np.ndarray) -> np.ndarray:
    return [x.reshape(len(x), -1), *network.activations(x)][-1].astype(np.float64)


def by_brute_force(a: np.ndarray, y: np.ndarray, ridge: float) -> np.ndarray:
    """c and the bias of ridge least squares, by a QR of the data with a row more for each penalty."""
    penalty = np.sqrt(ridge * np.mean(np.sum((a - a.mean(axis=0)) ** 2, axis=0)))
    rows = np.hstack([penalty * np.eye(a.shape[1]), np.zeros((a.shape[1], 1))])
    system = np.vstack([np.column_stack([a, np.ones(len(a))]), rows])
    return np.linalg.lstsq(system, np.append(y, np.zeros(a.shape[1])))[0]


@pytest.mark.parametrize("ridge", [1e-2, RIDGE, 1e-8])
@pytest.mark.parametrize(
    ("inputs", "layers"),
    [(1, [["sigmoid"] * 3]), (3, []), (2, [["relu"] * 6, ["tanh", "relu"]]), (4, [["leaky_relu"] * 9] * 3)],
    ids=str,
)
def test_the_output_is_that_of_ridge_least_squares(inputs, layers, ridge):
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((10_000, inputs)), rng.standard_normal(10_000)  # more rows than go into one piece
    network = Network(inputs, layers, seed=5, dtype="float64")
    edit = solve_output(network, x, y, ridge)
    np.testing.assert_allclose(edit.values, by_brute_force(last_units(network, x), y, ridge), rtol=1e-6, atol=1e-9)
    theta, size = network.theta, len(edit.values)
    network.apply(edit)
    np.testing.assert_array_equal(network.theta, [*theta[:-size], *edit.values])


def test_a_linear_target_is_found_by_the_linear_model():
    x = np.random.default_rng(1).normal((0, 100, 0), 1, (50, 3))
    network = Network(3)
    network.apply(solve_output(network, x, x @ [1.0, -2.0, 0.5] + 4.0, ridge=1e-10))
    np.testing.assert_allclose(network.theta[:3], [1.0, -2.0, 0.5], rtol=1e-4)


def test_twins_share_and_units_that_do_nothing_get_nothing():
    network = Network(1, [["relu", "relu", "relu", "hard_sigmoid"]], dtype="float64")
    network.theta = [1, 1, 1, 1, 0, 0, -5, 9, 3, 4, 5, 6, 7]  # twins, a dead unit, one that is 1 everywhere
    first, second, dead, full, bias = solve_output(network, X, 6 * np.maximum(X, 0) - 2).values
    assert first == pytest.approx(second, rel=1e-9) and first == pytest.approx(3, rel=1e-3)
    assert dead == full == 0
    assert bias == pytest.approx(-2, abs=1e-3)


def test_where_all_units_are_dead_the_bias_is_the_mean():
    network = Network(1, [["relu"] * 2])
    network.theta = [1, 1, -5, -5, 3, 3, 3]
    assert solve_output(network, X, TENT).values == pytest.approx((0, 0, TENT.astype(np.float32).mean()))


@pytest.mark.parametrize("frozen", [(1,), (0, 2), (0, 1, 2)], ids=str)
def test_frozen_units_keep_their_c_and_the_others_fit_what_these_leave(frozen):
    network = Network(1, [["tanh"] * 2, ["sigmoid"] * 3], seed=3, dtype="float64")
    for unit in frozen:
        network.apply(Freeze(1, unit))
    free = [unit for unit in range(3) if unit not in frozen]
    a, c = last_units(network, X), network.weights(2)[0][0]
    *solved, bias = solve_output(network, X, TENT).values
    assert [solved[unit] for unit in frozen] == [c[unit] for unit in frozen]
    rest = TENT - a[:, list(frozen)] @ c[list(frozen)]
    expected = by_brute_force(a[:, free], rest, RIDGE) if free else [rest.mean()]
    np.testing.assert_allclose([*(solved[unit] for unit in free), bias], expected, rtol=1e-5)  # x in float32


def test_few_examples_for_many_units():
    network = Network(1, [["tanh"] * 50], seed=1)
    network.apply(solve_output(network, X[:3], TENT[:3]))
    assert squares(network, X[:3], TENT[:3]) < 0.01
    network.apply(solve_output(network, X[:1], TENT[:1]))
    assert network.predict(X)[0] == pytest.approx(TENT[0], rel=1e-6)


def test_the_same_edit_gives_the_same_theta_again():
    network = Network(1, [["sigmoid"] * 3], seed=2)
    twin = network.copy()
    for edit in (best_unit(network, X, TENT), solve_output(network, X, TENT)):
        assert edit == eval(repr(edit), {"AddUnit": AddUnit, "SetOutput": SetOutput})
    network.apply(edit)
    twin.apply(eval(repr(edit), {"SetOutput": SetOutput}))
    np.testing.assert_array_equal(network.theta, twin.theta)


def every_candidate(x: np.ndarray, width: int, among: tuple[str, ...] = CANDIDATES) -> list[AddUnit]:
    """All units of these kinds to choose from, as their description says."""
    low, high = x.min(), x.max()
    knots = [low + (high - low) * (number + 0.5) / KNOTS for number in range(KNOTS)]
    units = []
    for kind in among:
        slope = KINDS[kind].start_slope(width) * 2 / (high - low)
        units += [AddUnit(kind, 0, (w,), -w * knot) for w in (slope, -slope) for knot in knots]
    return units


def with_unit(network: Network, unit: AddUnit, x: np.ndarray, y: np.ndarray) -> float:
    """The loss once a unit is added and the output solved."""
    changed = network.copy()
    changed.apply(unit)
    changed.apply(solve_output(changed, x, y))
    return squares(changed, x, y)


@pytest.mark.parametrize("frozen", [(), (0,)], ids=["free", "frozen"])
@pytest.mark.parametrize("layers", [[], [["sigmoid"] * 3], [["relu"]], [["tanh", "relu", "hard_sigmoid"]]], ids=str)
@pytest.mark.parametrize(("stretch", "y"), [(1.0, TENT), (25.0, np.sin(5 * X))], ids=["tent", "wave"])
def test_the_unit_that_helps_most_is_the_best_of_all_that_are_tried(layers, stretch, y, frozen):
    x = stretch * X + 3 * (stretch - 1)
    network = Network(1, layers, seed=6, dtype="float64")
    for unit in frozen if layers else ():
        network.apply(Freeze(0, unit))
    unit, candidates = best_unit(network, x, y), every_candidate(x, network.shape[-2] * bool(layers) + 1)
    assert any(each.kind == unit.kind and np.allclose((*each.w, each.b), (*unit.w, unit.b)) for each in candidates)
    losses = [with_unit(network, each, x, y) for each in candidates]
    assert with_unit(network, unit, x, y) <= 1.02 * min(losses) + 1e-6  # λ is not the same one for each of them
    assert with_unit(network, unit, x, y) < 0.8 * np.median(losses)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [[], [["sigmoid"] * 3]], ids=str)
def test_a_unit_of_a_chosen_kind_stands_at_the_best_knot(layers, kind):
    network = Network(1, layers, seed=6, dtype="float64")
    unit, width = place_unit(network, kind, 0, X, TENT), network.shape[-2] * bool(layers) + 1
    candidates = [each for each in every_candidate(X, width, (kind,)) if each.w[0] > 0 or not KINDS[kind].step]
    assert any(np.allclose((*each.w, each.b), (*unit.w, unit.b)) for each in candidates)
    losses = [with_unit(network, each, X, TENT) for each in candidates]
    assert with_unit(network, unit, X, TENT) <= 1.02 * min(losses) + 1e-6


@pytest.mark.parametrize(
    ("inputs", "layers", "layer"),
    [(2, [], 0), (8, [["relu"] * 5], 0), (2, [["tanh"] * 4, ["sigmoid"] * 3], 0), (1, [["tanh"] * 4, ["relu"]], 1)],
    ids=str,
)
@pytest.mark.parametrize(("kind", "middle"), [("sigmoid", 0.5), ("relu", 0.0)])
def test_with_several_inputs_a_unit_is_placed_by_the_data_and_the_curve_stays(kind, middle, inputs, layers, layer):
    rng = np.random.default_rng(3)
    x = rng.normal(2.0, 0.2, (5000, inputs))  # drawn anywhere, a unit is on for all of them or for none
    y = np.maximum(0, x[:, 0] - 2.0) + 0.1 * rng.standard_normal(5000)
    network = Network(inputs, layers, seed=4)
    unit, curve = place_unit(network, kind, layer, x, y), network.predict(x)
    assert unit == place_unit(network.copy(), kind, layer, x, y)
    network.apply(unit)
    values = network.activations(x)[layer][:, -1]
    assert 0.05 < np.mean(values > middle) < 0.99
    if layers:
        np.testing.assert_allclose(network.predict(x), curve, rtol=1e-5, atol=1e-6)


def test_of_units_that_look_along_pairs_of_examples_the_one_that_helps_most_is_taken():
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, (500, 3))
    y = 1.0 * (x @ [1.0, -1.0, 0.0] > 0.3)
    network = Network(3, dtype="float64")
    placed = with_unit(network, place_unit(network, "sigmoid", 0, x, y), x, y)
    drawn = [with_unit(Network(3, seed=seed, dtype="float64"), AddUnit("sigmoid"), x, y) for seed in range(PAIRS)]
    assert placed < np.quantile(drawn, 0.1)


@pytest.mark.parametrize("x", [np.full((9, 1), 2.0), np.full((9, 3), 2.0), np.append(np.zeros(8), 1e-40).reshape(9, 1)])
def test_where_the_data_tell_no_place_a_unit_is_as_it_is_drawn(x):
    network = Network(x.shape[1], [["relu"]])
    assert place_unit(network, "relu", 0, x, np.arange(9.0)) == AddUnit("relu")


def test_where_values_are_too_large_a_unit_is_as_it_is_drawn():
    network = Network(1, [["relu"]] * 3, dtype="float64")
    network.theta = np.full(network.n_parameters, 1e200)
    for layer in (0, 1, 2):
        assert place_unit(network, "relu", layer, X, TENT) == AddUnit("relu", layer)


@pytest.mark.parametrize(
    ("kind", "layer", "sentence"),
    [("rleu", 0, "did you mean 'relu'"), ("relu", 1, "layer=1: expected a whole number from 0 to 0")],
)
def test_a_kind_or_a_layer_that_is_none_is_refused(kind, layer, sentence):
    with pytest.raises(EngineError, match=sentence):
        place_unit(Network(1, [["relu"]]), kind, layer, X, TENT)


@pytest.mark.parametrize("limits", [{"TRIALS": 30}, {"WORK": 0, "FEWEST": 30}], ids=["many", "wide"])
def test_of_many_examples_only_some_are_asked_which_unit_helps_most(monkeypatch, limits):
    x, y = X[:88], np.full(88, 9.0)  # the first and the last are asked, so that the knots are the same
    y[::3] = TENT[:88:3]
    few = best_unit(Network(1), x[::3], y[::3])
    assert best_unit(Network(1), x, y) != few
    for name, limit in limits.items():
        monkeypatch.setattr(solving, name, limit)
    assert best_unit(Network(1), x, y) == few


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_unit_that_helps_most_leaves_the_curve_of_a_run(dtype):
    trainer = Trainer(Network(1, [["relu"] * 3], seed=6, dtype=dtype), X, TENT)
    trainer.step(5)
    curve, unit = trainer.predict(X), best_unit(trainer.network, X, TENT)
    trainer.apply(unit)
    np.testing.assert_allclose(trainer.predict(X), curve, rtol=1e-5, atol=1e-6)
    trainer.step(5)
    assert trainer.network.layers[0][-1] == unit.kind


@pytest.mark.parametrize(
    ("network", "x", "y", "sentence"),
    [
        (Network(2, [["relu"]]), [[0.0, 1.0]], [0.0], "a network of 2 features: expected one feature"),
        (Network(1, [["relu"]] * 2), [0.0, 1.0], [0.0, 1.0], "2 hidden layers: expected one at most"),
        (Network(1, [["relu"]]), [2.0, 2.0], [0.0, 1.0], "x is 2 in every example: expected a feature with several"),
        (Network(1, [["relu"]]), [0.0, 1e-40], [0.0, 1.0], "x is 0 in every example|finite numbers in float32"),
        (Network(1, [["relu"]]), [0.0, 1.0], [0.0], "expected a target for each row"),
    ],
)
def test_where_no_unit_can_be_placed(network, x, y, sentence):
    with pytest.raises(EngineError, match=sentence):
        network.apply(best_unit(network, x, y))


def test_values_too_large_to_square_are_refused():
    network = Network(1, [["relu"]] * 3, dtype="float64")
    network.theta = np.full(network.n_parameters, 1e100)
    with pytest.raises(EngineError, match="too large to solve for c"):
        solve_output(network, X, TENT)
    with pytest.raises(EngineError, match="ridge=0: expected a finite number above 0"):
        solve_output(Network(1), X, TENT, ridge=0)


# ------------------------------------------------------------------------------------------------- a layer's place


def moved(network: Network, kinds: list[str], x: np.ndarray) -> float:
    """How far a new layer moves the outputs on x, as a share of their range."""
    before = network.predict(x).astype(np.float64)
    for edit in place_layer(network, kinds, x):
        network.apply(edit)
    return float(np.abs(network.predict(x) - before).max() / np.ptp(before))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("inputs", "layers"), [(1, [["sigmoid"] * 3]), (1, []), (4, [["tanh"] * 5, ["relu"] * 4]), (56, [])], ids=str
)
def test_a_placed_layer_hardly_moves_the_curve(inputs, layers, kind):
    x = np.random.default_rng(2).uniform(-1, 1, (5000, inputs))  # more rows than go into one piece
    network = Network(inputs, layers, seed=1)
    straight = KINDS[kind].kinks or kind == "identity"
    assert moved(network, [kind] * 3, x) < (1e-4 if straight else 0.015)  # most where 56 inputs have few examples
    assert network.layers == [*layers, [kind] * 3]
    assert np.abs(network.weights(len(layers) + 1)[0]).max() < 100 * max(1.0, np.ptp(network.predict(x)))


def test_a_placed_layer_is_no_single_point_and_learns():
    network = Network(1, [["sigmoid"] * 3], seed=1)
    moved(network, ["relu", "sigmoid", "tanh"], X)
    trainer = Trainer(network, X, TENT)
    before = trainer.loss("train")
    trainer.step(200)
    assert trainer.loss("train") < 0.9 * before


def test_relus_of_a_placed_layer_live(jit_only):
    """Of a layer with weights as small as a smooth kind needs, many die within a few epochs."""
    rng = np.random.default_rng(0)
    y, dead = np.sin(5 * X) + 0.5 * rng.standard_normal(len(X)), 0
    for seed in range(20):
        trainer = Trainer(Network(1, [["sigmoid"] * 3], seed=seed), X, y, recipe=Recipe(32, 0.03), seed=seed)
        for edit in place_layer(trainer.network, ["relu"] * 3, X):
            trainer.apply(edit)
        trainer.run(50)
        dead += int((~trainer.network.activations(X)[1].any(axis=0)).sum())
    assert dead <= 1


def test_after_units_that_do_nothing_a_new_layer_keeps_its_drawn_weights_and_the_curve():
    network = Network(1, [["relu"] * 2], seed=1)
    network.theta = [1, 1, -5, -5, 3, 3, 0.5]
    for edit in place_layer(network, ["sigmoid"] * 3, X):
        network.apply(edit)
    np.testing.assert_allclose(network.predict(X), 0.5, atol=1e-6)
    assert np.ptp(network.weights(1)[0]) > 0
