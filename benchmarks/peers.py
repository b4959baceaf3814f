"""The peers: other libraries, training the same network by the same recipe, each in the way that is fastest for it.

Adam and MSE, float32. All start from the engine's initial weights. Units of mixed layers are sorted by kind here,
which does not change the network and spares the peers a select for each unit.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import PEERS, version_of
from benchmarks.measure import Contestant
from benchmarks.works import Work
from engine import Network

CALL_SECONDS = 0.2  # of one compiled call of JAX: many epochs, or it would be understated on small networks

Floats = NDArray[np.float32]
Layers = list[tuple[Floats, Floats]]  # W (fan_in, fan_out) and b (fan_out,), the output last
Groups = list[list[tuple[str, slice]]]  # for each hidden layer its kinds and their columns


def sorted_by_kind(network: Network) -> tuple[Layers, Groups]:
    """The network's weights with the units of each hidden layer sorted by kind."""
    layers, groups = [], []
    inputs = np.arange(network.n_inputs)
    for number, kinds in enumerate([*network.layers, ["identity"]]):
        W, b = network.weights(number)
        units = np.argsort(np.array(kinds), kind="stable")
        layers.append((np.ascontiguousarray(W[np.ix_(units, inputs)].T), b[units]))
        begin, columns = 0, []
        for kind, count in sorted(Counter(kinds).items()):
            columns.append((kind, slice(begin, begin + count)))
            begin += count
        groups.append(columns)
        inputs = units
    return layers, groups[:-1]


def predictor(
    groups: Groups, kinds: Mapping[str, Callable[[Any], Any]], affine: Callable[..., Any], join: Callable[[Any], Any]
) -> Any:
    """predict(layers, x (batch, n_inputs)) → (batch,) of any library, by its affine(b, x, W) = b + x·W."""

    def predict(layers: Any, x: Any) -> Any:
        for (W, b), columns in zip(layers, groups, strict=False):
            z = affine(b, x, W)
            parts = [kinds[kind](z[:, where] if len(columns) > 1 else z) for kind, where in columns]
            x = join(parts) if len(parts) > 1 else parts[0]
        W, b = layers[-1]
        return affine(b, x, W)[:, 0]

    return predict


def jax_trainer(work: Work, network: Network) -> tuple[Any, Any, Any]:
    """(carry, epoch, objective): carry = (layers, Adam's state); epoch(carry, order (N,)) → carry, mean batch loss.

    `optax.flatten` makes Adam one pass over one vector, which is up to a tenth faster here.
    """
    import jax
    import jax.numpy as jnp
    import optax

    kinds = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh}
    layers, groups = sorted_by_kind(network)
    predict = predictor(groups, kinds, lambda b, x, W: b + x @ W, lambda parts: jnp.concatenate(parts, axis=1))
    x, y = map(jnp.asarray, work.data())
    optimizer = optax.flatten(optax.adam(work.recipe.learning_rate))

    def objective(layers: Any, x: Any, y: Any) -> Any:
        return jnp.mean(jnp.square(predict(layers, x) - y))

    def update(carry: Any, rows: Any) -> Any:
        layers, state = carry
        loss, gradient = jax.value_and_grad(objective)(layers, x[rows], y[rows])
        change, state = optimizer.update(gradient, state, layers)
        return (optax.apply_updates(layers, change), state), loss

    def epoch(carry: Any, order: Any) -> Any:
        carry, losses = jax.lax.scan(update, carry, order.reshape(-1, work.recipe.batch_size))
        return carry, losses.mean()

    start = [(jnp.asarray(W), jnp.asarray(b)) for W, b in layers]
    return (start, optimizer.init(start)), epoch, lambda layers: objective(layers, x, y)


class Jax:
    """jit over a scan of epochs over a scan of updates, shuffled inside."""

    name = "JAX"

    def __init__(self, work: Work) -> None:
        import jax

        self._jax = jax
        self._updates_per_epoch = work.updates_per_epoch
        self._carry, epoch, _ = jax_trainer(work, work.network())
        self._key = jax.random.key(0)

        def shuffled(carry: Any, key: Any) -> Any:
            return epoch(carry, jax.random.permutation(key, work.examples))

        self._train = jax.jit(lambda carry, keys: jax.lax.scan(shuffled, carry, keys))
        self._epochs = 1
        self._epochs = self._count_epochs()
        self._call()

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._call()
            done += self._epochs * self._updates_per_epoch
        return done

    def _call(self) -> None:
        self._key, key = self._jax.random.split(self._key)
        self._carry, losses = self._train(self._carry, self._jax.random.split(key, self._epochs))
        losses.block_until_ready()

    def _count_epochs(self) -> int:
        """How many epochs take about CALL_SECONDS; each count is compiled anew."""
        while True:
            self._call()
            started = time.perf_counter()
            self._call()
            elapsed = time.perf_counter() - started
            if elapsed > CALL_SECONDS / 8 or self._epochs * self._updates_per_epoch > 1e6:
                return max(1, int(self._epochs * CALL_SECONDS / elapsed))
            self._epochs *= 32


class Torch:
    """Eager, with the fused Adam; one pass of Python for each update."""

    name = "PyTorch"

    def __init__(self, work: Work) -> None:
        import torch

        torch.set_num_threads(1)
        self._torch = torch
        self._work = work
        layers, groups = sorted_by_kind(work.network())
        kinds = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
        self._predict = predictor(groups, kinds, torch.addmm, lambda parts: torch.cat(parts, dim=1))
        self._layers = [tuple(torch.tensor(part, requires_grad=True) for part in layer) for layer in layers]
        self._x, self._y = map(torch.from_numpy, work.data())
        parameters = [part for layer in self._layers for part in layer]
        self._optimizer = torch.optim.Adam(parameters, lr=work.recipe.learning_rate, fused=True)
        self._batches: list[Any] = []

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._update()
            done += 1
        return done

    def _update(self) -> None:
        if not self._batches:
            order = self._torch.randperm(self._work.examples)
            self._batches = list(order.split(self._work.recipe.batch_size))
        rows = self._batches.pop()
        self._optimizer.zero_grad(set_to_none=True)
        error = self._predict(self._layers, self._x[rows]) - self._y[rows]
        error.square().mean().backward()
        self._optimizer.step()


class ScikitLearn:
    """MLPRegressor.partial_fit, an epoch a call; only roughly the same work, and one kind of unit for all layers."""

    name = "scikit-learn"

    def __init__(self, work: Work) -> None:
        from sklearn.neural_network import MLPRegressor

        (kind,) = {kind for layer in work.layers for kind in layer}
        self._updates_per_epoch = work.updates_per_epoch
        self._x, self._y = work.data()
        self._model = MLPRegressor(
            hidden_layer_sizes=tuple(map(len, work.layers)),
            activation="logistic" if kind == "sigmoid" else kind,
            alpha=0.0,
            batch_size=work.recipe.batch_size,
            learning_rate_init=work.recipe.learning_rate,
            random_state=0,
        )

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            self._model.partial_fit(self._x, self._y)
            done += self._updates_per_epoch
        return done


TRAINERS = dict(zip(PEERS, (Jax, Torch, ScikitLearn), strict=True))
NAMES = tuple(trainer.name for trainer in TRAINERS.values())


def installed(word: str) -> bool:
    """Whether all that this peer needs is there."""
    return all(version_of(package) for package in PEERS[word])


def contestants(work: Work, words: Iterable[str]) -> list[Contestant]:
    """Those of these peers that are installed and can do this work."""
    mixed = len({kind for layer in work.layers for kind in layer}) > 1
    able = (word for word in words if installed(word) and not (mixed and word == "scikit-learn"))
    return [TRAINERS[word](work) for word in able]
