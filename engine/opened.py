"""One pass forwards and backwards with every number kept: for looking at, in float64 and plain NumPy.

The kernels compute the same for many examples at once and keep nothing. Symbols are those of the book: r = b + Wx is
what comes into a layer, a = act(r) what its units give, δ = ∂L/∂r of one example.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.architecture import Architecture
from engine.layout import split
from engine.losses import LOSSES

Floats = NDArray[np.float64]
STEP = 1e-6  # of θ's length, for a difference of gradients


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """What a batch of N examples makes of a network: a layer each, the output last."""

    x: Floats  # (N, n_inputs)
    r: tuple[Floats, ...]  # (N, units)
    a: tuple[Floats, ...]  # (N, units); of the output a = r

    @property
    def y(self) -> Floats:
        """The predictions (N,)."""
        return self.a[-1][:, 0]


@dataclass(frozen=True, slots=True, eq=False)
class Backward:
    """∂L of each of N examples, and their mean as a gradient."""

    y: Floats  # ∂L/∂y (N,)
    a: tuple[Floats, ...]  # ∂L/∂a (N, units), a hidden layer each
    r: tuple[Floats, ...]  # ∂L/∂r (N, units), a layer each, the output last
    gradient: Floats  # of the mean loss, without penalty (n_parameters,), in θ's order


def forward(architecture: Architecture, theta: ArrayLike, x: ArrayLike) -> Forward:
    """The pass of x (N, n_inputs) through a network with these parameters (n_parameters,)."""
    inputs = values = np.asarray(x, np.float64).reshape(-1, architecture.n_inputs)
    r, a = list[Floats](), list[Floats]()
    with np.errstate(all="ignore"):
        for (W, b), kinds in zip(_layers(architecture, theta), all_kinds(architecture), strict=True):
            r.append(values @ W.T + b)
            values = activated(r[-1], kinds)
            a.append(values)
    return Forward(inputs, tuple(r), tuple(a))


def backward(architecture: Architecture, theta: ArrayLike, passed: Forward, y: ArrayLike, loss: str) -> Backward:
    """From each example's loss for its target y (N,) back to every parameter."""
    layers, kinds = _layers(architecture, theta), all_kinds(architecture)
    count = len(passed.x)
    with np.errstate(all="ignore"):
        of_y = LOSSES[loss].slope(passed.y - np.asarray(y, np.float64))
        delta, of_a, of_r, parts = of_y[:, np.newaxis], list[Floats](), list[Floats](), list[Floats]()
        for place in reversed(range(len(layers))):
            if place < len(kinds) - 1:
                of_a.append(delta)
                delta = delta * slopes(passed.a[place], kinds[place])
            of_r.append(delta)
            source = passed.a[place - 1] if place else passed.x
            parts += [delta.sum(axis=0) / count, (delta.T @ source / count).ravel()]
            delta = delta @ layers[place][0]
    return Backward(of_y, tuple(of_a[::-1]), tuple(of_r[::-1]), np.concatenate(parts[::-1]))


def sensitivity(architecture: Architecture, theta: ArrayLike, passed: Forward, layer: int) -> Floats:
    """∂y/∂a (N, units) of a hidden layer's values: along all ways to the output together."""
    layers, kinds = _layers(architecture, theta), all_kinds(architecture)
    reach = np.ones((len(passed.x), 1))
    with np.errstate(all="ignore"):
        for place in range(len(layers) - 1, layer, -1):
            reach = (reach * slopes(passed.a[place], kinds[place])) @ layers[place][0]
    return reach


def curvature(architecture: Architecture, theta: ArrayLike, x: ArrayLike, y: ArrayLike, loss: str) -> float:
    """gᵀHg / gᵀg of the mean loss: plain steps of more than 2 over this overshoot along g. NaN where it overflows."""
    place = np.asarray(theta, np.float64)

    def gradient(at: Floats) -> Floats:
        return backward(architecture, at, forward(architecture, at, x), y, loss).gradient

    with np.errstate(all="ignore"):
        g = gradient(place)
        size = float(np.linalg.norm(g))
        step = STEP * max(1.0, float(np.linalg.norm(place))) / size if size > 0 else np.nan
        return float(g @ (gradient(place + step * g) - g) / (step * size * size))


def all_kinds(architecture: Architecture) -> list[Sequence[str]]:
    """The kinds of unit of each layer, the output last."""
    return [*architecture.layers, ("identity",)]


def activated(r: Floats, kinds: Sequence[str]) -> Floats:
    """Each column of r (…, units) through its unit's function."""
    return _each(r, kinds, lambda kind, values: KINDS[kind].function(values))


def slopes(a: Floats, kinds: Sequence[str]) -> Floats:
    """∂a/∂r of units that give a (…, units)."""
    return _each(a, kinds, lambda kind, values: KINDS[kind].slope(values))


def _each(values: Floats, kinds: Sequence[str], function: Any) -> Floats:
    if len(set(kinds)) == 1:
        return np.asarray(function(kinds[0], values))
    result = np.empty_like(values)
    for kind in set(kinds):
        own = [unit for unit, name in enumerate(kinds) if name == kind]
        result[..., own] = function(kind, values[..., own])
    return result


def _layers(architecture: Architecture, theta: ArrayLike) -> list[tuple[Floats, Floats]]:
    return split(np.asarray(theta, np.float64), architecture.shape)
