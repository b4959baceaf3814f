"""The float32 tiles against the plain loops in float64, and what they promise beside."""

from __future__ import annotations

import functools
import signal
import threading
from dataclasses import replace
from itertools import pairwise
from typing import NoReturn

import numba
import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.kernels import company, jit, packing, past, simd
from engine.kernels.emitter import FUSED, LANES
from engine.kernels.order import GROUP, fill_order
from engine.kernels.shuffle import epoch_key, example, rounds_for
from engine.layout import grid
from engine.losses import LOSSES
from engine.network import split
from engine.optimizers import OPTIMIZERS
from engine.run import BUCKET_CAPACITY
from engine.schedules import SCHEDULES

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="the tiles exist as machine code only")

TOLERANCE = 2e-6 if FUSED == "fma" else 2.5e-6  # each product is rounded by itself on x86 of before 2013
MIXED = tuple(KINDS)
KINKS = {kink for kind in KINDS.values() for kink in kind.kinks}


def examples(count: int, inputs: int, seed: int = 0):
    rng = np.random.default_rng([seed, count, inputs])
    return rng.standard_normal((count, inputs)).astype(np.float32), rng.standard_normal(count).astype(np.float32)


def twins(layers, inputs: int, scale: float = 1.0):
    """A float32 network and the same in float64, with weights that keep activations of size 1."""
    single = Network(inputs, layers, seed=3, init="uniform")
    single.theta = single.theta * np.float32(scale)
    double = Network(inputs, layers, seed=3, init="uniform", dtype="float64")
    double.theta = single.theta
    return single, double


def clear_of_kinks(network: Network, x, y, loss: str):
    """The rows on which no pre-activation and no error is within 1e-5 of a kink, relative to its size."""
    good = np.ones(len(x), bool)
    a = x.astype(np.float64)
    for number in range(len(network.layers)):
        W, b = network.weights(number)
        z = a @ W.T + b
        for kink in KINKS:
            good &= (np.abs(z - kink) > 1e-5).all(axis=1)
        a = network.activations(x)[number]
    error = network.predict(x) - y
    for kink in LOSSES[loss].kinks:
        good &= np.abs(error - kink) > 1e-5
    return good


def assert_close(got, expected, network: Network, tolerance: float) -> None:
    """Each tensor within `tolerance` of its largest entry."""
    pairs = zip(split(got.astype(np.float64), network.shape), split(expected, network.shape), strict=True)
    for tensors in pairs:
        for mine, theirs in zip(*tensors, strict=True):
            assert np.abs(mine - theirs).max() <= tolerance * np.abs(theirs).max()


def check_gradient(layers, inputs: int, count: int, loss: str = "mse", l1: float = 0.0, l2: float = 0.0) -> None:
    single, double = twins(layers, inputs, scale=2.0)
    x, y = examples(count, inputs)
    keep = clear_of_kinks(double, x, y, loss)
    assert keep.sum() >= count // 2
    x, y = x[keep], y[keep]
    recipe = Recipe(loss=loss, l1=l1, l2=l2)
    got, expected = (Trainer(network, x, y, recipe=recipe).gradient() for network in (single, double))
    assert got.dtype == np.float32
    assert_close(got, expected, double, TOLERANCE)


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 5, 8])
@pytest.mark.parametrize("kind", [*KINDS, "mixed"])
def test_gradient_of_every_kind_and_depth(kind, depth):
    layers = [list(MIXED[shift:] + MIXED[:shift]) * 3 if kind == "mixed" else [kind] * 18 for shift in range(depth)]
    check_gradient(layers, 5, 70)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_gradient_of_every_loss_with_penalties(loss, depth):
    check_gradient([["tanh", "relu", "sigmoid"] * 7] * depth, 7, 45, loss, l1=0.01, l2=0.1)


@pytest.mark.parametrize("inputs", [1, 2, 15, 16, 17, 31, 33, 56, 64, 90])
def test_gradient_of_every_number_of_inputs(inputs):
    check_gradient([], inputs, 40)
    check_gradient([["relu", "tanh"] * 9], inputs, 40)


@pytest.mark.parametrize(
    "widths",
    [(1,), (1, 1), (15, 16), (16, 15), (17, 33), (33, 1, 17), (47, 48, 49), (64, 65), (120, 7), (129, 130), (1000,)],
    ids=str,
)
def test_gradient_of_every_width(widths):
    check_gradient([["sigmoid"] * width for width in widths], 3, 60)
    check_gradient([[*["tanh"] * (width - 1), "leaky_relu"] for width in widths], 3, 60)


def test_gradient_of_the_widest_layer():
    check_gradient([["tanh"] * 4096], 2, 9)


BATCHES = [1, 2, 7, 16, 37, 127, 128, 129, 300]


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("layers", [[], [["tanh"] * 5], [["hard_sigmoid", "sigmoid"] * 10, ["tanh"] * 17]], ids=len)
def test_batches_have_the_gradient_of_their_own_examples(layers, batch):
    """Full batches, then the partial one at the end of the epoch; a rate of nothing keeps θ where it is."""
    count = 2 * batch + max(batch // 3, 1) if batch > 1 else 3
    x, y = examples(count, 3, seed=batch)
    y += 5  # errors of one sign, so that no sum over a batch cancels
    recipe = Recipe(batch, 1e-30, "sgd")
    one, other = (Trainer(network, x, y, recipe=recipe) for network in twins(layers, 3))
    for _ in range(3):
        one.step()
        other.step()
        assert one.progress == other.progress
        assert_close(one.last_gradient, other.last_gradient, one.network, TOLERANCE)
    assert one.progress == 1.0


# ------------------------------------------------------------------------------------------------ trajectories


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_updates_of_every_optimizer(optimizer, schedule):
    x, y = examples(53, 4)
    recipe = Recipe(16, 0.01, optimizer, schedule=schedule, epochs=10, l1=1e-3, l2=1e-2)
    one, other = (Trainer(network, x, y, recipe=recipe) for network in twins([["tanh"] * 9, ["sigmoid"] * 20], 4))
    start = other.theta
    for trainer in (one, other):
        trainer.step(50)
    assert np.abs(other.theta - start).max() > 1e-3
    assert np.abs(one.theta - other.theta).max() <= 1e-3 * np.abs(other.theta).max()
    np.testing.assert_allclose(one.history.train, other.history.train, rtol=1e-3)
    np.testing.assert_allclose(one.batch_history.mean, other.batch_history.mean, rtol=1e-3)


@pytest.mark.parametrize("batch", BATCHES)
def test_fifty_updates_at_every_batch_size(batch):
    x, y = examples(331, 2)
    recipe = Recipe(batch, 0.01)
    one, other = (Trainer(network, x, y, recipe=recipe) for network in twins([["sigmoid", "tanh"] * 10], 2))
    for trainer in (one, other):
        trainer.step(50)
    assert np.abs(one.theta - other.theta).max() <= 1e-3 * np.abs(other.theta).max()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("train", "unseen"), [(1, 1), (127, 16), (128, 0), (300, 129)])
def test_losses_on_the_whole_sets_are_numpys(loss, train, unseen):
    x, y = examples(train, 3)
    x_test, y_test = examples(unseen, 3, seed=9) if unseen else (None, None)
    network = Network(3, [["relu", "sigmoid"] * 9, ["tanh"] * 5], seed=1)
    trainer = Trainer(network, x, y, x_test, y_test, recipe=Recipe(train, loss=loss))
    trainer.run(3)
    assert trainer.history.train[-1] == pytest.approx(trainer.loss("train"), rel=2e-5)
    if unseen:
        assert trainer.history.test[-1] == pytest.approx(trainer.loss("test"), rel=2e-5)


# ------------------------------------------------------------------------------------------------ order and exactness


@jit.compiled
def scalar_order(into, key, rows, side):
    for position in range(into.size):
        into[position] = example(key, position, into.size, rows, side)


@jit.compiled
def vector_order(into, groups, key, examples, rows, side):
    fill_order(into, 0, groups, key, examples, rows, side, (LANES - 1) // side + 1, rounds_for(examples))


@pytest.mark.parametrize("sizes", [range(1, 41), [49, 81, 961], range(1023, 1026), [1461, 99_991, 100_000]])
@pytest.mark.parametrize("epoch", [0, 1])
def test_the_order_of_lanes_is_that_of_scalars(sizes, epoch):
    for size in sizes:
        key, shape = epoch_key(5, epoch), grid(size)
        expected = np.empty(size, np.int64)
        scalar_order(expected, key, *shape)
        groups = -(-size // (GROUP * LANES))
        got = packing.aligned(groups * GROUP * LANES)
        vector_order(packing.address(got), groups, key, size, *shape)
        np.testing.assert_array_equal(got.view(np.int32)[:size], expected)


def long_batches(layers=(("relu", "tanh") * 9, ("sigmoid",) * 20), **options) -> Trainer:
    """Batches of three chunks and a half, so that a slice may end in the midst of one."""
    x, y = examples(1100, 3)
    network = Network(3, [list(layer) for layer in layers], seed=2)
    return Trainer(network, x, y, recipe=Recipe(450, 0.01, **options))


def in_the_midst_of_a_batch(updates: int) -> Trainer:
    trainer = long_batches()
    trainer.step(updates)
    while not trainer._work.run.state.row:
        trainer._work._speed.guess = 1.0
        trainer.run_for(0.01)
    return trainer


@pytest.mark.parametrize("chunks", [1.5, 2.5, 7.3])
def test_no_piece_goes_beyond_the_budget_of_a_slice_unless_it_is_the_first(chunks):
    trainer = long_batches(layers=(("relu",) * 200,) * 2)
    trainer.prepare()
    run, buffers = trainer._work.run, trainer._work._buffers
    chunk = 3 * run.theta.size * packing.CHUNK
    for budget, most in ((int(chunks * chunk), int(chunks * chunk)), (1, chunk)):
        spent = [simd.advance(run, buffers, trainer._settings, 10**6, budget) for _ in range(40)]
        assert min(spent) > 0 and max(spent) <= most
    assert run.state.update > 3 and run.state.epoch > 0


def test_chunks_are_shorter_in_wide_networks_only():
    def rows(*shape: int) -> int:
        return packing.chunk_rows(sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(shape)))

    assert rows(64, 512, 512, 1) == rows(1, 1024, 1024, 1) == packing.CHUNK
    assert packing.CHUNK > rows(1, 2048, 2048, 1) > rows(1, 4096, 4096, 1) == 16 >= LANES


def test_a_batch_cut_between_chunks_is_the_same_to_the_bit():
    whole, cut = long_batches(), in_the_midst_of_a_batch(4)
    for trainer in (whole, cut):
        trainer.step(20 - trainer.update)
    np.testing.assert_array_equal(whole.theta, cut.theta)
    np.testing.assert_array_equal(whole.history.train, cut.history.train)


def test_a_snapshot_in_the_midst_of_a_batch_repeats_the_run_to_the_bit():
    trainer = in_the_midst_of_a_batch(4)
    state = trainer.snapshot()
    trainer.step(15)
    theta = trainer.theta
    other = long_batches()
    for each in (trainer, other):
        each.restore(state)
        each.step(15)
        np.testing.assert_array_equal(each.theta, theta)


def test_gradient_and_losses_in_the_midst_of_a_batch_leave_it_alone():
    trainer, twin = (in_the_midst_of_a_batch(2) for _ in range(2))
    trainer.gradient()
    trainer.loss()
    for each in (trainer, twin):
        each.step(3)
    np.testing.assert_array_equal(trainer.theta, twin.theta)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_padding_stays_zero(optimizer):
    """σ(0) is ½ and so is hσ(0), in the lanes beyond the width too; nothing of it may reach θ or the moments."""
    layers = [["sigmoid"] * 3, [*["hard_sigmoid"] * 16, "tanh"], ["sigmoid"] * 50]
    x, y = examples(37, 5)
    trainer = Trainer(Network(5, layers, seed=1), x, y, recipe=Recipe(10, 0.01, optimizer, l1=1e-3, l2=1e-3))
    trainer.step(30)
    run, buffers = trainer._work.canonical(), trainer._work._buffers
    theta, first, second = buffers.state
    packed = {"theta": theta, "gradient": buffers.gradient, "first_moment": first, "second_moment": second}
    for name, values in packed.items():
        expected = np.zeros_like(values)
        expected[buffers.places] = getattr(run, name)
        np.testing.assert_array_equal(values, expected)


# ------------------------------------------------------------------------------------------------ what is not finite


@pytest.mark.parametrize("unit", [0, 15, 16, 40])
def test_a_nan_survives_a_relu_and_is_caught(unit):
    network = Network(2, [["relu"] * 41], seed=1)
    theta = network.theta
    theta[network.index(0, unit, "w", 0)], theta[network.index(0, unit, "w", 1)] = 3e38, -3e38
    network.theta = theta
    x = np.array([[0.1, 0.1], [2.0, 2.0]], np.float32)  # ∞ − ∞ on the second row
    trainer = Trainer(network, x, np.zeros(2), recipe=Recipe(2))
    assert trainer.step(5) == 0
    assert trainer.diverged == (1, "loss")
    np.testing.assert_array_equal(trainer.theta, theta)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_only_what_the_examples_come_to_may_overflow(count):
    """Where all x are 1, w + b is 0 and so is all that follows; at an x of 0 the second layer would be infinite."""
    single, double = twins([["identity"] * 3, ["identity"] * 3], 1)
    theta = single.theta
    for unit in range(3):
        theta[single.index(0, unit, "w")], theta[single.index(0, unit, "b")] = -1e20, 1e20
        theta[[single.index(1, unit, "w", source) for source in range(3)]] = 1e20
    single.theta = double.theta = theta
    x, y = np.ones((count, 1)), np.arange(5.0, 5 + count)
    one, other = (Trainer(network, x, y, recipe=Recipe(count, 1e-30, "sgd", "mae")) for network in (single, double))
    assert_close(one.gradient(), other.gradient(), single, 1e-6)
    for trainer in (one, other):
        trainer.step()
    assert one.diverged == other.diverged is None


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_that_overflows_stops_at_the_exact_last_finite_state(optimizer):
    """A rate at which l2 alone throws the weights beyond float32, while x is so small that the losses stay finite."""
    x, _ = examples(16, 2)
    recipe = Recipe(16, 1e30, optimizer, loss="mae", l2=0.01)

    def make() -> Trainer:
        return Trainer(Network(2, seed=1), 1e-10 * x, np.tile([1.0, -1.0], 8), recipe=recipe)

    diverging, twin = make(), make()
    diverging.step(100_000)
    update, what = diverging.diverged
    assert update > 1 and what in ("gradient", "theta")
    assert np.isfinite(diverging.theta).all()
    twin.step(update - 1)
    np.testing.assert_array_equal(diverging.theta, twin.theta)
    np.testing.assert_array_equal(diverging.history.train, twin.history.train)


def growing(rate: float = 1e4) -> Trainer:
    """w ← −1.02 w in each update, of a loss near 1: beyond float32 after some 4,400, more than the buckets hold."""
    x, _ = examples(16, 2)
    recipe = Recipe(5, rate, "sgd", loss="mae", l2=2.02 / rate)
    return Trainer(Network(2, seed=1), 1e-12 * x, np.tile([1.0, -1.0], 8), recipe=recipe)


@pytest.mark.parametrize("cut", [1_000, 100_000])
def test_a_run_whose_curve_was_thinned_goes_back_to_the_exact_last_finite_state(monkeypatch, cut):
    """Whatever was kept to go back to, and however long ago."""
    monkeypatch.setattr(past, "SAVE_SECONDS", np.inf)
    diverging, twin = growing(), growing()
    while not diverging.diverged:
        diverging.step(cut)
    update, what = diverging.diverged
    assert what == "theta" and update > BUCKET_CAPACITY
    assert np.isfinite(diverging.theta).all()
    for _ in range(update - 1):
        twin.step()
    np.testing.assert_array_equal(diverging.theta, twin.theta)
    np.testing.assert_array_equal(diverging.batch_history.mean, twin.batch_history.mean)
    np.testing.assert_array_equal(diverging.history.train, twin.history.train)


def test_a_run_goes_back_by_the_recipe_of_each_moment(monkeypatch):
    """What was kept before a change is not what the run goes back to."""
    monkeypatch.setattr(past, "SAVE_SECONDS", np.inf)
    diverging, twin = growing(), growing()
    for trainer in (diverging, twin):
        trainer.theta = trainer.theta * 1e20
        trainer.step(10)
        trainer.recipe = replace(trainer.recipe, batch_size=3)
    diverging.step(10_000)
    update, what = diverging.diverged
    assert what == "theta" and update > 100
    twin.step(update - 1 - twin.update)
    assert diverging.progress == twin.progress
    np.testing.assert_array_equal(diverging.theta, twin.theta)


def test_numpy_has_its_denormals_back_after_a_call():
    trainer = long_batches()
    tiny = np.array([1e-39, 2e-39], np.float32)
    trainer.step(2)
    assert (tiny * np.float32(0.5) > 0).all()
    trainer.gradient()
    assert (tiny * np.float32(0.5) > 0).all()


def test_denormal_moments_are_flushed_inside():
    """Without a gradient Adam's first moment decays by 0.9 an update; 1e-30 is gone after 200."""
    x, y = np.zeros((4, 1), np.float32), np.zeros(4, np.float32)
    network = Network(1, [["relu"]], init="zeros")
    trainer = Trainer(network, x, y, recipe=Recipe(4, 1e-3))
    trainer._work.run.first_moment[:] = 1e-30
    trainer.step(200)
    assert simd.LANES < 8 or (trainer._work.canonical().first_moment[:3] == 0).all()  # the last one is the output bias


def test_ctrl_c_in_the_slice_that_diverges_leaves_the_last_finite_state(monkeypatch):
    interrupted, twin = growing(), growing()
    for trainer in (interrupted, twin):
        trainer.theta = trainer.theta * 1e30
    train = simd.train_together

    def train_and_press(*arguments):
        spent = train(*arguments)
        signal.raise_signal(signal.SIGINT)
        return spent

    twin.step(10_000)
    monkeypatch.setattr(simd, "train_together", train_and_press)
    while not interrupted.diverged:
        before = interrupted.update
        with pytest.raises(KeyboardInterrupt):
            interrupted.step(10_000)
        assert interrupted.diverged or interrupted.update > before
    assert interrupted.diverged == twin.diverged
    np.testing.assert_array_equal(interrupted.theta, twin.theta)
    np.testing.assert_array_equal(interrupted.batch_history.mean, twin.batch_history.mean)


def test_a_batch_that_fails_is_forgotten_though_a_slice_began_in_its_midst(monkeypatch):
    monkeypatch.setattr(past, "SAVE_SECONDS", 0.0)
    trainer = growing()
    trainer.theta = trainer.theta * 1e37
    while not trainer.diverged:
        trainer._work._speed.guess = 1.0
        trainer.run_for(0.01)
    assert trainer.diverged[1] == "theta"
    assert trainer.snapshot().state.row == 0


# ------------------------------------------------------------------------------------------------ threads


def with_threads(threads: int, layers, inputs: int, recipe: Recipe, updates: int) -> Trainer:
    x, y = examples(333, inputs)
    trainer = Trainer(Network(inputs, layers, seed=1), x, y, x[:37], y[:37], recipe, threads=threads)
    trainer.step(updates)
    return trainer


@pytest.mark.parametrize(
    ("layers", "inputs", "recipe"),
    [
        ([["relu"] * 40], 3, Recipe(100, 0.01)),
        ([["relu", "tanh", "sigmoid"] * 11, ["tanh"] * 47], 17, Recipe(70, 0.01)),
        ([["tanh"] * 130, ["relu"] * 65, ["sigmoid"] * 17], 5, Recipe(300, 0.01, "adamw", l1=1e-4, l2=1e-3)),
        ([], 8, Recipe(64, 0.01, "sgd", "huber", l2=0.1)),
    ],
    ids=["one layer", "mixed", "deep, several chunks", "linear"],
)
def test_theta_is_the_same_to_the_bit_for_any_number_of_threads(monkeypatch, layers, inputs, recipe):
    monkeypatch.setattr(simd, "PAYING", 1)
    monkeypatch.setattr(simd, "UNITS", 0.25)
    alone, *teams = (with_threads(threads, layers, inputs, recipe, 12) for threads in (1, 2, 3))
    for team in teams:
        assert simd.threads_that_pay(team._work.run, team._settings, 3) > 1
        np.testing.assert_array_equal(team.theta, alone.theta)
        np.testing.assert_array_equal(team.history.train, alone.history.train)
        np.testing.assert_array_equal(team.batch_history.mean, alone.batch_history.mean)


def test_a_team_stops_together_at_the_last_finite_state(monkeypatch):
    monkeypatch.setattr(simd, "PAYING", 1)
    monkeypatch.setattr(simd, "UNITS", 0.25)
    alone, team = (with_threads(threads, [["relu"] * 20], 4, Recipe(64, 1e10, "sgd"), 60) for threads in (1, 2))
    assert alone.diverged is not None
    assert team.diverged == alone.diverged
    np.testing.assert_array_equal(team.theta, alone.theta)


@pytest.fixture
def team(monkeypatch) -> Trainer:
    """Three threads at every slice, whatever else goes on; one update is done."""
    monkeypatch.setattr(simd, "PAYING", 1)
    monkeypatch.setattr(simd, "UNITS", 0.25)
    monkeypatch.setattr(company.Company, "size", lambda self, wanted: wanted)
    return with_threads(3, [["relu"] * 20], 4, Recipe(64, 0.01), 1)


def is_as_undisturbed(team: Trainer) -> bool:
    alone = with_threads(1, [["relu"] * 20], 4, Recipe(64, 0.01), team.update)
    return np.array_equal(team.theta, alone.theta)


class Alarm(Exception):
    pass


def ring(number: int, frame: object) -> NoReturn:
    raise Alarm


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGALRM])
@pytest.mark.parametrize("begun", [1, 2])
def test_a_signal_while_threads_begin_leaves_none_that_waits(monkeypatch, team, number, begun):
    class Interrupted(threading.Thread):
        def start(self) -> None:
            super().start()
            if threading.active_count() == before + begun:
                signal.raise_signal(number)

    handler = signal.signal(number, ring)
    monkeypatch.setattr(company, "Thread", functools.partial(Interrupted, daemon=True))
    before = threading.active_count()
    try:
        with pytest.raises(Alarm):
            team.step(5)
    finally:
        signal.signal(number, handler)
    assert threading.active_count() == before
    assert is_as_undisturbed(team)


@pytest.mark.parametrize("error", [RuntimeError("can't start new thread"), MemoryError()])
def test_where_the_system_has_no_more_threads_one_trains_alone(monkeypatch, team, error):
    class Last(threading.Thread):
        def start(self) -> None:
            if threading.active_count() > before:
                raise error
            super().start()

    monkeypatch.setattr(company, "Thread", functools.partial(Last, daemon=True))
    before = threading.active_count()
    assert team.step(5) == 5
    assert threading.active_count() == before
    assert is_as_undisturbed(team)


def test_what_a_thread_cannot_begin_with_leaves_none_that_waits(monkeypatch, team):
    class Failing(threading.Thread):
        def start(self) -> None:
            if threading.active_count() > before:
                raise Alarm
            super().start()

    monkeypatch.setattr(company, "Thread", functools.partial(Failing, daemon=True))
    before = threading.active_count()
    with pytest.raises(Alarm):
        team.step(5)
    assert threading.active_count() == before
    assert is_as_undisturbed(team)


def test_threads_join_where_it_pays():
    """One for the book's network, two for 2 × 512 units in batches of 1024; never more than asked for."""

    def threads(inputs: int, layers, batch: int, most: int = 8) -> int:
        x, y = np.zeros((2048, inputs)), np.zeros(2048)
        trainer = Trainer(Network(inputs, layers), x, y, recipe=Recipe(batch))
        return simd.threads_that_pay(trainer._work.run, trainer._settings, most)

    assert threads(1, [["sigmoid"] * 10], 16) == threads(56, [["relu"] * 100], 64) == 1
    assert threads(64, [["relu"] * 512] * 2, 1024) == min(8, 512 // (4 * LANES))
    assert threads(64, [["relu"] * 60] * 4, 1024) == 60 // (4 * LANES) or 1
    assert threads(64, [["relu"] * 512] * 2, 1024, most=2) == 2
