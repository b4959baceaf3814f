"""The edits: frozen descriptions of a change within a run, and one `apply`.

An edit keeps what was learnt. `apply` makes a new `Setup` and leaves the old one alone. Beside it comes an int array of
the length of the old θ: the new index of each parameter, −1 where it is gone. Whatever has θ's order (moments,
gradients) follows that map.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import points, surgery
from engine.architecture import Architecture
from engine.border import as_numbers, check_theta
from engine.errors import EngineError, show, whole
from engine.examples import Examples, check_examples
from engine.own_values import owned
from engine.recipe import Recipe, check_recipe

Floats = NDArray[Any]
Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class AddUnit:
    """A new last unit of a layer; its outgoing weights are 0, so the curve stays.

    Its weights w (fan_in,) and its bias b are drawn, or given, such as those of `solving.best_unit`. On the linear
    model it begins the first hidden layer, in place of the linear weights.
    """

    kind: str
    layer: int = 0
    w: tuple[float, ...] | None = None
    b: float | None = None


@dataclass(frozen=True, slots=True)
class SetKind:
    """A unit becomes one of another kind; its weights and their moments stay."""

    layer: int
    unit: int
    kind: str


@dataclass(frozen=True, slots=True)
class SplitUnit:
    """A unit becomes two ReLUs: a hard sigmoid exactly, a sigmoid nearly, other kinds are refused.

    hard_sigmoid: c·clip(z/4 + ½, 0, 1) = (c/4)·[relu(z + 2) − relu(z − 2)], c being all weights from the unit;
    sigmoid: (c/5.2)·[relu(z + 2.6) − relu(z − 2.6)], nearest in the mean square, at most 0.07·c away.
    The first half stays in the unit's place, and its weights are those of the unit with other values: the map keeps
    them, and their moments stay. The second half is a new unit, the last of its layer, and its moments are new.
    """

    layer: int
    unit: int


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


@dataclass(frozen=True, slots=True)
class SetOutput:
    """All c and then the output bias get values, such as those of `solving.solve_output`; of the linear model θ."""

    values: tuple[float, ...]


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


@dataclass(frozen=True, slots=True)
class DrawPoint:
    """One training example more: scaled inputs x (n_inputs,) and target y; the epoch begins anew."""

    x: tuple[float, ...]
    y: float


@dataclass(frozen=True, slots=True)
class ErasePoint:
    """The training example of this row goes, see `Examples.rows`; the epoch begins anew."""

    row: int


@dataclass(frozen=True, slots=True)
class SetPoints:
    """How many of the training examples train: the first of an order that the seed draws, or with None the latest.

    The others stand aside until they are asked for; drawn ones come first. The epoch begins anew.
    """

    points: int
    seed: int | None = None


PointEdit = SetExamples | DrawPoint | ErasePoint | SetPoints
Edit = (
    AddUnit
    | SetKind
    | SplitUnit
    | RemoveUnit
    | AddLayer
    | RemoveLayer
    | Freeze
    | SetValue
    | SetOutput
    | SetTheta
    | SetRecipe
    | PointEdit
)


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
    edit = own(edit, setup.theta.dtype)
    return _CHANGES[type(edit)](edit, setup)


def own(edit: Edit, dtype: np.dtype[Any]) -> Edit:
    """The edit as `apply` makes it of a network of this precision: with values of its own, see `own_values`.

    Raises EngineError for anything else.
    """
    if type(edit) not in _CHANGES:
        raise EngineError(f"edit={show(edit)}: expected one of {', '.join(kind.__name__ for kind in _CHANGES)}")
    return cast(Edit, owned(edit, dtype))


def carry(values: Floats, mapping: Ints, size: int) -> Floats:
    """`values` in the old θ's order → the new order (size,); what is new starts at 0."""
    carried = np.zeros(size, values.dtype)
    carried[mapping[mapping >= 0]] = values[mapping >= 0]
    return carried


def carry_squares(squares: Floats, mapping: Ints, size: int) -> Floats:
    """As `carry` for second moments; what is new starts at the median of those that stay.

    From 0 a new parameter would take steps of 3 to 6 η, for Adam's correction is that of the run, and new ReLUs would
    die of them.
    """
    carried = np.full(size, np.median(squares[mapping >= 0]), squares.dtype)
    carried[mapping[mapping >= 0]] = squares[mapping >= 0]
    return carried


def _add_unit(edit: AddUnit, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.add_unit(setup.architecture, setup.theta, edit.kind, edit.layer, edit.w, edit.b))


def _set_kind(edit: SetKind, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.set_kind(setup.architecture, setup.theta, edit.layer, edit.unit, edit.kind))


def _split_unit(edit: SplitUnit, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.split_unit(setup.architecture, setup.theta, edit.layer, edit.unit))


def _remove_unit(edit: RemoveUnit, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.remove_unit(setup.architecture, setup.theta, edit.layer, edit.unit))


def _add_layer(edit: AddLayer, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.add_layer(setup.architecture, setup.theta, edit.kinds))


def _remove_layer(edit: RemoveLayer, setup: Setup) -> tuple[Setup, Ints]:
    return _operated(setup, surgery.remove_layer(setup.architecture, setup.theta, edit.layer))


def _operated(setup: Setup, outcome: surgery.Outcome) -> tuple[Setup, Ints]:
    architecture, theta, mapping = outcome
    return replace(setup, architecture=architecture, theta=theta), mapping


def _freeze(edit: Freeze, setup: Setup) -> tuple[Setup, Ints]:
    changed = surgery.freeze(setup.architecture, edit.layer, edit.unit, edit.on)
    return replace(setup, architecture=changed), _all_stay(setup)


def _set_value(edit: SetValue, setup: Setup) -> tuple[Setup, Ints]:
    theta = setup.theta.copy()
    theta[whole("index", edit.index, 0, theta.size - 1)] = as_numbers("value", edit.value, theta.dtype, "a number")
    return _with_theta(theta, setup)


def _set_output(edit: SetOutput, setup: Setup) -> tuple[Setup, Ints]:
    theta, size = setup.theta.copy(), setup.architecture.shape[-2] + 1
    values = as_numbers("values", edit.values, theta.dtype, f"{size} numbers")
    if values.shape != (size,):
        raise EngineError(f"values of shape {values.shape}: expected ({size},), each c and then the output bias")
    theta[-size:] = values
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
    shape = (setup.architecture.n_inputs, setup.architecture.dtype)
    examples = check_examples(edit.x, edit.y, edit.x_test, edit.y_test, *shape)
    unseen = (examples.x_test, examples.y_test) if examples.y_test.size else ()
    return _with_examples(SetExamples(examples.x, examples.y, *unseen), setup, lambda _: examples)


def _draw_point(edit: DrawPoint, setup: Setup) -> tuple[Setup, Ints]:
    return _with_examples(edit, setup, lambda examples: points.draw(examples, edit.x, edit.y))


def _erase_point(edit: ErasePoint, setup: Setup) -> tuple[Setup, Ints]:
    return _with_examples(edit, setup, lambda examples: points.erase(examples, edit.row))


def _set_points(edit: SetPoints, setup: Setup) -> tuple[Setup, Ints]:
    return _with_examples(edit, setup, lambda examples: points.take(examples, edit.points, edit.seed))


def _with_examples(edit: Edit, setup: Setup, change: Callable[[Examples], Examples]) -> tuple[Setup, Ints]:
    if setup.examples is None:
        raise EngineError("a network by itself has no examples: give the edit to a Trainer")
    before = setup.examples.changes
    if isinstance(edit, SetExamples):
        before = ()
    elif isinstance(edit, SetPoints) and before and isinstance(before[-1], SetPoints):
        before = before[:-1]  # of two in a row the last one alone comes to the same
    examples = replace(change(setup.examples), changes=(*before, edit))
    return replace(setup, examples=examples), _all_stay(setup)


_CHANGES: dict[type, Callable[[Any, Setup], tuple[Setup, Ints]]] = {
    AddUnit: _add_unit,
    SetKind: _set_kind,
    SplitUnit: _split_unit,
    RemoveUnit: _remove_unit,
    AddLayer: _add_layer,
    RemoveLayer: _remove_layer,
    Freeze: _freeze,
    SetValue: _set_value,
    SetOutput: _set_output,
    SetTheta: _set_theta,
    SetRecipe: _set_recipe,
    SetExamples: _set_examples,
    DrawPoint: _draw_point,
    ErasePoint: _erase_point,
    SetPoints: _set_points,
}


def _all_stay(setup: Setup) -> Ints:
    return np.arange(setup.theta.size)
