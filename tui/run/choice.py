"""Which unit is chosen, and which of its parameters: pure steps from one choice to the next.

A choice is also the name of a parameter: `index_of` finds its place in θ, `choice_of` finds the name of a place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from engine import Network

OUTPUT_BIAS = -1  # as the number of a unit


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen unit and its parameter."""

    layer: int = 0
    unit: int = 0  # −1: the output bias
    source: int = 0  # which input the letter w means
    part: str = "w"  # the parameter of the chosen unit that is lit: "w", "b" or "c"


FIRST = Choice()


def nearest(choice: Choice, network: Network) -> Choice:
    """The choice nearest to this one that the network has; the linear model has no units but the output bias."""
    layers = network.layers
    layer = min(choice.layer, max(0, len(layers) - 1))
    unit = min(choice.unit, len(layers[layer]) - 1) if layers else OUTPUT_BIAS
    return replace(choice, layer=layer, unit=unit, source=min(choice.source, network.shape[layer] - 1))


def move_unit(choice: Choice, network: Network, direction: int) -> Choice:
    """The unit below (+1) or above (−1); after the last comes the output bias."""
    count = len(network.layers[choice.layer]) if network.layers else 0
    place = max((count if choice.unit == OUTPUT_BIAS else choice.unit) + direction, 0)
    return replace(choice, unit=OUTPUT_BIAS if place >= count else place)


def move_layer(choice: Choice, network: Network, direction: int) -> Choice:
    """The layer after (+1) or before (−1), where there is one, and its first input."""
    return nearest(replace(choice, layer=max(choice.layer + direction, 0), source=0), network)


def move_source(choice: Choice, network: Network, direction: int) -> Choice:
    """The next or previous input as the one that w means, round and round."""
    return replace(choice, source=(choice.source + direction) % network.shape[choice.layer], part="w")


def index_of(choice: Choice, network: Network) -> int | None:
    """The place in θ of the chosen parameter; None where the unit, or the output, has no such parameter."""
    last, part = len(network.layers), choice.part
    if choice.unit == OUTPUT_BIAS:
        if part == "b":
            return network.index(last, 0, "b")
        return network.index(0, 0, "w", choice.source) if part == "w" and not last else None
    if part == "c" and choice.layer != last - 1:
        return None
    return network.index(choice.layer, choice.unit, part, choice.source if part == "w" else 0)


def parts_of(choice: Choice, network: Network) -> list[str]:
    """Which of "w", "b" and "c" the chosen unit, or the output, has."""
    return [part for part in ("w", "b", "c") if index_of(replace(choice, part=part), network) is not None]


def choice_of(index: int, network: Network) -> Choice:
    """The parameter at a place in θ."""
    last, start = len(network.layers), 0
    for layer, (fan_in, fan_out) in enumerate(pairwise(network.shape)):
        place, weights = index - start, fan_in * fan_out
        start += weights + fan_out
        if index >= start:
            continue
        unit, source, part = (*divmod(place, fan_in), "w") if place < weights else (place - weights, 0, "b")
        if layer < last:
            return Choice(layer, unit, source, part)
        if part == "w" and last:  # the weight of the output from a unit is that unit's c
            return Choice(last - 1, source, part="c")
        return Choice(max(last - 1, 0), OUTPUT_BIAS, source, part)
    raise ValueError(f"index={index}: expected a place in θ, which has {network.n_parameters}")
