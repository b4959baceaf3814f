"""Network: layers of units over one flat vector of parameters θ."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine import edits, network_file
from engine.activations import KINDS
from engine.architecture import Architecture
from engine.border import check_inputs, check_layer, check_theta
from engine.errors import EngineError, show, whole
from engine.layout import parameter_index, split

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
        self._architecture = Architecture(n_inputs, layers, seed, init, dtype)  # type: ignore[arg-type]  # checked there
        self._theta = self._architecture.initial_theta()

    @classmethod
    def of(cls, architecture: Architecture, theta: Floats) -> Network:
        """A network of this architecture with θ as it is, not a copy."""
        network = object.__new__(cls)
        network._architecture, network._theta = architecture, theta
        return network

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Network:
        """The network of a file that `save` wrote, the same to the bit. Raises EngineError for any other file."""
        architecture, theta, _ = network_file.load(path)
        return cls.of(architecture, theta)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write θ, kinds and all else to an .npz file, see `engine.network_file`, over one that is there.

        Raises EngineError where it cannot be written; then a file that was there stays as it was.
        """
        network_file.save(path, self._architecture, self._theta)

    @property
    def architecture(self) -> Architecture:
        """What the network is beside its θ."""
        return self._architecture

    @property
    def n_inputs(self) -> int:
        """Features of an example."""
        return self._architecture.n_inputs

    @property
    def seed(self) -> int:
        """What the initial weights are drawn by."""
        return self._architecture.seed

    @property
    def init(self) -> str:
        """How they are drawn."""
        return self._architecture.init

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision of θ."""
        return self._architecture.dtype

    @property
    def layers(self) -> list[list[str]]:
        """The kinds of unit, a list for each hidden layer."""
        return [list(layer) for layer in self._architecture.layers]

    @property
    def frozen(self) -> list[list[bool]]:
        """Which units stand still while training, a list for each hidden layer; see `edits.Freeze`."""
        return [list(units) for units in self._architecture.frozen]

    @property
    def shape(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, outputs: (1, 3, 1)."""
        return self._architecture.shape

    @property
    def n_parameters(self) -> int:
        return self._theta.size

    @property
    def theta(self) -> Floats:
        """A copy of θ, (n_parameters,); on assignment checked for length and finite values."""
        return self._theta.copy()

    @theta.setter
    def theta(self, values: ArrayLike) -> None:
        self._theta = check_theta(values, self.n_parameters, self.dtype)

    def copy(self) -> Network:
        """A network of its own with the same units and θ."""
        return Network.of(self._architecture, self._theta.copy())

    def initial(self, seed: int | None = None, init: str | None = None) -> Network:
        """A network with the same units at its initial weights, those of another seed or init if given."""
        own = self._architecture
        seed, init = own.seed if seed is None else seed, own.init if init is None else init
        drawn = replace(own, seed=seed, init=init, edits=0)
        return Network.of(drawn, drawn.initial_theta())

    def weights(self, layer: int) -> tuple[Floats, Floats]:
        """Copies of (W (fan_out, fan_in), b (fan_out,)) of a hidden layer, or of the output for layer = len(layers)."""
        W, b = split(self._theta, self.shape)[whole("layer", layer, 0, len(self._architecture.layers))]
        return W.copy(), b.copy()

    def index(self, layer: int, unit: int, name: str, source: int = 0) -> int:
        """The place in θ of a unit's parameter: "w" (from its input number `source`), "b", or "c" (last hidden layer).

        layer = len(layers) is the output, with its one unit 0.
        """
        return parameter_index(self.shape, layer, unit, name, source)

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
        return self.apply(edits.AddUnit(kind, layer))

    def remove_unit(self, layer: int, unit: int) -> Ints:
        """Remove a unit; see `edits.RemoveUnit`."""
        return self.apply(edits.RemoveUnit(layer, unit))

    def add_layer(self, kinds: Sequence[str]) -> Ints:
        """Add a hidden layer before the output; see `edits.AddLayer`."""
        return self.apply(edits.AddLayer(check_layer("kinds", kinds)))

    def remove_layer(self, layer: int) -> Ints:
        """Remove a hidden layer; see `edits.RemoveLayer`."""
        return self.apply(edits.RemoveLayer(layer))

    def apply(self, edit: edits.Edit) -> Ints:
        """Change the network in place; returns the map of indices (old n_parameters,), see `edits.apply`.

        Raises EngineError, and changes nothing, for an edit that the network does not allow.
        """
        changed, mapping = edits.apply(edit, edits.Setup(self._architecture, self._theta))
        self._architecture, self._theta = changed.architecture, changed.theta
        return mapping

    def __repr__(self) -> str:
        options = f"seed={self.seed}, init={self.init!r}, dtype={self.dtype.name!r}"
        return f"Network({self.n_inputs}, {self.layers}, {options})"

    def _forward(self, x: Floats) -> list[Floats]:
        values = []
        kinds: list[Sequence[str]] = [*self._architecture.layers, ["identity"]]
        for (W, b), layer in zip(split(self._theta, self.shape), kinds, strict=True):
            x = activate(x @ W.T + b, layer)
            values.append(x)
        return values


def check_network(network: Network) -> Network:
    """The network, or EngineError for anything else."""
    if not isinstance(network, Network):
        raise EngineError(f"network={show(network)}: expected a Network")
    return network


def activate(z: Floats, layer: Sequence[str]) -> Floats:
    """Each column of z (N, units) through its unit's activation."""
    kinds = set(layer)
    if len(kinds) == 1:  # without the copies that picking columns makes
        return cast(Floats, KINDS[kinds.pop()].function(z))
    a = np.empty_like(z)
    for kind in kinds:
        columns = [unit for unit, own in enumerate(layer) if own == kind]
        a[:, columns] = KINDS[kind].function(z[:, columns])
    return a
