"""What one unit is and does, in numbers and in one sentence in the data's own units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from tui.draw.numbers import short

if TYPE_CHECKING:
    from data import Dataset
    from tui.run.snapshot import Snapshot

_NAMES = {"hard_sigmoid": "hard σ", "relu": "ReLU", "leaky_relu": "leaky"}
_BENDS = ("relu", "leaky_relu")
_HEIGHTS = {"sigmoid": 1.0, "hard_sigmoid": 1.0, "tanh": 2.0}  # from one end of the step to the other
_SATURATED = 0.02  # a unit whose slope is near 0 on all but so small a share of the training points


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a hidden layer, its parameters as plain numbers."""

    number: int
    kind: str
    weights: np.ndarray  # (fan_in,)
    bias: float
    outgoing: float | None  # c, in the last hidden layer
    gradient: float  # norm over the unit's own parameters; nan before the first update
    on: float | None  # share of training points on which it is active
    single: bool  # first layer of a network with one feature

    @property
    def name(self) -> str:
        return kind_name(self.kind)

    @property
    def symbol(self) -> str:
        return KINDS[self.kind].symbol

    @property
    def trouble(self) -> str:
        return "" if self.on is None else trouble(self.kind, self.on)


def kind_name(kind: str) -> str:
    """A kind of unit as people read it: "ReLU"."""
    return _NAMES.get(kind, kind)


def trouble(kind: str, on: float) -> str:
    """ "dead" or "saturated" where hardly any training point can move a unit, else ""; `on` is its share of them."""
    if kind in ("identity", "leaky_relu"):
        return ""
    if kind == "relu":
        return "dead" if on <= 0.0 else ""
    return "saturated" if on < _SATURATED else ""


def collect(snapshot: Snapshot, layer: int) -> list[Unit]:
    """The units of a hidden layer; none for the linear model."""
    network, gradient = snapshot.network, snapshot.gradient
    if not network.layers:
        return []
    W, b = network.weights(layer)
    last = layer == len(network.layers) - 1
    c = network.weights(layer + 1)[0][0] if last else None
    norms = _gradient_norms(snapshot, layer, W.shape) if gradient is not None else np.full(len(b), math.nan)
    on = snapshot.on[layer] if layer < len(snapshot.on) and len(snapshot.on[layer]) == len(b) else None
    return [
        Unit(
            number=unit,
            kind=kind,
            weights=W[unit],
            bias=float(b[unit]),
            outgoing=None if c is None else float(c[unit]),
            gradient=float(norms[unit]),
            on=None if on is None else float(on[unit]),
            single=layer == 0 and network.n_inputs == 1,
        )
        for unit, kind in enumerate(network.layers[layer])
    ]


def _gradient_norms(snapshot: Snapshot, layer: int, shape: tuple[int, int]) -> np.ndarray:
    """√(Σ g²) over w, b and, in the last hidden layer, c of each unit."""
    network, gradient = snapshot.network, np.asarray(snapshot.gradient, float)
    if gradient.size != network.n_parameters:
        return np.full(shape[0], math.nan)
    start = network.index(layer, 0, "w")
    w = gradient[start : start + shape[0] * shape[1]].reshape(shape)
    b = gradient[start + w.size : start + w.size + shape[0]]
    c: np.ndarray | float = 0.0
    if layer == len(network.layers) - 1:
        first = network.index(layer, 0, "c")
        c = gradient[first : first + shape[0]]
    with np.errstate(over="ignore", invalid="ignore"):
        return np.sqrt((w * w).sum(axis=1) + b * b + c * c)


def source_name(dataset: Dataset, layer: int, source: int) -> str:
    """What a weight of this layer comes from: "cement", "lag 7", or "unit 2" of the layer before."""
    return f"unit {source + 1}" if layer else dataset.feature_labels[source]


def norm(values: np.ndarray) -> float:
    """√(Σ v²), in float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.linalg.norm(np.asarray(values, float)))


def sentence(unit: Unit, dataset: Dataset) -> tuple[str, bool]:
    """What the unit adds to the fit, and whether it is in trouble: "falls 139 g at 16.9 ms"."""
    if unit.trouble == "dead":
        return "dead: off on every training point", True
    if unit.trouble == "saturated":
        return "saturated: flat on nearly every training point", True
    if unit.outgoing is None:
        return "" if unit.on is None else f"on for {100 * unit.on:.0f}% of the training points", False
    if unit.outgoing == 0.0:
        return "adds nothing yet: c is 0", False
    if not unit.single:
        return _reach(unit, dataset), False
    w, c = float(unit.weights[0]), unit.outgoing
    height = c * dataset.y_scale
    unit_x, unit_y = (f" {unit}".rstrip() for unit in (dataset.feature_units[0], dataset.target_unit))
    if w == 0.0 or not all(map(math.isfinite, (w, c, unit.bias))):
        return "flat: w is 0", False
    place = -unit.bias / w  # scaled: the training points reach from −1 to 1
    at = f"{short(float(dataset.x_offset[0] + place * dataset.x_factor[0]))}{unit_x}"
    outside = ", beyond the data" if abs(place) > 1.0 else ""
    if unit.kind in _HEIGHTS:
        verb = "rises" if height * w > 0 else "falls"
        return f"{verb} {short(abs(height) * _HEIGHTS[unit.kind])}{unit_y} at {at}{outside}", False
    slope = height * w / float(dataset.x_factor[0])
    rate = f"{short(abs(slope))}{unit_y} per {dataset.feature_units[0] or dataset.feature_labels[0]}"
    if unit.kind not in _BENDS:
        return f"{'rises' if slope > 0 else 'falls'} {rate} everywhere", False
    if place * w < -abs(w):  # it is on wherever there are data
        return f"{'rises' if slope > 0 else 'falls'} {rate} on all the data", False
    if w > 0:
        return f"bends {'up' if slope > 0 else 'down'} {rate} from {at} on{outside}", False
    return f"{'rises' if slope > 0 else 'falls'} {rate} up to {at}{outside}", False


def _reach(unit: Unit, dataset: Dataset) -> str:
    """How far a unit of several inputs can move the fit: "lowers y by up to 139 g"; a ReLU has no limit."""
    height = (unit.outgoing or 0.0) * dataset.y_scale
    verb = "raises" if height > 0 else "lowers"
    if unit.kind not in _HEIGHTS:
        return f"{verb} y where it is on" if unit.kind in _BENDS else ""
    if unit.kind == "tanh":
        verb = "raises or lowers"
    return f"{verb} y by up to {short(abs(height))} {dataset.target_unit}".rstrip()
