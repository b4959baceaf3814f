"""Architecture: what a network is beside its θ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.border import check_frozen, check_layers
from engine.errors import one_of, whole
from engine.initial import draw_layer, draw_output, resolve_init
from engine.layout import count_parameters


@dataclass(frozen=True, slots=True)
class Architecture:
    """Inputs, layers of kinds of unit, precision, and how weights are drawn; checked when made.

    Raises EngineError for a value out of range.
    """

    n_inputs: int
    layers: tuple[tuple[str, ...], ...]  # the kinds of unit of each hidden layer
    seed: int
    init: str
    dtype: np.dtype[Any]
    edits: int = 0  # how many edits changed the layers, so that each draws weights of its own
    frozen: tuple[tuple[bool, ...], ...] = ()  # which units stand still while training, like `layers`; () for none

    def __post_init__(self) -> None:
        checked = {
            "n_inputs": whole("n_inputs", self.n_inputs, 1, 2**20),
            "layers": check_layers(self.layers),
            "seed": whole("seed", self.seed, 0, 2**63 - 1),
            "dtype": np.dtype(one_of("dtype", getattr(self.dtype, "name", self.dtype), ("float32", "float64"))),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)
        object.__setattr__(self, "frozen", check_frozen(self.frozen, self.layers))
        resolve_init(self.init, self.n_inputs)

    @property
    def shape(self) -> tuple[int, ...]:
        """Inputs, units of each hidden layer, outputs: (1, 3, 1)."""
        return (self.n_inputs, *(len(layer) for layer in self.layers), 1)

    @property
    def n_parameters(self) -> int:
        """The length of θ."""
        return count_parameters(self.shape)

    @property
    def rule(self) -> str:
        """The init by which weights are drawn; never "auto"."""
        return resolve_init(self.init, self.n_inputs)

    def initial_theta(self) -> np.ndarray[Any, Any]:
        """θ (n_parameters,) as it is drawn at first: a pure function of inputs, layers, seed and init."""
        rng = np.random.default_rng(self.seed)
        parts: list[np.ndarray[Any, Any]] = []
        for number, (fan_in, layer) in enumerate(zip(self.shape, self.layers, strict=False)):
            parts += draw_layer(self.rule, rng, fan_in, layer, first=number == 0)
        parts += draw_output(self.rule, rng, self.shape[-2], hidden=bool(self.layers))
        return np.concatenate([part.ravel() for part in parts]).astype(self.dtype)

    def edit_generator(self) -> np.random.Generator:
        """What an edit draws new weights with: a pure function of the seed and of how many edits came before."""
        return np.random.default_rng([self.seed, 1 + self.edits])
