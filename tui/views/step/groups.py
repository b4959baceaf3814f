"""Which units have lines of their own: all, or the chosen one with the largest, and the others as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tui.views.sums.parts import largest

if TYPE_CHECKING:
    from engine import Network
    from tui.run.choice import Choice


@dataclass(frozen=True, slots=True)
class Group:
    """Units of a layer that share a line: one of them is shown as it is, several as the root of their squares' sum."""

    layer: int
    units: tuple[int, ...]
    rest: bool = False  # whether others of the layer have lines of their own

    @property
    def single(self) -> bool:
        return len(self.units) == 1 and not self.rest

    def of(self, values: np.ndarray) -> np.ndarray:
        """One value for each example (B,), of those of all the layer's units (B, units)."""
        own = values[:, list(self.units)]
        if self.single:
            return own[:, 0]
        with np.errstate(all="ignore"):
            norms: np.ndarray = np.linalg.norm(own, axis=1)
        return norms


def groups(network: Network, chosen: Choice, lines: int) -> list[Group]:
    """At most so many, layer by layer; at least one a layer."""
    widths = network.shape[1:-1]
    if sum(widths) <= lines:
        return [Group(layer, (unit,)) for layer, width in enumerate(widths) for unit in range(width)]
    if len(widths) == 1:
        return _of_one_layer(network, chosen, max(2, lines))
    own = []
    for layer, width in enumerate(widths):
        own.append(Group(layer, tuple(range(width)), rest=True))
        if layer == chosen.layer:
            own += [Group(layer, (unit,)) for unit in _largest(network, chosen, lines - len(widths))]
    return own


def _of_one_layer(network: Network, chosen: Choice, lines: int) -> list[Group]:
    shown = _largest(network, chosen, lines - 1)
    rest = tuple(unit for unit in range(network.shape[1]) if unit not in shown)
    return [*(Group(0, (unit,)) for unit in shown), Group(0, rest, rest=True)]


def _largest(network: Network, chosen: Choice, most: int) -> list[int]:
    """The chosen unit and those of its layer with the largest outgoing weights."""
    with np.errstate(all="ignore"):
        sizes = np.linalg.norm(network.weights(chosen.layer + 1)[0].astype(float), axis=0)
    return largest(sizes, max(0, most), chosen.unit)
