"""What one unit is and does, in numbers and in one sentence in the data's own units."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS, Activation
from tui.draw.numbers import short
from tui.run.facts import ActiveShares, Gradient

if TYPE_CHECKING:
    from data import Dataset
    from engine import Network
    from tui.run.snapshot import Snapshot

FROZEN = "❄"  # after a word and before a blank: terminals that give it two cells shift nothing
TROUBLES = {  # in fewer and fewer words
    "dead": ("dead: off on every training point", "dead: off on all points", "dead"),
    "saturated": (
        "saturated: flat on nearly every training point",
        "saturated: flat on nearly all points",
        "saturated",
    ),
}
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
    frozen: bool = False

    @property
    def name(self) -> str:
        return kind_name(self.kind)

    @property
    def symbol(self) -> str:
        return KINDS[self.kind].symbol

    @property
    def trouble(self) -> str:
        return "" if self.on is None else trouble(self.kind, self.on)

    @property
    def state(self) -> str:
        """Its kind, or what is wrong with it, and whether it is frozen: "ReLU ❄", "dead"."""
        return " ".join(filter(None, (self.trouble or self.name, FROZEN if self.frozen else "")))


def kind_name(kind: str) -> str:
    """A kind of unit as people read it: "ReLU"."""
    return KINDS[kind].word


def on_word(kinds: Iterable[str]) -> str:
    """What the share means for units of these kinds: "on" where each bends at a kink, else "learns on"."""
    return "on" if all(KINDS[kind].bends and KINDS[kind].kinks for kind in kinds) else "learns on"


def trouble(kind: str, on: float) -> str:
    """ "dead" or "saturated" where hardly any training point can move a unit, else ""; `on` is its share of them."""
    if KINDS[kind].can_die:
        return "dead" if on <= 0.0 else ""
    return "saturated" if KINDS[kind].can_saturate and on < _SATURATED else ""


def collect(snapshot: Snapshot, layer: int) -> list[Unit]:
    """The units of a hidden layer; none for the linear model."""
    network, shares = snapshot.network, snapshot.answer(ActiveShares())
    if not network.layers:
        return []
    W, b = network.weights(layer)
    last = layer == len(network.layers) - 1
    c = network.weights(layer + 1)[0][0] if last else None
    norms = _gradient_norms(network, layer, snapshot.answer(Gradient()))
    return [
        Unit(
            number=unit,
            kind=kind,
            weights=W[unit],
            bias=float(b[unit]),
            outgoing=None if c is None else float(c[unit]),
            gradient=float(norms[unit]),
            on=None if shares is None else float(shares[layer][unit]),
            single=layer == 0 and network.n_inputs == 1,
            frozen=network.frozen[layer][unit],
        )
        for unit, kind in enumerate(network.layers[layer])
    ]


def _gradient_norms(network: Network, layer: int, gradient: np.ndarray | None) -> np.ndarray:
    """√(Σ g²) over w, b and, in the last hidden layer, c of each unit; nan where no gradient is known."""
    shape = network.shape[layer + 1], network.shape[layer]
    if gradient is None:
        return np.full(shape[0], math.nan)
    gradient = np.asarray(gradient, float)
    start = network.index(layer, 0, "w")
    w = gradient[start : start + shape[0] * shape[1]].reshape(shape)
    b = gradient[start + w.size : start + w.size + shape[0]]
    c: np.ndarray | float = 0.0
    if layer == len(network.layers) - 1:
        first = network.index(layer, 0, "c")
        c = gradient[first : first + shape[0]]
    with np.errstate(over="ignore", invalid="ignore"):
        norms: np.ndarray = np.sqrt((w * w).sum(axis=1) + b * b + c * c)
    return norms


def source_name(dataset: Dataset, layer: int, source: int) -> str:
    """What a weight of this layer comes from: "cement", "lag 7", or "unit 2" of the layer before."""
    return f"unit {source + 1}" if layer else dataset.feature_labels[source]


def norm(values: np.ndarray) -> float:
    """√(Σ v²), in float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.linalg.norm(np.asarray(values, float)))


def sentence(unit: Unit, dataset: Dataset) -> tuple[str, ...]:
    """What the unit adds to the fit, in fewer and fewer words: "falls 139 g at 16.9 ms", "falls at 16.9 ms"."""
    whole, *fewer = _what(unit, dataset)
    return (f"{whole}; frozen", whole, *fewer) if unit.frozen and whole else (whole, *fewer)


def _what(unit: Unit, dataset: Dataset) -> tuple[str, ...]:
    if unit.trouble:
        return TROUBLES[unit.trouble]
    if unit.outgoing is None:
        on = "" if unit.on is None else f"{on_word([unit.kind])} {100 * unit.on:.0f}%"
        return (f"{on} of the training points" if on else "", on)
    if unit.outgoing == 0.0:
        return "adds nothing yet: c is 0", "c is 0"
    if not unit.single:
        return _reach(unit, dataset)
    w, c = float(unit.weights[0]), unit.outgoing
    if w == 0.0 or not all(map(math.isfinite, (w, c, unit.bias))):
        return ("flat: w is 0",)
    return _along(KINDS[unit.kind], w, unit.bias, c, dataset)


def _along(kind: Activation, w: float, b: float, c: float, dataset: Dataset) -> tuple[str, ...]:
    """What c · activation(w x + b) does to the fit along the one feature: where, and how much."""
    unit_x, unit_y = (f" {unit}".rstrip() for unit in (dataset.feature_units[0], dataset.target_unit))
    place = -b / w  # scaled: the training points reach from −1 to 1
    at = f"{short(float(dataset.x_offset[0] + place * dataset.x_factor[0]))}{unit_x}"
    height = c * dataset.y_scale

    def told(verb: str, much: str, where: str) -> tuple[str, ...]:
        outside = ", beyond the data" * (abs(place) > 1.0 and at in where)
        return f"{verb} {much} {where}{outside}", f"{verb} {much} {where}", f"{verb} {where}"

    if kind.step:
        return told(_verb(height * w), f"{short(abs(height) * kind.step)}{unit_y}", f"at {at}")
    slope = height * w / float(dataset.x_factor[0])
    before, after = (slope * end for end in (kind.slopes if w > 0 else reversed(kind.slopes)))

    def rate(change: float) -> str:
        return f"{short(abs(change))}{unit_y} per {dataset.feature_units[0] or dataset.feature_labels[0]}"

    if not kind.bends:
        return told(_verb(after), rate(after), "everywhere")
    if not kind.kinks:  # it bends little by little: there is no place from which on it has the slope `after`
        return told(_bend(after - before), rate(after - before), f"around {at}")
    steep_after = abs(after) > abs(before)
    if place < -1.0 if steep_after else place > 1.0:  # it is on wherever there are data
        steep = after if steep_after else before
        return told(_verb(steep), rate(steep), "on all the data")
    if steep_after:
        return told(_bend(after), rate(after), f"from {at} on")
    return told(_verb(before), rate(before), f"up to {at}")


def _verb(change: float) -> str:
    return "rises" if change > 0 else "falls"


def _bend(change: float) -> str:
    return "bends up" if change > 0 else "bends down"


def _reach(unit: Unit, dataset: Dataset) -> tuple[str, ...]:
    """How far a unit of several inputs can move the fit: "lowers y by up to 139 g"; a ReLU has no limit."""
    kind, height = KINDS[unit.kind], (unit.outgoing or 0.0) * dataset.y_scale
    low, high = kind.limits
    most = high if high >= -low else low
    verb = "raises or lowers" if kind.step and low < 0.0 < high else "raises" if height * most > 0 else "lowers"
    if kind.step:
        return f"{verb} y by up to {short(abs(height * most))} {dataset.target_unit}".rstrip(), f"{verb} y"
    if kind.bends:
        return f"{verb} y{'' if kind.kinks else ', most of all'} where it is on", f"{verb} y"
    return ("",)
