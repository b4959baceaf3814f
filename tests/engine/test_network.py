from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import EngineError, Network
from engine.activations import KINDS
from engine.initial import INITS

kinds = st.sampled_from(list(KINDS))
layers = st.lists(st.lists(kinds, min_size=1, max_size=5), max_size=4)


def test_theta_runs_from_input_to_output_weights_before_biases():
    network = Network(2, [["identity"] * 3], dtype="float64")
    assert network.shape == (2, 3, 1)
    assert network.n_parameters == 3 * 2 + 3 + 3 + 1
    network.theta = np.arange(13.0)
    W, b = network.weights(0)
    c, output_bias = network.weights(1)
    np.testing.assert_array_equal(W, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(b, [6, 7, 8])
    np.testing.assert_array_equal(c, [[9, 10, 11]])
    np.testing.assert_array_equal(output_bias, [12])
    x = np.array([1.0, -2.0])
    assert network.predict([x]) == pytest.approx(c[0] @ (W @ x + b) + 12)


@given(layers, st.integers(1, 3))
def test_index_finds_every_parameter_once(layers, n_inputs):
    network = Network(n_inputs, layers)
    shape = network.shape
    found = []
    for layer in range(len(shape) - 1):
        for unit in range(shape[layer + 1]):
            found += [network.index(layer, unit, "w", source) for source in range(shape[layer])]
            found.append(network.index(layer, unit, "b"))
    assert sorted(found) == list(range(network.n_parameters))
    if layers:
        c = [network.index(len(layers) - 1, unit, "c") for unit in range(shape[-2])]
        assert c == [network.index(len(layers), 0, "w", unit) for unit in range(shape[-2])]


def test_activations_by_hand():
    network = Network(1, [["sigmoid", "relu"], ["tanh"]], dtype="float64")
    first, second = network.activations([[0.5], [-1.0]])
    W, b = network.weights(0)
    z = np.array([[0.5], [-1.0]]) @ W.T + b
    np.testing.assert_allclose(first, np.column_stack([1 / (1 + np.exp(-z[:, 0])), np.maximum(z[:, 1], 0)]))
    W, b = network.weights(1)
    np.testing.assert_allclose(second, np.tanh(first @ W.T + b))


def test_the_book_linear_model_has_no_layer():
    network = Network(3, dtype="float64")
    W, b = network.weights(0)
    x = np.arange(6.0).reshape(2, 3)
    np.testing.assert_allclose(network.predict(x), x @ W[0] + b[0])


@pytest.mark.parametrize("init", INITS)
def test_initial_weights_are_a_pure_function_of_the_seed(init):
    shape = [["sigmoid"] * 4, ["relu"] * 3]
    first, again, other = (Network(1, shape, seed, init).theta for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first == other).all() == (init == "zeros")


def test_bounds_and_spreads_of_the_inits():
    wide = [["relu"] * 400]

    def weights(init):
        return Network(100, wide, init=init, dtype="float64").weights(0)

    W, b = weights("uniform")
    assert np.abs(W).max() <= 0.1 and W.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.02)
    assert np.abs(b).max() <= 0.1 and b.std() == pytest.approx(0.1 / np.sqrt(3), rel=0.1)
    W, b = weights("he")
    assert W.std() == pytest.approx(np.sqrt(2 / 100), rel=0.02) and not b.any()
    W, b = weights("glorot")
    assert np.abs(W).max() <= np.sqrt(6 / 500) and W.std() == pytest.approx(np.sqrt(2 / 500), rel=0.02) and not b.any()
    np.testing.assert_array_equal(Network(100, wide).theta, Network(100, wide, init="uniform").theta)


def test_spread_puts_one_bend_in_each_part_of_the_range():
    W, b = Network(1, [["relu"] * 10 + ["sigmoid"] * 10], init="auto", dtype="float64").weights(0)
    bends = np.sort(-b / W[:, 0])
    parts = np.floor((bends + 1) * 10).astype(int)
    np.testing.assert_array_equal(parts, np.arange(20))
    np.testing.assert_array_equal(np.abs(W[:10, 0]), 1.0)
    np.testing.assert_array_equal(np.abs(W[10:, 0]), 12.0)


def test_theta_is_copied_and_checked():
    network = Network(1, [["relu"]])
    network.theta[0] = 99
    assert network.theta[0] != 99
    for wrong in ([1.0, 2.0], [np.nan] * 4, [np.inf] * 4, [1e39] * 4, [10**400] * 4, [1j] * 4, ["a"] * 4, None):
        with pytest.raises(EngineError, match="expected"):
            network.theta = wrong
    given = np.array([1, 2, 3, 4], np.float32)
    network.theta = given
    given[:] = 9
    np.testing.assert_array_equal(network.theta, [1, 2, 3, 4])


def test_predict_takes_many_rows_one_feature_flat_and_says_what_it_expects():
    network = Network(1, [["tanh"] * 2])
    x = np.linspace(-1, 1, 10_001)
    assert network.predict(x).dtype == np.float32
    np.testing.assert_array_equal(network.predict(x), network.predict(x[:, np.newaxis]))
    np.testing.assert_allclose(network.predict(x)[-5:], network.predict(x[-5:]), rtol=1e-6)
    with pytest.raises(EngineError, match=r"x of shape \(4, 2\): expected \(N, 1\)"):
        network.predict(np.zeros((4, 2)))
    for wrong in (["a"], ["1"], [10**400], [1j], np.array([1j]), np.array(["2024-01-31"], "M8[D]")):
        with pytest.raises(EngineError, match="expected numbers"):
            network.predict(wrong)


def test_an_input_too_large_for_the_precision_is_infinite_without_a_warning():
    assert np.isinf(Network(1, [["relu"]]).predict([1e300]))
    assert np.isfinite(Network(1, [["relu"]], dtype="float64").predict([1e300]))


def test_a_huge_theta_predicts_infinity_without_a_warning():
    network = Network(1, [["relu"], ["relu"]])
    network.theta = np.full(network.n_parameters, 3e38)
    assert np.isinf(network.predict([1.0]))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"n_inputs": 0}, "n_inputs=0: expected a whole number"),
        ({"n_inputs": 1.5}, r"n_inputs=1\.5: expected a whole number"),
        ({"n_inputs": True}, "n_inputs=True: expected a whole number"),
        ({"seed": -1}, "seed=-1: expected a whole number"),
        ({"layers": [["relu"]] * 9}, "9 hidden layers: expected at most 8"),
        ({"layers": [[]]}, "has 0 units: expected 1 to 4096"),
        ({"layers": [["relu"] * 4097]}, "has 4097 units: expected 1 to 4096"),
        ({"layers": [["rleu"]]}, "did you mean 'relu'"),
        ({"layers": ["relu"]}, "expected a list of kinds"),
        ({"layers": "relu"}, "expected a list of lists"),
        ({"init": "random"}, "init='random': expected one of auto"),
        ({"init": "spread", "n_inputs": 2}, "expected one feature"),
        ({"dtype": "float16"}, "dtype='float16': expected one of float32, float64"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(options, sentence):
    with pytest.raises(EngineError, match=sentence):
        Network(**options)


def test_initial_goes_back_to_the_first_weights():
    network = Network(1, [["sigmoid"] * 2], seed=7)
    start = network.theta
    network.theta = start + 1
    np.testing.assert_array_equal(network.initial().theta, start)
    assert (network.initial(8).theta != start).any()
    assert repr(network) == "Network(1, [['sigmoid', 'sigmoid']], seed=7, init='auto', dtype='float32')"


def test_the_initial_network_draws_a_new_unit_as_the_first_one_did():
    network = Network(1, [["sigmoid"] * 2], seed=7)
    network.add_unit("relu")
    again, fresh = network.initial(), Network(1, [["sigmoid"] * 2 + ["relu"]], seed=7)
    for each in (again, fresh):
        each.add_unit("tanh")
    np.testing.assert_array_equal(again.theta, fresh.theta)
