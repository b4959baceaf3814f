"""The machine: which cores this process may use, and what it is called in the report."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("numba", "numpy", "jax", "optax", "torch", "scikit-learn")


def pin(core: int | None = None) -> set[int]:
    """Keep this process, and all threads that it will start, on one core; returns the cores that it had.

    To be called before anything is imported that starts threads. Where the system cannot pin, nothing happens and
    the empty set is returned.
    """
    if not hasattr(os, "sched_setaffinity"):
        return set()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores) if core is None else core})
    return cores


@contextmanager
def allowed(cores: set[int]) -> Iterator[None]:
    """This thread, and those that it starts meanwhile, on these cores; all others stay where they are."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_name() -> str:
    """The processor's model, as far as the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def versions() -> str:
    """Python and the packages that are present, each with its version."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    return ", ".join(found)
