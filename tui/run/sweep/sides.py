"""The sides of a sweep's map: which factors they are, their values in order, and what people call them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tui.run.sweep.factors import Factor, plain

NAMES = {"lr": "η", "layer": "layers"}
COUNTED = ("units", "layers", "lags", "points", "epochs")  # of which there are so many
ONE_LAYER = re.compile(r"(\d+):(\w+)")


@dataclass(frozen=True, slots=True)
class Side:
    """A factor with its values, numbers from the least to the greatest; the side of no factor has one place."""

    factor: str = ""
    name: str = ""  # as people read it
    values: tuple[Any, ...] = (None,)  # as rows have them
    labels: tuple[str, ...] = ("",)

    @classmethod
    def of(cls, factor: Factor) -> Side:
        values = [plain(factor.name, value) for value in factor.ends()]
        if all(isinstance(value, int | float) for value in values):
            values.sort()
        name, labels = _labelled(factor.name, values)
        return cls(factor.name, name, tuple(values), tuple(labels))

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers, of which the large ones belong on top."""
        return all(isinstance(value, int | float) for value in self.values)

    def place(self, setting: Mapping[str, Any]) -> int:
        """Which of the values a setting has."""
        return self.values.index(setting[self.factor]) if self.factor else 0

    def words(self, place: int) -> str:
        """A value with what it is of: "300 units", "η 0.003"; "" for the side of no factor."""
        label = self.labels[place]
        if self.name in COUNTED and label.isdigit():
            return f"{label} {self.name[:-1] if label == '1' else self.name}"
        if self.factor == "layer":
            return "no units" if label == "none" else label
        return f"{self.name} {label}".strip()


def sides_of(factors: Sequence[Factor]) -> tuple[Side, Side, tuple[str, ...]]:
    """(down, across, the other factors): the two with the most values, in the order in which they were given."""
    most = sorted(sorted(range(len(factors)), key=lambda each: -len(factors[each].ends()))[:2])
    chosen = [Side.of(factors[each]) for each in most]
    others = tuple(factor.name for place, factor in enumerate(factors) if place not in most)
    down, across = [Side(), Side(), *chosen][-2:]
    return down, across, others


def _labelled(name: str, values: Sequence[Any]) -> tuple[str, list[str]]:
    """What a factor is called, and its values: layers that differ in one number alone are that number."""
    if name != "layer":
        return NAMES.get(name, name), [shown(value) for value in values]
    layers = [() if value == "none" else tuple(value.split("/")) for value in values]
    alike = {own for each in layers for own in each}
    if len(alike) == 1 and len(layers) > 1:
        return "layers", [str(len(each)) for each in layers]
    single = [ONE_LAYER.fullmatch(each[0]) if len(each) == 1 else None for each in layers]
    if len({match[2] for match in single if match}) == 1 and all(
        match or not each for match, each in zip(single, layers, strict=True)
    ):
        return "units", [match[1] if match else "none" for match in single]
    return "layers", [str(value) for value in values]


def shown(value: Any) -> str:
    """A value as people write it."""
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
