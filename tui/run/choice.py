"""Which unit is chosen: pure steps from one view state to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from engine import Network

OUTPUT_BIAS = -1  # as the number of a unit
LAST = 1 << 30  # as the number of a unit or a layer: the last there is, whichever that will be


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen unit and its parameter."""

    layer: int = 0
    unit: int = 0  # −1: the output bias
    source: int = 0  # which input the letter w means
    part: str = "w"  # the parameter of the chosen unit that is lit: "w", "b" or "c"


Wish = TypeVar("Wish", bound=Choice)


def resolve(view: Choice, network: Network) -> tuple[int, int]:
    """(layer, unit) that really exist; without a hidden layer there is only the output bias."""
    layers = network.layers
    if not layers:
        return 0, OUTPUT_BIAS
    layer = min(view.layer, len(layers) - 1)
    return layer, min(view.unit, len(layers[layer]) - 1)


def move_unit(view: Wish, network: Network, direction: int) -> Wish:
    """The unit below (+1) or above (−1); after the last comes the output bias."""
    layer, unit = resolve(view, network)
    count = len(network.layers[layer]) if network.layers else 0
    place = (count if unit == OUTPUT_BIAS else unit) + direction
    place = min(max(place, 0), count)
    return replace(view, layer=layer, unit=OUTPUT_BIAS if place == count else place)


def move_layer(view: Wish, network: Network, direction: int) -> Wish:
    layer, unit = resolve(view, network)
    layer = min(max(layer + direction, 0), max(0, len(network.layers) - 1))
    return replace(view, layer=layer, unit=unit, source=0)


def move_source(view: Wish, network: Network, direction: int) -> Wish:
    """The next or previous input as the one that w means, round and round."""
    layer, _ = resolve(view, network)
    return replace(view, source=(view.source + direction) % network.shape[layer], part="w")
