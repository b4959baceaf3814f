"""A sweep of 500 runs is killed five times, and one on two Dask workers loses one: does it come to the same rows?

    python -m benchmarks.kills

Prints what was compared; the exit code is 1 where a row differs, is missing or was done twice.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

SWEEP = [sys.executable, "-m", "unitfit", "sweep", "--data", "chicago", "--grid", "lr=0.001,0.003,0.01,0.03,0.1"]
SWEEP += ["--grid", "layer=none,3:relu,10:relu,10:relu/10:relu", "--epochs", "30", "--seeds", "25", "--quiet"]
RUNS, KILLS = 500, 5
DASK = [sys.executable, "-m", "distributed.cli.dask_"]
UNEQUAL = ("seconds",)  # what two runs of the same command do not have in common


def main() -> int:
    """Returns the exit code."""
    random.seed(0)
    with tempfile.TemporaryDirectory() as folder:
        whole, killed, spread = (Path(folder, f"{name}.jsonl") for name in ("whole", "killed", "spread"))
        begun = time.perf_counter()
        subprocess.run([*SWEEP, "--out", whole], check=True)
        print(f"uninterrupted: {RUNS} runs in {time.perf_counter() - begun:.1f} s")
        places = sorted(random.sample(range(1, RUNS), KILLS))
        for place in places:
            reached = kill_at(place, killed)
            print(f"killed at {reached} runs")
        subprocess.run([*SWEEP, "--out", killed], check=True)
        lost = on_two_workers(spread)
        print(f"two workers, one of them killed at {lost} runs")
        same = [verdict(name, whole, own) for name, own in (("killed", killed), ("two workers", spread))]
    return 0 if all(same) else 1


def kill_at(place: int, out: Path) -> int:
    """Kill the sweep once so many runs are in its journal; returns how many were."""
    child = subprocess.Popen([*SWEEP, "--out", out])
    wait_for(out, place, child)
    child.kill()
    child.wait()
    return reached(out)


def on_two_workers(out: Path) -> int:
    """The sweep on two workers, of which one is killed on the way; returns at which run."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder, "scheduler.json")
        scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", where)
        while not where.exists():
            time.sleep(0.1)
        address = json.loads(where.read_text())["address"]
        workers = [dask("worker", address, "--nthreads", "1", "--nworkers", "1", "--no-nanny") for _ in range(2)]
        try:
            child = subprocess.Popen([*SWEEP, "--out", out, "--dask", address])
            wait_for(out, random.randrange(50, 150), child)
            lost = reached(out)
            workers[0].kill()
            if child.wait():
                raise SystemExit(f"the sweep on Dask ended with {child.returncode}")
        finally:
            for process in (*workers, scheduler):
                process.kill()
                process.wait()
        return lost


def dask(program: str, *arguments: Any) -> subprocess.Popen[bytes]:
    """A scheduler or a worker."""
    command = [*DASK[:-1], DASK[-1] + program, *arguments, "--no-dashboard"]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def wait_for(out: Path, runs: int, child: subprocess.Popen[bytes]) -> None:
    while child.poll() is None and reached(out) < runs:
        time.sleep(0.005)


def reached(out: Path) -> int:
    """Finished runs in the journal."""
    journal = Path(f"{out}.journal")
    return max(journal.read_bytes().count(b"\n") - 1, 0) if journal.exists() else 0


def verdict(name: str, whole: Path, own: Path) -> bool:
    """Whether the rows are those of the whole sweep, and each was written once; says so."""
    keys = [json.loads(line)["key"] for line in lines(Path(f"{own}.journal"))[1:]]
    equal = rows(whole) == rows(own)
    print(f"{name}: {len(keys)} runs in the journal, {len({*keys})} different; rows equal to the bit: {equal}")
    return equal and len(keys) == len({*keys}) == RUNS


def rows(out: Path) -> list[dict[str, Any]]:
    return [{key: value for key, value in json.loads(line).items() if key not in UNEQUAL} for line in lines(out)]


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").splitlines()


if __name__ == "__main__":
    sys.exit(main())
