"""What the value that has the focus is, in one sentence for who has not met it before."""

from __future__ import annotations

from data import Dataset
from engine import Network
from engine.recipe import BY_FLAG, FIELDS
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.unit import source_name

OF_FIELDS = {  # those that are no part of the recipe itself
    "points": "points: how many of the training examples train",
    "data": "train: the examples it learns from; unseen: those it is only tested on",
    "lags": "lags: how far back into its own past a prediction looks",
    "init": "start: how the first weights are drawn",
    "seed": "seed: which random weights and batches; the same seed, the same run",
}
GRADIENT = "‖g‖: how hard the data pull at it"


def of_field(flag: str) -> str:
    """A field of the recipe panel, by its name."""
    return OF_FIELDS[flag] if flag in OF_FIELDS else FIELDS[BY_FLAG[flag]].meaning


def of_part(choice: Choice, network: Network, dataset: Dataset) -> tuple[str, str]:
    """The lit parameter of the chosen unit, or of the output; the second is for a narrow screen."""
    said = _part(choice, network, dataset)
    return f"{said}. {GRADIENT}", said


def _part(choice: Choice, network: Network, dataset: Dataset) -> str:
    single = network.shape[choice.layer] == 1
    match choice.part:
        case "c":
            return "c: how much of it is added to the curve"
        case "w" if choice.unit != OUTPUT_BIAS or not network.layers:
            if single:
                return "w: how steep it is, with x scaled to −1…1"
            scaled = "" if choice.layer else ", scaled"
            return f"w: what it makes of {source_name(dataset, choice.layer, choice.source)}{scaled}"
    if choice.unit == OUTPUT_BIAS:
        return "b: how high the whole curve stands"
    return "b: where it bends, at x = −b/w" if single else "b: from where on it is on"
