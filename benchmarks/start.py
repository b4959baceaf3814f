"""python -m benchmarks.start: what the first update costs, with no kernels in the cache and with them.

Each is a process of its own, which imports the engine, makes one update of a small network, and ends. This one imports
nothing large, since a child begins with its parent's peak of memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNIT = 1 if sys.platform == "darwin" else 1024  # bytes, in which the system counts a process's memory
PROGRAM = """
import numpy as np
from engine import Network, Trainer
x = np.linspace(-1, 1, 64)
trainer = Trainer(Network(1, [["sigmoid"] * 3]), x, np.sin(x))
trainer.step(1)
"""


@dataclass(frozen=True, slots=True)
class Start:
    """One process, from its start to its end."""

    seconds: float
    cpu: float  # seconds
    megabytes: float  # at its peak


def start(cache: str, program: str = PROGRAM) -> Start:
    """Run the program with this folder for compiled kernels. Raises RuntimeError where it fails."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "NUMBA_CACHE_DIR": cache})
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"the first update ended with {process.returncode}: expected 0")
    seconds = time.perf_counter() - began
    return Start(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * UNIT / 1e6)


def pairs(times: int) -> list[tuple[Start, Start]]:
    """(cold, warm) this many times, each pair with an empty cache at first."""
    found = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as cache:
            found.append((start(cache), start(cache)))
    return found


def row(name: str, starts: Sequence[Start]) -> str:
    """A line of the table: medians."""
    seconds, cpu, megabytes = (
        statistics.median(getattr(each, field) for each in starts) for field in Start.__dataclass_fields__
    )
    return f"| {name} | {seconds:.2f} | {cpu:.2f} | {megabytes:.0f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser("python -m benchmarks.start", description="What the first update costs.")
    options.add_argument("times", type=int, nargs="?", default=5, help="processes of each kind; medians of them")
    cold, warm = zip(*pairs(max(1, options.parse_args(arguments).times)), strict=True)
    print("| first update of a process | seconds | of a core | MB at its peak |\n| --- | ---: | ---: | ---: |")
    print(row("no kernels in the cache", cold))
    print(row("kernels in the cache", warm))


if __name__ == "__main__":
    main()
