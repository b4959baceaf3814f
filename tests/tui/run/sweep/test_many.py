"""A sweep on the workers of a real Dask cluster: what the serial one comes to, to the bit."""

from __future__ import annotations

import builtins
import os
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pexpect
import psutil
import pytest
from distributed import Client, KilledWorker, LocalCluster

from engine import EngineError
from tui.run.options import Options
from tui.run.sweep import many
from tui.run.sweep.factors import parse_factor
from tui.run.sweep.many import _result, run_on
from tui.run.sweep.plan import Plan, make_plan
from tui.run.sweep.rows import cpu_lanes
from tui.run.sweep.sweep import Sweep


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as own:
        yield own


def plan_of(*grid: str, seeds: int, epochs: int = 3) -> Plan:
    options = Options("sine", n=40, training={"epochs": epochs})
    return make_plan(options, [parse_factor(text) for text in grid], seeds, None)


def thetas(sweep: Sweep) -> list[str]:
    assert sorted(sweep.rows) == list(range(len(sweep.plan)))
    return [row.theta_sha256 for _, row in sorted(sweep.rows.items())]


def serial(plan: Plan) -> list[str]:
    sweep = Sweep(plan)
    sweep.run(lambda rows: None)
    return thetas(sweep)


def test_workers_come_to_the_same_rows(cluster: Any) -> None:
    plan = plan_of("lr=0.01,0.1", "layer=none,3:relu", "points=12,20", seeds=5)
    sweep, heard = Sweep(plan), []
    run_on(cluster.scheduler_address, sweep, heard.extend)
    assert thetas(sweep) == serial(plan)
    assert len(heard) == len(plan)
    assert {row.lanes for row in heard} == {cpu_lanes()}


def test_a_lost_worker_costs_its_chunk_only(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "MEMBERS", 4)
    monkeypatch.setattr(many, "FIRST", 4)
    plan = plan_of("lr=0.01,0.1", seeds=40, epochs=30)
    sweep, keys, lost = Sweep(plan), [], []

    def look(rows: list[Any]) -> None:
        keys.extend(row.key for row in rows)
        if rows and not lost:
            lost.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(lost[0], signal.SIGKILL)

    run_on(cluster.scheduler_address, sweep, look)
    assert thetas(sweep) == serial(plan)
    assert len(keys) == len({*keys}) == len(plan)  # none came twice


def test_it_stops_when_asked_and_keeps_what_came(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "FIRST", 2)
    sweep = Sweep(plan_of(seeds=1000, epochs=100))
    run_on(cluster.scheduler_address, sweep, lambda rows: bool(rows))
    assert 0 < len(sweep.rows) < 1000


def test_ctrl_c_while_the_workers_start_is_heard_by_none_of_them() -> None:
    endless = ["-m", "tui", "sweep", "--grid", "epochs=1000,1001", "--seeds", "200000", "--dask", "local"]
    child = pexpect.spawn(sys.executable, endless, encoding="utf-8", timeout=300, dimensions=(40, 120))
    while not any("spawn_main" in " ".join(process.cmdline()) for process in begun_by(child.pid)):
        os.sched_yield()
    child.sendintr()
    child.expect("interrupted: 0 of 400 000 runs were reached")
    assert "Traceback" not in child.before
    child.expect(pexpect.EOF)
    child.close()
    assert "Traceback" not in child.before and child.exitstatus == 130


def begun_by(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def test_a_worker_of_another_version_is_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "version", lambda: "9.9")
    with pytest.raises(EngineError, match=r"a worker has unitfit .*: expected 9\.9, as here"):
        run_on(cluster.scheduler_address, Sweep(plan_of(seeds=2)), lambda rows: None)


def test_packages_of_other_versions_are_refused(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def mismatch(*arguments: Any, **options: Any) -> None:
        raise ValueError("Mismatched versions found\n\ndistributed")

    monkeypatch.setattr(Client, "get_versions", mismatch)
    with pytest.raises(EngineError, match="Mismatched versions found distributed: expected the same versions"):
        run_on(cluster.scheduler_address, Sweep(plan_of(seeds=2)), lambda rows: None)


def test_a_scheduler_that_goes_is_said_and_the_rows_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "FIRST", 2)
    monkeypatch.setattr(many, "SECONDS", 0.01)
    monkeypatch.setattr(many, "CONNECT", 0.5)
    sweep = Sweep(plan_of(seeds=1000, epochs=100))
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", protocol="tcp://", processes=False
    ) as own:

        def look(rows: list[Any]) -> None:
            if rows:
                own.close()

        with pytest.raises(EngineError, match="the scheduler is gone; with --out what was finished is kept"):
            run_on(own.scheduler_address, sweep, look)
    assert sweep.rows


@pytest.mark.parametrize("address", ["foo", "tcp://", "127.0.0.1:8786", "tcp://127.0.0.1:x", "http://a:1", ""])
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(EngineError, match="expected local, or a scheduler's tcp://HOST:PORT"):
        run_on(address, Sweep(plan_of(seeds=1)), lambda rows: None)


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "CONNECT", 0.5)
    with pytest.raises(EngineError, match="no scheduler there"):
        run_on("tcp://127.0.0.1:1", Sweep(plan_of(seeds=1)), lambda rows: None)


def test_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "CONNECT", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", protocol="tcp://", processes=False) as own,
        pytest.raises(EngineError, match="the scheduler has no worker"),
    ):
        run_on(own.scheduler_address, Sweep(plan_of(seeds=1)), lambda rows: None)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    there = builtins.__import__

    def missing(name: str, *arguments: Any) -> Any:
        if name == "distributed":
            raise ImportError(name)
        return there(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(EngineError, match=r"pip install 'unitfit\[dask\]'"):
        run_on("local", Sweep(plan_of(seeds=1)), lambda rows: None)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (KilledWorker("task", None, 3), "2 runs were lost with 4 workers: expected workers that stay"),
        (ModuleNotFoundError("No module named 'engine'"), "a worker cannot do a run .*'engine'.*: expected unitfit"),
    ],
)
def test_workers_that_cannot_do_it(error: Exception, sentence: str) -> None:
    class Failed:
        def result(self) -> None:
            raise error

    chunk = Sweep(plan_of(seeds=2)).take()
    assert chunk is not None
    with pytest.raises(EngineError, match=sentence):
        _result(Failed(), chunk)
