"""The book's tables as sweeps: by the past that is looked at, by the width of a layer, by the number of layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.run.presets import DEPTHS, LAGS, UNITS, WIDTHS


@dataclass(frozen=True, slots=True)
class Preset:
    """What is the same in all runs unless it is asked for otherwise, and the factor as `--grid` takes it."""

    usual: dict[str, Any]  # by the names of the options
    factor: str


RECIPE = {
    "data": "chicago", "init": "uniform", "optimizer": "adam", "lr": 0.001, "schedule": "cosine", "batch": 32,
    "epochs": 100,
}  # fmt: skip
LAYER = f"{UNITS}:relu"
PRESETS = {
    "lags": Preset({**RECIPE, "layer": ["none"]}, f"lags={','.join(map(str, LAGS))}"),
    "width": Preset(RECIPE, f"layer=none,{','.join(f'{width}:relu' for width in WIDTHS)}"),
    "depth": Preset(RECIPE, f"layer={','.join('/'.join([LAYER] * depth) for depth in range(1, DEPTHS + 1))}"),
}
