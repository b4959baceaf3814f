"""What the report says of the machine, and the load on one of its cores."""

from __future__ import annotations

import os

import pytest
from llvmlite import binding

from benchmarks import machine
from engine.kernels.emitter import LANES


def test_the_processor_has_its_compilers_name_too(monkeypatch):
    monkeypatch.setattr(machine, "model_name", lambda: "AMD EPYC")
    assert machine.cpu_name() == f"AMD EPYC ({binding.get_host_cpu_name()})"


def test_lanes_say_what_narrowed_them(monkeypatch):
    for name in machine.TOLD:
        monkeypatch.delenv(name, raising=False)
    assert machine.lanes() == f"{LANES} float32 lanes"
    monkeypatch.setenv("NUMBA_CPU_NAME", "haswell")
    assert machine.lanes() == f"{LANES} float32 lanes by NUMBA_CPU_NAME=haswell"


@pytest.mark.parametrize(("features", "kernels"), [(None, None), ("+avx2,+fma", "Haswell"), ("+avx512f,+avx2", None)])
def test_blas_has_one_thread_and_is_as_wide_as_the_engine(monkeypatch, features, kernels):
    own = {"OPENBLAS_CORETYPE": "Prescott", "HOME": "/home"} | ({"NUMBA_CPU_FEATURES": features} if features else {})
    monkeypatch.setattr(os, "environ", own)
    machine.set_blas()
    assert own["OPENBLAS_NUM_THREADS"] == own["MKL_NUM_THREADS"] == "1"
    assert own.get("OPENBLAS_CORETYPE") == kernels and own["HOME"] == "/home"


def test_versions_name_what_is_there_and_what_is_not(monkeypatch):
    monkeypatch.setattr(machine, "PACKAGES", ("numpy", "no-such-package"))
    first, numpy, absent, blas = machine.versions().split(", ")
    assert first.startswith("Python 3.") and numpy.startswith("numpy ") and blas.startswith("BLAS ")
    assert absent == "no no-such-package"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot pin")
def test_a_busy_core_is_one_that_a_process_stays_on_until_the_end(monkeypatch):
    started = []

    class Spinning(machine.subprocess.Popen):
        def __init__(self, *arguments):
            super().__init__(*arguments)
            started.append(self)

    monkeypatch.setattr(machine.subprocess, "Popen", Spinning)
    core = min(os.sched_getaffinity(0))
    with machine.busy(core):
        (process,) = started
        assert process.poll() is None and os.sched_getaffinity(process.pid) == {core}
    assert process.returncode is not None
