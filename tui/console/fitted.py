"""What was fitted: a network, what it takes and gives, and the run that made it.

It comes from a run, or from the file that an export has written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from data import DataError
from data.signature import Signature
from engine import Network, network_file
from engine.layout import split

if TYPE_CHECKING:
    from engine import Experiment
    from tui.run.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A network at a moment of its run; without a run where it comes from a file of its own."""

    network: Network
    signature: Signature
    story: Experiment | None = None

    @classmethod
    def of(cls, run: Run) -> Fitted:
        """The present moment of a run."""
        return cls(run.trainer.network, Signature.of(run.dataset), run.story)

    @property
    def name(self) -> str:
        """The data and the shape: "motorcycle 1-3-1"."""
        return f"{self.signature.data} {'-'.join(map(str, self.network.shape))}"


def read_fitted(path: str) -> Fitted:
    """The network of a file, with its scaling. Raises EngineError or DataError for a file without them."""
    architecture, theta, beside = network_file.load(path)
    try:
        return Fitted(Network.of(architecture, theta), Signature.from_arrays(beside, architecture.n_inputs))
    except DataError as error:
        raise DataError(f"{Path(path).name}: {error}") from None


def feature_words(signature: Signature) -> list[str]:
    """What each feature is, for people."""
    if signature.lags:
        target, step = words(signature.target_label, signature.target_unit), signature.period or "row"
        return [f"{target}, {lag} {step}{'s' * (lag > 1)} before" for lag in signature.lags]
    return [words(*each) for each in zip(signature.feature_labels, signature.feature_units, strict=True)]


def words(label: str, unit: str) -> str:
    """A column for people."""
    return f"{label} in {unit}" if unit else label


def in_own_units(fitted: Fitted) -> Network:
    """The network that takes and gives the data's own units, in float64: the scaling is in its weights.

    The first layer has w / x_factor and b − w · x_offset / x_factor, the output c · y_scale and
    b · y_scale + y_offset. Raises DataError where these are more than numbers can say.
    """
    own, scaling = fitted.network, fitted.signature.scaling
    theta = own.theta.astype(np.float64)
    layers = split(theta, own.shape)  # views
    with np.errstate(all="ignore"):
        W, b = layers[0]
        W /= scaling.x_factor
        b -= W @ scaling.x_offset
        c, bias = layers[-1]
        c *= scaling.y_scale
        bias *= scaling.y_scale
        bias += scaling.y_offset
    if not np.isfinite(theta).all():
        raise DataError(
            f"{fitted.name}: in the data's own units its weights are too large to be written: "
            "expected columns between 1e-300 and 1e100; npz keeps the scaling beside them"
        )
    return Network.of(replace(own.architecture, dtype=np.dtype(np.float64)), theta)
