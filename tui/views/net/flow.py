"""The numbers of one example on their way through the network: x → r → a → … → y → e."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.losses import LOSSES
from engine.network import activate

if TYPE_CHECKING:
    from engine import Network, Recipe


@dataclass(frozen=True, slots=True)
class Flow:
    """All in scaled units and float64; r and a have an array (units,) for each hidden layer."""

    x: np.ndarray  # (n_inputs,)
    r: tuple[np.ndarray, ...]  # b + W · what comes in
    a: tuple[np.ndarray, ...]  # the units' values
    weights: np.ndarray  # (last units,) c; of the linear model w
    bias: float  # of the output
    y: float
    target: float
    loss: float  # e, without penalty

    @property
    def last(self) -> np.ndarray:
        """What the output weighs: the last layer's values, or the inputs."""
        return self.a[-1] if self.a else self.x

    @property
    def parts(self) -> np.ndarray:
        """What each of them adds to y: c·a."""
        with np.errstate(all="ignore"):
            parts: np.ndarray = self.weights * self.last
        return parts

    @property
    def miss(self) -> float:
        """y − ŷ."""
        return self.y - self.target


def flow(network: Network, x: np.ndarray, target: float, recipe: Recipe) -> Flow:
    """The numbers of the example x (n_inputs,), all from the network's θ."""
    x = x.astype(np.float64)
    values, sums, comes = [], [], x
    with np.errstate(all="ignore"):
        for layer, kinds in enumerate(network.layers):
            W, b = network.weights(layer)
            sums.append(b + W.astype(np.float64) @ comes)
            comes = activate(sums[-1][np.newaxis], kinds)[0]
            values.append(comes)
        (weights,), (bias,) = network.weights(len(network.layers))
        weights = weights.astype(np.float64)
        y = float(bias + weights @ comes)
        loss = float(LOSSES[recipe.loss].function(y - target))
    return Flow(x, tuple(sums), tuple(values), weights, float(bias), y, target, loss)
