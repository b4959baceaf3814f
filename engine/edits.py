"""The edits of a network: frozen descriptions of a change, and one `apply`.

An edit keeps what was learnt. Applied, it returns an int array of the length of the old θ: the new index of each
parameter, −1 where it is gone. Whatever has θ's order (moments, gradients) follows that map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import EngineError, show, whole
from engine.initial import draw_layer, draw_output, resolve
from engine.network import Network, as_numbers, check_layers, split

Floats = NDArray[Any]
Ints = NDArray[np.intp]
Blocks = list[tuple[Any, Any]]  # (W, b) of each layer of weights, the output last


@dataclass(frozen=True, slots=True)
class AddUnit:
    """A new last unit of a layer; its outgoing weights are 0, so the curve stays.

    On the linear model it begins the first hidden layer, in place of the linear weights.
    """

    kind: str
    layer: int = 0


@dataclass(frozen=True, slots=True)
class RemoveUnit:
    """A unit and its weights go; the last unit of a layer does not: remove the layer."""

    layer: int
    unit: int


@dataclass(frozen=True, slots=True)
class AddLayer:
    """A new last hidden layer with freshly drawn weights, from it and to the output; the output bias stays."""

    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveLayer:
    """A hidden layer goes; the next one takes its inputs through both layers' weights, as if linear."""

    layer: int


@dataclass(frozen=True, slots=True)
class SetValue:
    """One parameter of θ gets a value."""

    index: int
    value: float


Edit = AddUnit | RemoveUnit | AddLayer | RemoveLayer | SetValue


def apply(edit: Edit, network: Network) -> Ints:
    """Change `network` in place; returns the map of indices (old n_parameters,).

    Raises EngineError, and changes nothing, for an edit that the network does not allow.
    """
    change = _CHANGES.get(type(edit))
    if change is None:
        raise EngineError(f"edit={show(edit)}: expected one of {', '.join(kind.__name__ for kind in _CHANGES)}")
    return change(edit, network)


def carry(values: Floats, mapping: Ints, size: int) -> Floats:
    """`values` in the old θ's order → the new order (size,); what is new starts at 0."""
    carried = np.zeros(size, values.dtype)
    carried[mapping[mapping >= 0]] = values[mapping >= 0]
    return carried


def _add_unit(edit: AddUnit, network: Network) -> Ints:
    layers = network.layers
    layer = whole("layer", edit.layer, 0, max(len(layers) - 1, 0))
    rng = _generator(network)
    fan_in = network.shape[layer]
    weights, bias = draw_layer(_init(network), rng, fan_in, check_layers([[edit.kind]])[0], first=layer == 0)
    values, indices = _blocks(network)
    if not layers:
        _, output_bias = values[0]
        return _replace(
            network,
            [[edit.kind]],
            [(weights, bias), (np.zeros((1, 1)), output_bias)],
            [_new(weights, bias), (_gone((1, 1)), indices[0][1])],
        )
    layers[layer].append(edit.kind)
    for blocks, row, entry, fill in ((values, weights, bias, 0.0), (indices, *_new(weights, bias), -1)):
        W, b = blocks[layer]
        blocks[layer] = np.vstack([W, row]), np.append(b, entry)
        W, b = blocks[layer + 1]
        blocks[layer + 1] = np.column_stack([W, np.full(len(W), fill)]), b
    return _replace(network, layers, values, indices)


def _remove_unit(edit: RemoveUnit, network: Network) -> Ints:
    layers = network.layers
    layer = _hidden_layer(edit.layer, layers)
    unit = whole("unit", edit.unit, 0, len(layers[layer]) - 1)
    if len(layers[layer]) == 1:
        raise EngineError(f"unit {unit} is the only one of layer {layer}: remove the layer instead")
    del layers[layer][unit]
    values, indices = _blocks(network)
    for blocks in (values, indices):
        W, b = blocks[layer]
        blocks[layer] = np.delete(W, unit, 0), np.delete(b, unit)
        W, b = blocks[layer + 1]
        blocks[layer + 1] = np.delete(W, unit, 1), b
    return _replace(network, layers, values, indices)


def _add_layer(edit: AddLayer, network: Network) -> Ints:
    layers = check_layers([*network.layers, edit.kinds])
    rng = _generator(network)
    W, b = draw_layer(_init(network), rng, network.shape[-2], edit.kinds, first=len(layers) == 1)
    c, _ = draw_output(_init(network), rng, len(edit.kinds), hidden=True)
    values, indices = _blocks(network)
    values[-1:] = [(W, b), (c, values[-1][1])]
    indices[-1:] = [_new(W, b), (_gone(c.shape), indices[-1][1])]
    return _replace(network, layers, values, indices)


def _remove_layer(edit: RemoveLayer, network: Network) -> Ints:
    layers = network.layers
    layer = _hidden_layer(edit.layer, layers)
    del layers[layer]
    values, indices = _blocks(network)
    (W, b), (W_next, b_next) = values[layer : layer + 2]
    with np.errstate(all="ignore"):
        merged = W_next @ W
        bias = b_next + W_next @ b
    if not (np.isfinite(merged).all() and np.isfinite(bias).all()):
        raise EngineError(
            f"layer {layer}: its weights are too large to merge with the next layer's; start again instead"
        )
    values[layer : layer + 2] = [(merged, bias)]
    indices[layer : layer + 2] = [(_gone(merged.shape), indices[layer + 1][1])]
    return _replace(network, layers, values, indices)


def _set_value(edit: SetValue, network: Network) -> Ints:
    theta = network.theta
    theta[whole("index", edit.index, 0, theta.size - 1)] = as_numbers("value", edit.value, network.dtype, "a number")
    network.theta = theta
    return np.arange(theta.size)


_CHANGES: dict[type, Callable[[Any, Network], Ints]] = {
    AddUnit: _add_unit,
    RemoveUnit: _remove_unit,
    AddLayer: _add_layer,
    RemoveLayer: _remove_layer,
    SetValue: _set_value,
}


def _hidden_layer(layer: int, layers: Sequence[Sequence[str]]) -> int:
    if not layers:
        raise EngineError(f"layer {show(layer)} of a linear model: expected a network with a hidden layer")
    return whole("layer", layer, 0, len(layers) - 1)


def _init(network: Network) -> str:
    return resolve(network.init, network.n_inputs)


def _generator(network: Network) -> np.random.Generator:
    """New weights are a pure function of the network's seed and of how many edits drew before."""
    return np.random.default_rng([network.seed, 1 + network.edits])


def _blocks(network: Network) -> tuple[Blocks, Blocks]:
    """(values, old indices), both as (W, b) of each layer of weights."""
    theta = network.theta
    return list(split(theta, network.shape)), list(split(np.arange(theta.size), network.shape))


def _new(W: Floats, b: Floats) -> tuple[Ints, Ints]:
    return _gone(W.shape), _gone(b.shape)


def _gone(shape: tuple[int, ...]) -> Ints:
    """Indices of values that no old parameter has become."""
    return np.full(shape, -1)


def _replace(network: Network, layers: Sequence[Sequence[str]], values: Blocks, indices: Blocks) -> Ints:
    """Give `network` its new layers and θ; returns the map from old to new places."""
    mapping = np.full(network.n_parameters, -1)
    old = _flat(indices)
    mapping[old[old >= 0]] = np.flatnonzero(old >= 0)
    network._layers = check_layers(layers)
    network._theta = _flat(values).astype(network.dtype)
    network.edits += 1
    return mapping


def _flat(blocks: Blocks) -> NDArray[Any]:
    return np.concatenate([part.ravel() for block in blocks for part in block])
