from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, Network, Recipe, Trainer, edits
from engine.activations import KINDS
from engine.edits import carry, carry_squares
from engine.examples import check_examples
from engine.optimizers import OPTIMIZERS

kinds = st.sampled_from(list(KINDS))
layers = st.lists(st.lists(kinds, min_size=1, max_size=4), min_size=1, max_size=4)
X = np.linspace(-1, 1, 7)


def check_map(network: Network, theta: np.ndarray, mapping: np.ndarray) -> None:
    """What the map keeps has its old value, no two parameters meet, and the length is the old one."""
    assert mapping.shape == theta.shape
    kept = mapping[mapping >= 0]
    assert len(set(kept)) == len(kept)
    np.testing.assert_array_equal(network.theta[kept], theta[mapping >= 0])


@given(layers, kinds, st.data())
def test_a_new_unit_leaves_the_curve_and_all_old_parameters(layers, kind, data):
    network = Network(1, layers, seed=2, dtype="float64")
    theta, curve = network.theta, network.predict(X)
    layer = data.draw(st.integers(0, len(layers) - 1))
    mapping = network.add_unit(kind, layer)
    check_map(network, theta, mapping)
    assert (mapping >= 0).all()
    assert network.layers[layer] == [*layers[layer], kind]
    np.testing.assert_allclose(network.predict(X), curve, rtol=1e-12, atol=1e-12)
    outgoing, _ = network.weights(layer + 1)
    assert not outgoing[:, -1].any()


@given(layers, st.data())
def test_a_removed_unit_takes_only_its_own_weights_along(layers, data):
    network = Network(1, layers, seed=2, dtype="float64")
    layer = data.draw(st.integers(0, len(layers) - 1))
    unit = data.draw(st.integers(0, len(layers[layer]) - 1))
    theta, shape = network.theta, network.shape
    if len(layers[layer]) == 1:
        with pytest.raises(EngineError, match="remove the layer instead"):
            network.remove_unit(layer, unit)
        np.testing.assert_array_equal(network.theta, theta)
        return
    mapping = network.remove_unit(layer, unit)
    check_map(network, theta, mapping)
    assert (mapping < 0).sum() == shape[layer] + 1 + shape[layer + 2]
    assert network.layers[layer] == layers[layer][:unit] + layers[layer][unit + 1 :]


@given(layers)
def test_adding_and_removing_a_unit_is_nothing(layers):
    network = Network(1, layers, seed=2)
    theta = network.theta
    network.add_unit("tanh", 0)
    network.remove_unit(0, len(layers[0]))
    np.testing.assert_array_equal(network.theta, theta)


@given(st.lists(st.lists(kinds, min_size=1, max_size=4), max_size=4))
def test_a_new_layer_keeps_everything_but_the_output_weights(layers):
    network = Network(2, layers, seed=2)
    theta, width = network.theta, network.shape[-2]
    mapping = network.add_layer(["relu"] * 4)
    check_map(network, theta, mapping)
    assert network.layers == [*layers, ["relu"] * 4]
    assert (mapping < 0).sum() == width
    assert mapping[-1] == network.n_parameters - 1


@given(layers, st.data())
def test_a_removed_layer_of_linear_units_leaves_the_curve(layers, data):
    layer = data.draw(st.integers(0, len(layers) - 1))
    layers[layer] = ["identity"] * len(layers[layer])
    network = Network(1, layers, seed=2, dtype="float64")
    theta, curve = network.theta, network.predict(X)
    mapping = network.remove_layer(layer)
    assert mapping.shape == theta.shape
    assert network.layers == layers[:layer] + layers[layer + 1 :]
    np.testing.assert_allclose(network.predict(X), curve, rtol=1e-9, atol=1e-9)


def test_on_the_linear_model_a_unit_begins_the_hidden_layer():
    network = Network(3, seed=1)
    bias = network.theta[-1]
    mapping = network.add_unit("sigmoid")
    assert network.layers == [["sigmoid"]]
    np.testing.assert_array_equal(mapping, [-1, -1, -1, network.n_parameters - 1])
    np.testing.assert_array_equal(network.predict(np.ones((2, 3))), [bias, bias])


@given(layers, st.data())
def test_a_placed_unit_has_the_weights_that_were_given_and_leaves_the_curve(layers, data):
    network = Network(2, layers, seed=2, dtype="float64")
    layer = data.draw(st.integers(0, len(layers) - 1))
    fan_in, unit = network.shape[layer], len(layers[layer])
    theta, curve = network.theta, network.predict(np.column_stack([X, -X]))
    mapping = network.apply(edits.AddUnit("relu", layer, tuple(range(fan_in)), 0.25))
    check_map(network, theta, mapping)
    W, b = network.weights(layer)
    np.testing.assert_array_equal(W[unit], range(fan_in))
    assert b[unit] == 0.25
    assert not network.weights(layer + 1)[0][:, unit].any()
    np.testing.assert_allclose(network.predict(np.column_stack([X, -X])), curve, rtol=1e-12, atol=1e-12)


def test_on_the_linear_model_a_placed_unit_begins_the_hidden_layer():
    network = Network(2, seed=1)
    bias = network.theta[-1]
    network.apply(edits.AddUnit("tanh", 0, (1.0, 2.0), 3.0))
    assert network.layers == [["tanh"]]
    np.testing.assert_array_equal(network.theta, [1, 2, 3, 0, bias])


@pytest.mark.parametrize("layers", [[], [["relu"] * 2], [["tanh"] * 3, ["relu"] * 2]], ids=len)
def test_set_output_gives_values_to_c_and_the_bias_alone(layers):
    network = Network(2, layers, seed=1)
    theta = network.theta
    network.apply(edits.SetOutput((5.0, 6.0, 7.0)))
    np.testing.assert_array_equal(network.theta, [*theta[:-3], 5, 6, 7])


@given(layers, kinds, st.data())
def test_another_kind_of_unit_keeps_all_weights(layers, kind, data):
    network = Network(2, layers, seed=2)
    layer = data.draw(st.integers(0, len(layers) - 1))
    unit = data.draw(st.integers(0, len(layers[layer]) - 1))
    theta = network.theta
    np.testing.assert_array_equal(network.apply(edits.SetKind(layer, unit, kind)), np.arange(theta.size))
    np.testing.assert_array_equal(network.theta, theta)
    layers[layer][unit] = kind
    assert network.layers == layers


def with_one(kind: str, rng: np.random.Generator, dtype: str) -> tuple[Network, int, int]:
    """A random network of mixed units of all sizes of weights, and the place of a unit of this kind."""
    layers = [list(rng.choice(list(KINDS), rng.integers(1, 6))) for _ in range(rng.integers(1, 5))]
    layer = int(rng.integers(len(layers)))
    unit = int(rng.integers(len(layers[layer])))
    layers[layer][unit] = kind
    network = Network(int(rng.integers(1, 4)), [[str(kind) for kind in layer] for layer in layers], dtype=dtype)
    network.theta = rng.standard_normal(network.n_parameters) * 10 ** rng.uniform(-1, 0.5)
    return network, layer, unit


def incoming(network: Network, layer: int, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Σ w·a of the units of the next layer, without the bias, and for each of them the largest Σ|w·a| over x."""
    W, _ = network.weights(layer + 1)
    values = network.activations(x)[layer]
    return values @ W.T, (np.abs(values) @ np.abs(W.T)).max(axis=0)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 1e-6), ("float64", 1e-14)])
def test_a_hard_sigmoid_is_two_relus_in_any_layer(dtype, tolerance):
    rng = np.random.default_rng(5)
    for _ in range(100):
        network, layer, unit = with_one("hard_sigmoid", rng, dtype)
        x = rng.uniform(-1, 1, (50, network.n_inputs))
        theta, width = network.theta, network.shape[layer + 1]
        before, sizes = incoming(network, layer, x)
        mapping = network.apply(edits.SplitUnit(layer, unit))
        after, _ = incoming(network, layer, x)
        assert (np.abs(after - before) <= tolerance * sizes).all()
        assert mapping.shape == theta.shape and (mapping >= 0).all()
        assert network.shape[layer + 1] == width + 1
        assert network.layers[layer][unit] == network.layers[layer][width] == "relu"
        moved = np.flatnonzero(network.theta[mapping] != theta)
        own = [network.index(layer, unit, "b")]
        own += [network.index(layer + 1, target, "w", unit) for target in range(network.shape[layer + 2])]
        assert set(mapping[moved]) <= set(own)


@pytest.mark.parametrize(("kind", "gap"), [("hard_sigmoid", 0.0), ("sigmoid", 0.0692)])
def test_how_far_two_relus_are_from_a_unit(kind, gap):
    network = Network(1, [[kind]], dtype="float64")
    network.theta = [1.0, 0.0, -3.0, 5.0]
    z = np.linspace(-40, 40, 20_001)
    before = network.predict(z)
    network.apply(edits.SplitUnit(0, 0))
    assert np.abs(network.predict(z) - before).max() == pytest.approx(3 * gap, rel=2e-3, abs=1e-12)


def test_the_ramp_of_a_sigmoid_is_the_nearest_one_in_the_mean_square():
    z = np.linspace(-40, 40, 20_001)
    curve = KINDS["sigmoid"].function(z)
    own = KINDS["sigmoid"].ramp
    errors = [np.sum((np.clip(z / (2 * ramp) + 0.5, 0, 1) - curve) ** 2) for ramp in (own - 0.05, own, own + 0.05)]
    assert errors[1] == min(errors)


def test_moments_stay_with_the_unit_that_changes_its_kind_and_with_the_first_half():
    trainer = Trainer(Network(1, [["hard_sigmoid", "tanh"]], seed=3), X, np.sin(X), recipe=Recipe(batch_size=3))
    trainer.step(4)
    for edit in (edits.SetKind(0, 1, "sigmoid"), edits.SplitUnit(0, 0)):
        before = trainer.snapshot().parameters
        mapping = trainer.apply(edit)
        for old, new in zip(before[1:], trainer.snapshot().parameters[1:], strict=True):
            assert old.all()
            np.testing.assert_array_equal(new[mapping], old)


def test_each_new_unit_draws_its_own_weights():
    network = Network(2, [["relu"]], seed=1)
    network.add_unit("relu")
    network.add_unit("relu")
    W, _ = network.weights(0)
    assert len(np.unique(W, axis=0)) == 3
    twin = Network(2, [["relu"]], seed=1)
    twin.add_unit("relu")
    twin.add_unit("relu")
    np.testing.assert_array_equal(network.theta, twin.theta)


def test_set_value():
    network = Network(1, [["relu"]])
    mapping = network.apply(edits.SetValue(2, 5.0))
    np.testing.assert_array_equal(mapping, range(4))
    assert network.theta[2] == 5.0
    with pytest.raises(EngineError, match="not finite"):
        network.apply(edits.SetValue(2, float("nan")))


EVERY = (
    edits.AddUnit("relu"),
    edits.SetKind(0, 0, "tanh"),
    edits.SplitUnit(0, 2),
    edits.RemoveUnit(0, 0),
    edits.AddLayer(("tanh", "tanh")),
    edits.RemoveLayer(0),
    edits.Freeze(0, 1),
    edits.SetValue(0, 5.0),
    edits.SetOutput((1.0, 2.0, 3.0, 4.0)),
    edits.SetTheta(np.arange(10.0)),
    edits.SetRecipe(Recipe(batch_size=2)),
    edits.SetExamples([0.0, 1.0], [1.0, 0.0]),
    edits.DrawPoint((0.5,), 0.5),
    edits.ErasePoint(0),
    edits.SetPoints(1),
)


def test_every_edit_is_tried_here():
    assert {type(edit) for edit in EVERY} == set(edits.Edit.__args__)


@pytest.mark.parametrize("edit", EVERY, ids=lambda edit: type(edit).__name__)
def test_apply_leaves_the_old_setup_alone_and_shares_what_stays(edit):
    network = Network(1, [["relu", "relu", "sigmoid"]])
    before = edits.Setup(
        network.architecture, network.theta, Recipe(), check_examples([1.0, 2.0], [1.0, 2.0], None, None, 1, "f4")
    )
    theta = before.theta.copy()
    after, mapping = edits.apply(edit, before)
    np.testing.assert_array_equal(before.theta, theta)
    assert mapping.shape == theta.shape
    names = ("architecture", "theta", "recipe", "examples")
    changed = {name for name in names if getattr(after, name) is not getattr(before, name)}
    assert changed == {
        edits.Freeze: {"architecture"},
        edits.SetValue: {"theta"},
        edits.SetOutput: {"theta"},
        edits.SetTheta: {"theta"},
        edits.SetRecipe: {"recipe"},
        edits.SetExamples: {"examples"},
        edits.DrawPoint: {"examples"},
        edits.ErasePoint: {"examples"},
        edits.SetPoints: {"examples"},
    }.get(type(edit), {"architecture", "theta"})
    if type(edit) is edits.Freeze or "architecture" not in changed:
        np.testing.assert_array_equal(mapping, np.arange(theta.size))


@pytest.mark.parametrize("edit", EVERY, ids=lambda edit: type(edit).__name__)
def test_a_trainer_takes_every_edit_between_two_updates(edit):
    network = Network(1, [["relu", "relu", "sigmoid"]], seed=3)
    trainer = Trainer(network, X, np.sin(X), recipe=Recipe(batch_size=3))
    trainer.step(4)
    setup = edits.Setup(network.architecture, trainer.theta, trainer.recipe, check_examples(X, X, None, None, 1, "f4"))
    after, mapping = edits.apply(edit, setup)
    np.testing.assert_array_equal(trainer.apply(edit), mapping)
    np.testing.assert_array_equal(trainer.theta, after.theta)
    assert (trainer.network.layers, trainer.recipe) == (
        [list(kinds) for kinds in after.architecture.layers],
        after.recipe,
    )
    assert trainer.update == 4
    trainer.step(4)
    assert trainer.update == 8


def test_other_examples_begin_the_epoch_anew_and_keep_theta_moments_and_updates():
    trainer = Trainer(Network(1, [["tanh"]]), X, np.sin(X), recipe=Recipe(batch_size=3))
    trainer.step(4)
    before = trainer.snapshot()
    assert trainer.progress > trainer.epoch
    trainer.apply(edits.SetExamples(X[:5], X[:5], X[5:], X[5:]))
    after = trainer.snapshot()
    assert (trainer.update, trainer.epoch, trainer.progress) == (4, 1, 1.0)
    assert trainer.loss("test") == pytest.approx(float(np.mean((trainer.predict(X[5:]) - X[5:]) ** 2)), rel=1e-6)
    for old, new in zip(before.parameters, after.parameters, strict=True):
        np.testing.assert_array_equal(old, new)
    trainer.run(1)
    assert (trainer.update, trainer.epoch) == (6, 2)  # two batches of five examples


def test_values_of_theta_and_another_recipe_repack_nothing():
    trainer = Trainer(Network(1, [["tanh"] * 3]), X, np.sin(X))
    twin = Trainer(Network(1, [["tanh"] * 3]), X, np.sin(X))
    for each in (trainer, twin):
        each.step(3)
    buffers = trainer._work._buffers
    trainer.apply(edits.SetValue(1, 0.5))
    trainer.recipe = Recipe(learning_rate=0.1)
    assert trainer._work._buffers is buffers
    theta = twin.theta
    theta[1] = 0.5
    twin.theta, twin.recipe = theta, Recipe(learning_rate=0.1)
    twin.restore(twin.snapshot())  # packed anew
    for each in (trainer, twin):
        each.step(3)
    np.testing.assert_array_equal(trainer.theta, twin.theta)


def test_minus_zero_is_another_value_than_zero():
    trainer = Trainer(Network(1, [["tanh"]], init="zeros"), X, np.sin(X))
    trainer.theta = -trainer.theta
    assert np.signbit(trainer.theta).all()


def test_carry_moves_what_is_kept_and_starts_the_rest_at_zero():
    np.testing.assert_array_equal(carry(np.array([1.0, 2.0, 3.0]), np.array([2, -1, 0]), 4), [3.0, 0.0, 1.0, 0.0])


def test_new_second_moments_start_at_the_median_of_those_that_stay():
    squares, mapping = np.array([1.0, 9.0, 3.0, 2.0], np.float32), np.array([2, -1, 0, 4])
    np.testing.assert_array_equal(carry_squares(squares, mapping, 5), [3.0, 2.0, 1.0, 2.0, 2.0])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "edit", [edits.AddUnit("relu"), edits.SplitUnit(0, 0), edits.AddLayer(("relu",)), edits.RemoveLayer(0)], ids=str
)
def test_a_trainer_starts_new_moments_by_the_rule(edit, dtype, optimizer):
    network = Network(1, [["sigmoid"] * 3], seed=3, dtype=dtype)
    trainer = Trainer(network, X, np.sin(X), recipe=Recipe(batch_size=3, optimizer=optimizer))
    trainer.step(9)
    _, _, old_first, old_second = trainer.snapshot().parameters
    mapping = trainer.apply(edit)
    new = np.setdiff1d(np.arange(trainer.theta.size), mapping)
    _, _, first, second = trainer.snapshot().parameters
    assert new.size and not first[new].any()
    np.testing.assert_array_equal(second[new], np.median(old_second[mapping >= 0]))
    kept = mapping >= 0
    np.testing.assert_array_equal(first[mapping[kept]], old_first[kept])
    np.testing.assert_array_equal(second[mapping[kept]], old_second[kept])


def test_new_relus_live(jit_only):
    """On noise about a curve; with second moments from 0 many of them die within a few epochs."""
    rng = np.random.default_rng(0)
    x = np.linspace(-1, 1, 106)
    y = np.sin(5 * x) + 0.5 * rng.standard_normal(106)
    dead = 0
    for seed in range(10):
        trainer = Trainer(Network(1, [["sigmoid"] * 3], seed=seed), x, y, recipe=Recipe(32, 0.03), seed=seed)
        trainer.run(100)
        trainer.add_unit("relu")
        trainer.run(50)
        dead += not trainer.network.activations(x)[0][:, -1].any()
    assert dead == 0


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (edits.AddUnit("rleu"), "did you mean 'relu'"),
        (edits.AddUnit("relu", 1), "layer=1: expected a whole number from 0 to 0"),
        (edits.AddUnit("relu", 0, (1.0,)), r"w=\(1.0,\) and b=None: expected both, or neither for drawn ones"),
        (edits.AddUnit("relu", 0, b=1.0), "w=None and b=1.0: expected both"),
        (edits.AddUnit("relu", 0, (1.0, 2.0), 0.0), r"w of shape \(2,\): expected \(1,\)"),
        (edits.AddUnit("relu", 0, ("a",), 0.0), "expected numbers"),
        (edits.AddUnit("relu", 0, (1e39,), 0.0), "expected finite numbers in float32"),
        (edits.AddUnit("relu", 0, (1.0,), float("nan")), "expected finite numbers in float32"),
        (edits.AddUnit("relu", 0, (1.0,), (1.0, 2.0)), r"b of shape \(2,\): expected a number"),
        (edits.SetOutput((1.0, 2.0)), r"values of shape \(2,\): expected \(3,\), each c and then the output bias"),
        (edits.SetOutput((1.0, 2.0, float("nan"))), "not finite in float32"),
        (edits.SetOutput("all"), "values='all': expected numbers"),
        (edits.SetOutput([[1.0, 2.0, 3.0]]), r"values of shape \(1, 3\): expected numbers side by side"),
        (edits.SetKind(0, 0, "rleu"), "did you mean 'relu'"),
        (edits.SetKind(0, 2, "relu"), "unit=2: expected a whole number from 0 to 1"),
        (
            edits.SplitUnit(0, 1),
            "unit 1 of layer 0 is relu: expected sigmoid or hard_sigmoid, which two ReLUs can stand",
        ),
        (edits.SplitUnit(1, 0), "layer=1: expected a whole number from 0 to 0"),
        (edits.RemoveUnit(0, 2), "unit=2: expected a whole number from 0 to 1"),
        (edits.RemoveLayer(1), "layer=1: expected a whole number from 0 to 0"),
        (edits.AddLayer(()), "has 0 units"),
        (edits.Freeze(1, 0), "layer=1: expected a whole number from 0 to 0"),
        (edits.Freeze(0, 2), "unit=2: expected a whole number from 0 to 1"),
        (edits.Freeze(0, 0, 1), "on=1: expected True or False"),
        (edits.SetValue(99, 0.0), "index=99: expected a whole number"),
        (edits.SetValue(0, "a"), "value='a': expected a number"),
        (edits.SetValue(0, [1.0, 2.0]), r"value of shape \(2,\): expected a number"),
        (edits.SetValue(0, 1e39), "not finite in float32"),
        (edits.SetTheta([1.0, 2.0]), r"theta of shape \(2,\): expected \(7,\)"),
        (edits.SetRecipe(Recipe()), "a network by itself has no recipe"),
        (edits.SetExamples([1.0], [1.0]), "a network by itself has no examples"),
        (edits.SetPoints(1), "a network by itself has no examples"),
        ("add a unit", "expected one of AddUnit"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_changes_nothing(edit, sentence):
    network = Network(1, [["relu", "relu"]])
    theta = network.theta
    with pytest.raises(EngineError, match=sentence):
        network.apply(edit)
    np.testing.assert_array_equal(network.theta, theta)


@pytest.mark.parametrize("kinds", ["relu", 5, None, [["relu"]], []])
def test_a_new_layer_is_a_list_of_kinds(kinds):
    network = Network(1, [["relu"]])
    with pytest.raises(EngineError, match="expected"):
        network.add_layer(kinds)
    with pytest.raises(EngineError, match="expected"):
        Trainer(network, [1.0], [1.0]).add_layer(kinds)


def test_a_layer_too_many_and_a_layer_too_few():
    network = Network(1, [["relu"]] * 8)
    with pytest.raises(EngineError, match="9 hidden layers: expected at most 8"):
        network.add_layer(["relu"])
    with pytest.raises(EngineError, match="linear model"):
        Network(1).remove_layer(0)
    with pytest.raises(EngineError, match="linear model"):
        Network(1).apply(edits.Freeze(0, 0))


def test_a_full_layer_has_no_room_for_another_half():
    network = Network(1, [["sigmoid"] * 4096])
    with pytest.raises(EngineError, match="has 4097 units: expected 1 to 4096"):
        network.apply(edits.SplitUnit(0, 0))


def test_a_layer_whose_merge_would_overflow_stays():
    network = Network(1, [["relu"], ["relu"]])
    theta = np.full(network.n_parameters, 3e38)
    network.theta = theta
    with pytest.raises(EngineError, match="too large to merge"):
        network.remove_layer(0)
    np.testing.assert_array_equal(network.theta, theta.astype(np.float32))
