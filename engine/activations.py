"""The kinds of unit: name, symbol, formula, function and slope.

Each function stands above its slope, which is a function of the unit's value a = function(z). Both are written once, in
operations that mean the same on a NumPy array, a scalar inside a compiled loop and a vector of SIMD lanes (comparisons
times numbers, and the functions in `kernels.vector_math`), so that `Network.predict` and all kernels share them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def identity(z: Any) -> Any:
    return z * 1.0


def identity_slope(a: Any) -> Any:
    return a * 0.0 + 1.0


def sigmoid(z: Any) -> Any:
    return 0.5 + 0.5 * np.tanh(0.5 * z)  # equal to 1 / (1 + exp(-z)), and exp cannot overflow


def sigmoid_slope(a: Any) -> Any:
    return a * (1.0 - a)


def hard_sigmoid(z: Any) -> Any:
    return np.minimum(np.maximum(0.25 * z + 0.5, 0.0), 1.0)


def hard_sigmoid_slope(a: Any) -> Any:
    return ((a > 0.0) & (a < 1.0)) * 0.25  # 0 at both kinks


def relu(z: Any) -> Any:
    return np.maximum(z, 0.0)  # np.maximum keeps a NaN, so that a broken value is seen


def relu_slope(a: Any) -> Any:
    return (a > 0.0) * 1.0  # 0 at the kink


def tanh(z: Any) -> Any:
    return np.tanh(z)


def tanh_slope(a: Any) -> Any:
    return 1.0 - a * a


def leaky_relu(z: Any) -> Any:
    return np.maximum(z, 0.01 * z)


def leaky_relu_slope(a: Any) -> Any:
    return (a > 0.0) * 0.99 + 0.01  # 0.01 at the kink


@dataclass(frozen=True, slots=True)
class Activation:
    """One kind of unit."""

    name: str
    symbol: str
    formula: str
    function: Callable[[Any], Any]
    slope: Callable[[Any], Any]


_ALL = (
    Activation("identity", "id", "z", identity, identity_slope),
    Activation("sigmoid", "σ", "1 / (1 + e⁻ᶻ)", sigmoid, sigmoid_slope),
    Activation("hard_sigmoid", "hσ", "clip(z/4 + ½, 0, 1)", hard_sigmoid, hard_sigmoid_slope),
    Activation("relu", "ReLU", "max(0, z)", relu, relu_slope),
    Activation("tanh", "tanh", "tanh z", tanh, tanh_slope),
    Activation("leaky_relu", "LReLU", "max(0.01 z, z)", leaky_relu, leaky_relu_slope),
)
KINDS: dict[str, Activation] = {activation.name: activation for activation in _ALL}
CODES: dict[str, int] = {name: code for code, name in enumerate(KINDS)}
