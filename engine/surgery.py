"""Surgery: units and layers come and go, and what was learnt stays.

Each function takes an architecture and its θ and makes new ones, with the map of indices beside them; the old ones stay
as they are. It works on blocks, (W, b) of each layer of weights, and does to the old indices what it does to their
values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import KINDS
from engine.architecture import Architecture
from engine.border import as_numbers, check_layers
from engine.errors import EngineError, show, truth, whole
from engine.initial import draw_layer, draw_output
from engine.layout import frozen_parameters, split

Floats = NDArray[Any]
Ints = NDArray[np.intp]
Blocks = list[tuple[Any, Any]]  # (W, b) of each layer of weights, the output last
Outcome = tuple[Architecture, Floats, Ints]  # the map has an entry for each old parameter: its new index, or −1


def add_unit(
    architecture: Architecture,
    theta: Floats,
    kind: str,
    layer: int,
    w: Sequence[float] | None = None,
    b: float | None = None,
) -> Outcome:
    """A new last unit of a layer, with weights w (fan_in,) and bias b, or without both with drawn ones.

    Its outgoing weights are 0; on the linear model it begins the first hidden layer.
    """
    layer, kinds = whole("layer", layer, 0, max(len(architecture.layers) - 1, 0)), check_layers([[kind]])[0]
    row, entry = _incoming(architecture, kinds, layer, w, b)
    layers = _as_lists(architecture)
    values, indices = _blocks(architecture, theta)
    if not layers:
        values[:] = [(row, entry), (np.zeros((1, 1)), values[0][1])]
        indices[:] = [(_gone(row.shape), _gone((1,))), (_gone((1, 1)), indices[0][1])]
        return _outcome(architecture, theta, [[kind]], values, indices)
    layers[layer].append(kind)
    outgoing = np.zeros(architecture.shape[layer + 2])
    _append(values, layer, row, entry, outgoing)
    _append(indices, layer, *_gone_unit(row, outgoing))
    return _outcome(architecture, theta, layers, values, indices)


def _incoming(
    architecture: Architecture, kinds: Sequence[str], layer: int, w: Sequence[float] | None, b: float | None
) -> tuple[Floats, Floats]:
    """The weights (fan_in,) and the bias of a new unit: the given ones, or with neither w nor b drawn ones."""
    fan_in, dtype = architecture.shape[layer], architecture.dtype
    if w is None and b is None:
        W, drawn = draw_layer(architecture.rule, architecture.edit_generator(), fan_in, kinds, first=layer == 0)
        return W[0], drawn[0]
    if w is None or b is None:
        raise EngineError(f"w={show(w)} and b={show(b)}: expected both, or neither for drawn ones")
    row, entry = as_numbers("w", w, dtype, f"{fan_in} numbers"), as_numbers("b", b, dtype, "a number")
    if row.shape != (fan_in,):
        raise EngineError(f"w of shape {row.shape}: expected ({fan_in},), a number for each input of layer {layer}")
    if not (np.isfinite(row).all() and np.isfinite(entry)):
        raise EngineError(f"w={show(w)} and b={show(b)}: expected finite numbers in {dtype.name}")
    return row, entry


def set_kind(architecture: Architecture, theta: Floats, layer: int, unit: int, kind: str) -> Outcome:
    """A unit becomes one of another kind; its weights stay."""
    layers = _as_lists(architecture)
    layer, unit = _place(layer, unit, layers)
    layers[layer][unit] = kind
    return _outcome(architecture, theta, layers, *_blocks(architecture, theta))


def split_unit(architecture: Architecture, theta: Floats, layer: int, unit: int) -> Outcome:
    """A unit becomes two ReLUs, c·(relu(z + r) − relu(z − r)) / 2r with r of its kind: the first half in its place."""
    layers = _as_lists(architecture)
    layer, unit = _place(layer, unit, layers)
    kind, ramp = layers[layer][unit], KINDS[layers[layer][unit]].ramp
    if not ramp:
        able = " or ".join(other.name for other in KINDS.values() if other.ramp)
        raise EngineError(f"unit {unit} of layer {layer} is {kind}: expected {able}, which two ReLUs can stand for")
    layers[layer][unit] = "relu"
    layers[layer].append("relu")
    values, indices = _blocks(architecture, theta)
    row, bias = values[layer][0][unit], values[layer][1][unit]
    outgoing = values[layer + 1][0][:, unit] / (2.0 * ramp)
    _append(values, layer, row, bias - ramp, -outgoing)
    _append(indices, layer, *_gone_unit(row, outgoing))
    values[layer][1][unit] += ramp
    values[layer + 1][0][:, unit] = outgoing
    still = architecture.frozen[layer][unit]
    changed, theta, mapping = _outcome(architecture, theta, layers, values, indices)
    return freeze(changed, layer, len(layers[layer]) - 1, still), theta, mapping


def freeze(architecture: Architecture, layer: int, unit: int, on: bool) -> Architecture:
    """A unit stands still while training, or no longer; the same architecture where it did so already."""
    layer, unit = _place(layer, unit, architecture.layers)
    if architecture.frozen[layer][unit] == truth("on", on):
        return architecture
    frozen = [list(units) for units in architecture.frozen]
    frozen[layer][unit] = on
    return replace(architecture, frozen=tuple(map(tuple, frozen)))


def remove_unit(architecture: Architecture, theta: Floats, layer: int, unit: int) -> Outcome:
    """A unit goes, with its weights and those from it."""
    layers = _as_lists(architecture)
    layer, unit = _place(layer, unit, layers)
    if len(layers[layer]) == 1:
        raise EngineError(f"unit {unit} is the only one of layer {layer}: remove the layer instead")
    del layers[layer][unit]
    values, indices = _blocks(architecture, theta)
    for blocks in (values, indices):
        W, b = blocks[layer]
        blocks[layer] = np.delete(W, unit, 0), np.delete(b, unit)
        W, b = blocks[layer + 1]
        blocks[layer + 1] = np.delete(W, unit, 1), b
    return _outcome(architecture, theta, layers, values, indices)


def add_layer(architecture: Architecture, theta: Floats, kinds: Sequence[str]) -> Outcome:
    """A new last hidden layer, with weights drawn for it and from it; the output bias stays."""
    layers = check_layers([*architecture.layers, kinds])
    rng, rule = architecture.edit_generator(), architecture.rule
    W, b = draw_layer(rule, rng, architecture.shape[-2], kinds, first=len(layers) == 1)
    c, _ = draw_output(rule, rng, len(kinds), hidden=True)
    values, indices = _blocks(architecture, theta)
    values[-1:] = [(W, b), (c, values[-1][1])]
    indices[-1:] = [_new(W, b), (_gone(c.shape), indices[-1][1])]
    return _outcome(architecture, theta, layers, values, indices)


def remove_layer(architecture: Architecture, theta: Floats, layer: int) -> Outcome:
    """A hidden layer goes; its weights and the next one's become their product."""
    layers = _as_lists(architecture)
    layer = _hidden_layer(layer, layers)
    del layers[layer]
    values, indices = _blocks(architecture, theta)
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
    return _outcome(architecture, theta, layers, values, indices)


def _as_lists(architecture: Architecture) -> list[list[str]]:
    return [list(layer) for layer in architecture.layers]


def _hidden_layer(layer: int, layers: Sequence[Sequence[str]]) -> int:
    if not layers:
        raise EngineError(f"layer {show(layer)} of a linear model: expected a network with a hidden layer")
    return whole("layer", layer, 0, len(layers) - 1)


def _place(layer: int, unit: int, layers: Sequence[Sequence[str]]) -> tuple[int, int]:
    layer = _hidden_layer(layer, layers)
    return layer, whole("unit", unit, 0, len(layers[layer]) - 1)


def _blocks(architecture: Architecture, theta: Floats) -> tuple[Blocks, Blocks]:
    """(values, old indices), both as (W, b) of each layer of weights."""
    return list(split(theta, architecture.shape)), list(split(np.arange(theta.size), architecture.shape))


def _append(blocks: Blocks, layer: int, row: Floats, entry: Any, column: Floats) -> None:
    """A new last unit with these incoming weights, bias and outgoing weights, in copies of its layer and the next."""
    W, b = blocks[layer]
    blocks[layer] = np.vstack([W, row]), np.append(b, entry)
    W, b = blocks[layer + 1]
    blocks[layer + 1] = np.column_stack([W, column]), b


def _gone_unit(row: Floats, outgoing: Floats) -> tuple[Ints, int, Ints]:
    """The old indices of a new unit with these incoming and outgoing weights: none."""
    return _gone(row.shape), -1, _gone(outgoing.shape)


def _new(W: Floats, b: Floats) -> tuple[Ints, Ints]:
    return _gone(W.shape), _gone(b.shape)


def _gone(shape: tuple[int, ...]) -> Ints:
    """Indices of values that no old parameter has become."""
    return np.full(shape, -1)


def _outcome(
    architecture: Architecture, theta: Floats, layers: Sequence[Sequence[str]], values: Blocks, indices: Blocks
) -> Outcome:
    """The architecture with new layers, its θ, and the map from old to new places.

    A unit that was frozen is where its b is.
    """
    mapping = np.full(theta.size, -1)
    old = _flat(indices)
    mapping[old[old >= 0]] = np.flatnonzero(old >= 0)
    still = frozen_parameters(architecture.shape, architecture.frozen)
    frozen = tuple(tuple((b >= 0) & still[b]) for _, b in indices[:-1])
    changed = replace(architecture, layers=check_layers(layers), frozen=frozen, edits=architecture.edits + 1)
    return changed, _flat(values).astype(theta.dtype), mapping


def _flat(blocks: Blocks) -> NDArray[Any]:
    return np.concatenate([part.ravel() for block in blocks for part in block])
