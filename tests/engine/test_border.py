"""What comes from outside is checked once: bounds are where the messages say, and what is taken is one's own copy."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from engine import EngineError, Network
from engine.border import as_numbers, check_theta
from engine.errors import one_of, real, show, whole
from engine.examples import check_examples
from engine.layout import make_layout, parameter_index

X, Y = np.arange(6.0).reshape(3, 2), np.arange(3.0)
NOT_FINITE = (
    "holds NaN or infinite values in float32: expected finite numbers; leave those rows out, or scale the column"
)


@pytest.mark.parametrize("value", [3, 5, np.int8(4), np.uint64(3)])
def test_whole_numbers_within_the_bounds(value):
    assert whole("n", value, 3, 5) == value
    assert type(whole("n", value, 3)) is int


@pytest.mark.parametrize("value", [2, 6, 4.0, True, "4", None, np.float64(4), np.timedelta64(4, "D")])
def test_what_is_no_whole_number_within_the_bounds(value):
    with pytest.raises(EngineError) as caught:
        whole("n", value, 3, 5)
    assert str(caught.value) == f"n={value!r}: expected a whole number from 3 to 5"


def test_a_whole_number_without_an_upper_bound():
    assert whole("n", 2**63 - 1, 3) == 2**63 - 1
    with pytest.raises(EngineError, match=r"^n=2: expected a whole number of at least 3$"):
        whole("n", 2, 3)


def test_no_whole_number_is_larger_than_the_kernels_can_hold():
    with pytest.raises(EngineError, match=f"^n={2**63}: expected a whole number from 3 to {2**63 - 1}$"):
        whole("n", 2**63, 3)


@pytest.mark.parametrize("value", [0.5, 1, np.float32(2), np.int64(3)])
def test_real_numbers_within_the_bounds(value):
    assert real("x", value, above=0.25) == real("x", value, at_least=0.5) == value
    assert type(real("x", value, above=0.0)) is float


@pytest.mark.parametrize("value", [0.5, 0.25, np.nan, np.inf, True, "1", None, np.timedelta64(1, "D")])
def test_what_is_no_real_number_within_the_bounds(value):
    with pytest.raises(EngineError) as caught:
        real("x", value, above=0.5)
    assert str(caught.value) == f"x={value!r}: expected a finite number above 0.5"
    if value != 0.5:
        with pytest.raises(EngineError, match=r"expected a finite number of at least 0\.5$"):
            real("x", value, at_least=0.5)


def test_a_choice_names_all_and_the_nearest():
    assert one_of("loss", "mae", ("mse", "mae")) == "mae"
    with pytest.raises(EngineError) as caught:
        one_of("loss", "msa", ("mse", "huber"))
    assert str(caught.value) == "loss='msa': expected one of mse, huber (did you mean 'mse'?)"
    with pytest.raises(EngineError) as caught:
        one_of("loss", 7, ("mse", "huber"))
    assert str(caught.value) == "loss=7: expected one of mse, huber"


def test_a_long_value_is_shown_short():
    assert len(show("a" * 1000)) < 40


def test_the_largest_networks_are_taken_and_larger_ones_refused():
    assert Network(2**20, init="zeros").n_inputs == 2**20
    assert len(Network(1, [["relu"]] * 8).layers) == 8
    assert Network(1, [["relu"] * 4096]).shape == (1, 4096, 1)
    with pytest.raises(EngineError, match="n_inputs=1048577: expected a whole number from 1 to 1048576"):
        Network(2**20 + 1)
    with pytest.raises(EngineError, match=r"^layers\[1\] has 0 units: expected 1 to 4096$"):
        Network(1, [["relu"], []])


def test_a_range_without_an_end_is_no_layer():
    with pytest.raises(EngineError, match=r"^\d+ hidden layers: expected at most 8$"):
        Network(1, range(10**30))
    for call in (lambda layer: Network(1, [layer]), Network(1).add_layer):
        with pytest.raises(EngineError, match=r"has \d+ units: expected 1 to 4096$"):
            call(range(10**30))


def test_the_place_of_a_number_that_is_not_finite_is_named():
    with pytest.raises(EngineError, match=r"^theta\[1\] is not finite in float32: expected finite numbers"):
        check_theta([1.0, 1e39, np.nan], 3, np.float32)
    with pytest.raises(EngineError, match=r"^theta of shape \(2,\): expected \(3,\), a number for each parameter"):
        check_theta([1.0, 2.0], 3, np.float32)
    with pytest.raises(EngineError, match=r"^theta='a': expected 3 numbers$"):
        check_theta("a", 3, np.float32)


def test_examples_are_own_contiguous_copies_of_the_networks_precision():
    x = np.asfortranarray(X)
    examples = check_examples(x, Y, X[:1], Y[:1], 2, np.float32)
    x[:] = -1
    for array, expected in ((examples.x, X), (examples.y, Y), (examples.x_test, X[:1]), (examples.y_test, Y[:1])):
        np.testing.assert_array_equal(array, expected)
        assert array.dtype == np.float32
        assert array.flags.c_contiguous
        assert not np.shares_memory(array, X)
        assert not np.shares_memory(array, Y)
    assert examples.counts == (3, 1)


def test_examples_without_unseen_ones():
    examples = check_examples(X, Y, None, None, 2, np.float64)
    assert (examples.x_test.shape, examples.y_test.shape, examples.counts) == ((0, 2), (0,), (3, 0))


def test_one_feature_may_be_flat():
    assert check_examples([1, 2], [3, 4], [5], [6], 1, np.float32).x_test.tolist() == [[5]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"x": "a"}, "x='a': expected numbers of shape (N, 2)"),
        ({"y": "a"}, "y='a': expected numbers of shape (N,)"),
        ({"x": X[0]}, "x of shape (2,): expected (N, 2), a column for each feature"),
        ({"x": X[:, :1]}, "x of shape (3, 1): expected (N, 2), a column for each feature"),
        ({"y": Y[:2]}, "x has 3 rows and y is of shape (2,): expected a target for each row"),
        ({"y": Y[:, np.newaxis]}, "x has 3 rows and y is of shape (3, 1): expected a target for each row"),
        ({"x": X[:0], "y": Y[:0]}, "x is empty: expected at least one example"),
        ({"y": [1, np.nan, 2]}, f"y {NOT_FINITE}"),
        ({"x": X * 1e39}, f"x {NOT_FINITE}"),
        ({"x_test": X}, "only one of x_test and y_test is given: expected both or neither"),
        ({"y_test": Y}, "only one of x_test and y_test is given: expected both or neither"),
        (
            {"x_test": X, "y_test": Y[:1]},
            "x_test has 3 rows and y_test is of shape (1,): expected a target for each row",
        ),
        ({"x_test": X[:0], "y_test": Y[:0]}, "x_test is empty: expected at least one example"),
        ({"x_test": X, "y_test": [np.inf, 0, 0]}, f"y_test {NOT_FINITE}"),
    ],
)
def test_examples_that_cannot_be_used(changes, sentence):
    given = {"x": X, "y": Y, "x_test": None, "y_test": None, "n_inputs": 2, "dtype": np.float32} | changes
    with pytest.raises(EngineError) as caught:
        check_examples(**given)
    assert str(caught.value) == sentence


MASKED = np.ma.array([1.0, 9e9], mask=[False, True])


@pytest.mark.parametrize("values", [MASKED, [MASKED, [1.0, 2.0]], ([1.0, 2.0], (3.0, np.ma.masked))])
def test_what_is_masked_is_no_number_in_lists_either(values):
    with pytest.raises(EngineError, match=r"^x has masked values: expected two numbers; leave out what is masked$"):
        as_numbers("x", values, np.float32, "two numbers")


def objects(*values: object) -> np.ndarray:
    array = np.empty(len(values), object)
    array[:] = values
    return array


@pytest.mark.parametrize(
    "value", ["1.5", b"1.5", 1j, np.complex64(1), np.timedelta64(5, "D"), np.datetime64("2000"), MASKED[1]]
)
def test_what_is_no_number_is_none_among_objects_either(value):
    for values in (value, [value], objects(value), objects(1, value), [objects(value)]):
        with pytest.raises(EngineError, match=r"expected numbers"):
            as_numbers("x", values, np.float32, "numbers")


def test_objects_that_are_numbers_are_taken():
    values = objects(1, 2.5, True, np.float32(4), Fraction(1, 2), Decimal("0.25"), 10**30)
    expected = np.float32([1, 2.5, 1, 4, 0.5, 0.25, 1e30])
    np.testing.assert_array_equal(as_numbers("x", values, np.float32, "numbers"), expected)


def test_a_list_of_itself_is_refused():
    endless: list[object] = []
    endless += [endless]
    with pytest.raises(EngineError, match=r": expected numbers$"):
        as_numbers("x", endless, np.float32, "numbers")


def test_a_layout_by_hand():
    """Fan-in, fan-out, where W and b begin in θ, and where the layer's sources and targets are among all units."""
    assert make_layout((2, 3, 4, 1)).tolist() == [[2, 3, 0, 6, 0, 2], [3, 4, 9, 21, 2, 5], [4, 1, 25, 29, 5, 9]]


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ((3, 0, "b"), "layer=3: expected a whole number from 0 to 2"),
        ((0, 3, "b"), "unit=3: expected a whole number from 0 to 2"),
        ((2, 1, "b"), "unit=1: expected a whole number from 0 to 0"),
        ((1, 0, "w", 3), "source=3: expected a whole number from 0 to 2"),
        ((0, 0, "a"), "name='a': expected one of w, b, c"),
        ((0, 0, "c"), "c of a unit of layer 0: expected a unit of the last hidden layer"),
        ((2, 0, "c"), "c of a unit of layer 2: expected a unit of the last hidden layer"),
    ],
)
def test_a_parameter_that_does_not_exist(place, sentence):
    with pytest.raises(EngineError) as caught:
        parameter_index((2, 3, 4, 1), *place)
    assert str(caught.value) == sentence
