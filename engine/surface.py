"""The loss as a function of two parameters, of two directions, or along one: what a map of it is made from.

All in float64. Of two parameters only what they reach is computed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.architecture import Architecture
from engine.layout import count_parameters, make_layout, split
from engine.losses import LOSSES
from engine.opened import all_kinds, forward

Floats = NDArray[np.float64]
ROOM = 2**17  # numbers of one array at a time: what stays in a processor's cache is done soonest
VALUE = 10  # multiply-adds that the value of a unit takes


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parameter acts: on a unit of a layer (the last is the output), from a source; −1: it is the unit's b."""

    layer: int
    unit: int
    source: int


class Landscape:
    """Mean losses, without penalty, of a network on x (N, n_inputs), y (N,), around a place θ (n_parameters,)."""

    def __init__(self, architecture: Architecture, theta: ArrayLike, x: ArrayLike, y: ArrayLike, loss: str) -> None:
        self.architecture, self.loss = architecture, LOSSES[loss]
        self.theta, self.y = np.asarray(theta, np.float64), np.asarray(y, np.float64)
        self.passed = forward(architecture, self.theta, x)

    def at(self, theta: Floats) -> float:
        """The loss at another θ."""
        return float(self._means(forward(self.architecture, theta, self.passed.x).y))

    def along(self, direction: Floats, lengths: Floats) -> Floats:
        """The losses at θ + s·direction, (S,) for s in `lengths` (S,)."""
        return np.array([self.at(self.theta + length * direction) for length in lengths])

    def over_plane(self, across: Floats, up: Floats, us: Floats, vs: Floats) -> Floats:
        """The losses at θ + u·across + v·up, (V, U), for directions (n_parameters,)."""
        return np.array([self.along(across, us) if not v else self._moved(v * up).along(across, us) for v in vs])

    def over_pair(self, first: int, second: int, us: Floats, vs: Floats) -> Floats:
        """The losses (V, U) where one parameter is u in `us` (U,) and another is v in `vs` (V,), the rest as in θ."""
        moves = self._place(first), self._place(second)
        steps = np.stack(np.meshgrid(us, vs), axis=-1).reshape(-1, 2) - self.theta[[first, second]]
        piece = max(1, ROOM // (len(self.y) * max(self.architecture.shape[1:])))
        pieces = [self._outputs(steps[start : start + piece], moves) for start in range(0, len(steps), piece)]
        return np.concatenate([self._means(outputs) for outputs in pieces]).reshape(len(vs), len(us))

    def cost_of_pair(self, first: int, second: int) -> int:
        """Multiply-adds, roughly, of one place of `over_pair`."""
        layer = min(self._place(first).layer, self._place(second).layer)
        reached = [1, *self.architecture.shape[layer + 2 :]]
        return len(self.y) * (VALUE + sum(fan_in * fan_out + VALUE * fan_out for fan_in, fan_out in pairwise(reached)))

    def cost_of_place(self) -> int:
        """Multiply-adds, roughly, of a loss at another θ."""
        shape = self.architecture.shape
        return len(self.y) * (count_parameters(shape) + VALUE * sum(shape[1:]))

    def _moved(self, step: Floats) -> Landscape:
        return Landscape(self.architecture, self.theta + step, self.passed.x, self.y, self.loss.name)

    def _outputs(self, steps: Floats, moves: tuple[Place, Place]) -> Floats:
        """The predictions (P, N) where the two parameters have gone `steps` (P, 2)."""
        kinds, changed = all_kinds(self.architecture), dict[int, Floats]()
        with np.errstate(all="ignore"):
            for layer in range(min(move.layer for move in moves), len(kinds)):
                r = self._incoming(layer, changed)
                for move, step in zip(moves, steps.T, strict=True):
                    if move.layer == layer:
                        known = r.get(move.unit, self.passed.r[layer][:, move.unit])
                        r[move.unit] = known + step[:, np.newaxis] * self._source(move, changed)
                changed = {unit: KINDS[kinds[layer][unit]].function(values) for unit, values in r.items()}
        return changed[0]

    def _incoming(self, layer: int, changed: dict[int, Floats]) -> dict[int, Floats]:
        """r (P, N) of the units of a layer, after some of the layer before have changed."""
        if not changed:
            return {}
        W, b = split(self.theta, self.architecture.shape)[layer]
        units = sorted(changed)
        moved = np.stack([changed[unit] - self.passed.a[layer - 1][:, unit] for unit in units], axis=-1)
        r = self.passed.r[layer] + moved @ W[:, units].T
        return {unit: r[..., unit] for unit in range(len(b))}

    def _source(self, move: Place, changed: dict[int, Floats]) -> Floats:
        """What the parameter is multiplied with, (N,) or (P, N)."""
        if move.source < 0:
            return np.ones(len(self.y))
        before = self.passed.a[move.layer - 1] if move.layer else self.passed.x
        return changed.get(move.source, before[:, move.source])

    def _place(self, index: int) -> Place:
        for layer, (fan_in, fan_out, weight, bias, *_) in enumerate(make_layout(self.architecture.shape).tolist()):
            if index < bias:
                return Place(layer, *divmod(index - weight, fan_in))
            if index < bias + fan_out:
                return Place(layer, index - bias, -1)
        raise IndexError(f"{index}: expected a place in θ, which has {self.theta.size}")

    def _means(self, outputs: Floats) -> Floats:
        """The mean loss of each row of predictions (…, N)."""
        with np.errstate(all="ignore"):
            return np.asarray(self.loss.function(outputs - self.y).mean(axis=-1))


def main_directions(thetas: Floats) -> tuple[Floats, Floats, float]:
    """The two directions (n_parameters,) of length 1 in which places (K, n_parameters) lie furthest apart.

    And which share of their mean square distance from the last one lies in that plane, 0 to 1.
    """
    away = thetas - thetas[-1]
    _, sizes, axes = np.linalg.svd(away, full_matrices=False)
    power = sizes**2
    share = float(power[:2].sum() / power.sum()) if power.sum() > 0 else 1.0
    if len(axes) < 2:
        axes = np.vstack((axes, np.roll(axes[0], 1)))
    return axes[0], axes[1], share
