"""Network: layers of units over one flat vector of parameters θ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.activations import KINDS
from engine.errors import EngineError, choice, show, whole
from engine.initial import draw_layer, draw_output, resolve
from engine.run import BIAS, FAN_IN, FAN_OUT, WEIGHT, make_layout

MAX_LAYERS = 8
MAX_WIDTH = 4096
CHUNK = 4096  # rows that predict takes at a time, so that wide layers need little memory

Floats = NDArray[Any]
Ints = NDArray[np.intp]


class Network:
    """A fully connected network with one output: r = b + W x, a = activation(r), …, y = b + cᵀ a.

    `layers` lists the kinds of unit of each hidden layer; without layers it is the linear model. θ holds, layer by
    layer, W (fan_out, fan_in) in C order and b (fan_out,), then c and the output bias. The initial weights are a pure
    function of (n_inputs, layers, seed, init). Raises EngineError for a value out of range.
    """

    def __init__(
        self,
        n_inputs: int = 1,
        layers: Sequence[Sequence[str]] = (),
        seed: int = 0,
        init: str = "auto",
        dtype: str = "float32",
    ) -> None:
        self.n_inputs = whole("n_inputs", n_inputs, 1, 2**20)
        self.seed = whole("seed", seed, 0, 2**63 - 1)
        self.init = init
        self.dtype = np.dtype(choice("dtype", dtype, ("float32", "float64")))
        self.edits = 0  # how many edits have drawn new weights, so that each draws its own
        self._layers = check_layers(layers)
        self._theta = self._initial_theta(resolve(init, self.n_inputs))

    @property
    def layers(self) -> list[list[str]]:
        """The kinds of unit, a list for each hidden layer."""
        return [list(layer) for layer in self._layers]

    @property
    def shape(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, outputs: (1, 3, 1)."""
        return (self.n_inputs, *(len(layer) for layer in self._layers), 1)

    @property
    def n_parameters(self) -> int:
        return self._theta.size

    @property
    def theta(self) -> Floats:
        """A copy of θ, (n_parameters,); on assignment checked for length and finite values."""
        return self._theta.copy()

    @theta.setter
    def theta(self, values: ArrayLike) -> None:
        theta = as_numbers("theta", values, self.dtype, f"{self.n_parameters} numbers")
        if theta.shape != (self.n_parameters,):
            raise EngineError(
                f"theta of shape {theta.shape}: expected ({self.n_parameters},), a number for each parameter"
            )
        if not np.isfinite(theta).all():
            place = int(np.argmin(np.isfinite(theta)))
            raise EngineError(f"theta[{place}] is not finite in {self.dtype.name}: expected finite numbers")
        self._theta = theta.copy()

    def copy(self) -> Network:
        """A network of its own with the same units and θ."""
        twin = object.__new__(Network)
        twin.__dict__.update(self.__dict__)
        twin._theta = self._theta.copy()
        return twin

    def initial(self, seed: int | None = None) -> Network:
        """A network with the same units at its initial weights, those of `seed` if given."""
        return Network(self.n_inputs, self._layers, self.seed if seed is None else seed, self.init, self.dtype.name)

    def weights(self, layer: int) -> tuple[Floats, Floats]:
        """Copies of (W (fan_out, fan_in), b (fan_out,)) of a hidden layer, or of the output for layer = len(layers)."""
        W, b = split(self._theta, self.shape)[whole("layer", layer, 0, len(self._layers))]
        return W.copy(), b.copy()

    def index(self, layer: int, unit: int, name: str, source: int = 0) -> int:
        """The place in θ of a unit's parameter: "w" (from its input number `source`), "b", or "c" (last hidden layer).

        layer = len(layers) is the output, with its one unit 0.
        """
        row = make_layout(self.shape)[whole("layer", layer, 0, len(self._layers))]
        whole("unit", unit, 0, int(row[FAN_OUT]) - 1)
        if choice("name", name, ("w", "b", "c")) == "w":
            return int(row[WEIGHT] + unit * row[FAN_IN] + whole("source", source, 0, int(row[FAN_IN]) - 1))
        if name == "b":
            return int(row[BIAS] + unit)
        if layer != len(self._layers) - 1:
            raise EngineError(f"c of a unit of layer {layer}: expected a unit of the last hidden layer")
        return self.index(layer + 1, 0, "w", unit)

    def predict(self, x: ArrayLike) -> Floats:
        """The outputs (N,) for x (N, n_inputs), or (N,) for one input; plain NumPy, nothing is compiled."""
        x = check_inputs(x, self.n_inputs, self.dtype)
        y = np.empty(len(x), self.dtype)
        with np.errstate(all="ignore"):  # a huge θ may overflow: the inf or NaN in the result says so
            for start in range(0, len(x), CHUNK):
                rows = slice(start, start + CHUNK)
                y[rows] = self._forward(x[rows])[-1][:, 0]
        return y

    def activations(self, x: ArrayLike) -> list[Floats]:
        """The units' values (N, units) for x (N, n_inputs), an array for each hidden layer."""
        with np.errstate(all="ignore"):
            return self._forward(check_inputs(x, self.n_inputs, self.dtype))[:-1]

    def add_unit(self, kind: str, layer: int = 0) -> Ints:
        """Add a unit at the end of a layer, with outgoing weights 0; see `edits.AddUnit`."""
        from engine.edits import AddUnit, apply

        return apply(AddUnit(kind, layer), self)

    def remove_unit(self, layer: int, unit: int) -> Ints:
        """Remove a unit; see `edits.RemoveUnit`."""
        from engine.edits import RemoveUnit, apply

        return apply(RemoveUnit(layer, unit), self)

    def add_layer(self, kinds: Sequence[str]) -> Ints:
        """Add a hidden layer before the output; see `edits.AddLayer`."""
        from engine.edits import AddLayer, apply

        return apply(AddLayer(check_layer("kinds", kinds)), self)

    def remove_layer(self, layer: int) -> Ints:
        """Remove a hidden layer; see `edits.RemoveLayer`."""
        from engine.edits import RemoveLayer, apply

        return apply(RemoveLayer(layer), self)

    def __repr__(self) -> str:
        options = f"seed={self.seed}, init={self.init!r}, dtype={self.dtype.name!r}"
        return f"Network({self.n_inputs}, {self.layers}, {options})"

    def _forward(self, x: Floats) -> list[Floats]:
        values = []
        kinds: list[Sequence[str]] = [*self._layers, ["identity"]]
        for (W, b), layer in zip(split(self._theta, self.shape), kinds, strict=True):
            x = activate(x @ W.T + b, layer)
            values.append(x)
        return values

    def _initial_theta(self, init: str) -> Floats:
        rng = np.random.default_rng(self.seed)
        parts: list[Floats] = []
        fan_in = self.n_inputs
        for number, layer in enumerate(self._layers):
            parts += draw_layer(init, rng, fan_in, layer, first=number == 0)
            fan_in = len(layer)
        parts += draw_output(init, rng, fan_in, hidden=bool(self._layers))
        return np.concatenate([part.ravel() for part in parts]).astype(self.dtype)


def check_layers(layers: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The layers as tuples, or EngineError: 0 to 8 layers of 1 to 4096 units of known kinds."""
    if isinstance(layers, str) or not isinstance(layers, Sequence):
        raise EngineError(f'layers={show(layers)}: expected a list of lists of kinds, such as [["sigmoid", "relu"]]')
    if len(layers) > MAX_LAYERS:
        raise EngineError(f"{len(layers)} hidden layers: expected at most {MAX_LAYERS}")
    return tuple(check_layer(f"layers[{number}]", layer) for number, layer in enumerate(layers))


def check_layer(name: str, layer: Sequence[str]) -> tuple[str, ...]:
    """One layer as a tuple, or EngineError: 1 to 4096 units of known kinds."""
    if isinstance(layer, str) or not isinstance(layer, Sequence):
        raise EngineError(f'{name}={show(layer)}: expected a list of kinds, such as ["sigmoid", "relu"]')
    if not 1 <= len(layer) <= MAX_WIDTH:
        raise EngineError(f"{name} has {len(layer)} units: expected 1 to {MAX_WIDTH}")
    return tuple(choice("kind of unit", kind, KINDS) for kind in layer)


def check_inputs(x: ArrayLike, n_inputs: int, dtype: Any, name: str = "x") -> Floats:
    """x as an array (N, n_inputs), or EngineError."""
    array = as_numbers(name, x, dtype, f"numbers of shape (N, {n_inputs})")
    if array.ndim == 1 and n_inputs == 1:
        array = array[:, np.newaxis]
    if array.ndim != 2 or array.shape[1] != n_inputs:
        raise EngineError(f"{name} of shape {array.shape}: expected (N, {n_inputs}), a column for each feature")
    return array


def as_numbers(name: str, values: ArrayLike, dtype: Any, expected: str) -> Floats:
    """`values` as an array of this precision, not always a copy, or EngineError; what is too large becomes infinite."""
    try:
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # text, dates and complex numbers would be read as something else
            raise TypeError
        with np.errstate(over="ignore"):
            return array.astype(dtype, copy=False)
    except (TypeError, ValueError, OverflowError):
        raise EngineError(f"{name}={show(values)}: expected {expected}") from None


def split(theta: Floats, shape: Sequence[int]) -> list[tuple[Floats, Floats]]:
    """Views (W (fan_out, fan_in), b (fan_out,)) into θ, layer by layer, the output last."""
    views = []
    for fan_in, fan_out, weight, bias, *_ in make_layout(shape).tolist():
        views.append((theta[weight:bias].reshape(fan_out, fan_in), theta[bias : bias + fan_out]))
    return views


def activate(z: Floats, layer: Sequence[str]) -> Floats:
    """Each column of z (N, units) through its unit's activation."""
    kinds = set(layer)
    a = np.empty_like(z)
    if len(kinds) == 1:  # without the copies that picking columns makes
        a[:] = KINDS[kinds.pop()].function(z)
        return a
    for kind in kinds:
        columns = [unit for unit, own in enumerate(layer) if own == kind]
        a[:, columns] = KINDS[kind].function(z[:, columns])
    return a
