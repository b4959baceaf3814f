"""The kinds of unit: names, formula, function, slope, and what else anyone asks of a kind.

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
    e = np.exp(np.minimum(z, 40.0))  # from there on σ is 1 in float64 too
    return e / (1.0 + e)  # where σ is small, so is its rounding error, and with it that of its slope


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
    return (1.0 - a) * (1.0 + a)  # the square of an a near 1 would be rounded


def leaky_relu(z: Any) -> Any:
    return np.maximum(z, 0.01 * z)


def leaky_relu_slope(a: Any) -> Any:
    return (a > 0.0) * 0.99 + 0.01  # 0.01 at the kink


def gentle_start(units: int) -> float:
    return 1.0


def steep_start(units: int) -> float:
    return 2.0 + min(units, 10)  # the more steps there are over the same range, the shorter is each


def tanh_start(units: int) -> float:
    return steep_start(units) / 2.0  # tanh is as steep as a sigmoid of 2z


@dataclass(frozen=True, slots=True)
class Activation:
    """One kind of unit: an entry says all that the kernels, the initial weights and the screen ask of it."""

    name: str
    symbol: str  # in formulas
    word: str  # for people
    formula: str
    slope_formula: str  # of its value a
    function: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    limits: tuple[float, float]  # its values far to the left and far to the right
    slopes: tuple[float, float]  # its slopes there
    python: str  # function(z) as an expression of Python's own numbers, which overflows nowhere
    latex: tuple[str, str]  # its symbol, and function(z) or "" where the symbol says it, for mathematics
    kinks: tuple[float, ...] = ()  # where its slope jumps
    start_slope: Callable[[int], float] = gentle_start  # |w| with init `spread`, by the number of units
    ramp: float = 0.0  # r, where it is or is near to (relu(z + r) − relu(z − r)) / 2r; 0 where no two ReLUs are like it

    @property
    def step(self) -> float:
        """The height from one flat end to the other, 0 where it is no step."""
        return self.limits[1] - self.limits[0] if self.slopes == (0.0, 0.0) else 0.0

    @property
    def bends(self) -> bool:
        """Whether it goes from one slope to another."""
        return self.slopes[0] != self.slopes[1]

    @property
    def can_die(self) -> bool:
        """Whether it is off, its slope exactly 0, on one side of a kink."""
        return self.bends and 0.0 in self.slopes and bool(self.kinks)

    @property
    def can_saturate(self) -> bool:
        """Whether its slope comes close to 0 far out, and it cannot die."""
        return 0.0 in self.slopes and not self.can_die


_ALL = (
    Activation(
        "identity", "id", "identity", "z", "1", identity, identity_slope,
        limits=(-np.inf, np.inf), slopes=(1.0, 1.0),
        python="z",
        latex=(r"\operatorname{id}", "z"),
    ),
    Activation(
        "sigmoid", "σ", "sigmoid", "1 / (1 + e⁻ᶻ)", "a(1−a)", sigmoid, sigmoid_slope,
        limits=(0.0, 1.0), slopes=(0.0, 0.0), start_slope=steep_start, ramp=2.6,  # nearest in the mean square
        python="1.0 / (1.0 + math.exp(min(-z, 700.0)))",
        latex=(r"\sigma", r"\frac{1}{1 + e^{-z}}"),
    ),
    Activation(
        "hard_sigmoid", "hσ", "hard σ", "clip(z/4 + ½, 0, 1)", "¼[0<a<1]", hard_sigmoid, hard_sigmoid_slope,
        limits=(0.0, 1.0), slopes=(0.0, 0.0), kinks=(-2.0, 2.0), start_slope=steep_start, ramp=2.0,
        python="min(max(0.25 * z + 0.5, 0.0), 1.0)",
        latex=(r"\sigma_h", r"\min(\max(\frac{z}{4} + \frac{1}{2}, 0), 1)"),
    ),
    Activation(
        "relu", "ReLU", "ReLU", "max(0, z)", "[a>0]", relu, relu_slope,
        limits=(0.0, np.inf), slopes=(0.0, 1.0), kinks=(0.0,),
        python="max(z, 0.0)",
        latex=(r"\operatorname{ReLU}", r"\max(0, z)"),
    ),
    Activation(
        "tanh", "tanh", "tanh", "tanh z", "(1−a²)", tanh, tanh_slope,
        limits=(-1.0, 1.0), slopes=(0.0, 0.0), start_slope=tanh_start,
        python="math.tanh(z)",
        latex=(r"\tanh", ""),
    ),
    Activation(
        "leaky_relu", "LReLU", "leaky", "max(0.01 z, z)", "(1 or .01)", leaky_relu, leaky_relu_slope,
        limits=(-np.inf, np.inf), slopes=(0.01, 1.0), kinks=(0.0,),
        python="max(z, 0.01 * z)",
        latex=(r"\operatorname{LReLU}", r"\max(0.01\,z, z)"),
    ),
)  # fmt: skip
KINDS: dict[str, Activation] = {activation.name: activation for activation in _ALL}
CODES: dict[str, int] = {name: code for code, name in enumerate(KINDS)}
