"""Scaling: the way from the data's own units to numbers that a network learns from, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.errors import DataError, show

Floats = NDArray[np.float64]
Scaled = NDArray[np.float32]
PIECE = 2**14  # rows that are scaled at a time
AT_ONCE = 2**22  # numbers of whole columns whose statistics are taken at a time
SMALLEST = 5e-324  # of the positive numbers: half of a range of that size would be 0


@dataclass(frozen=True, slots=True)
class Scaling:
    """The train statistics by which a data set is scaled: scaled x = (x − x_offset) / x_factor, and y likewise."""

    x_offset: Floats  # (n_inputs,)
    x_factor: Floats  # (n_inputs,)
    y_offset: float
    y_scale: float

    def scale(self, x: ArrayLike) -> Scaled:
        """Raw x (N, n_inputs), or (N,) for one feature, as the network takes it, float32."""
        raw = as_numbers("x", x)
        if raw.ndim == 1 and self.x_offset.size == 1:
            raw = raw[:, np.newaxis]
        if raw.ndim != 2 or raw.shape[1] != self.x_offset.size:
            raise DataError(f"x of shape {raw.shape}: expected (N, {self.x_offset.size}), a column for each feature")
        scaled = np.empty(raw.shape, np.float32)
        with np.errstate(over="ignore"):  # far beyond the data, float32 ends and infinity begins
            for start in range(0, len(raw), PIECE):  # so that only the result takes memory
                rows = slice(start, start + PIECE)
                scaled[rows] = (raw[rows] - self.x_offset) / self.x_factor
        return scaled

    def unscale(self, y: ArrayLike) -> Floats:
        """Scaled targets or predictions (N,) in the data's own units, float64."""
        return as_numbers("y", y) * self.y_scale + self.y_offset


def fit_scaling(x: Floats, y: Floats, names: tuple[str, ...], target: str, *, labels: bool) -> Scaling:
    """Statistics of the training rows x (N, n_inputs), y (N,); DataError for a column that does not vary."""
    if x.shape[1] == 1:
        low, high = x.min(axis=0), x.max(axis=0)
        x_offset, x_factor = (low + high) / 2, np.maximum((high - low) / 2, SMALLEST)
    else:
        x_offset, x_factor = x.mean(axis=0), deviation(x)
    y_offset, y_scale = (0.0, 1.0) if labels else (float(y.mean()), float(deviation(y)))
    for name, column, factor in zip((*names, target), (*x.T, y), (*x_factor, y_scale), strict=True):
        if not factor > 0 or column.min() == column.max():
            raise DataError(
                f"column {name!r} is {column[0]:g} in every training row: expected values that vary; "
                f"choose another target, or other features"
            )
    return Scaling(x_offset, x_factor, y_offset, y_scale)


def varies(x: Floats) -> NDArray[np.bool_]:
    """Which columns of x (N, n_inputs) are not the same in every row."""
    return np.asarray(x.min(axis=0) < x.max(axis=0))


def deviation(values: Floats) -> Any:
    """Standard deviation along the first axis; rescaled first, so that tiny numbers do not vanish when squared."""
    if values.ndim == 2 and (count := max(2, AT_ONCE // len(values))) < values.shape[1]:
        return np.concatenate([deviation(values[:, at : at + count]) for at in range(0, values.shape[1], count)])
    spread = np.ptp(values, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    return np.maximum(np.std(values / spread, axis=0) * spread, SMALLEST)


def as_numbers(name: str, values: ArrayLike) -> Floats:
    try:
        if is_masked(values):  # what is behind the mask would be taken for numbers
            raise TypeError
        array = np.asarray(values)
        if array.dtype.kind not in "biufO":  # text, dates and complex numbers would be read as something else
            raise TypeError
        with np.errstate(all="ignore"):  # what no float64 is near becomes infinite
            return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError, RecursionError):
        raise DataError(f"{name}={show(values)}: expected numbers") from None


def is_masked(values: Any) -> bool:
    """Whether anything is masked, in lists within lists too."""
    if isinstance(values, (list, tuple)):
        return any(map(is_masked, values))
    return isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values)
