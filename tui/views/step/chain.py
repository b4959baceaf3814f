"""Where one number of the gradient comes from: a product of named factors for each example, and their mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.activations import KINDS
from engine.losses import LOSSES
from engine.opened import sensitivity, slopes
from tui.draw.numbers import subscript
from tui.run.choice import OUTPUT_BIAS, choice_of
from tui.views.net.heads import prime
from tui.views.step.look import Look
from tui.views.step.names import slope_formula, symbol

NEAR, TINY = 5e-4, 1e-6  # a difference agrees to three digits, or to a share of the largest number of the gradient


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of the chain: ∂a₁/∂r₁ = a₁(1−a₁), the slope of σ here."""

    sign: str
    formula: str
    values: np.ndarray  # (B,)
    word: str


def factors(of: Look) -> list[Factor]:
    """From ∂e/∂y down to the traced number; their product is ∂e/∂θᵢ."""
    network, passed = of.network, of.update.passed
    loss, choice = LOSSES[of.update.before.recipe.loss], choice_of(of.index, network)
    name, ones = symbol(of.index, network), np.ones(of.size)
    first = Factor("∂e/∂y", loss.slope_formula, of.update.backward.y, loss.slope_word)
    if choice.unit == OUTPUT_BIAS and choice.part == "b":
        return [first, Factor("∂y/∂b", "1", ones, "b is added")]
    if choice.unit == OUTPUT_BIAS:
        source = "x" + (subscript(choice.source + 1) if network.n_inputs > 1 else "")
        return [first, Factor(f"∂y/∂{name}", source, passed.x[:, choice.source], "its input")]
    layer, unit = choice.layer, choice.unit
    value = f"a{prime(layer)}{subscript(unit + 1)}"
    if choice.part == "c":
        return [first, Factor(f"∂y/∂{name}", value, passed.a[layer][:, unit], "its unit's value")]
    return [first, *_through_unit(of, layer, unit, value), _last(of, layer, choice.source, choice.part, name)]


def _through_unit(of: Look, layer: int, unit: int, value: str) -> list[Factor]:
    """∂y/∂a and ∂a/∂r of the unit that the number belongs to."""
    network, update = of.network, of.update
    last = layer == len(network.layers) - 1
    before = update.before
    reach = sensitivity(before.architecture, before.theta, update.passed, layer)[:, unit]
    slope = slopes(update.passed.a[layer], network.layers[layer])[:, unit]
    r = f"r{prime(layer)}{subscript(unit + 1)}"
    height = symbol(network.index(layer, unit, "c"), network) if last else "all ways"
    return [
        Factor(f"∂y/∂{value}", height, reach, "its height" if last else "through the rest"),
        Factor(
            f"∂{value}/∂{r}",
            slope_formula(network, layer, unit),
            slope,
            f"slope of {KINDS[network.layers[layer][unit]].symbol} here",
        ),
    ]


def _last(of: Look, layer: int, source: int, part: str, name: str) -> Factor:
    """∂r/∂w, which is what comes in, or ∂r/∂b."""
    unit = choice_of(of.index, of.network).unit
    sign = f"∂r{prime(layer)}{subscript(unit + 1)}/∂{name}"
    if part == "b":
        return Factor(sign, "1", np.ones(of.size), "b is added")
    passed = of.update.passed
    if layer:
        return Factor(sign, f"a{prime(layer - 1)}{subscript(source + 1)}", passed.a[layer - 1][:, source], "its input")
    number = subscript(source + 1) if of.network.n_inputs > 1 else ""
    return Factor(sign, f"x{number}", passed.x[:, source], "its input")


def products(own: list[Factor]) -> np.ndarray:
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


def check(of: Look) -> Check:
    """Of the traced number."""
    g = of.update.gradient
    up, down, slope = of.update.difference(of.index)
    near = max(NEAR * max(abs(slope), abs(g[of.index])), TINY * float(np.abs(g).max()))
    return Check(up, down, slope, bool(abs(slope - g[of.index]) <= near))
