"""What all small pictures of units share: which networks they are drawn of, and over which part of the plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tui.draw.canvas import cut
from tui.draw.numbers import counted

if TYPE_CHECKING:
    from data import Dataset
    from engine import Network

_DEAREST = 400_000  # weights of a network whose units may be computed while painting


def cheap(network: Network) -> bool:
    """Whether the network is small enough to compute its units on a small grid while painting."""
    return network.n_parameters <= _DEAREST


def too_large(network: Network, room: int) -> str:
    """What stands in place of the units of a network that is not cheap, in at most `room` cells."""
    text = f"{counted(network.n_parameters)} parameters: units are drawn up to {counted(_DEAREST)}; x and L remove some"
    return cut(text, room)


def sides(dataset: Dataset, rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Scaled values of either feature at the middles of a map's pixels, over the range of the training points."""
    x = dataset.whole.x_train
    low, high = x.min(axis=0), x.max(axis=0)
    across = low[0] + (high[0] - low[0]) * (np.arange(columns) + 0.5) / columns
    up = high[1] - (high[1] - low[1]) * (np.arange(2 * rows) + 0.5) / (2 * rows)
    return across, up
