"""Answers that take long: worked out aside, the newest question first."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from queue import Queue

import pytest

from tui.run.facts import Evidence
from tui.run.workbench import Heavy, Workbench

ONE, TWO = object(), object()  # moments


@dataclass(frozen=True, slots=True)
class Name(Heavy[tuple]):
    """Its answer says of what it is."""

    name: str

    def work(self, evidence: Evidence) -> tuple:
        return self.name, evidence


@dataclass(frozen=True, slots=True)
class Alike(Heavy[tuple]):
    name: str

    def work(self, evidence: Evidence) -> tuple:
        return self.name, evidence

    def like(self, other: Heavy) -> bool:
        return isinstance(other, Alike)


@dataclass(frozen=True, slots=True)
class Logged(Heavy[None]):
    """It writes down that its turn has come."""

    name: str
    log: Queue

    def work(self, evidence: Evidence) -> None:
        self.log.put(self.name)


@dataclass(frozen=True, slots=True)
class Held(Heavy[str]):
    """It waits until it may go on."""

    begun: threading.Event
    goes: threading.Event

    def work(self, evidence: Evidence) -> str:
        self.begun.set()
        assert self.goes.wait(10)
        return "held"


@dataclass(frozen=True, slots=True)
class Broken(Heavy[None]):
    error: type

    def work(self, evidence: Evidence) -> None:
        raise self.error("broken")


@pytest.fixture
def bench():
    own, news = Workbench(), Queue()
    own.start(lambda: news.put(None))
    yield own, lambda: news.get(timeout=10)
    own.stop()


def test_without_a_thread_the_answer_is_there_at_once():
    own = Workbench()
    assert own.answer(Name("a"), ONE) == ("a", ONE)
    assert own.answer(Name("a"), TWO) == ("a", TWO)


def test_an_answer_comes_later_and_stands_until_there_is_a_newer_one(bench):
    own, news = bench
    assert own.answer(Name("a"), ONE) is None
    news()
    assert own.answer(Name("a"), ONE) == ("a", ONE)
    assert own.answer(Name("a"), TWO) == ("a", ONE)
    news()
    assert own.answer(Name("a"), TWO) == ("a", TWO)


def test_the_newest_question_is_answered_first(bench):
    own, _ = bench
    held = Held(threading.Event(), threading.Event())
    own.answer(held, ONE)
    assert held.begun.wait(10)
    log = Queue()
    for name in "abc":
        own.answer(Logged(name, log), ONE)
    held.goes.set()
    assert [log.get(timeout=10) for _ in "abc"] == ["c", "b", "a"]


def test_what_nobody_asks_any_more_is_forgotten(bench):
    own, news = bench
    own.answer(Name("a"), ONE)
    news()
    own.keep([Name("b")])
    assert own.answer(Name("a"), ONE) is None


def test_an_answer_stands_until_there_is_one_to_what_is_like_its_question(bench):
    own, news = bench
    own.answer(Alike("a"), ONE)
    news()
    own.keep([Alike("b"), Name("b")])
    assert own.answer(Alike("b"), ONE) == ("a", ONE)
    assert own.answer(Name("b"), ONE) is None
    news(), news()
    assert own.answer(Alike("b"), ONE) == ("b", ONE)


def test_a_fault_is_raised_for_whoever_asks(bench):
    own, news = bench
    own.answer(Broken(ZeroDivisionError), ONE)
    news()
    with pytest.raises(ZeroDivisionError, match="broken"):
        own.answer(Name("a"), ONE)


def test_where_memory_runs_out_the_answer_before_stands(bench):
    own, news = bench
    own.answer(Broken(MemoryError), ONE)
    own.answer(Name("a"), ONE)
    news()
    assert own.answer(Name("a"), ONE) == ("a", ONE)


@dataclass(frozen=True, slots=True)
class Seldom(Name):
    """Its answers are ten minutes apart."""

    rest = 600.0


def test_who_wants_few_answers_waits_for_the_next_one_unless_something_else_is_asked(bench):
    own, news = bench
    own.answer(Seldom("a"), ONE)
    news()
    own.answer(Seldom("a"), TWO)
    assert own.answer(Seldom("a"), TWO) == ("a", ONE)
    own.answer(Name("b"), ONE)
    news()
    assert own.answer(Name("b"), ONE) == ("b", ONE)
    news()
    assert own.answer(Seldom("a"), TWO) == ("a", TWO)
