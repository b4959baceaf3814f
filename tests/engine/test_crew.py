from __future__ import annotations

import signal
import threading

import pytest

from engine.crew import work_off
from engine.errors import EngineError


class Desk:
    """A bench that writes down what happens; a job is (name, slices)."""

    def __init__(self, log):
        self.log = log

    def take(self, job):
        self.job, self.left = job, job[1]

    def slice(self):
        self.left -= 1
        return self.left > 0

    def put(self):
        self.log.append((self.job[0], self.left))


def test_one_thread_takes_the_jobs_in_their_order():
    log, heard = [], []
    work_off([("a", 1), ("b", 3), ("c", 2)], [Desk(log)], lambda ended: heard.extend(ended) or False)
    assert log == [("a", 0), ("b", 0), ("c", 0)]
    assert heard == [("a", 1), ("b", 3), ("c", 2)]


def test_each_job_is_done_by_one_of_several_threads():
    log, jobs = [], [(number, 1 + number % 3) for number in range(200)]
    work_off(jobs, [Desk(log) for _ in range(5)])
    assert sorted(log) == [(number, 0) for number in range(200)]


def test_no_jobs_is_nothing_to_do():
    heard = []
    work_off([], [Desk(heard)], heard.append)
    assert heard == []


@pytest.fixture
def threads():
    """How many there are before the test."""
    return threading.active_count()


def test_after_a_true_no_job_is_begun_and_what_is_in_work_is_put_down(threads):
    log = []

    class Endless(Desk):
        def slice(self):
            return True

    benches = [Endless(log), Desk(log)]
    work_off([("long", 1), ("short", 1), ("never", 10**9)], benches, lambda ended: True)
    assert "long" in {name for name, _ in log}
    assert len(log) <= 3 and threading.active_count() == threads


def test_what_a_report_raises_ends_the_work_and_leaves_no_thread(threads):
    def report(ended):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work_off([(number, 10**9) for number in range(9)], [Desk([]), Desk([])], report)
    assert threading.active_count() == threads


def test_what_a_bench_raises_is_raised_by_the_caller_once_all_are_home(threads):
    class Broken(Desk):
        def slice(self):
            raise MemoryError("no room")

    log = []
    with pytest.raises(MemoryError, match="no room"):
        work_off([(number, 3) for number in range(9)], [Broken(log)])
    assert log == [(0, 3)] and threading.active_count() == threads


def test_a_second_ctrl_c_leaves_no_thread_at_work_either():
    log, gone = [], threading.Event()

    class Slow(Desk):
        def put(self):
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            gone.wait(0.3)  # in which the caller would be gone, if it could be
            super().put()

    def report(ended):
        raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt):
            work_off([("long", 10**9)], [Slow(log)], report)
        assert [name for name, _ in log] == ["long"]
    finally:
        gone.set()


@pytest.mark.parametrize(("owner", "name"), [(signal, "getsignal"), (signal, "signal"), (threading.Event, "set")])
def test_ctrl_c_just_before_it_waits_for_the_threads_leaves_none(monkeypatch, threads, owner, name):
    class Endless(Desk):
        def slice(self):
            return True

    own = getattr(owner, name)

    def pressed(*given):
        monkeypatch.setattr(owner, name, own)
        signal.raise_signal(signal.SIGINT)
        return own(*given)

    def report(ended):
        monkeypatch.setattr(owner, name, pressed)
        return True

    with pytest.raises(KeyboardInterrupt):
        work_off([("long", 1), ("longer", 1)], [Endless([]), Endless([])], report)
    assert threading.active_count() == threads


def no_more_than(threads, monkeypatch):
    """Let the system have so many threads."""
    start, left = threading.Thread.start, iter(range(threads))

    def started(thread):
        if next(left, None) is None:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", started)


def test_fewer_threads_than_benches_do_all(monkeypatch, threads):
    no_more_than(1, monkeypatch)
    log = []
    work_off([(number, 2) for number in range(9)], [Desk(log) for _ in range(3)])
    assert log == [(number, 0) for number in range(9)] and threading.active_count() == threads


def test_no_thread_at_all_is_refused(monkeypatch, threads):
    no_more_than(0, monkeypatch)
    with pytest.raises(EngineError, match=r"^the system has no thread left to train in: "):
        work_off([("a", 1)], [Desk([])])
    assert threading.active_count() == threads
