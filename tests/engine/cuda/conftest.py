"""These run in a process of their own, in numba's simulator (see tests/engine/test_cuda.py), or with UNITFIT_GPU=1."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

SIMULATED = os.environ.get("NUMBA_ENABLE_CUDASIM") == "1"
collect_ignore_glob = [] if SIMULATED or os.environ.get("UNITFIT_GPU") == "1" else ["*"]

if SIMULATED:
    from engine.cuda import package

    kernel = import_module("numba.cuda.simulator.kernel")  # after the package, which passes over numba's own warnings
    real = package.cuda

    class Present:
        """`cuda` as the block in work has it.

        The simulator puts its own into a module for as long as a function of that module is called, and takes it out
        while another thread still needs it.
        """

        def __getattr__(self, name: str) -> Any:
            return getattr(kernel._kernel_context or real, name)

    package.cuda = Present()
    package.part = package.inlined = lambda function: function
