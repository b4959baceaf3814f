"""Signature: what a fitted network takes and gives, without the examples: names, units, lags and scaling.

It can be kept as plain arrays beside a network's θ, and is checked when it comes back from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from data.dataset import PLAIN_LABELS, Dataset
from data.errors import NAME_LENGTH, DataError, clean, show
from data.scaling import Floats, Scaling
from data.steps import Period

LONGEST_NAME = 3 * NAME_LENGTH  # of a column, an equals sign and a word
Arrays = Mapping[str, NDArray[Any]]
NAMES = (
    "data", "feature_names", "feature_labels", "feature_units", "target_name", "target_label", "target_unit",
    "labels", "label_names", "lags", "period", "x_offset", "x_factor", "y_offset", "y_scale",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Signature:
    """The features and the target of a data set as `Dataset` says them, and the way from their units to a network's."""

    data: str  # the name of the data set
    feature_names: tuple[str, ...]
    feature_labels: tuple[str, ...]
    feature_units: tuple[str, ...]
    target_name: str
    target_label: str
    target_unit: str
    labels: bool
    lags: tuple[int, ...]
    period: Period | None
    scaling: Scaling
    label_names: tuple[str, str] = PLAIN_LABELS  # what −1 and +1 stand for

    @classmethod
    def of(cls, dataset: Dataset) -> Signature:
        """That of a data set."""
        return cls(
            data=dataset.name,
            feature_names=dataset.feature_names,
            feature_labels=dataset.feature_labels,
            feature_units=dataset.feature_units,
            target_name=dataset.target_name,
            target_label=dataset.target_label,
            target_unit=dataset.target_unit,
            labels=dataset.labels,
            label_names=dataset.label_names,
            lags=dataset.lags,
            period=dataset.period,
            scaling=dataset.scaling,
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """It as arrays of numbers and texts, by `NAMES`."""
        return {
            "data": np.array(self.data),
            "feature_names": np.array(self.feature_names),
            "feature_labels": np.array(self.feature_labels),
            "feature_units": np.array(self.feature_units),
            "target_name": np.array(self.target_name),
            "target_label": np.array(self.target_label),
            "target_unit": np.array(self.target_unit),
            "labels": np.array(self.labels),
            "label_names": np.array(self.label_names),
            "lags": np.array(self.lags, np.int64),
            "period": np.array(self.period or ""),
            "x_offset": self.scaling.x_offset,
            "x_factor": self.scaling.x_factor,
            "y_offset": np.array(self.scaling.y_offset),
            "y_scale": np.array(self.scaling.y_scale),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays, n_inputs: int) -> Signature:
        """The signature of a network with this many inputs. Raises DataError for arrays that say none."""
        for name in NAMES:
            if name not in arrays:
                raise DataError(f"{name} is missing: expected a network with its data's scaling, as export writes it")
        period = _texts(arrays, "period", ())[0]
        if period and period not in get_args(Period):
            raise DataError(f"period={show(period)}: expected one of {', '.join(get_args(Period))}")
        features = _texts(arrays, "feature_names", (n_inputs,))
        if len(set(features)) < n_inputs:
            raise DataError(f"feature_names={show(features)}: expected a name of its own for each feature")
        return cls(
            data=_texts(arrays, "data", ())[0],
            feature_names=features,
            feature_labels=_texts(arrays, "feature_labels", (n_inputs,)),
            feature_units=_texts(arrays, "feature_units", (n_inputs,)),
            target_name=_texts(arrays, "target_name", ())[0],
            target_label=_texts(arrays, "target_label", ())[0],
            target_unit=_texts(arrays, "target_unit", ())[0],
            labels=bool(_checked(arrays, "labels", "b", ()).item()),
            label_names=_label_names(arrays),
            lags=_lags(arrays, n_inputs),
            period=period or None,  # type: ignore[arg-type]  # checked above
            scaling=_scaling(arrays, n_inputs),
        )


def _label_names(arrays: Arrays) -> tuple[str, str]:
    low, high = _texts(arrays, "label_names", (2,))
    return low, high


def _lags(arrays: Arrays, n_inputs: int) -> tuple[int, ...]:
    given = arrays["lags"]
    lags = tuple(_checked(arrays, "lags", "iu", (n_inputs,) if given.size else (0,)).tolist())
    if lags not in ((), tuple(range(1, n_inputs + 1))):
        raise DataError(f"lags={show(lags)}: expected 1 to {n_inputs}, one for each input, or none")
    return lags


def _scaling(arrays: Arrays, n_inputs: int) -> Scaling:
    x_offset, x_factor = _floats(arrays, "x_offset", (n_inputs,)), _floats(arrays, "x_factor", (n_inputs,))
    y_offset, y_scale = _floats(arrays, "y_offset", ()), _floats(arrays, "y_scale", ())
    if not (x_factor > 0).all() or not y_scale > 0:
        raise DataError("x_factor and y_scale: expected numbers above 0")
    return Scaling(x_offset, x_factor, float(y_offset), float(y_scale))


def _floats(arrays: Arrays, name: str, shape: tuple[int, ...]) -> Floats:
    values = _checked(arrays, name, "f", shape).astype(np.float64)
    if not np.isfinite(values).all():
        raise DataError(f"{name}: expected finite numbers")
    return values


def _texts(arrays: Arrays, name: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """One text, or one for each feature, safe to print."""
    return tuple(clean(text, LONGEST_NAME) for text in _checked(arrays, name, "U", shape).ravel().tolist())


def _checked(arrays: Arrays, name: str, kind: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of this shape and one of these kinds of value, by NumPy's letters."""
    array = arrays[name]
    if array.dtype.kind not in kind or array.shape != shape:
        raise DataError(f"{name} of shape {array.shape}, {show(array.dtype.name)}: expected one of shape {shape}")
    return array
