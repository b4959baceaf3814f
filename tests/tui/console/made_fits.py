"""Networks that nobody trained, with features and a target of any kind, for what is exported of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.scaling import Scaling
from data.signature import Signature
from engine import Network
from engine.activations import KINDS
from tui.console.export import FORMATS
from tui.console.fitted import Fitted

EXACT = 1e-5  # of the target's scale


LAYERS = [(), *(((kind,) * 3,) for kind in KINDS), (tuple(KINDS),), (("relu", "tanh"),) * 2, (("sigmoid", "relu"),) * 3]


def fitted(layers, inputs: int = 1, labels: bool = False, **changes) -> Fitted:
    """A network of random weights, with features of all sizes."""
    network = Network(inputs, layers, seed=4)
    network.theta = 1.5 * network.theta + 0.3 * np.random.default_rng(3).standard_normal(network.n_parameters)
    scaling = Scaling(
        x_offset=10.0 ** np.arange(-2, 6)[:inputs] * (-1.0) ** np.arange(inputs),
        x_factor=10.0 ** np.array([-1, 2, -1, 0, 5, 3, 4, 3])[:inputs],
        y_offset=0.0 if labels else -1234.5,
        y_scale=1.0 if labels else 67.8,
    )
    names = tuple(f"x_{number}" for number in range(inputs))
    signature = Signature(
        "made", names, names, ("",) * inputs, "y", "y", "", labels=labels, lags=(), period=None, scaling=scaling
    )
    return Fitted(network, replace(signature, **changes))


def examples(made: Fitted, count: int = 1000) -> tuple[np.ndarray, np.ndarray]:
    """Inputs in their own units, and what the network predicts of them."""
    scaling = made.signature.scaling
    x = scaling.x_offset + scaling.x_factor * np.random.default_rng(5).uniform(-2, 2, (count, scaling.x_offset.size))
    return x, scaling.unscale(made.network.predict(scaling.scale(x)))


def text(made: Fitted, name: str) -> str:
    return FORMATS[name].content(made).decode()


def told(theta, layers, inputs: int = 1, **changes) -> Fitted:
    """A network with these numbers, on features and a target that need no scaling."""
    network = Network(inputs, layers)
    network.theta = theta
    names = ("time_ms", "mass_kg")[:inputs]
    changes = {
        "scaling": Scaling(np.zeros(inputs), np.ones(inputs), 0.0, 1.0),
        "feature_names": names,
        "feature_labels": tuple(name.split("_")[0] for name in names),
        "feature_units": tuple(name.split("_")[1] for name in names),
        "target_label": "accel",
        "target_unit": "g",
        **changes,
    }
    return Fitted(network, replace(fitted(layers, inputs).signature, **changes))
