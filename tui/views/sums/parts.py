"""What the output is made of at some inputs: the part of each unit, and their running sums, in the data's own unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from data import Dataset
    from engine import Network

_STEP = 1.25  # between sizes that differ


@dataclass(frozen=True, slots=True)
class Parts:
    """y = base + Σ values, at M inputs; where not all units are shown, the base holds the others too."""

    units: tuple[int, ...]  # those that are shown, in their own order; of the linear model: its inputs
    values: np.ndarray  # (shown, M) float64: c·a of each
    bias: float
    rest: np.ndarray  # (M,) the sum of those that are not shown
    hidden: int  # how many they are

    @property
    def sums(self) -> np.ndarray:
        """(1 + shown, M): bias and rest, then with one more unit each; the last row is the output."""
        with np.errstate(over="ignore", invalid="ignore"):
            base = self.bias + self.rest
            return np.cumsum(np.vstack((base, self.values)), axis=0)


def of_output(network: Network, dataset: Dataset, x: np.ndarray, most: int, always: int) -> Parts:
    """The parts at scaled inputs x (M, n_inputs): of at most `most` units, those that move the output most.

    `always` is a unit (of the linear model: an input) that is one of them, −1 for none.
    """
    values = network.activations(x)[-1] if network.layers else x
    (weights,), (bias,) = network.weights(len(network.layers))
    with np.errstate(over="ignore", invalid="ignore"):
        each = values.T.astype(float) * weights[:, np.newaxis].astype(float) * dataset.y_scale
        shown = largest(each.std(axis=1), most, always)
        rest = np.delete(each, shown, axis=0).sum(axis=0)
    base = float(bias) * dataset.y_scale + dataset.y_offset
    return Parts(tuple(shown), each[shown], base, rest, len(each) - len(shown))


def of_layer(network: Network, x: np.ndarray, layer: int, most: int, always: int) -> Parts:
    """The values of units of a layer before the last, those first that can move the next layer most."""
    each = network.activations(x)[layer].T.astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        outgoing = np.linalg.norm(network.weights(layer + 1)[0].astype(float), axis=0)
        shown = largest(each.std(axis=1) * outgoing, most, always)
    return Parts(tuple(shown), each[shown], 0.0, np.zeros(len(x)), len(each) - len(shown))


def largest(sizes: np.ndarray, most: int, always: int = -1) -> list[int]:
    """The places of the `most` largest sizes (n,), in ascending order; `always` is one of them unless it is −1.

    Sizes that are nearly the same count as the same, the first ones win: so what is shown seldom changes in training.
    """
    if len(sizes) <= most:
        return list(range(len(sizes)))
    with np.errstate(divide="ignore"):
        steps = np.floor(np.log(np.nan_to_num(sizes)) / np.log(_STEP))
    order = np.argsort(-steps, kind="stable").tolist()
    if always >= 0:
        order.remove(always)
        order.insert(0, always)
    return sorted(order[:most])
