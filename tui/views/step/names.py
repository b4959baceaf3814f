"""What the parts of an update are called: the parameters as the book writes them, and the formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.activations import KINDS
from tui.draw.numbers import subscript
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.views.net.heads import prime

if TYPE_CHECKING:
    from engine import Network


def symbol(index: int, network: Network) -> str:
    """b₃, c₁, w₂ of one input, w₂,₇ of the seventh of several, w′₂,₁ of the second layer."""
    choice = choice_of(index, network)
    if choice.unit == OUTPUT_BIAS:
        several = choice.part == "w" and network.n_inputs > 1
        return choice.part + (subscript(choice.source + 1) if several else "")
    if choice.part == "c":
        return f"c{subscript(choice.unit + 1)}"
    several = choice.part == "w" and network.shape[choice.layer] > 1
    source = f",{subscript(choice.source + 1)}" if several else ""
    return f"{choice.part}{prime(choice.layer)}{subscript(choice.unit + 1)}{source}"


def unit_formula(network: Network, layer: int, unit: int, room: int) -> str:
    """a₁ = σ(b₁ + w₁x), or in fewer cells a₁ = σ(r₁)."""
    number, own = subscript(unit + 1), prime(layer)
    act = KINDS[network.layers[layer][unit]].symbol
    came = f"a{prime(layer - 1)}" if layer else "x"
    weight = "w" if network.shape[layer] == 1 else "W"
    full = f"a{own}{number} = {act}(b{own}{number} + {weight}{own}{number}{came})"
    return full if len(full) <= room else f"a{own}{number} = {act}(r{own}{number})"


def slope_formula(network: Network, layer: int, unit: int) -> str:
    """The slope of a unit in terms of its value: a₁(1−a₁)."""
    value = f"a{prime(layer)}{subscript(unit + 1)}"
    return KINDS[network.layers[layer][unit]].slope_formula.replace("a", value)


def delta(layer: int, unit: int | None = None) -> str:
    """∂L/∂r′₂, or without a unit that of a whole layer."""
    return f"∂L/∂r{prime(layer)}" + ("" if unit is None else subscript(unit + 1))
