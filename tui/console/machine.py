"""What `unitfit info` tells of this machine: versions, CPU features, CUDA, the cache folder."""

from __future__ import annotations

import os
import platform
import warnings
from importlib.metadata import PackageNotFoundError, version

from data.errors import clean

LONGEST = 4096  # letters of a path
PACKAGES = ("numpy", "numba", "llvmlite", "textual", "plotext", "polars", "click")
FEATURES = ("sse4.2", "avx", "avx2", "fma", "avx512f", "avx512vl", "avx512bf16", "avx512fp16", "neon", "sve", "sve2")
LANES_BY = {16: "avx512f", 8: "avx"}  # features


def facts() -> list[tuple[str, str]]:
    """(what, value) in the order in which they are shown."""
    from engine.kernels.cache import cache_folder, distrust
    from engine.trainer import default_threads
    from tui.run.keeper import state_folder

    return [
        ("unitfit", version_of("unitfit")),
        ("Python", f"{platform.python_version()} on {platform.platform()}"),
        *((package, version_of(package)) for package in PACKAGES),
        ("CPU", cpu()),
        ("lanes", lanes()),
        ("threads", f"{default_threads()} of {os.cpu_count()}"),
        ("CUDA", cuda()),
        ("cache folder", distrust(cache_folder()) or clean(str(cache_folder()), LONGEST)),
        ("state folder", str(state_folder())),
    ]


def version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def cpu() -> str:
    """The CPU's name as the compiler knows it, and those of its vector features that matter here."""
    from llvmlite import binding

    present = binding.get_host_cpu_features()
    return f"{binding.get_host_cpu_name()}: {' '.join(name for name in FEATURES if present.get(name))}"


def lanes() -> str:
    """How many float32 numbers the engine takes at a time, and what decides that."""
    from numba.core import config

    if config.DISABLE_JIT:
        return "none: numba's JIT is off, and so are the kernels"
    from engine.kernels.emitter import LANES

    told = " of NUMBA_CPU_FEATURES" if config.CPU_FEATURES is not None else ""
    return f"{LANES} float32, by {LANES_BY.get(LANES, 'vectors of 128 bits')}{told}"


def cuda() -> str:
    from engine.devices import told

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numba's own CUDA target, where no other package has taken its place
        return told()
