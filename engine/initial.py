"""Initial weights: what each init draws for a layer.

`uniform` W, b ~ U(±1/√fan_in); `he` W ~ N(0, 2/fan_in), b = 0 (He et al. 2015); `glorot`
W ~ U(±√(6/(fan_in + fan_out))), b = 0 (Glorot & Bengio 2010); `zeros`. `spread` is for one feature in [−1, 1]: the
units of the first layer bend at places stratified over the feature's range, so that each has something to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.activations import KINDS
from engine.errors import EngineError, one_of

INITS = ("auto", "uniform", "he", "glorot", "spread", "zeros")
Floats = NDArray[Any]


def resolve_init(init: str, n_inputs: int) -> str:
    """The init that `auto` stands for; refuses `spread` for several features."""
    one_of("init", init, INITS)
    if init == "spread" and n_inputs > 1:
        raise EngineError(f"init='spread' with {n_inputs} features: expected one feature, or another init")
    if init == "auto":
        return "spread" if n_inputs == 1 else "uniform"
    return init


def draw_layer(
    init: str, rng: np.random.Generator, fan_in: int, kinds: Sequence[str], *, first: bool
) -> tuple[Floats, Floats]:
    """(W (fan_out, fan_in), b (fan_out,)) of a layer with these units; the output layer is one `identity` unit."""
    if init == "spread" and first and fan_in == 1:
        return draw_spread(rng, kinds)
    fan_out = len(kinds)
    b = np.zeros(fan_out)
    if init == "zeros":
        return np.zeros((fan_out, fan_in)), b
    if init == "he":
        return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2.0 / fan_in), b
    if init == "glorot":
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        return rng.uniform(-limit, limit, (fan_out, fan_in)), b
    limit = 1.0 / np.sqrt(fan_in)
    return rng.uniform(-limit, limit, (fan_out, fan_in)), rng.uniform(-limit, limit, fan_out)


def draw_spread(rng: np.random.Generator, kinds: Sequence[str]) -> tuple[Floats, Floats]:
    """One feature: centres t stratified over [−1, 1], b = −w t, w = ± a slope that suits kind and width."""
    k = len(kinds)
    centres = -1.0 + 2.0 * (rng.permutation(k) + rng.uniform(size=k)) / k
    w = np.array([KINDS[kind].start_slope(k) for kind in kinds]) * rng.choice([-1.0, 1.0], k)
    return w[:, np.newaxis], -w * centres


def draw_output(init: str, rng: np.random.Generator, fan_in: int, *, hidden: bool) -> tuple[Floats, Floats]:
    """(c as (1, fan_in), output bias (1,)); with `spread` c ~ N(0, 1/fan_in), unless there is no hidden layer."""
    if init == "spread" and hidden:
        return rng.standard_normal((1, fan_in)) / np.sqrt(fan_in), np.zeros(1)
    return draw_layer(init, rng, fan_in, ["identity"], first=False)
