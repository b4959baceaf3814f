"""The plain loops and the GPU's, over the same members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Network, Recipe
from engine.activations import CODES
from engine.cuda.models import Member, Models
from engine.examples import check_examples
from engine.kernels import plain
from engine.layout import frozen_parameters
from engine.run import FINE, Run, begin, make_run, make_settings

POINTS = 64
RECIPE = Recipe(batch_size=4, learning_rate=0.01, epochs=3)


@dataclass
class Case:
    """One model."""

    layers: list[list[str]]
    recipe: Recipe = RECIPE
    seed: int = 0
    frozen: tuple[tuple[bool, ...], ...] = ()


def data(inputs: int = 2, examples: int = 11, unseen: int = 3) -> tuple[Any, ...]:
    """x, y, x_test, y_test; by default the last batch is a partial one."""
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (examples + unseen, inputs)).astype(np.float32)
    y = np.sin(3 * x.sum(axis=1)).astype(np.float32)
    return x[:examples], y[:examples], x[examples:], y[examples:]


class Sides:
    """`plain`, a run of the plain loops for each case, and `models`, the same cases on the GPU."""

    def __init__(self, cases: Sequence[Case], sets: Any = None, dtype: str = "float64", points: int = POINTS) -> None:
        sets = data() if sets is None else sets
        inputs = sets[0].shape[1]
        examples = check_examples(*sets[:2], *(sets[2:] if sets[3].size else (None, None)), inputs, np.dtype(dtype))
        members, self.plain, self.settings, thetas = [], [], [], []
        for case in cases:
            network = Network(inputs, case.layers, seed=case.seed)
            shape = network.architecture.shape
            still = frozen_parameters(shape, case.frozen) if case.frozen else np.zeros(network.n_parameters, bool)
            settings = make_settings(case.recipe, network.n_parameters, examples, case.seed)
            run = make_run(network.architecture, network.theta.astype(dtype), examples, points)
            self.plain.append(run._replace(frozen=np.flatnonzero(still)))
            self.settings.append(settings)
            kinds = tuple(CODES[kind] for layer in case.layers for kind in layer)
            members.append(Member(shape, kinds, tuple(map(int, np.flatnonzero(still))), settings))
            thetas.append(network.theta)
        self.models = Models(members, sets, points, logged=200)
        begin(self.models.states)
        for number, theta in enumerate(thetas):
            self.models.set_parameters(number, [theta, 0 * theta, 0 * theta, 0 * theta])

    def train(self, updates: int, budget: int = 1 << 40) -> int:
        """Both sides up to this update; returns how many launches it took."""
        for run, settings in zip(self.plain, self.settings, strict=True):
            with np.errstate(all="ignore"):
                while self._goes_on(run.state, updates):
                    plain.advance(run, plain.make_buffers(run, 1), settings, updates, 1 << 40)
        states, launches = self.models.states, 0
        while any(self._goes_on(state, updates) for state in states):
            self.models.launch(np.full(len(states), updates), budget)
            launches += 1
        return launches

    def apart(self) -> list[float]:
        """‖Δθ‖/‖θ‖ of every case."""
        pairs = ((self.models.parameters(number)[0], run.theta) for number, run in enumerate(self.plain))
        return [float(np.linalg.norm(one - other) / np.linalg.norm(other)) for one, other in pairs]

    def agree(self, number: int = 0) -> None:
        """Counters and loss curves are the same, these within rounding."""
        run, state, points = self.plain[number], self.models.states[number], self.models.points(number)
        for name in ("status", "update", "epoch", "position", "row", "check_row", "points", "point_stride"):
            assert state[name] == run.state[name], name
        np.testing.assert_allclose(state["first_power"], run.state.first_power, rtol=1e-12)
        expected = curve(run)
        np.testing.assert_array_equal(points[:2], expected[:2])
        np.testing.assert_allclose(points[2:], expected[2:], rtol=1e-4)

    @staticmethod
    def _goes_on(state: Any, updates: int) -> bool:
        return bool(state["status"] == FINE and (state["update"] < updates or state["check_row"] >= 0))


def curve(run: Run) -> Any:
    """The points of a plain run (4, points)."""
    return run.points.reshape(4, -1)[:, : run.state.points]
