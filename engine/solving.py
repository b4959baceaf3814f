"""What least squares says of a network and its data: which c fit best, and where a new unit or layer belongs.

Each function gives edits that keep the numbers found, so whoever plays a run again need not find them again. They
take squares of errors, whatever the recipe's loss is, and compute in float64.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.edits import AddLayer, PlaceUnit, SetOutput, SetTheta
from engine.errors import EngineError, real
from engine.examples import check_examples
from engine.network import CHUNK, Network, activate

RIDGE = 1e-4  # with less the losses are hardly lower, and c become so large that the next epoch runs away
LAYER_RIDGE = 1e-6  # of a new layer: what it copies has no noise, and its units are gentle enough to keep c small
LAYER_SLOPE = 0.4  # of the slope of init `spread`: three sigmoids make a straight line to 0.5 % of its height
KNOTS = 64
TRIALS = 2**14  # examples that tell the candidates apart, at most: to square all of theirs takes longest by far
BLOCK, LEAST_ROWS = 2**19, 256  # numbers worked out at a time, which the cache holds, and rows of them at least
CANDIDATES = ("sigmoid", "relu")

Floats = NDArray[Any]


def solve_output(network: Network, x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> SetOutput:
    """All c and the output bias that leave the least Σ error² + λ Σ c², the hidden units being as they are.

    x (N, n_inputs), y (N,). λ is `ridge` times the mean over the units of Σ(a − mean a)²; of the linear model the
    inputs are the units. So twins share what they do, and a unit that has one value on all of x gets c = 0. The output
    bias bears no penalty. The c of frozen units stay, and the others fit what these leave. Raises EngineError for data
    that do not fit, or unit values too large to square.
    """
    examples = check_examples(x, y, None, None, network.n_inputs, network.dtype)
    free = _free(network)
    means, scatter = _scatter(examples.x, examples.y, int(free.sum()) + 1, _columns(network))
    own, fits = scatter[:-1, :-1], scatter[:-1, -1]
    c = network.weights(len(network.layers))[0][0].astype(np.float64)
    c[free] = np.linalg.solve(_penalized(own, real("ridge", ridge, above=0.0)), fits)
    return SetOutput((*c.tolist(), float(means[-1] - c[free] @ means[:-1])))


def best_unit(network: Network, x: ArrayLike, y: ArrayLike) -> PlaceUnit:
    """The sigmoid or ReLU unit with which `solve_output` would leave the least loss, on one feature.

    x (N, 1), y (N,). It is the best of the sigmoids, and of the ReLUs to either side, at 64 knots, evenly over the
    range of x. They are as steep as init `spread` draws units of a layer of the new width, over the range of x instead
    of [−1, 1]. Of over 16,384 examples, every second, third, … is asked.
    Raises EngineError for several features, for several hidden layers, or where x has one value only.
    """
    if network.n_inputs > 1:
        raise EngineError(f"a network of {network.n_inputs} features: expected one feature to look for a place along")
    if len(network.layers) > 1:
        raise EngineError(f"{len(network.layers)} hidden layers: expected one at most, whose units act on the output")
    examples = check_examples(x, y, None, None, 1, network.dtype)
    units, own_columns = int(_free(network).sum()) if network.layers else 0, _columns(network)
    kinds, w, b = _candidates(examples.x.astype(np.float64), sum(map(len, network.layers)) + 1)

    def columns(inputs: Floats, targets: Floats) -> tuple[Floats, ...]:
        values, rest = own_columns(inputs, targets)
        return values[:, :units], rest, activate(inputs * w + b, kinds)

    some = slice(None, None, -(-examples.y.size // TRIALS))
    _, scatter = _scatter(examples.x[some], examples.y[some], units + 1 + len(kinds), columns)
    own, others, among = scatter[:units, :units], scatter[:units, units:], scatter[units:, units:]
    rest = among - others.T @ np.linalg.solve(_penalized(own, RIDGE), others)  # what the present units leave of them
    penalty = RIDGE * float(np.mean(np.diagonal(among)[1:]))
    gains = rest[0, 1:] ** 2 / (np.diagonal(rest)[1:] + penalty)
    best = int(np.argmax(gains))
    return PlaceUnit(kinds[best], 0, (float(w[best]),), float(b[best]))


def place_layer(network: Network, kinds: Sequence[str], x: ArrayLike) -> tuple[AddLayer, SetTheta]:
    """A new last hidden layer of these kinds that moves the outputs on x (N, n_inputs) as little as can be.

    Its units look along the output of before: each is a function of t = cᵀa, with weights in proportion to c. They
    stand side by side over the range of t on x, those that bend from its lower end on, and c and the output bias come
    from least squares on the outputs of before. Where t has one value the weights stay as they are drawn. Raises
    EngineError for kinds or inputs that do not fit, or values too large to square.
    """
    before, edit = network.predict(x), AddLayer(tuple(kinds))
    c = network.weights(len(network.layers))[0][0].astype(np.float64)
    examples = check_examples(x, before, None, None, network.n_inputs, network.dtype)
    values = _last_units(network)
    with np.errstate(all="ignore"):
        along = np.concatenate([values(rows) @ c for rows in _pieces(examples.x, CHUNK)])
        middle, half = (float(along.max()) + float(along.min())) / 2.0, float(np.ptp(along)) / 2.0
    changed = network.copy()
    changed.apply(edit)
    if half > 0.0:
        layer, places = len(network.layers), np.arange(len(kinds))
        bends = np.array([KINDS[kind].bends for kind in kinds])
        knots = np.where(bends, 2.0 * places, 2.0 * places + 1.0) / len(kinds) - 1.0
        slopes = LAYER_SLOPE * np.array([KINDS[kind].start_slope(len(kinds)) for kind in kinds])
        theta, start = changed.theta, changed.index(layer, 0, "w")
        placed = np.append(np.outer(slopes / half, c), -slopes * (middle / half + knots))
        theta[start : start + placed.size] = placed
        changed.theta = theta
    changed.apply(solve_output(changed, x, before, LAYER_RIDGE))
    return edit, SetTheta(changed.theta)


def _candidates(x: Floats, width: int) -> tuple[list[str], Floats, Floats]:
    """(kinds, w, b) of the units to choose from, for a layer that is this wide then."""
    low, half = float(x.min()), float(np.ptp(x)) / 2.0
    if half == 0.0:
        raise EngineError(f"x is {low:g} in every example: expected a feature with several values")
    knots = low + half * (2.0 * np.arange(KNOTS) + 1.0) / KNOTS
    kinds, signs = [], []
    for kind in CANDIDATES:
        own = (1.0,) if KINDS[kind].step else (1.0, -1.0)  # a step that falls is one that rises, with −c
        kinds += [kind] * len(own) * KNOTS
        signs += np.repeat(own, KNOTS).tolist()
    w = np.array([KINDS[kind].start_slope(width) for kind in kinds]) * signs / half
    return kinds, w, -w * np.tile(knots, len(kinds) // KNOTS)


def _last_units(network: Network) -> Callable[[Floats], Floats]:
    """The function from inputs to the values (N, units) that c weighs, in float64."""
    precise = Network.of(replace(network.architecture, dtype=np.dtype(np.float64)), network.theta.astype(np.float64))
    return lambda inputs: [inputs, *precise.activations(inputs)][-1]


def _free(network: Network) -> NDArray[np.bool_]:
    """Which of the values that c weighs may get another c: those of units that are not frozen."""
    return ~np.array(network.frozen[-1] if network.layers else [False] * network.n_inputs)


def _columns(network: Network) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """The function from inputs and targets to the values (N, free) and the targets (N, 1) less what frozen units do."""
    free, values = _free(network), _last_units(network)
    still = network.weights(len(network.layers))[0][0].astype(np.float64)[~free]

    def columns(inputs: Floats, targets: Floats) -> tuple[Floats, Floats]:
        a = values(inputs)
        if still.size:
            a, targets = a[:, free], targets - a[:, ~free] @ still
        return a, targets[:, np.newaxis]

    return columns


def _pieces(x: Floats, rows: int) -> Iterator[Floats]:
    """x in float64, this many rows at a time."""
    for start in range(0, len(x), rows):
        yield x[start : start + rows].astype(np.float64)


def _scatter(
    x: Floats, y: Floats, width: int, columns: Callable[[Floats, Floats], tuple[Floats, ...]]
) -> tuple[Floats, Floats]:
    """(means, sums of products of differences from them) of `width` columns over x (N, n_inputs) and y (N,).

    `columns` gives them for some rows, as blocks (rows, columns) that stand side by side.
    """
    rows = min(CHUNK, max(LEAST_ROWS, BLOCK // width))
    pieces = zip(_pieces(x, rows), _pieces(y, rows), strict=True)
    shift, total, products = np.zeros(width), np.zeros(width), np.zeros((width, width))
    block = np.empty((rows, width))
    with np.errstate(all="ignore"):
        for number, (inputs, targets) in enumerate(pieces):
            own = block[: len(targets)]
            np.concatenate(columns(inputs, targets), axis=1, out=own)
            if number == 0:
                shift[:] = own.mean(axis=0)  # near the means, so that little is cancelled
            own -= shift
            total += own.sum(axis=0)
            products += own.T @ own
        scatter = products - np.outer(total, total) / len(y)
    if not np.isfinite(scatter).all():
        raise EngineError("the units' values on x are too large to solve for c: lower the weights, or start again")
    return shift + total / len(y), scatter


def _penalized(scatter: Floats, ridge: float) -> Floats:
    """The units' own part of the sums with λ on its diagonal; where no unit does anything, any λ gives c = 0."""
    own = np.diagonal(scatter)
    return scatter + np.eye(own.size) * (ridge * float(own.sum()) / max(own.size, 1) or 1.0)
