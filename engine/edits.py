"""The edits: frozen descriptions of a change within a run, and one `apply`.

An edit keeps what was learnt. `apply` makes a new `Setup` and leaves the old one alone. Beside it comes an int array of
the length of the old θ: the new index of each parameter, −1 where it is gone. Whatever has θ's order (moments,
gradients) follows that map.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.architecture import Architecture
from engine.border import as_numbers, check_layers, check_theta
from engine.errors import EngineError, show, whole
from engine.examples import Examples, check_examples
from engine.initial import draw_layer, draw_output
from engine.layout import frozen_parameters, split
from engine.recipe import Recipe, check_recipe

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
class Freeze:
    """A unit stands still while training: its row of W, its b, its outgoing weights and their moments; or no longer.

    No gradient, penalty or decay moves them then. SetValue and SetTheta do.
    """

    layer: int
    unit: int
    on: bool = True


@dataclass(frozen=True, slots=True)
class SetValue:
    """One parameter of θ gets a value."""

    index: int
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class SetTheta:
    """All parameters get values: theta (n_parameters,)."""

    theta: ArrayLike


@dataclass(frozen=True, slots=True)
class SetRecipe:
    """Training goes on by another recipe, from the next batch on."""

    recipe: Recipe


@dataclass(frozen=True, slots=True, eq=False)
class SetExamples:
    """Training goes on with other examples: x (N, n_inputs), y (N,) and what is unseen; the epoch begins anew."""

    x: ArrayLike
    y: ArrayLike
    x_test: ArrayLike | None = None
    y_test: ArrayLike | None = None


Edit = AddUnit | RemoveUnit | AddLayer | RemoveLayer | Freeze | SetValue | SetTheta | SetRecipe | SetExamples


@dataclass(frozen=True, slots=True)
class Setup:
    """All that an edit can change. A network by itself has no recipe and no examples."""

    architecture: Architecture
    theta: Floats  # (n_parameters,), not to be written to
    recipe: Recipe | None = None
    examples: Examples | None = None


def apply(edit: Edit, setup: Setup) -> tuple[Setup, Ints]:
    """(the new setup, the map of indices (old n_parameters,)); EngineError for an edit that the setup does not allow.

    What an edit leaves alone is the same object in the new setup.
    """
    change = _CHANGES.get(type(edit))
    if change is None:
        raise EngineError(f"edit={show(edit)}: expected one of {', '.join(kind.__name__ for kind in _CHANGES)}")
    return change(edit, setup)


def carry(values: Floats, mapping: Ints, size: int) -> Floats:
    """`values` in the old θ's order → the new order (size,); what is new starts at 0."""
    carried = np.zeros(size, values.dtype)
    carried[mapping[mapping >= 0]] = values[mapping >= 0]
    return carried


def _add_unit(edit: AddUnit, setup: Setup) -> tuple[Setup, Ints]:
    architecture = setup.architecture
    layers = _as_lists(architecture)
    layer = whole("layer", edit.layer, 0, max(len(layers) - 1, 0))
    kinds = check_layers([[edit.kind]])[0]
    rng = architecture.edit_generator()
    weights, bias = draw_layer(architecture.rule, rng, architecture.shape[layer], kinds, first=layer == 0)
    values, indices = _blocks(setup)
    if not layers:
        values[:] = [(weights, bias), (np.zeros((1, 1)), values[0][1])]
        indices[:] = [_new(weights, bias), (_gone((1, 1)), indices[0][1])]
        return _replace(setup, [kinds], values, indices)
    layers[layer].append(edit.kind)
    for blocks, row, entry, fill in ((values, weights, bias, 0.0), (indices, *_new(weights, bias), -1)):
        W, b = blocks[layer]
        blocks[layer] = np.vstack([W, row]), np.append(b, entry)
        W, b = blocks[layer + 1]
        blocks[layer + 1] = np.column_stack([W, np.full(len(W), fill)]), b
    return _replace(setup, layers, values, indices)


def _remove_unit(edit: RemoveUnit, setup: Setup) -> tuple[Setup, Ints]:
    layers = _as_lists(setup.architecture)
    layer = _hidden_layer(edit.layer, layers)
    unit = whole("unit", edit.unit, 0, len(layers[layer]) - 1)
    if len(layers[layer]) == 1:
        raise EngineError(f"unit {unit} is the only one of layer {layer}: remove the layer instead")
    del layers[layer][unit]
    values, indices = _blocks(setup)
    for blocks in (values, indices):
        W, b = blocks[layer]
        blocks[layer] = np.delete(W, unit, 0), np.delete(b, unit)
        W, b = blocks[layer + 1]
        blocks[layer + 1] = np.delete(W, unit, 1), b
    return _replace(setup, layers, values, indices)


def _add_layer(edit: AddLayer, setup: Setup) -> tuple[Setup, Ints]:
    architecture = setup.architecture
    layers = check_layers([*architecture.layers, edit.kinds])
    rng, rule = architecture.edit_generator(), architecture.rule
    W, b = draw_layer(rule, rng, architecture.shape[-2], edit.kinds, first=len(layers) == 1)
    c, _ = draw_output(rule, rng, len(edit.kinds), hidden=True)
    values, indices = _blocks(setup)
    values[-1:] = [(W, b), (c, values[-1][1])]
    indices[-1:] = [_new(W, b), (_gone(c.shape), indices[-1][1])]
    return _replace(setup, layers, values, indices)


def _remove_layer(edit: RemoveLayer, setup: Setup) -> tuple[Setup, Ints]:
    layers = _as_lists(setup.architecture)
    layer = _hidden_layer(edit.layer, layers)
    del layers[layer]
    values, indices = _blocks(setup)
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
    return _replace(setup, layers, values, indices)


def _freeze(edit: Freeze, setup: Setup) -> tuple[Setup, Ints]:
    architecture = setup.architecture
    frozen = [list(units) for units in architecture.frozen]
    layer = _hidden_layer(edit.layer, architecture.layers)
    unit = whole("unit", edit.unit, 0, len(frozen[layer]) - 1)
    if not isinstance(edit.on, bool):
        raise EngineError(f"on={show(edit.on)}: expected True or False")
    if frozen[layer][unit] == edit.on:
        return setup, _all_stay(setup)
    frozen[layer][unit] = edit.on
    return replace(setup, architecture=replace(architecture, frozen=tuple(map(tuple, frozen)))), _all_stay(setup)


def _set_value(edit: SetValue, setup: Setup) -> tuple[Setup, Ints]:
    theta = setup.theta.copy()
    theta[whole("index", edit.index, 0, theta.size - 1)] = as_numbers("value", edit.value, theta.dtype, "a number")
    return _with_theta(theta, setup)


def _set_theta(edit: SetTheta, setup: Setup) -> tuple[Setup, Ints]:
    return _with_theta(edit.theta, setup)


def _with_theta(values: ArrayLike, setup: Setup) -> tuple[Setup, Ints]:
    return replace(setup, theta=check_theta(values, setup.theta.size, setup.theta.dtype)), _all_stay(setup)


def _set_recipe(edit: SetRecipe, setup: Setup) -> tuple[Setup, Ints]:
    if setup.recipe is None:
        raise EngineError("a network by itself has no recipe: give the edit to a Trainer")
    return replace(setup, recipe=check_recipe(edit.recipe)), _all_stay(setup)


def _set_examples(edit: SetExamples, setup: Setup) -> tuple[Setup, Ints]:
    if setup.examples is None:
        raise EngineError("a network by itself has no examples: give the edit to a Trainer")
    shape = (setup.architecture.n_inputs, setup.architecture.dtype)
    return replace(setup, examples=check_examples(edit.x, edit.y, edit.x_test, edit.y_test, *shape)), _all_stay(setup)


_CHANGES: dict[type, Callable[[Any, Setup], tuple[Setup, Ints]]] = {
    AddUnit: _add_unit,
    RemoveUnit: _remove_unit,
    AddLayer: _add_layer,
    RemoveLayer: _remove_layer,
    Freeze: _freeze,
    SetValue: _set_value,
    SetTheta: _set_theta,
    SetRecipe: _set_recipe,
    SetExamples: _set_examples,
}


def _as_lists(architecture: Architecture) -> list[list[str]]:
    return [list(layer) for layer in architecture.layers]


def _hidden_layer(layer: int, layers: Sequence[Sequence[str]]) -> int:
    if not layers:
        raise EngineError(f"layer {show(layer)} of a linear model: expected a network with a hidden layer")
    return whole("layer", layer, 0, len(layers) - 1)


def _blocks(setup: Setup) -> tuple[Blocks, Blocks]:
    """(values, old indices), both as (W, b) of each layer of weights."""
    shape = setup.architecture.shape
    return list(split(setup.theta, shape)), list(split(_all_stay(setup), shape))


def _all_stay(setup: Setup) -> Ints:
    return np.arange(setup.theta.size)


def _new(W: Floats, b: Floats) -> tuple[Ints, Ints]:
    return _gone(W.shape), _gone(b.shape)


def _gone(shape: tuple[int, ...]) -> Ints:
    """Indices of values that no old parameter has become."""
    return np.full(shape, -1)


def _replace(setup: Setup, layers: Sequence[Sequence[str]], values: Blocks, indices: Blocks) -> tuple[Setup, Ints]:
    """The setup with new layers and θ, and the map from old to new places. A unit that was frozen is where its b is."""
    architecture = setup.architecture
    mapping = np.full(setup.theta.size, -1)
    old = _flat(indices)
    mapping[old[old >= 0]] = np.flatnonzero(old >= 0)
    still = frozen_parameters(architecture.shape, architecture.frozen)
    frozen = tuple(tuple((b >= 0) & still[b]) for _, b in indices[:-1])
    changed = replace(architecture, layers=check_layers(layers), frozen=frozen, edits=architecture.edits + 1)
    return replace(setup, architecture=changed, theta=_flat(values).astype(setup.theta.dtype)), mapping


def _flat(blocks: Blocks) -> NDArray[Any]:
    return np.concatenate([part.ravel() for block in blocks for part in block])
