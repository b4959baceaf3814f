"""What least squares says of a network and its data: which c fit best, and where a new unit or layer belongs.

Each function gives edits that keep the numbers found, so whoever plays a run again need not find them again. They
take squares of errors, whatever the recipe's loss is, and compute in float64.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.border import check_layer
from engine.edits import AddLayer, AddUnit, SetOutput, SetTheta
from engine.errors import EngineError, real
from engine.examples import Examples, check_examples
from engine.network import CHUNK, Network, activate, check_network

RIDGE = 1e-4  # with less the losses are hardly lower, and c become so large that the next epoch runs away
LAYER_RIDGE = 1e-6  # of a new layer: what it copies has no noise, and its units are gentle enough to keep c small
LAYER_SLOPE = 0.4  # of the slope of init `spread`: three sigmoids make a straight line to 0.5 % of its height
KNOTS = 64
TRIALS = 2**14  # examples that tell the candidates apart, at most: to square all of theirs takes longest by far
WORK, FEWEST = 2**31, 2**10  # multiply-adds from which on they are fewer, and how many are asked in any case
BLOCK, LEAST_ROWS = 2**19, 256  # numbers worked out at a time, which the cache holds, and rows of them at least
CANDIDATES = ("sigmoid", "relu")
PAIRS = 128  # of examples, from one to the other of which a unit of several inputs may look
LOOKED_AT, BEND_AMONG = 1024, (0.02, 0.9)  # examples at most, and the shares of them that may lie before its bend

Floats = NDArray[Any]
Candidates = tuple[list[str], Floats, Floats]  # units to choose from: kinds, w (units, fan_in), b (units,)


def solve_output(network: Network, x: ArrayLike, y: ArrayLike, ridge: float = RIDGE) -> SetOutput:
    """All c and the output bias that leave the least Σ error² + λ Σ c², the hidden units being as they are.

    x (N, n_inputs), y (N,). λ is `ridge` times the mean over the units of Σ(a − mean a)²; of the linear model the
    inputs are the units. So twins share what they do, and a unit that has one value on all of x gets c = 0. The output
    bias bears no penalty. The c of frozen units stay, and the others fit what these leave. Raises EngineError for data
    that do not fit, or unit values too large to square.
    """
    examples = check_examples(x, y, None, None, check_network(network).n_inputs, network.dtype)
    free = _free(network)
    means, scatter = _scatter(examples.x, examples.y, int(free.sum()) + 1, _columns(network))
    own, fits = scatter[:-1, :-1], scatter[:-1, -1]
    c = network.weights(len(network.layers))[0][0].astype(np.float64)
    c[free] = np.linalg.solve(_penalized(own, real("ridge", ridge, above=0.0)), fits)
    return SetOutput((*c.tolist(), float(means[-1] - c[free] @ means[:-1])))


def best_unit(network: Network, x: ArrayLike, y: ArrayLike) -> AddUnit:
    """The sigmoid or ReLU unit with which `solve_output` would leave the least loss, on one feature.

    x (N, 1), y (N,). It is the best of the sigmoids, and of the ReLUs to either side, at 64 knots, evenly over the
    range of x. They are as steep as init `spread` draws units of a layer of the new width, over the range of x instead
    of [−1, 1]. Of over 16,384 examples, or fewer for wide layers, every second, third, … is asked.
    Raises EngineError for several features, for several hidden layers, or where x has one value only.
    """
    if check_network(network).n_inputs > 1:
        raise EngineError(f"a network of {network.n_inputs} features: expected one feature to look for a place along")
    if len(network.layers) > 1:
        raise EngineError(f"{len(network.layers)} hidden layers: expected one at most, whose units act on the output")
    examples = check_examples(x, y, None, None, 1, network.dtype)
    return _best(network, examples, 0, _along(network, CANDIDATES, examples.x))


def place_unit(network: Network, kind: str, layer: int, x: ArrayLike, y: ArrayLike) -> AddUnit:
    """A unit of this kind for a layer, where it helps most: x (N, n_inputs), y (N,).

    In the first layer on one feature it is the best at 64 knots, as in `best_unit`. Else it is the best of 128, each of
    which looks from one example to another of what the layer sees, bends where 2 to 90 % of the examples lie before,
    and is as steep as init `spread` draws a single unit. Of a layer that is not the last it is asked how much it would
    help if it acted on the output. Where no two examples differ, or values are too large to square, the unit is as it
    is drawn. Raises EngineError for a kind, a layer or data that do not fit.
    """
    n_inputs = check_network(network).n_inputs
    drawn, examples = AddUnit(kind, layer), check_examples(x, y, None, None, n_inputs, network.dtype)
    network.copy().apply(drawn)  # so that what is refused is refused here
    line = n_inputs == 1 and layer == 0
    try:
        among = _along(network, (kind,), examples.x) if line else _across(network, kind, layer, examples.x)
        placed = _best(network, examples, layer, among)
        network.copy().apply(placed)
    except EngineError:
        return drawn
    return placed


def place_layer(network: Network, kinds: Sequence[str], x: ArrayLike) -> tuple[AddLayer, SetTheta]:
    """A new last hidden layer of these kinds that moves the outputs on x (N, n_inputs) as little as can be.

    Its units look along the output of before: each is a function of t = cᵀa, with weights in proportion to c. They
    stand side by side over the range of t on x, those that bend from its lower end on, and c and the output bias come
    from least squares on the outputs of before. Where t has one value the weights stay as they are drawn. Raises
    EngineError for kinds or inputs that do not fit, or values too large to square.
    """
    before, edit = check_network(network).predict(x), AddLayer(check_layer("kinds", kinds))
    c = network.weights(len(network.layers))[0][0].astype(np.float64)
    examples = check_examples(x, before, None, None, network.n_inputs, network.dtype)
    values = _seen(network, len(network.layers))
    with np.errstate(all="ignore"):
        along = np.concatenate([values(rows) @ c for rows in _pieces(examples.x, CHUNK)])
        middle, half = (float(along.max()) + float(along.min())) / 2.0, float(np.ptp(along)) / 2.0
    changed = network.copy()
    changed.apply(edit)
    if half > 0.0:
        layer, places = len(network.layers), np.arange(len(kinds))
        bends = np.array([KINDS[kind].bends for kind in kinds])
        knots = np.where(bends, 2.0 * places, 2.0 * places + 1.0) / len(kinds) - 1.0
        gentle = np.where(
            bends, 1.0, LAYER_SLOPE
        )  # what bends makes straight lines as it is, and if gentle dies sooner
        slopes = gentle * np.array([KINDS[kind].start_slope(len(kinds)) for kind in kinds])
        theta, start = changed.theta, changed.index(layer, 0, "w")
        placed = np.append(np.outer(slopes / half, c), -slopes * (middle / half + knots))
        theta[start : start + placed.size] = placed
        changed.theta = theta
    changed.apply(solve_output(changed, x, before, LAYER_RIDGE))
    return edit, SetTheta(changed.theta)


def _along(network: Network, among: Sequence[str], x: Floats) -> Candidates:
    """Units of these kinds along one feature, x (N, 1), for the first layer."""
    low, half = float(x.min()), float(np.ptp(x.astype(np.float64))) / 2.0
    if half == 0.0:
        raise EngineError(f"x is {low:g} in every example: expected a feature with several values")
    width = len(network.layers[0]) + 1 if network.layers else 1
    knots = low + half * (2.0 * np.arange(KNOTS) + 1.0) / KNOTS
    kinds, signs = [], []
    for kind in among:
        own = (1.0,) if KINDS[kind].step else (1.0, -1.0)  # a step that falls is one that rises, with −c
        kinds += [kind] * len(own) * KNOTS
        signs += np.repeat(own, KNOTS).tolist()
    w = np.array([KINDS[kind].start_slope(width) for kind in kinds]) * signs / half
    return kinds, w[:, np.newaxis], -w * np.tile(knots, len(kinds) // KNOTS)


def _across(network: Network, kind: str, layer: int, x: Floats) -> Candidates:
    """Units of this kind, each along the line through two examples of what the layer sees, bent among the examples."""
    rng = network.architecture.edit_generator()
    values = _seen(network, layer)(x[rng.permutation(len(x))[:LOOKED_AT]].astype(np.float64))
    ranks = (len(values) * rng.uniform(*BEND_AMONG, PAIRS)).astype(int)
    with np.errstate(all="ignore"):
        first, second = values[rng.integers(len(values), size=(2, PAIRS))]
        lines = second - first
        places = np.sort(values @ lines.T, axis=0)
        halves = np.ptp(places, axis=0) / 2.0
    apart = (halves > 0.0) & np.isfinite(halves)
    if not apart.any():
        raise EngineError("the examples are all alike: expected some that differ")
    slopes = KINDS[kind].start_slope(1) / halves[apart]
    bends = places[ranks, np.arange(PAIRS)][apart]
    return [kind] * len(bends), slopes[:, np.newaxis] * lines[apart], -slopes * bends


def _best(network: Network, examples: Examples, layer: int, candidates: Candidates) -> AddUnit:
    """The unit of the candidates with which `solve_output` would leave the least loss, if it acted on the output."""
    kinds, w, b = candidates
    units, own_columns, seen = (
        int(_free(network).sum()) if network.layers else 0,
        _columns(network),
        _seen(network, layer),
    )

    def columns(inputs: Floats, targets: Floats) -> tuple[Floats, ...]:
        values, rest = own_columns(inputs, targets)
        return values[:, :units], rest, activate(seen(inputs) @ w.T + b, kinds)

    width = units + 1 + len(kinds)
    trials = min(TRIALS, max(FEWEST, WORK // (width**2 + 2 * network.n_parameters)))
    some = slice(None, None, -(-examples.y.size // trials))
    _, scatter = _scatter(examples.x[some], examples.y[some], width, columns)
    own, others, among = scatter[:units, :units], scatter[:units, units:], scatter[units:, units:]
    rest = among - others.T @ np.linalg.solve(_penalized(own, RIDGE), others)  # what the present units leave of them
    penalty = RIDGE * float(np.mean(np.diagonal(among)[1:]))
    gains = rest[0, 1:] ** 2 / (np.diagonal(rest)[1:] + penalty)
    best = int(np.argmax(gains))
    return AddUnit(kinds[best], layer, tuple(w[best].tolist()), float(b[best]))


def _seen(network: Network, layer: int) -> Callable[[Floats], Floats]:
    """The function from inputs to the values (N, fan_in) that the weights of a layer weigh, in float64.

    Those of layer len(layers) are the ones that c weighs.
    """
    if layer == 0:
        return lambda inputs: inputs
    precise = Network.of(replace(network.architecture, dtype=np.dtype(np.float64)), network.theta.astype(np.float64))
    return lambda inputs: precise.activations(inputs)[layer - 1]


def _free(network: Network) -> NDArray[np.bool_]:
    """Which of the values that c weighs may get another c: those of units that are not frozen."""
    return ~np.array(network.frozen[-1] if network.layers else [False] * network.n_inputs)


def _columns(network: Network) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """The function from inputs and targets to the values (N, free) and the targets (N, 1) less what frozen units do."""
    free, values = _free(network), _seen(network, len(network.layers))
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
    penalty = ridge * float(own.sum()) / max(own.size, 1) or 1.0
    return scatter + np.eye(own.size) * min(penalty, sys.float_info.max)
