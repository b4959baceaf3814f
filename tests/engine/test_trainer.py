"""What a run promises: exactness, time, edits, divergence, snapshots."""

from __future__ import annotations

import copy
import dataclasses
import pickle

import numpy as np
import pytest

from engine import EngineError, Network, Recipe, Trainer
from engine.optimizers import OPTIMIZERS

RNG = np.random.default_rng(5)
X, Y = RNG.uniform(-1, 1, (23, 2)), RNG.standard_normal(23)
X_TEST, Y_TEST = RNG.uniform(-1, 1, (6, 2)), RNG.standard_normal(6)
RECIPE = Recipe(batch_size=5, learning_rate=0.01)


def make(layers=(("sigmoid", "relu", "tanh"),), recipe=RECIPE, **options) -> Trainer:
    network = Network(2, [list(layer) for layer in layers], seed=1, dtype=options.pop("dtype", "float32"))
    return Trainer(network, X, Y, X_TEST, Y_TEST, recipe, **options)


def test_counters():
    trainer = make()
    assert (trainer.update, trainer.epoch, trainer.progress) == (0, 0, 0.0)
    assert trainer.step(4) == 4
    assert (trainer.update, trainer.epoch, trainer.progress) == (4, 0, 20 / 23)
    assert trainer.run(epochs=1) == 1  # to the boundary ahead
    assert (trainer.update, trainer.epoch) == (5, 1)
    assert trainer.run(epochs=3) == 15
    assert (trainer.update, trainer.epoch) == (20, 4)
    assert trainer.step(0) == 0


def test_the_network_passed_in_is_never_changed_and_the_one_given_out_is_a_copy():
    network = Network(2, [["relu"] * 3])
    theta = network.theta
    x = X.astype(np.float32)
    trainer = Trainer(network, x, Y)
    x[:] = 0  # the trainer has its own data
    trainer.step(5)
    np.testing.assert_array_equal(network.theta, theta)
    copy = trainer.network
    copy.theta = copy.theta + 1
    np.testing.assert_array_equal(trainer.network.theta, trainer.theta)
    assert (trainer.theta != theta).any()
    np.testing.assert_array_equal(trainer.predict(X), trainer.network.predict(X))
    assert trainer.loss() == pytest.approx(float(np.mean(np.square(trainer.predict(X) - Y))), rel=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_theta_does_not_depend_on_how_calls_are_cut(dtype):
    whole, cut, sliced = make(dtype=dtype), make(dtype=dtype), make(dtype=dtype)
    whole.step(60)
    for updates in (1, 2, 7, 50):
        cut.step(updates)
    while sliced.update < 60:  # slices of one example, so every batch is cut
        sliced._work._speed.guess = 1.0
        sliced.run_for(0.01)
    np.testing.assert_array_equal(whole.theta, cut.theta)
    np.testing.assert_array_equal(whole.theta, sliced.theta)
    for curve in ("update", "epoch", "train", "test"):
        np.testing.assert_array_equal(getattr(whole.history, curve), getattr(cut.history, curve))


def test_theta_depends_on_the_seed_of_the_shuffle():
    one, other = make(), make(seed=1)
    one.run(2)
    other.run(2)
    assert (one.theta != other.theta).any()


def test_a_partial_last_batch_is_averaged_over_its_own_size():
    """Plain SGD by hand: each epoch ends with a batch of three."""
    trainer = make(layers=(), recipe=Recipe(5, 0.1, "sgd"), dtype="float64")
    theta = trainer.theta
    from engine.kernels.shuffle import epoch_key, example
    from engine.layout import grid

    order = [example(epoch_key(0, 0), k, 23, *grid(23)) for k in range(23)]
    for begin in range(0, 23, 5):
        rows = order[begin : begin + 5]
        error = X[rows] @ theta[:2] + theta[2] - Y[rows]
        theta = theta - 0.1 * 2 * np.append(X[rows].T @ error, error.sum()) / len(rows)
    trainer.run()
    np.testing.assert_allclose(trainer.theta, theta, rtol=1e-12)


def test_batch_size_of_all_examples_or_more_is_full_batch():
    theta = []
    for batch in (23, 1000):
        trainer = make(recipe=dataclasses.replace(RECIPE, batch_size=batch), dtype="float64")
        assert trainer.run(3) == 3
        theta.append(trainer.theta)
    np.testing.assert_array_equal(*theta)


def test_a_new_batch_size_takes_effect_on_what_is_left_of_the_epoch():
    trainer = make()
    trainer.step(2)
    trainer.recipe = dataclasses.replace(RECIPE, batch_size=13)
    trainer.step(1)
    assert (trainer.epoch, trainer.progress) == (1, 1.0)


def test_history_has_a_point_for_each_epoch_and_is_never_stale():
    trainer = make()
    trainer.run(7)
    history = trainer.history
    np.testing.assert_array_equal(history.epoch, range(8))
    np.testing.assert_array_equal(history.update, np.arange(8) * 5)
    assert history.train[-1] == pytest.approx(trainer.loss("train"), rel=1e-5)
    assert history.test[-1] == pytest.approx(trainer.loss("test"), rel=1e-5)
    assert len(history.test) == len(history.train) == 8
    with pytest.raises(ValueError, match="read-only"):
        history.train[0] = 0


def test_without_a_test_set_its_losses_are_nan():
    trainer = Trainer(Network(2), X, Y)
    trainer.run(2)
    assert np.isnan(trainer.loss("test"))
    assert np.isnan(trainer.history.test).all() and len(trainer.history.test) == 3


def test_batch_history_is_of_the_batches():
    trainer = make(recipe=dataclasses.replace(RECIPE, batch_size=23))
    trainer.run(4)
    batches, history = trainer.batch_history, trainer.history
    np.testing.assert_array_equal(batches.update, [1, 2, 3, 4])
    np.testing.assert_allclose(batches.mean, history.train[:-1], rtol=1e-5)  # a batch's loss is the one before its step
    np.testing.assert_array_equal(batches.min, batches.max)


def test_last_gradient_is_that_of_the_last_update():
    trainer = make(recipe=Recipe(5, 0.1, "sgd"))
    assert trainer.last_gradient is None
    trainer.step(3)
    before = trainer.theta
    trainer.step(1)
    np.testing.assert_allclose(before - 0.1 * trainer.last_gradient, trainer.theta, atol=1e-6)


def test_gradient_leaves_the_run_alone():
    trainer, twin = make(), make()
    trainer.step(3)
    twin.step(3)
    trainer.gradient()
    trainer.step(3)
    twin.step(3)
    np.testing.assert_array_equal(trainer.theta, twin.theta)
    np.testing.assert_array_equal(trainer.last_gradient, twin.last_gradient)


@pytest.mark.parametrize(("kind", "z"), [("sigmoid", 25.0), ("sigmoid", -25.0), ("tanh", 12.0), ("tanh", -12.0)])
def test_a_saturated_unit_stays_where_it_stays_in_float64(kind, z):
    """Adam turns the smallest slope that is left over into full steps."""
    ends = []
    for dtype in ("float32", "float64"):
        trainer = Trainer(Network(1, [[kind]], dtype=dtype), X[:, :1], Y, recipe=Recipe(23, 0.01))
        trainer.theta = [0.1, z, 1.0, 0.5]
        trainer.step(300)
        ends.append(trainer.theta[1])
    assert ends[0] == pytest.approx(ends[1], abs=0.02)  # with a floor under the slope it went 0.3 and more


# ------------------------------------------------------------------------------------------------ changes


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_edits_carry_moments_along(optimizer):
    """A unit that is added and removed again between two updates has no effect on the rest of the run."""
    edited, plain = (make(recipe=dataclasses.replace(RECIPE, optimizer=optimizer)) for _ in range(2))
    for trainer in (edited, plain):
        trainer.step(7)
    mapping = edited.add_unit("relu", 0)
    assert mapping.shape == plain.theta.shape and (mapping >= 0).all()
    edited.remove_unit(0, 3)
    for trainer in (edited, plain):
        trainer.step(7)
    np.testing.assert_array_equal(edited.theta, plain.theta)


def test_edits_keep_the_place_in_the_epoch_and_the_curve():
    trainer = make(dtype="float64")
    trainer.step(7)
    curve = trainer.predict(X)
    trainer.add_unit("sigmoid")
    np.testing.assert_allclose(trainer.predict(X), curve, rtol=1e-12)
    assert (trainer.update, trainer.progress) == (7, 1 + 10 / 23)
    trainer.add_layer(["relu"] * 2)
    trainer.step(1)
    assert trainer.network.shape == (2, 4, 2, 1)
    trainer.remove_layer(0)
    trainer.step(1)
    assert trainer.network.shape == (2, 2, 1)
    assert len(trainer.history.epoch) == 2


def while_the_losses_are_taken(reached: int, dtype: str) -> Trainer:
    """After the first update, when at least `reached` rows of 300 and 300 unseen ones are through."""
    x, y = np.random.default_rng(0).uniform(-1, 1, (600, 2)), np.linspace(-1, 1, 600)
    network = Network(2, [["sigmoid"] * 3], dtype=dtype)
    trainer = Trainer(network, x[:300], y[:300], x[300:], y[300:], dataclasses.replace(RECIPE, batch_size=300))
    while trainer._work.run.state.check_row < reached:  # slices of one example, or of one chunk of them
        trainer._work._speed.guess = 1.0
        trainer.run_for(0.01)
    assert trainer._work.run.state.check_row < 600 and trainer.update == 1
    return trainer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("reached", [130, 310], ids=["in the training set", "in the test set"])
@pytest.mark.parametrize(
    "change",
    [
        lambda trainer: trainer.add_unit("relu"),
        lambda trainer: setattr(trainer, "recipe", dataclasses.replace(RECIPE, learning_rate=0.02)),
        lambda trainer: setattr(trainer, "theta", trainer.theta),
        lambda trainer: trainer.restore(trainer.snapshot()),
    ],
    ids=["edit", "recipe", "theta", "restore"],
)
def test_a_change_while_the_losses_are_taken_leaves_their_curve_true(change, reached, dtype):
    trainer = while_the_losses_are_taken(reached, dtype)
    change(trainer)
    trainer.step(0)
    assert trainer.history.train[-1] == pytest.approx(trainer.loss("train"), rel=1e-5)
    assert trainer.history.test[-1] == pytest.approx(trainer.loss("test"), rel=1e-5)
    assert list(trainer.history.update) == [0, 1]


def test_a_refused_edit_leaves_the_run_alone():
    trainer, twin = make(), make()
    with pytest.raises(EngineError, match="unit=9"):
        trainer.remove_unit(0, 9)
    trainer.step(5)
    twin.step(5)
    np.testing.assert_array_equal(trainer.theta, twin.theta)


def test_assigned_theta_keeps_moments_and_place():
    trainer, twin = make(), make()
    for each in (trainer, twin):
        each.step(7)
    trainer.theta = twin.theta
    for each in (trainer, twin):
        each.step(7)
    np.testing.assert_array_equal(trainer.theta, twin.theta)
    with pytest.raises(EngineError, match="not finite"):
        trainer.theta = np.full(twin.theta.size, np.nan)


def test_another_rate_keeps_the_moments_and_another_optimizer_starts_its_own():
    trainer = make(recipe=Recipe(5, 0.1, "momentum"), dtype="float64")
    trainer.step(3)
    trainer.recipe = Recipe(5, 1e-9, "momentum")
    before = trainer.theta
    trainer.step(1)
    assert not np.allclose((before - trainer.theta) / 1e-9, trainer.last_gradient, atol=0.01)  # the trace pushes on

    trainer.recipe = Recipe(5, 1e-3, "adam")
    before = trainer.theta
    trainer.step(1)
    moved = np.abs(trainer.theta - before)[np.abs(trainer.last_gradient) > 1e-4]
    np.testing.assert_allclose(moved, 1e-3, rtol=1e-3)  # Adam's first step is η in every direction


def test_learning_rate_follows_the_schedule():
    trainer = make(recipe=dataclasses.replace(RECIPE, schedule="cosine", epochs=2))
    assert trainer.learning_rate == 0.01
    trainer.step(5)
    assert trainer.learning_rate == pytest.approx(0.005)
    trainer.run(4)
    assert trainer.learning_rate == 0.0


# ------------------------------------------------------------------------------------------------ divergence


@pytest.mark.parametrize(
    ("recipe", "what"),
    [
        (Recipe(5, 1e12, "sgd"), {"loss", "gradient"}),
        (Recipe(5, 1e38, "sgd", loss="mae"), {"loss", "gradient", "theta"}),
        (Recipe(5, 3e38, "sgd", loss="mae", l1=2.0), {"theta"}),
    ],
)
def test_divergence_stops_at_the_last_finite_state(recipe, what):
    trainer = make(recipe=recipe, layers=(("relu",) * 3,) * 2)
    done = trainer.step(500)
    assert done == trainer.update < 500
    update, reason = trainer.diverged
    assert update == trainer.update + 1
    assert reason in what
    assert np.isfinite(trainer.theta).all()
    with pytest.raises(EngineError, match=f"stopped at update {update}, whose {reason} is too large in float32"):
        trainer.step()
    with pytest.raises(EngineError, match="lower the learning rate"):
        trainer.run_for(0.01)


def test_the_last_finite_state_is_the_exact_one():
    """w ← −100 w overflows in the midst of a slice, while x is so small that losses and gradients stay finite."""
    recipe = Recipe(5, 1e4, "sgd", loss="mae", l2=0.0101)

    def make():
        return Trainer(Network(2, seed=1), 1e-10 * X, Y, recipe=recipe)

    diverging = make()
    diverging.step(10_000)
    update, reason = diverging.diverged
    assert reason == "theta" and update > 2
    twin = make()
    twin.step(update - 1)
    np.testing.assert_array_equal(diverging.theta, twin.theta)
    np.testing.assert_array_equal(diverging.batch_history.mean, twin.batch_history.mean)


def test_a_diverged_run_goes_on_after_a_change():
    for change in (
        lambda trainer: setattr(trainer, "recipe", RECIPE),
        lambda trainer: setattr(trainer, "theta", np.zeros(trainer.theta.size)),
        lambda trainer: trainer.add_unit("relu"),
    ):
        trainer = make(recipe=Recipe(5, 1e12, "sgd"))
        start = trainer.snapshot()
        trainer.step(100)
        assert trainer.diverged
        change(trainer)
        assert trainer.diverged is None
        trainer.restore(start)
        assert trainer.diverged is None and trainer.update == 0


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"])
def test_a_moment_that_overflows_is_the_gradients_fault(optimizer, dtype):
    """Of a finite gradient, the square overflows at once, the trace when a larger one is added."""
    largest = float(np.finfo(dtype).max)
    recipe = Recipe(1, 0.1 / largest, optimizer, loss="mae")
    trainer = Trainer(Network(1, dtype=dtype), [[0.2 * largest]], [0.0], recipe=recipe)
    trainer.theta = [0.5, 0.0]
    if trainer.step(1):
        trainer.recipe = dataclasses.replace(recipe, l1=0.75 * largest)
        trainer.step(1)
    assert trainer.diverged == (2 if optimizer in ("momentum", "nesterov") else 1, "gradient")
    assert np.isfinite(trainer.theta).all()


def test_after_a_loss_that_is_not_finite_adam_counts_the_updates_that_were_done():
    """The next step of float32 is that of float64, from the same θ and moments."""
    moved = []
    for dtype, rate in (("float32", 1e30), ("float64", 1e200)):
        trainer = make(recipe=Recipe(5, rate), layers=(("relu",) * 3,), dtype=dtype)
        start = trainer.theta
        trainer.step(3)
        assert trainer.diverged == (2, "loss")
        trainer.theta = start
        trainer.recipe = RECIPE
        trainer.step(1)
        moved.append(trainer.theta - start)
    np.testing.assert_allclose(*moved, rtol=1e-3, atol=1e-6)


# ------------------------------------------------------------------------------------------------ snapshots


def test_restore_repeats_the_run_to_the_bit():
    trainer = make()
    trainer.step(7)
    state = trainer.snapshot()
    trainer.step(40)
    theta, history = trainer.theta, trainer.history.train
    trainer.add_unit("relu")
    trainer.recipe = dataclasses.replace(RECIPE, learning_rate=0.5)
    trainer.step(3)
    trainer.restore(state)
    assert (trainer.update, trainer.recipe, trainer.network.shape) == (7, RECIPE, (2, 3, 1))
    trainer.step(40)
    np.testing.assert_array_equal(trainer.theta, theta)
    np.testing.assert_array_equal(trainer.history.train, history)
    with pytest.raises(EngineError, match="expected a snapshot"):
        trainer.restore(None)


def test_a_snapshot_is_small_and_the_curves_stay_with_the_trainer():
    trainer = make()
    trainer.step(7)
    assert trainer.snapshot().nbytes < 16 * trainer.theta.size + 200


def test_curves_are_cut_where_a_snapshot_was_made():
    trainer = make()
    trainer.run(3)
    early = trainer.snapshot()
    trainer.run(4)
    late, history = trainer.snapshot(), trainer.history
    trainer.restore(early)
    np.testing.assert_array_equal(trainer.history.update, history.update[:4])
    np.testing.assert_array_equal(trainer.history.train, history.train[:4])
    np.testing.assert_array_equal(trainer.batch_history.update, np.arange(1, 16))
    trainer.recipe = dataclasses.replace(RECIPE, learning_rate=0.5)
    trainer.run(2)
    trainer.restore(late)  # of the other branch, of which only the first three epochs are still there
    np.testing.assert_array_equal(trainer.history.update, history.update[:4])
    trainer.run(1)
    np.testing.assert_array_equal(trainer.history.update, [0, 5, 10, 15, 40])


def test_in_another_trainer_the_curve_begins_at_the_snapshot():
    trainer, other = make(), make()
    trainer.step(13)
    other.run(4)
    other.restore(trainer.snapshot())
    np.testing.assert_array_equal(other.history.update, [13])
    assert other.history.train[0] == trainer.loss("train")
    assert len(other.batch_history.update) == 0
    for each in (trainer, other):
        each.step(12)
    np.testing.assert_array_equal(trainer.theta, other.theta)
    np.testing.assert_array_equal(other.history.update, [13, 15, 20, 25])
    np.testing.assert_array_equal(other.history.train[1:], trainer.history.train[3:])


def test_a_snapshot_made_while_the_losses_are_taken_puts_no_point_in_twice():
    trainer = while_the_losses_are_taken(130, "float32")
    state = trainer.snapshot()
    trainer.step(2)
    history = trainer.history
    trainer.restore(state)
    trainer.theta = np.zeros(trainer.theta.size)  # its losses at this update are not those of the snapshot
    trainer.step(2)
    trainer.restore(state)
    trainer.step(2)
    np.testing.assert_array_equal(trainer.history.update, [0, 1, 2, 3])
    np.testing.assert_array_equal(trainer.history.train, history.train)
    other = while_the_losses_are_taken(130, "float32")
    other.restore(state)
    other.step(2)
    np.testing.assert_array_equal(other.history.update, [1, 2, 3])
    np.testing.assert_allclose(other.history.train, history.train[1:], rtol=1e-5)


@pytest.mark.parametrize("copy_of", [copy.deepcopy, lambda trainer: pickle.loads(pickle.dumps(trainer))])
def test_a_copy_knows_no_curve_of_what_the_original_does_later(copy_of):
    trainer = make()
    trainer.run(2)
    twin = copy_of(trainer)
    trainer.run(2)
    twin.recipe = dataclasses.replace(RECIPE, learning_rate=0.5)
    twin.run(3)
    twin.restore(trainer.snapshot())
    assert twin.history.update.max() <= 20 and not set(twin.history.update) & {15}


def test_no_gradient_is_told_of_a_batch_that_a_change_cut_short():
    trainer = make(dtype="float64")
    trainer.step(2)
    while not trainer._work.run.state.row:
        trainer._work._speed.guess = 1.0
        trainer.run_for(0.01)
    trainer.theta = trainer.theta
    assert trainer.last_gradient is None
    trainer.step(1)
    assert trainer.last_gradient is not None


@pytest.mark.parametrize(
    "other",
    [
        Trainer(Network(2), X[:9], Y[:9], X_TEST, Y_TEST),  # the position in the epoch would lie beyond its end
        Trainer(Network(2), X, Y),
        Trainer(Network(1), X[:, 0], Y, X_TEST[:, 0], Y_TEST),
        Trainer(Network(2, dtype="float64"), X, Y, X_TEST, Y_TEST),
    ],
)
def test_a_state_of_another_run_is_refused_and_changes_nothing(other):
    trainer = make()
    trainer.step(3)
    before = other.theta
    with pytest.raises(EngineError, match="expected one of a run on"):
        other.restore(trainer.snapshot())
    np.testing.assert_array_equal(other.theta, before)
    assert other.update == 0


@pytest.mark.parametrize("copy_of", [copy.deepcopy, lambda trainer: pickle.loads(pickle.dumps(trainer))])
def test_a_copy_goes_on_alone(copy_of):
    trainer, twin = make(), make()
    for each in (trainer, twin):
        each.step(7)
    other = copy_of(trainer)
    other.step(5)
    np.testing.assert_array_equal(trainer.theta, twin.theta)
    trainer.step(5)
    np.testing.assert_array_equal(trainer.theta, other.theta)


# ------------------------------------------------------------------------------------------------ the border


@pytest.mark.parametrize("order", ["C", "F"])
def test_read_only_and_fortran_arrays_are_taken_and_compile_nothing_new(order):
    from engine.kernels import simd

    make().step(1)
    compiled = len(getattr(simd.train, "signatures", []))
    x = np.array(X, np.float64, order=order)
    x.flags.writeable = False
    trainer = Trainer(Network(2, [["sigmoid", "relu", "tanh"]], seed=1), x, list(Y), recipe=RECIPE)
    twin = make()
    trainer.step(5)
    twin.step(5)
    np.testing.assert_array_equal(trainer.theta, twin.theta)
    assert len(getattr(simd.train, "signatures", [])) == compiled


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"y": Y[:-1]}, r"x has 23 rows and y is of shape \(22,\)"),
        ({"x": X[:, :1]}, r"x of shape \(23, 1\): expected \(N, 2\)"),
        ({"x": X[:0], "y": Y[:0]}, "x is empty"),
        ({"x": np.where(X > 0.9, np.nan, X)}, "x holds NaN"),
        ({"y": np.append(Y[:-1], np.inf)}, "y holds NaN or infinite"),
        ({"x": X * 1e39}, "x holds NaN or infinite values in float32: expected finite numbers"),
        ({"y": ["a"] * 23}, "y=.*expected numbers"),
        ({"x_test": X_TEST[:, :1], "y_test": Y}, r"x_test of shape \(6, 1\)"),
        ({"x_test": X_TEST}, "only one of x_test and y_test"),
        ({"x_test": X_TEST, "y_test": Y}, "x_test has 6 rows"),
        ({"network": None}, "network=None: expected a Network"),
        ({"recipe": {"batch_size": 3}}, "expected a Recipe"),
        ({"seed": -1}, "seed=-1"),
        ({"threads": 0}, "threads=0"),
        ({"device": "tpu"}, "device='tpu': expected one of cpu"),
    ],
)
def test_wrong_values_are_refused_in_one_sentence(options, sentence):
    arguments = {"network": Network(2), "x": X, "y": Y} | options
    with pytest.raises(EngineError, match=sentence):
        Trainer(**arguments)


def test_wrong_calls_are_refused_in_one_sentence():
    trainer = make()
    for call, sentence in (
        (lambda: trainer.step(-1), "updates=-1"),
        (lambda: trainer.step(1.5), r"updates=1\.5"),
        (lambda: trainer.run(0), "epochs=0"),
        (lambda: trainer.run_for(0.0), r"seconds=0\.0"),
        (lambda: trainer.loss("all"), "split='all': expected one of train, test"),
    ):
        with pytest.raises(EngineError, match=sentence):
            call()
