"""50 updates of every optimizer and schedule against JAX and optax, float64, on the same batches."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import engine.losses
import engine.optimizers
import engine.schedules
from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.kernels.shuffle import epoch_key, example
from engine.layout import grid

jax.config.update("jax_enable_x64", True)

EXAMPLES, BATCH, UPDATES, SEED = 23, 5, 50, 3  # five batches an epoch, the last of three examples

# For each entry of our registries what it is there, or None where they have no counterpart.
ACTIVATIONS = {
    "identity": lambda z: z,
    "sigmoid": jax.nn.sigmoid,
    "hard_sigmoid": lambda z: jnp.clip(z / 4 + 0.5, 0, 1),
    "relu": jax.nn.relu,
    "tanh": jnp.tanh,
    "leaky_relu": lambda z: jax.nn.leaky_relu(z, 0.01),
}
LOSSES = {"mse": jnp.square, "mae": jnp.abs, "huber": lambda error: optax.huber_loss(error, delta=1.0)}
OPTIMIZERS = {
    "sgd": lambda rate, l2: optax.sgd(rate),
    "momentum": lambda rate, l2: optax.sgd(rate, momentum=0.9),
    "nesterov": lambda rate, l2: optax.sgd(rate, momentum=0.9, nesterov=True),
    "adagrad": lambda rate, l2: optax.adagrad(rate, initial_accumulator_value=0.0, eps=1e-10),
    "rmsprop": lambda rate, l2: optax.rmsprop(rate, decay=0.9, eps=1e-8),
    "adam": lambda rate, l2: optax.adam(rate, 0.9, 0.999, 1e-8),
    "adamw": lambda rate, l2: optax.adamw(
        rate, 0.9, 0.999, 1e-8, weight_decay=l2, mask=lambda layers: [(True, False) for _ in layers]
    ),
}
SCHEDULES = {
    "constant": lambda rate, horizon: optax.constant_schedule(rate),
    "cosine": optax.cosine_decay_schedule,
    "step": lambda rate, horizon: optax.piecewise_constant_schedule(rate, {horizon // 3: 0.1, 2 * horizon // 3: 0.1}),
}
REGISTRIES = [
    (KINDS, ACTIVATIONS),
    (engine.losses.LOSSES, LOSSES),
    (engine.optimizers.OPTIMIZERS, OPTIMIZERS),
    (engine.schedules.SCHEDULES, SCHEDULES),
]


def compared(theirs):
    return [name for name, counterpart in theirs.items() if counterpart is not None]


def network(kinds=("sigmoid", "tanh")) -> Network:
    return Network(2, [list(kinds), ["tanh"] * 3], seed=1, dtype="float64")


def dataset():
    rng = np.random.default_rng(0)
    return rng.standard_normal((EXAMPLES, 2)), rng.standard_normal(EXAMPLES)


def reference(net: Network, recipe: Recipe) -> np.ndarray:
    """θ after UPDATES updates by optax."""
    x, y = map(jnp.asarray, dataset())
    kinds = [*net.layers, ["identity"]]

    def predict(parameters, a):
        for (W, b), layer in zip(parameters, kinds, strict=True):
            z = a @ W.T + b
            a = jnp.stack([ACTIVATIONS[kind](z[:, unit]) for unit, kind in enumerate(layer)], axis=1)
        return a[:, 0]

    def objective(parameters, rows):
        l2 = 0.0 if recipe.optimizer == "adamw" else recipe.l2
        penalty = sum(recipe.l1 * jnp.abs(W).sum() + 0.5 * l2 * jnp.square(W).sum() for W, _ in parameters)
        return LOSSES[recipe.loss](predict(parameters, x[rows]) - y[rows]).mean() + penalty

    parameters = [tuple(map(jnp.asarray, net.weights(layer))) for layer in range(len(kinds))]
    rate = SCHEDULES[recipe.schedule](recipe.learning_rate, recipe.epochs * -(-EXAMPLES // BATCH))
    optimizer = OPTIMIZERS[recipe.optimizer](rate, recipe.l2)
    state = optimizer.init(parameters)
    gradient = jax.jit(jax.grad(objective))
    epoch, position = 0, 0
    for _ in range(UPDATES):
        batch = range(position, min(position + BATCH, EXAMPLES))
        rows = np.array([example(epoch_key(SEED, epoch), k, EXAMPLES, *grid(EXAMPLES)) for k in batch])
        updates, state = optimizer.update(gradient(parameters, rows), state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        position += BATCH
        if position >= EXAMPLES:
            epoch, position = epoch + 1, 0
    return np.concatenate([np.ravel(part) for layer in parameters for part in layer])


def check(net: Network, recipe: Recipe, tolerance: float = 1e-9) -> None:
    trainer = Trainer(net, *dataset(), recipe=recipe, seed=SEED)
    trainer.step(UPDATES)
    expected = reference(net, recipe)
    assert np.abs(trainer.theta - net.theta).max() > 1e-3  # it moved
    assert np.abs(trainer.theta - expected).max() <= tolerance * np.abs(expected).max()


@pytest.mark.parametrize(("ours", "theirs"), REGISTRIES)
def test_no_entry_is_left_out(ours, theirs):
    assert set(ours) == set(theirs)


@pytest.mark.parametrize("schedule", compared(SCHEDULES))
@pytest.mark.parametrize("optimizer", compared(OPTIMIZERS))
def test_optimizer_and_schedule(optimizer, schedule):
    # the horizon of nine epochs, 45 updates, ends before the 50th
    check(network(), Recipe(BATCH, 0.02, optimizer, schedule=schedule, epochs=9, l1=1e-3, l2=1e-2))


@pytest.mark.parametrize("loss", compared(LOSSES))
def test_loss(loss):
    check(network(), Recipe(BATCH, 0.02, "sgd", loss=loss))


@pytest.mark.parametrize("kind", compared(ACTIVATIONS))
def test_activation(kind):
    check(network([kind, kind, "sigmoid"]), Recipe(BATCH, 0.02, "momentum"))


def test_linear_model():
    check(Network(2, [], seed=2, dtype="float64"), Recipe(BATCH, 0.02, "adam"))
