"""Dataset: what is fitted, split and scaled, with the way back to the data's own units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.errors import DataError, show
from data.scaling import Floats, Scaled, Scaling, as_numbers
from data.steps import Period, Times

Kind = Literal["curve", "series", "plane", "table"]
PLAIN_LABELS = "−1", "+1"  # the names of labels that have none
Truth = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Examples for training and unseen ones, scaled by what training may see; every array is read-only.

    scaled x = (raw x − x_offset) / x_factor and scaled y = (raw y − y_offset) / y_scale: one feature comes to [−1, 1]
    by the train minimum and maximum, several are standardised each; y is standardised, but ±1 labels stay.
    """

    name: str
    source: str  # where the data come from, one line
    kind: Kind  # one feature, a time axis, two features, or any others
    x_train: Scaled  # (N, n_inputs)
    y_train: Scaled  # (N,)
    x_test: Scaled | None  # None, as y_test, where nothing is unseen
    y_test: Scaled | None
    feature_names: tuple[str, ...]
    feature_labels: tuple[str, ...]  # words for people, without the unit
    feature_units: tuple[str, ...]  # "" if unknown
    target_name: str
    target_label: str
    target_unit: str
    labels: bool  # whether the targets are ±1
    label_names: tuple[str, str]  # what −1 and +1 stand for
    in_time: bool  # whether the rows stand in order of time
    lags: tuple[int, ...]  # the features' steps back in time, () for others
    period: Period | None  # the step of the times; None for undated data and for other steps
    times_train: Times | None  # (N,) datetime64[D] or [ms], or years as float64; None for undated data
    times_test: Times | None
    x_offset: Floats  # (n_inputs,)
    x_factor: Floats  # (n_inputs,)
    y_offset: float
    y_scale: float
    truth: Truth | None  # noise-free target, raw x (N, n_inputs) → raw y (N,), where it is known
    notices: tuple[str, ...]  # what a person should know of how the data were read
    options: dict[str, Any]  # arguments of `data.load` that make this data set again
    loaded: Dataset | None = None  # as it was loaded, where other points train now

    @property
    def whole(self) -> Dataset:
        """As it was loaded, whatever trains now: what is to stand still beside it, such as axes, follows from that."""
        return self if self.loaded is None else self.loaded

    def with_points(self, x: Scaled, y: Scaled, rows: NDArray[np.intp]) -> Dataset:
        """The same with these training examples, scaled x (N, n_inputs) and y (N,), on the scale that there is.

        `rows` (N,) are their places among the loaded ones; those beyond them were drawn, and have no time.
        """
        whole, times = self.whole, self.whole.times_train
        if times is not None:
            known = rows < len(times)
            picked = times[np.where(known, rows, 0)]
            times = np.where(known, picked, np.array("NaT" if picked.dtype.kind == "M" else np.nan, picked.dtype))
        return replace(whole, x_train=x, y_train=y, times_train=times, loaded=whole)

    @property
    def scaling(self) -> Scaling:
        """The way from the data's own units to the scaled ones, and back."""
        return Scaling(self.x_offset, self.x_factor, self.y_offset, self.y_scale)

    def scale(self, x: ArrayLike) -> Scaled:
        """Raw x (N, n_inputs), or (N,) for one feature, as the network takes it, float32."""
        return self.scaling.scale(x)

    def unscale_x(self, x: ArrayLike) -> Floats:
        """Scaled x (N, n_inputs) in the data's own units, float64."""
        return as_numbers("x", x) * self.x_factor + self.x_offset

    def unscale(self, y: ArrayLike) -> Floats:
        """Scaled targets or predictions (N,) in the data's own units, float64."""
        return self.scaling.unscale(y)

    def errors(self, predicted: ArrayLike, split: str) -> dict[str, float]:
        """MSE, RMSE and MAE of scaled predictions (N,) for "train" or "test", in the data's own units.

        For ±1 labels the accuracy too; 0 counts as +1. Raises DataError for another split, or where nothing is unseen.
        """
        targets = {"train": self.y_train, "test": self.y_test}.get(split) if isinstance(split, str) else None
        if targets is None:
            expected = "'train' or 'test'" if self.y_test is not None else "'train', for no example is unseen"
            raise DataError(f"split={show(split)}: expected {expected}")
        scaled = as_numbers("predictions", predicted)
        if scaled.shape != targets.shape:
            raise DataError(f"predictions of shape {scaled.shape}: expected {targets.shape}, one for each example")
        with np.errstate(all="ignore"):  # a diverged network predicts inf and NaN, and so do its errors
            error = scaled - targets  # multiplied last, so that tiny units do not vanish when squared
            rmse = float(np.sqrt(np.mean(error * error))) * self.y_scale
            result = {"mse": rmse * rmse, "rmse": rmse, "mae": float(np.mean(np.abs(error))) * self.y_scale}
        if self.labels:
            result["accuracy"] = float(np.mean(np.where(scaled >= 0, 1, -1) == targets))
        return result
