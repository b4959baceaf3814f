"""The losses, as functions of the error e = prediction − target, each above its slope.

Written, like the activations, once for arrays and for compiled scalars.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


def mse(error: Any) -> Any:
    return error * error


def mse_slope(error: Any) -> Any:
    return 2.0 * error


def mae(error: Any) -> Any:
    return np.abs(error)


def mae_slope(error: Any) -> Any:
    return (error > 0.0) * 1.0 - (error < 0.0) * 1.0  # 0 at the kink


def huber(error: Any) -> Any:
    """½e² within 1 of zero, |e| − ½ outside (Huber 1964, δ = 1)."""
    inside = np.minimum(np.abs(error), 1.0)
    return inside * (np.abs(error) - 0.5 * inside)


def huber_slope(error: Any) -> Any:
    return np.minimum(np.maximum(error, -1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss: an entry says all that the kernels and the screen ask of it."""

    name: str
    word: str  # for people
    formula: str  # of y, the prediction, and ŷ, the truth
    slope_formula: str
    slope_word: str  # what the slope is
    function: Callable[[Any], Any]
    slope: Callable[[Any], Any]
    degree: (
        int | None
    )  # the power of the target's unit that it is in: errors twice as large cost 2ᵈᵉᵍʳᵉᵉ; None: no unit
    root: str = ""  # what people call the root of its mean, which is in the target's unit
    kinks: tuple[float, ...] = ()  # where its slope jumps or bends


_ALL = (
    Loss("mse", "mse", "(y − ŷ)²", "2(y − ŷ)", "twice the error", mse, mse_slope, degree=2, root="rmse"),
    Loss("mae", "mae", "|y − ŷ|", "sign(y − ŷ)", "the error's sign", mae, mae_slope, degree=1, kinks=(0.0,)),
    Loss(
        "huber",
        "huber",
        "huber(y − ŷ)",
        "clip(y − ŷ)",
        "error, to ±1",
        huber,
        huber_slope,
        degree=None,
        kinks=(-1.0, 1.0),
    ),
)
LOSSES: dict[str, Loss] = {loss.name: loss for loss in _ALL}
