"""The compiled side of the engine: arrays in, arrays out, no checks, no strings.

`plain` has the loops that say what is meant; `simd` the fast ones for float32, and `engine.cuda.loops` those of a GPU.
All offer the same functions: buffers,
`push` and `pull` between a run's canonical arrays and their own, `advance` and `gradient`.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from engine.undisturbed import undisturbed


@undisturbed()  # half an import would be all that this process ever has of numba
def loops_for(dtype: Any, device: str = "cpu") -> ModuleType:
    """The loops that train in this precision on this device: on the processor tiles for float32, unless JIT is off."""
    if device == "cuda":
        from engine.cuda import loops

        return loops
    from numba.core import config

    from engine.kernels import plain

    if dtype != "float32" or config.DISABLE_JIT:
        return plain
    from engine.kernels import simd

    return simd


@undisturbed()
def side_by_side(dtype: Any) -> int:
    """How many models of this precision can be trained side by side, a model a lane; 0 if none can."""
    from numba.core import config

    if dtype != "float32" or config.DISABLE_JIT:
        return 0
    from engine.kernels.emitter import LANES

    return LANES
