"""NumPy's functions in the engine's formulas, for one number on the GPU; `parts` puts this module in NumPy's place."""

from __future__ import annotations

import math
from typing import Any

from engine.cuda.package import part


@part
def exp(x: Any) -> Any:
    return math.exp(x)


@part
def tanh(x: Any) -> Any:
    return math.tanh(x)


@part
def sqrt(x: Any) -> Any:
    return math.sqrt(x)


@part
def abs(x: Any) -> Any:
    return math.fabs(x)


@part
def minimum(a: Any, b: Any) -> Any:
    return a if a < b or a != a else b  # NaN stays NaN, as with NumPy


@part
def maximum(a: Any, b: Any) -> Any:
    return a if a > b or a != a else b


@part
def sign(x: Any) -> Any:
    return 1 if x > 0 else -1 if x < 0 else 0


@part
def isfinite(x: Any) -> Any:
    return x - x == 0
