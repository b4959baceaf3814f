"""python -m benchmarks, in a process of its own, since it pins itself to a core."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_tables_without_peers():
    tables = ["speed", "options", "curves", "scaling"]
    result = benchmarks(
        *("--no-peers", "--repeats", "1", "--seconds", "0.01", "--only", "tiny,three", "--tables", ",".join(tables))
    )
    assert result.returncode == 0, result.stderr
    rows = [line for line in result.stdout.splitlines() if line.startswith("| ")]
    assert sum(line.startswith("| **") for line in rows) == 3  # the two works and the population
    assert sum("AdamW" in line for line in rows) == 1
    assert "without JAX there is nothing to compare with" in result.stdout
    assert "(parameters × batch)^" in result.stdout
    assert "float32 lanes" in result.stdout and "numba" in result.stdout


@pytest.mark.parametrize(
    "arguments", [("--only", "tiny,medium"), ("--tables", "tiny"), ("--repeats", "0"), ("--peers", "jacks")]
)
def test_bad_options_are_refused(arguments):
    result = benchmarks(*arguments)
    assert result.returncode == 2
    assert "expected" in result.stderr and "Traceback" not in result.stderr
