"""What least squares says of a network and its data: where a new unit helps most, and which c fit best.

Both functions give an edit that keeps the numbers found, so whoever plays a run again need not find them again. They
take squares of errors, whatever the recipe's loss is, and compute in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.edits import PlaceUnit, SetOutput
from engine.errors import EngineError, real
from engine.examples import Examples, check_examples
from engine.network import CHUNK, Network, activate

RIDGE = 1e-4  # with less the losses are hardly lower, and c become so large that the next epoch runs away
KNOTS = 64
CANDIDATES = ("sigmoid", "relu")

Floats = NDArray[Any]


def solve_output(network: Network, x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> SetOutput:
    """All c and the output bias that leave the least Σ error² + λ Σ c², the hidden units being as they are.

    x (N, n_inputs), y (N,). λ is `ridge` times the mean over the units of Σ(a − mean a)²; of the linear model the
    inputs are the units. So twins share what they do, and a unit that has one value on all of x gets c = 0. The output
    bias bears no penalty. Raises EngineError for data that do not fit, or unit values too large to square.
    """
    examples = check_examples(x, y, None, None, network.n_inputs, network.dtype)
    units, values = network.shape[-2], _last_units(network)
    means, scatter = _scatter(examples, lambda inputs, targets: np.column_stack([values(inputs), targets]))
    c = np.linalg.solve(_penalized(scatter[:units, :units], real("ridge", ridge, above=0.0)), scatter[:units, -1])
    return SetOutput((*c.tolist(), float(means[-1] - c @ means[:-1])))


def best_unit(network: Network, x: ArrayLike, y: ArrayLike) -> PlaceUnit:
    """The sigmoid or ReLU unit with which `solve_output` would leave the least loss, on one feature.

    x (N, 1), y (N,). It is the best of those that bend at one of 64 knots, evenly over the range of x, and rise or
    fall. They are as steep as init `spread` draws units of a layer of the new width, over the range of x instead of
    [−1, 1].
    Raises EngineError for several features, for several hidden layers, or where x has one value only.
    """
    if network.n_inputs > 1:
        raise EngineError(f"a network of {network.n_inputs} features: expected one feature to look for a place along")
    if len(network.layers) > 1:
        raise EngineError(f"{len(network.layers)} hidden layers: expected one at most, whose units act on the output")
    examples = check_examples(x, y, None, None, 1, network.dtype)
    units, values = sum(map(len, network.layers)), _last_units(network)
    kinds, w, b = _candidates(examples.x.astype(np.float64), units + 1)

    def columns(inputs: Floats, targets: Floats) -> Floats:
        return np.column_stack([values(inputs)[:, :units], targets, activate(inputs * w + b, kinds)])

    _, scatter = _scatter(examples, columns)
    own, others, among = scatter[:units, :units], scatter[:units, units:], scatter[units:, units:]
    rest = among - others.T @ np.linalg.solve(_penalized(own, RIDGE), others)  # what the present units leave of them
    penalty = RIDGE * float(np.mean(np.diagonal(among)[1:]))
    gains = rest[0, 1:] ** 2 / (np.diagonal(rest)[1:] + penalty)
    best = int(np.argmax(gains))
    return PlaceUnit(kinds[best], 0, (float(w[best]),), float(b[best]))


def _candidates(x: Floats, width: int) -> tuple[list[str], Floats, Floats]:
    """(kinds, w, b) of the units to choose from, for a layer that is this wide then."""
    low, half = float(x.min()), float(np.ptp(x)) / 2.0
    if half == 0.0:
        raise EngineError(f"x is {low:g} in every example: expected a feature with several values")
    knots = low + half * (2.0 * np.arange(KNOTS) + 1.0) / KNOTS
    kinds = np.repeat(CANDIDATES, 2 * KNOTS).tolist()
    slopes = np.array([KINDS[kind].start_slope(width) for kind in kinds]) / half
    w = slopes * np.tile(np.repeat([1.0, -1.0], KNOTS), len(CANDIDATES))
    return kinds, w, -w * np.tile(knots, 2 * len(CANDIDATES))


def _last_units(network: Network) -> Callable[[Floats], Floats]:
    """The function from inputs to the values (N, units) that c weighs, in float64."""
    precise = Network.of(replace(network.architecture, dtype=np.dtype(np.float64)), network.theta.astype(np.float64))
    return lambda inputs: [inputs, *precise.activations(inputs)][-1]


def _scatter(examples: Examples, columns: Callable[[Floats, Floats], Floats]) -> tuple[Floats, Floats]:
    """(means, sums of products of differences from them) of columns (N, K) over the examples, some rows at a time."""

    def part(start: int) -> Floats:
        rows = slice(start, start + CHUNK)
        return columns(examples.x[rows].astype(np.float64), examples.y[rows].astype(np.float64))

    count = examples.y.size
    with np.errstate(all="ignore"):
        shift = part(0).mean(axis=0)  # near the means, so that little is cancelled
        total, products = np.zeros(shift.size), np.zeros((shift.size, shift.size))
        for start in range(0, count, CHUNK):
            shifted = part(start) - shift
            total += shifted.sum(axis=0)
            products += shifted.T @ shifted
        scatter = products - np.outer(total, total) / count
    if not np.isfinite(scatter).all():
        raise EngineError("the units' values on x are too large to solve for c: lower the weights, or start again")
    return shift + total / count, scatter


def _penalized(scatter: Floats, ridge: float) -> Floats:
    """The units' own part of the sums with λ on its diagonal; where no unit does anything, any λ gives c = 0."""
    own = np.diagonal(scatter)
    return scatter + np.eye(own.size) * (ridge * float(own.sum()) / max(own.size, 1) or 1.0)
