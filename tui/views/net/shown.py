"""Which units, and which inputs, have a place of their own where not all of them fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.run.choice import OUTPUT_BIAS
from tui.views.sums.parts import largest

if TYPE_CHECKING:
    from tui.run.snapshot import Snapshot


def units(snapshot: Snapshot, layer: int, places: int) -> list[int]:
    """The units of a layer that get one of so many places, in their own order; the last place is for the others.

    Those with the largest outgoing weights, in the last layer |c|; the chosen one is always among them.
    """
    network, chosen = snapshot.network, snapshot.chosen
    outgoing = network.weights(layer + 1)[0].astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = np.linalg.norm(outgoing, axis=0)
    most = places if len(sizes) <= places else places - 1
    return largest(sizes, max(1, most), chosen.unit if chosen.layer == layer else OUTPUT_BIAS)


def inputs(snapshot: Snapshot, x: np.ndarray, places: int) -> list[int]:
    """The inputs (n_inputs,) that get a place: those that bring most to the chosen unit, or to all of the first layer.

    The one that w means is always among them.
    """
    network, chosen = snapshot.network, snapshot.chosen
    W = network.weights(0)[0].astype(float)
    if chosen.layer == 0 and network.layers and chosen.unit != OUTPUT_BIAS:
        W = W[[chosen.unit]]
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = np.linalg.norm(W * x, axis=0)
    most = places if len(sizes) <= places else places - 1
    return largest(sizes, max(1, most), chosen.source if chosen.layer == 0 else OUTPUT_BIAS)
