"""python -m benchmarks, in a process of its own, since it pins itself to a core."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def benchmarks(*arguments: str, module: str = "benchmarks") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_tables_without_peers():
    tables = ["speed", "options", "curves", "scaling"]
    result = benchmarks(
        *("--no-peers", "--repeats", "1", "--seconds", "0.01", "--only", "tiny,three", "--tables", ",".join(tables))
    )
    assert result.returncode == 0, result.stderr
    rows = [line for line in result.stdout.splitlines() if line.startswith("| ")]
    assert sum(line.startswith("| **") for line in rows) == 2
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


def test_a_population_beside_itself():
    options = "--repeats", "1", "--seconds", "0.01", "--only", "tiny", "--no-peers"
    result = benchmarks(*options, module="benchmarks.populations")
    assert result.returncode == 0, result.stderr
    assert "| 256 × tiny |" in result.stdout
    assert sum(line.startswith("| unitfit") for line in result.stdout.splitlines()) == 3
