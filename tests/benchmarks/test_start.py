"""What is told of a first update, on programs that compile nothing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from benchmarks import start

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="this system does not tell what a child used")


def test_a_start_is_a_process_with_its_own_folder(tmp_path):
    program = "import os, pathlib; pathlib.Path(os.environ['NUMBA_CACHE_DIR'], 'used').touch()"
    own = start.start(str(tmp_path), program)
    assert (tmp_path / "used").exists()
    assert own.seconds > 0 and own.cpu > 0


def test_its_memory_is_told_at_its_peak():
    program = "from benchmarks.start import start; print(start('', 'len(bytearray(b\"x\") * 100_000_000)').megabytes)"
    result = subprocess.run([sys.executable, "-c", program], cwd=start.ROOT, capture_output=True, text=True, check=True)
    assert 100 < float(result.stdout) < 150  # this process is larger, and a child begins with its parent's peak


def test_one_that_fails_is_an_error(tmp_path):
    with pytest.raises(RuntimeError, match="the first update ended with 3: expected 0"):
        start.start(str(tmp_path), "raise SystemExit(3)")


def test_the_first_of_each_pair_finds_no_kernels(monkeypatch):
    found = []

    def look(cache):
        found.append(os.listdir(cache))
        open(os.path.join(cache, "kernel"), "w").close()

    monkeypatch.setattr(start, "start", look)
    start.pairs(2)
    assert found == [[], ["kernel"]] * 2


def test_a_row_has_medians():
    starts = [start.Start(1.0, 0.9, 100.0), start.Start(3.0, 2.9, 120.0), start.Start(2.0, 1.9, 90.0)]
    assert start.row("warm", starts) == "| warm | 2.00 | 1.90 | 100 |"


def test_the_program_trains():
    names = {}
    exec(start.PROGRAM, names)
    assert names["trainer"].update == 1
