"""The optimizers, in order of increasing complexity: what each keeps for a parameter, and its step.

A step is written once, in operations that mean the same on a NumPy array, a scalar inside a compiled loop and a vector
of SIMD lanes, so that the plain loops and the lanes are both made from it. It is a function

    step(g, first, second, pace, epsilon) → (what is taken from θ, first, second)

of the gradient g and of what the optimizer keeps; `pace` and `epsilon` are numbers of the present update. Formulas
are those of optax, which starts everything that is kept at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

KEEP_FIRST, KEEP_SECOND = 0.9, 0.999  # of Adam's means; after t updates they still hold the powers of t of their start

Numbers = tuple[float, float]


def plain_pace(rate: float, first_power: float, second_power: float) -> Numbers:
    """(η, nothing): for steps without an ε."""
    return rate, 0.0


def sgd(g: Any, first: Any, second: Any, pace: Any, epsilon: Any) -> Any:
    return g * pace, first, second


def momentum(g: Any, trace: Any, second: Any, pace: Any, epsilon: Any) -> Any:
    trace = trace * 0.9 + g
    return trace * pace, trace, second


def nesterov(g: Any, trace: Any, second: Any, pace: Any, epsilon: Any) -> Any:
    trace = trace * 0.9 + g
    return (trace * 0.9 + g) * pace, trace, second


def adagrad_pace(rate: float, first_power: float, second_power: float) -> Numbers:
    return rate, 1e-10


def adagrad(g: Any, first: Any, squares: Any, pace: Any, epsilon: Any) -> Any:
    squares = squares + g * g
    return g * pace / np.sqrt(squares + epsilon), first, squares


def rmsprop_pace(rate: float, first_power: float, second_power: float) -> Numbers:
    return rate, 1e-8


def rmsprop(g: Any, first: Any, squares: Any, pace: Any, epsilon: Any) -> Any:
    squares = squares * 0.9 + g * g * 0.1
    return g * pace / np.sqrt(squares + epsilon), first, squares


def adam_pace(rate: float, first_power: float, second_power: float) -> Numbers:
    """(η·√(1 − 0.999ᵗ)/(1 − 0.9ᵗ), 1e-8·√(1 − 0.999ᵗ)): both means' corrections, so that a step need not know t."""
    correction = math.sqrt(1.0 - second_power)
    return rate * correction / (1.0 - first_power), 1e-8 * correction


def adam(g: Any, m: Any, v: Any, pace: Any, epsilon: Any) -> Any:
    square = g * g
    m = (m - g) * KEEP_FIRST + g
    v = (v - square) * KEEP_SECOND + square
    return m * pace / (np.sqrt(v) + epsilon), m, v


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One way to take a step."""

    name: str
    formula: str
    source: str
    keeps: tuple[str, str]  # what `first` and `second` hold, "" for nothing; optimizers that keep the same may share it
    constants: str  # of what is kept, as people write them
    signs: tuple[str, str]  # of what is kept, where a step is opened up: √ before what the root of is taken
    moves: str  # what a step adds to θ, in these signs
    about: str  # what they mean
    step: Callable[[Any, Any, Any, Any, Any], Any]
    pace: Callable[[float, float, float], Numbers] = plain_pace  # of (η, 0.9ᵗ, 0.999ᵗ) at update t
    decoupled: bool = False  # l2 shrinks the weights by η·l2·w beside the step, and is no part of the gradient


_MEANS = ("mean", "mean of squares")
_ALL = (
    Optimizer("sgd", "θ ← θ − η g", "Robbins & Monro 1951", ("", ""), "", ("", ""), "−η · g", "", sgd),
    Optimizer(
        "momentum",
        "t ← 0.9 t + g;  θ ← θ − η t",
        "Polyak 1964",
        ("trace", ""),
        ".9",
        ("m", ""),
        "−η · m",
        "m ← 0.9 m + g",
        momentum,
    ),
    Optimizer(
        "nesterov",
        "t ← 0.9 t + g;  θ ← θ − η (0.9 t + g)",
        "Nesterov 1983, as in Sutskever et al. 2013",
        ("trace", ""),
        ".9",
        ("m", ""),
        "−η · (0.9·m + g)",
        "m ← 0.9 m + g",
        nesterov,
    ),
    Optimizer(
        "adagrad",
        "s ← s + g²;  θ ← θ − η g / √(s + 1e-10)",
        "Duchi et al. 2011",
        ("", "sum of squares"),
        "",
        ("", "√s"),
        "−η · g / √s",
        "s: the sum of all g²",
        adagrad,
        adagrad_pace,
    ),
    Optimizer(
        "rmsprop",
        "s ← 0.9 s + 0.1 g²;  θ ← θ − η g / √(s + 1e-8)",
        "Hinton 2012",
        ("", "mean of squares"),
        ".9",
        ("", "√v"),
        "−η · g / √v",
        "v: running mean of g²",
        rmsprop,
        rmsprop_pace,
    ),
    Optimizer(
        "adam",
        "m ← 0.9 m + 0.1 g;  v ← 0.999 v + 0.001 g²;  θ ← θ − η m̂ / (√v̂ + 1e-8), "
        "m̂ and v̂ being m and v over 1 − 0.9ᵗ and 1 − 0.999ᵗ",
        "Kingma & Ba 2015",
        _MEANS,
        ".9 .999",
        ("m", "√v"),
        "−η · m / √v",
        "m, v: running means of g, g²",
        adam,
        adam_pace,
    ),
    Optimizer(
        "adamw",
        "as adam, and w ← w − η·l2·w of weights, not biases",
        "Loshchilov & Hutter 2019",
        _MEANS,
        ".9 .999",
        ("m", "√v"),
        "−η · m / √v",
        "m, v: running means of g, g²; and −η·l2·w",
        adam,
        adam_pace,
        decoupled=True,
    ),
)
OPTIMIZERS: dict[str, Optimizer] = {optimizer.name: optimizer for optimizer in _ALL}
