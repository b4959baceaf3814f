"""The workbench: answers that take long come from a second thread, which works on frozen copies.

Whoever asks gets the newest answer that there is, which may be of an earlier moment; each says of which.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from tui.run.facts import Evidence, Facts, Request

T = TypeVar("T")
LONGEST_REST = 0.25  # seconds between two answers to one question


class Heavy(Request[T]):
    """A request that takes too long for the thread that trains; answered from the evidence alone."""

    __slots__ = ()
    rest = 0.0  # seconds between two answers, at least
    looks_closely = False  # whether it needs a checkpoint shortly before the present moment

    def work(self, evidence: Evidence) -> T:
        """The answer: a value that nobody changes afterwards."""
        raise NotImplementedError

    def answer(self, facts: Facts) -> T:
        return self.work(facts.evidence)

    def like(self, other: Heavy[Any]) -> bool:
        """Whether the answer to the other one may stand until there is one to this: nobody sees a blank between."""
        return False


class Workbench:
    """Until `start` it works at once, on the thread that asks."""

    def __init__(self) -> None:
        self._news: Callable[[], None] | None = None
        self._lock = threading.Condition()
        self._waiting: dict[Heavy[Any], Evidence] = {}  # the newest question last
        self._known: dict[Heavy[Any], tuple[Evidence | None, Any]] = {}
        self._failure: BaseException | None = None
        self._ends = False
        self._thread = threading.Thread(target=self._live, name="unitfit workbench", daemon=True)

    def start(self, news: Callable[[], None]) -> None:
        """Work on a thread of its own from now on; `news` is called there when there is an answer to take."""
        self._news = news
        self._thread.start()

    def stop(self) -> None:
        """Take no further questions; the one in work is left to end by itself."""
        with self._lock:
            self._ends = True
            self._lock.notify()

    def keep(self, requests: Collection[Heavy[Any]]) -> None:
        """Forget all questions but these, and the answers to all but these and what is like them."""
        with self._lock:
            self._waiting = {request: own for request, own in self._waiting.items() if request in requests}
            before, self._known = self._known, {}
            for request in requests:
                alike = (found for other, (_, found) in before.items() if request.like(other))
                if request in before:
                    self._known[request] = before[request]
                elif (found := next(alike, None)) is not None:
                    self._known[request] = None, found

    def answer(self, request: Heavy[T], evidence: Evidence) -> T | None:
        """The newest answer, None before the first; where it is of another moment, a new one is worked on."""
        with self._lock:
            if self._failure is not None:
                raise self._failure
            at, found = self._known.get(request, (None, None))
            if at is not evidence and self._news is not None:
                self._waiting.pop(request, None)
                self._waiting[request] = evidence
                self._lock.notify()
        if at is not evidence and self._news is None:
            found = request.work(evidence)
            self._known[request] = evidence, found
        return cast("T | None", found)

    def _live(self) -> None:
        assert self._news is not None
        while (question := self._next()) is not None:
            request, evidence = question
            started = time.perf_counter()
            try:
                answer = request.work(evidence)
            except MemoryError:
                continue  # the answer before stands
            except BaseException as failure:  # a fault of the program: whoever asks next raises it
                self._failure = failure
                self._news()
                return
            with self._lock:
                self._known[request] = evidence, answer
            self._news()
            self._rest(request, max(request.rest, min(time.perf_counter() - started, LONGEST_REST)))

    def _next(self) -> tuple[Heavy[Any], Evidence] | None:
        with self._lock:
            self._lock.wait_for(lambda: self._waiting or self._ends)
            return None if self._ends else self._waiting.popitem()

    def _rest(self, request: Heavy[Any], seconds: float) -> None:
        """Leave the processor to others for a while, unless something else is asked."""
        with self._lock:
            self._lock.wait_for(lambda: self._ends or any(other != request for other in self._waiting), seconds)
