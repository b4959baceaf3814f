"""The machine: which cores this process may use, a load on one of them, and what it is called in the report."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

PEERS = {"jax": ("jax", "optax"), "torch": ("torch",), "scikit-learn": ("scikit-learn",)}  # packages of each
PACKAGES = ("numba", "numpy", *chain.from_iterable(PEERS.values()))
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
TOLD = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES", "OPENBLAS_CORETYPE")


def pin(core: int | None = None) -> set[int]:
    """Keep this process, and all threads that it will start, on one core; returns the cores that it had.

    To be called before anything is imported that starts threads. Where the system cannot pin, nothing happens and the
    empty set is returned.
    """
    if not hasattr(os, "sched_setaffinity"):
        return set()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores) if core is None else core})
    return cores


def set_blas() -> None:
    """One thread for numpy's BLAS, and kernels of its own choice, or those for AVX2 where numba is held to that.

    To be called before numpy is imported. Whatever the environment says of OpenBLAS is forgotten.
    """
    for name in [name for name in os.environ if name.startswith("OPENBLAS_")]:
        del os.environ[name]
    os.environ.update(dict.fromkeys(BLAS_THREADS, "1"))
    features = os.environ.get("NUMBA_CPU_FEATURES", "")
    if "+avx2" in features and "+avx512" not in features:
        os.environ["OPENBLAS_CORETYPE"] = "Haswell"


@contextmanager
def allowed(cores: set[int]) -> Iterator[None]:
    """This thread, and those that it starts meanwhile, on these cores; all others stay where they are."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def busy(core: int) -> Iterator[None]:
    """Another process keeps this core busy meanwhile."""
    spinning = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        os.sched_setaffinity(spinning.pid, {core})
        yield
    finally:
        spinning.kill()
        spinning.wait()


def cpu_name() -> str:
    """The processor as the system calls it, and as the compiler does: AMD EPYC (znver5)."""
    from llvmlite import binding

    return f"{model_name()} ({binding.get_host_cpu_name()})"


def model_name() -> str:
    """The processor's model, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def lanes() -> str:
    """How many float32 numbers the engine takes at a time, and what numba and BLAS were told of the processor."""
    from engine.kernels.emitter import LANES

    told = [f"{name}={os.environ[name]}" for name in TOLD if name in os.environ]
    return f"{LANES} float32 lanes" + (f" by {' '.join(told)}" if told else "")


def versions() -> str:
    """Python, numpy's BLAS and the packages that are present, each with its version."""
    import numpy as np

    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    found = [f"{package} {version_of(package)}" if version_of(package) else f"no {package}" for package in PACKAGES]
    return ", ".join([f"Python {platform.python_version()}", *found, f"BLAS {blas['name']} {blas['version']}"])


def version_of(package: str) -> str:
    """A package's version; "" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
