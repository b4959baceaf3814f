"""The emitter of vector IR: its instructions, and the formulas on vectors against NumPy."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from engine.activations import KINDS
from engine.kernels.emitter import FUSED, LANES, Emitter, Value
from engine.kernels.intrinsic import emitted, float64s, int64s
from engine.kernels.jit import compiled
from engine.kernels.packing import address, aligned, aligned_copy
from engine.losses import LOSSES

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="intrinsics exist as machine code only")


def on_vectors(function, *arrays) -> np.ndarray:
    """function(emit, *vectors) over arrays of equal size, as compiled code evaluates it."""

    @emitted
    def run(emit: Emitter, x: Value, y: Value, into: Value, vectors: Value) -> None:
        with emit.loop(vectors) as n:
            values = [emit.load(place, n * LANES) for place in (x, y)[: len(arrays)]]
            emit.store(emit.vector(function(emit, *values)), into, n * LANES)

    @compiled
    def call(x, y, into, vectors):
        run(x, y, into, vectors)

    size = -(-arrays[0].size // LANES) * LANES
    padded = [aligned_copy(np.resize(array, size)) for array in arrays]
    result = aligned(size)
    call(address(padded[0]), address(padded[-1]), address(result), size // LANES)
    return result[: arrays[0].size]


def ulps(got: np.ndarray, exact: np.ndarray) -> float:
    """The largest distance from the exact values, in units in the last place of float32."""
    return float((np.abs(got - exact) / np.spacing(np.abs(exact).astype(np.float32))).max())


WIDE = np.concatenate([np.linspace(-12, 12, 4001), [0.0, -0.0, 1e-30, 60.0, -60.0, 1e30, -1e30]]).astype(np.float32)


def test_tanh_within_six_ulps():
    assert ulps(on_vectors(lambda emit, x: np.tanh(x), WIDE), np.tanh(WIDE.astype(np.float64))) <= 6


def test_exp_within_two_ulps():
    x = np.linspace(-86, 87, 500_001).astype(np.float32)
    allowed = 2 if FUSED == "fma" else 2.1  # each product rounded
    assert ulps(on_vectors(lambda emit, x: np.exp(x), x), np.exp(x.astype(np.float64))) <= allowed


def test_the_slope_of_a_sigmoid_keeps_its_digits_where_it_is_small():
    z = np.linspace(-85, 0, 100_001).astype(np.float32)
    exact = np.exp(z.astype(float)) / (1 + np.exp(z.astype(float))) ** 2
    sigmoid = KINDS["sigmoid"]
    for a in (on_vectors(lambda emit, z: sigmoid.function(z), z), sigmoid.function(z)):
        np.testing.assert_allclose(sigmoid.slope(a), exact, rtol=1e-6)
        np.testing.assert_allclose(on_vectors(lambda emit, a: sigmoid.slope(a), a), exact, rtol=1e-6)


@pytest.mark.parametrize(("name", "end", "ends"), [("sigmoid", 17.33, (None, 1.0)), ("tanh", 9.011, (-1.0, 1.0))])
def test_far_out_a_unit_is_exactly_at_its_end_and_its_slope_0(name, end, ends):
    """From `end` on, the number of float32 that is nearest to its value is the end itself."""
    kind = KINDS[name]
    beyond = np.concatenate([np.linspace(end, 2 * end, 100_001), np.geomspace(end, 3e38, 1001), [np.inf]])
    for side, limit in zip((-1, 1), ends, strict=True):
        if limit is not None:
            a = on_vectors(lambda emit, z: kind.function(z), (side * beyond).astype(np.float32))
            np.testing.assert_array_equal(a, limit)
            np.testing.assert_array_equal(on_vectors(lambda emit, a: kind.slope(a), a), 0.0)


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_no_unit_is_beyond_its_ends(name):
    kind = KINDS[name]
    z = np.linspace(-20, 20, 1_000_001).astype(np.float32)
    a = on_vectors(lambda emit, z: kind.function(z), z)
    assert kind.limits[0] <= a.min() and a.max() == kind.limits[1]
    assert on_vectors(lambda emit, a: kind.slope(a), a).min() >= 0.0


def test_log1p_within_four_ulps():
    x = np.concatenate([np.geomspace(1e-30, 1e30, 4001), -np.geomspace(1e-9, 0.99, 1001), [0.0]]).astype(np.float32)
    assert ulps(on_vectors(lambda emit, x: np.log1p(x), x), np.log1p(x.astype(np.float64))) <= 4


def test_division_and_root_within_two_ulps():
    x = np.concatenate([np.geomspace(1e-36, 1e36, 3001), -np.geomspace(1e-9, 1e9, 100)]).astype(np.float32)
    got = on_vectors(lambda emit, x: 1.0 / x, x)
    assert ulps(got, 1 / x.astype(np.float64)) <= 2
    roots = on_vectors(lambda emit, x: np.sqrt(x), np.abs(x))
    assert ulps(roots, np.sqrt(np.abs(x).astype(np.float64))) <= 2


def test_division_and_root_at_the_edges():
    edges = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -1.0], np.float32)
    quotient = on_vectors(lambda emit, x: 1.0 / x, edges)
    assert not np.isfinite(quotient[[0, 1, 4]]).any()  # a division by zero is never taken for a number
    assert quotient[5] == -1.0
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(on_vectors(lambda emit, x: np.sqrt(x), edges), np.sqrt(edges))


@pytest.mark.parametrize("formula", [*KINDS.values(), *LOSSES.values()], ids=lambda formula: formula.name)
def test_formulas_on_vectors_are_those_on_arrays(formula):
    z = WIDE[np.abs(WIDE) < 1e18]
    a = np.clip(z, *KINDS[formula.name].limits) if formula.name in KINDS else z  # what the slope can meet
    for function, x in ((formula.function, z), (formula.slope, a)):
        got, expected = on_vectors(lambda emit, x, f=function: f(x), x), function(x)
        np.testing.assert_allclose(got, expected, rtol=2e-6, atol=2e-7)


@pytest.mark.parametrize("name", KINDS)
def test_no_activation_loses_a_nan(name):
    x = np.array([np.nan, 1.0], np.float32)
    got = on_vectors(lambda emit, x: KINDS[name].function(x), x)
    assert np.isnan(got[0]) and not np.isnan(got[1])


def test_operators():
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((2, 5 * LANES)).astype(np.float32)
    for function in (
        lambda x, y: x + y,
        lambda x, y: 2.0 - x * y,
        lambda x, y: -x + 1.0,
        lambda x, y: (x > y) * 3.0,
        lambda x, y: ((x < y) & (x > 0.0)) * 1.0,
        lambda x, y: ((x < y) | (x > 0.0)) * 1.0,
        lambda x, y: np.minimum(np.maximum(x, y), 0.5),
        lambda x, y: np.abs(x),
    ):
        np.testing.assert_allclose(
            on_vectors(lambda emit, x, y, f=function: f(x, y), x, y), function(x, y), rtol=1e-6, atol=1e-7
        )


def test_instructions_between_lanes():
    x = np.arange(LANES, dtype=np.float32)
    np.testing.assert_array_equal(on_vectors(lambda emit, x: emit.sum_lanes(x), x), x.sum())
    backwards = list(range(LANES))[::-1]
    np.testing.assert_array_equal(on_vectors(lambda emit, x: emit.shuffle(x, x, backwards), x), x[::-1])


@pytest.mark.parametrize("count", [-1, 0, 1, LANES - 1, LANES, LANES + 5])
def test_lanes_below(count):
    @emitted
    def mask(emit: Emitter, below: Value, into: Value) -> None:
        emit.store(emit.lanes_below(below) * 1.0, into)

    @compiled
    def call(below, into):
        mask(below, into)

    result = aligned(LANES)
    call(count, address(result))
    np.testing.assert_array_equal(result, np.arange(LANES) < count)


def test_loops_branches_and_results():
    @emitted
    def add_even(emit: Emitter, count: Value, kind: Value, factor_f: Value) -> Value:
        total = emit.variable()
        with emit.loop(count, 2) as n:
            with emit.when(kind, 1):
                total.set(total.get() + factor_f)
            with emit.when(kind, 2):
                total.set(total.get() + factor_f * 10.0)
            total.set(total.get() + emit.vector(0.0) * emit.vector(factor_f))
            assert n.ir.type.width == 64
        return emit.first_lane(total.get())

    @compiled
    def call(count, kind):
        return add_even(count, kind, np.float32(0.5))

    assert [call(count, 1) for count in (0, 1, 4, 5)] == [0.0, 0.5, 1.0, 1.5]
    assert call(4, 2) == 10.0
    assert call(4, 3) == 0.0


def test_pointers_read_and_write_in_place():
    whole, real = np.arange(4), np.zeros(2)

    @compiled
    def call(integers, floats):
        values = int64s(integers)
        values[1] += 10
        float64s(floats)[1] = values[3]

    call(address(whole), address(real))
    np.testing.assert_array_equal(whole, [0, 11, 2, 3])
    np.testing.assert_array_equal(real, [0.0, 3.0])
