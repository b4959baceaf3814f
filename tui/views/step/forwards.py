"""Forwards: x, the units, y, the truth, and what the difference costs."""

from __future__ import annotations

import numpy as np

from engine.activations import KINDS
from engine.last_update import penalty
from engine.losses import LOSSES
from tui.draw.numbers import counted, fixed, short, subscript
from tui.draw.strips import Strip, between, from_nought, signed
from tui.run.measure import measure_of
from tui.views.net.heads import prime
from tui.views.step.groups import Group
from tui.views.step.look import LABEL, LOW, STRIP, WORDS, Look
from tui.views.step.names import unit_formula
from tui.views.step.rows import Row, Words, line, rule

PLACES = 3  # decimals of the numbers of one example


def rows(of: Look, units: list[Group]) -> list[Row]:
    """From the rule to the loss of the batch."""
    update, at = of.update, of.example
    y, truth, e = of.cells(update.passed.y), of.cells(update.y), of.cells(update.losses)
    loss = LOSSES[update.before.recipe.loss]
    last = len(of.network.layers) - 1
    formula = f"y = b + Σ c·a{prime(last)}" if last >= 0 else "y = b + Σ w·x"
    return [
        _head(of),
        _x(of),
        *(_unit(of, group) for group in units),
        line(of, formula, "prediction", _number(update.passed.y[at]), between(y, "model", truth), need=3),
        line(of, "ŷ", "the truth", _number(update.y[at]), between(truth, "train", y), need=7),
        _miss(of),
        line(of, f"e = {loss.formula}", "its loss", _number(update.losses[at]), from_nought(e, "text"), need=6),
        _loss(of),
    ]


def _number(value: float) -> str:
    return fixed(float(value), PLACES)


def _head(of: Look) -> Row:
    """forwards ↓  θ of update 81 ─ example 17 ─ the 32 of the batch, by time →."""
    before = of.update.number - 1
    several = of.network.n_inputs > 1
    by = of.dataset.target_label if several else of.dataset.feature_labels[0]
    count = f"the {of.size}" if len(of.columns) == of.size else f"{len(of.columns)} of the {counted(of.size)}"
    heads = f"{count} of the batch, by {by} →", f"{count} of the batch by {by}", f"{count}, by {by}", f"{count}"
    title, example = "forwards ↓", f"example {of.number}"
    room = STRIP - len("─  ─  ") - len(title) - len(example)
    thetas = f"  θ of update {before}", f"  θ of {before}", ""
    theta = next(words for words in thetas if len(words) < room or not words)
    line_between = " " + "─" * (room - len(theta)) + " "
    parts = [(title, "bright", True), (theta, "label", False), (line_between, "rule", False), (example, "text", False)]
    return rule(parts, [(_fitting(of, *heads), "label", False)], at=STRIP, need=1)


def _fitting(of: Look, *forms: str) -> str:
    """The first of these, each shorter than the one before, that has room over the strips."""
    return next((form for form in forms if len(form) <= of.width - STRIP - 2), "")


def _x(of: Look) -> Row:
    """The input, or of several the one that is chosen."""
    x, source = of.update.passed.x, 0
    label = "x"
    if of.network.n_inputs > 1:
        source = of.chosen.source if of.chosen.layer == 0 else 0
        label = f"x{subscript(source + 1)} {of.dataset.feature_labels[source]}"
    count = len(of.update.before.examples.y)
    words = f"drawn of {count}" if count < 1000 else f"of {counted(count)}"
    own = of.cells(x[:, source])
    return line(of, label, words, _number(x[of.example, source]), between(own, "label"), need=8)


def _unit(of: Look, group: Group) -> Row:
    """a₁ = σ(b₁ + w₁x), its r, its a; of several how large their a are together."""
    passed, layer, at = of.update.passed, group.layer, of.example
    values = group.of(passed.a[layer])
    number = _number(values[at])
    if not group.single:
        count = f"{len(group.units)} more" if group.rest and len(group.units) < of.network.shape[layer + 1] else ""
        label = f"a{prime(layer)}  {count or f'{len(group.units)} units'}"
        return line(of, label, "√ Σ a²", number, from_nought(of.cells(values), "model"), need=2)
    (unit,) = group.units
    room = WORDS - LABEL - 1 if of.height >= LOW else 13
    label = unit_formula(of.network, layer, unit, room)
    words = f"r{prime(layer)}{subscript(unit + 1)} {short(float(passed.r[layer][at, unit]))}"
    return line(of, label, words, number, _of_kind(of, group, values), need=2)


def _of_kind(of: Look, group: Group, values: np.ndarray) -> Strip:
    """On the scale of what the unit can give, if that has limits."""
    kind, own = KINDS[of.network.layers[group.layer][group.units[0]]], of.cells(values)
    low, high = kind.limits
    if low >= 0.0:
        return Strip(own, "model", 0.0, high) if np.isfinite(high) else from_nought(own, "model")
    return signed(own, "model", high if np.isfinite(high) else None)


def _miss(of: Look) -> Row:
    """The error, scaled, and in the data's own unit: 82.3 g too high for this one."""
    miss = float(of.update.passed.y[of.example] - of.update.y[of.example])
    unit = "" if of.dataset.labels else f" {of.dataset.target_unit}".rstrip()
    way = "too high" if miss > 0 else "too low"
    raw = miss if of.dataset.labels else miss * of.dataset.y_scale
    room = of.width - STRIP - 2 - len(said := f"{short(abs(raw))}{unit}")
    tail = f" {way} for this one"
    beside: Words = [(said, "text", False), (tail if len(tail) <= room else f" {way}", "label", False)]
    return line(of, "y − ŷ", "error, scaled", _number(miss), beside=beside, need=18)


def _loss(of: Look) -> Row:
    """L of the batch, what the step makes of it, and its root, or the penalty beside it."""
    update, recipe = of.update, of.update.before.recipe
    measure, forms = measure_of(recipe, of.dataset), list[str]()
    if measure.in_unit:
        root, unit = short(float(measure.shown(update.loss, of.dataset.y_scale))), of.dataset.target_unit
        forms = [f"   its root in {unit}: {root}"] * bool(measure.loss.root and unit)
        forms += [f"   {measure.word} {root} {unit}".rstrip(), f"   {measure.word} {root}"]
    if added := penalty(update.before, update.before.theta):
        forms = [f"   and {short(added)} for L1, L2", f"  + {short(added)} penalty"]
    now, then = (fixed(loss, 4) for loss in (update.loss, update.loss_after))
    room = of.width - STRIP - len(f"{now} → {then}") - 1
    rest = next((form for form in forms if len(form) <= room), "")
    beside: Words = [(now, "bright", True), (f" → {then}", "text", False), (rest, "label", False)]
    return line(of, "L = mean of e", "loss of the batch", beside=beside, need=4)
