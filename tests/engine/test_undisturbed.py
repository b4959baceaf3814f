"""Ctrl+C while something is done that it must not part."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
from typing import NoReturn

import pytest

from engine.undisturbed import undisturbed


def test_ctrl_c_waits_and_then_does_what_it_usually_does():
    done = []

    def press_in_the_midst() -> None:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            done.append("all")

    with pytest.raises(KeyboardInterrupt):
        press_in_the_midst()
    assert done == ["all"]
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


class Alarm(Exception):
    pass


def ring(number: int, frame: object) -> NoReturn:
    raise Alarm(number)


@pytest.fixture
def alarms():
    """Signals whose handlers raise."""
    numbers = [signal.SIGALRM, signal.SIGUSR1, signal.SIGTERM, signal.SIGCONT, signal.SIGWINCH]
    before = {number: signal.signal(number, ring) for number in numbers}
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


def test_each_signal_that_python_answers_waits(alarms):
    done = []

    def all_of_it() -> None:
        with undisturbed():
            for number in alarms:
                signal.raise_signal(number)
            done.append("all")

    with pytest.raises(Alarm):
        all_of_it()
    assert done == ["all"]
    assert all(signal.getsignal(number) is ring for number in alarms)


def test_all_that_came_are_answered_once_though_one_answer_raises(alarms):
    heard = []

    def hear(number: int, frame: object) -> None:
        heard.append(number)

    def all_of_them() -> None:
        with undisturbed():
            for number in (*alarms, signal.SIGHUP, signal.SIGHUP):
                signal.raise_signal(number)

    before = signal.signal(signal.SIGHUP, hear)
    try:
        with pytest.raises(Alarm):
            all_of_them()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert heard == [signal.SIGHUP]


async def test_a_loop_hears_of_a_signal_once():
    heard, loop = [], asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, heard.append, 1)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGUSR1)
        for _ in range(5):
            await asyncio.sleep(0)
    finally:
        loop.remove_signal_handler(signal.SIGUSR1)
    assert heard == [1]


@pytest.mark.parametrize("place", range(12))
def test_wherever_a_signal_comes_each_has_its_own_handler_again(alarms, monkeypatch, place):
    """The signal comes after so many calls that change a handler; while one is set, or as soon as it is."""
    change, calls = signal.signal, iter(range(1000))

    def changed(number: int, handler: object) -> object:
        before = change(number, handler)
        if next(calls) == place:
            signal.raise_signal(signal.SIGUSR1)
        return before

    usual = signal.getsignal(signal.SIGINT)
    with monkeypatch.context() as patch, contextlib.suppress(Alarm):
        patch.setattr(signal, "signal", changed)
        with undisturbed():
            pass
    assert all(signal.getsignal(number) is ring for number in alarms)
    assert signal.getsignal(signal.SIGINT) is usual


def test_where_ctrl_c_is_ignored_it_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_has_nothing_to_do_with_it():
    seen = []

    def look() -> None:
        with undisturbed():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == [signal.getsignal(signal.SIGINT)]


def test_a_handler_that_ends_the_process_comes_at_any_time():
    came = []

    def end(number: int, frame: object) -> None:
        came.append(number)

    end.ends = True
    before = signal.signal(signal.SIGINT, end)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGINT)
            assert came == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)
