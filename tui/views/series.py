"""Dated data: a window of the unseen span, true against predicted, and where the errors lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from data import Dataset


def baselines(dataset: Dataset) -> tuple[tuple[str, float], ...]:
    return ()
