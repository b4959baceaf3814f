"""The package that compiles for the GPU, and how a function becomes code there.

`numba-cuda-mlir` if it is installed, else `numba-cuda`, whose successor it is: all that is used here is in both. Only
the older one has a simulator.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

__all__ = ["cuda", "inlined", "kernel", "part", "simulated"]


def simulated() -> bool:
    """Whether numba's simulator stands in for a GPU: it interprets, and knows no options of a compiler."""
    return os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"


with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what it says of NumPy and of itself is for its developers
    cuda: Any = import_module(
        "numba.cuda" if simulated() or not find_spec("numba_cuda_mlir") else "numba_cuda_mlir.cuda"
    )


def part(function: Function) -> Function:
    """A function that only other functions on the GPU call."""
    return cast(Function, cuda.jit(device=True)(function))


def inlined(function: Function) -> Function:
    """As `part`, but its code becomes part of its callers, however often they call it."""
    return part(function) if simulated() else cast(Function, cuda.jit(device=True, forceinline=True)(function))


def kernel(function: Callable[..., None], registers: int) -> Any:
    """What a launch runs; a thread has at most this many registers."""
    return cuda.jit(function) if simulated() else cuda.jit(max_registers=registers)(function)
