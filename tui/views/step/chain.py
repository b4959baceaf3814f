"""Where one number of the gradient comes from: a product of named factors for each example, and their mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from engine.activations import KINDS
from engine.losses import LOSSES
from engine.opened import sensitivity, slopes
from tui.draw.numbers import subscript
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.views.net.heads import prime
from tui.views.step.look import network_of
from tui.views.step.names import slope_formula, symbol

if TYPE_CHECKING:
    from engine import Network
    from engine.last_update import Update
    from tui.run.choice import Choice

NEAR, TINY = 5e-4, 1e-6  # a difference agrees to three digits, or to a share of the largest number of the gradient


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the chain: ∂a₁/∂r₁ = a₁(1−a₁), the slope of σ here."""

    sign: str
    formula: str
    values: np.ndarray  # (B,)
    word: str


@lru_cache(maxsize=2)  # a paint asks several times, and several paints are of one update
def factors(update: Update, index: int) -> tuple[Factor, ...]:
    """From ∂e/∂y down to the number at this place in θ; their product is ∂e/∂θᵢ."""
    network, passed = network_of(update), update.passed
    loss, choice = LOSSES[update.before.recipe.loss], choice_of(index, network)
    name, ones = symbol(index, network), np.ones(len(update.y))
    first = Factor("∂e/∂y", loss.slope_formula, update.backward.y, loss.slope_word)
    if choice.unit == OUTPUT_BIAS and choice.part == "b":
        return first, Factor("∂y/∂b", "1", ones, "b is added")
    if choice.unit == OUTPUT_BIAS:
        return first, Factor(f"∂y/∂{name}", _input(network, choice.source), passed.x[:, choice.source], "its input")
    layer, unit = choice.layer, choice.unit
    value = f"a{prime(layer)}{subscript(unit + 1)}"
    if choice.part == "c":
        return first, Factor(f"∂y/∂{name}", value, passed.a[layer][:, unit], "its unit's value")
    r = f"r{prime(layer)}{subscript(unit + 1)}"
    through = _through_unit(update, network, choice, f"∂y/∂{value}", f"∂{value}/∂{r}")
    if choice.part == "b":
        return first, *through, Factor(f"∂{r}/∂{name}", "1", ones, "b is added")
    came = f"a{prime(layer - 1)}{subscript(choice.source + 1)}" if layer else _input(network, choice.source)
    values = (passed.a[layer - 1] if layer else passed.x)[:, choice.source]
    return first, *through, Factor(f"∂{r}/∂{name}", came, values, "its input")


def _input(network: Network, source: int) -> str:
    return f"x{subscript(source + 1)}" if network.n_inputs > 1 else "x"


def _through_unit(update: Update, network: Network, choice: Choice, *signs: str) -> tuple[Factor, Factor]:
    """∂y/∂a and ∂a/∂r of the unit that the number belongs to."""
    layer, unit, before = choice.layer, choice.unit, update.before
    reach = sensitivity(before.architecture, before.theta, update.passed, layer)[:, unit]
    slope = slopes(update.passed.a[layer], network.layers[layer])[:, unit]
    last = layer == len(network.layers) - 1
    height = f"c{subscript(unit + 1)}" if last else "all ways"
    kind = KINDS[network.layers[layer][unit]].symbol
    return (
        Factor(signs[0], height, reach, "its height" if last else "through the rest"),
        Factor(signs[1], slope_formula(network, layer, unit), slope, f"slope of {kind} here"),
    )


def products(own: Sequence[Factor]) -> np.ndarray:
    """∂e/∂θᵢ of each example, (B,)."""
    with np.errstate(all="ignore"):
        found: np.ndarray = np.prod([factor.values for factor in own], axis=0)
    return found


@dataclass(frozen=True, slots=True)
class Check:
    """The same without the chain rule."""

    up: float  # the objective a little further up, and down
    down: float
    slope: float
    agrees: bool


@lru_cache(maxsize=2)
def check(update: Update, index: int) -> Check:
    """Of the number at this place in θ."""
    g = update.gradient
    up, down, slope = update.difference(index)
    near = max(NEAR * max(abs(slope), abs(g[index])), TINY * float(np.abs(g).max()))
    return Check(up, down, slope, bool(abs(slope - g[index]) <= near))
