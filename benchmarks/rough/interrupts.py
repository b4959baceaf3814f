"""Interrupts at any microsecond of training, edits and travels: is nothing left behind, does all go on to the bit?

    python -m benchmarks.rough.interrupts --count 10000 --seed 0 --jobs 2

Signals are real ones: SIGINT from another thread, and SIGALRM and SIGUSR1 whose handlers raise an exception of their
own. After each of them no thread may be left, and the run must be as one that nobody disturbed. Every process makes
some hundred of them, some while kernels are loaded, and must end by itself. Prints figures; the exit code is 1
where anything was wrong.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from random import Random
from typing import Any

from benchmarks.rough.subjects import SUBJECTS, Subject, Training

EACH = 400  # interrupts of a process
OF_A_SUBJECT = 15
LONGEST = 0.03  # seconds until the signal comes
LOADED_TWICE = 0.2  # of the processes are interrupted while they load kernels
LOADING = 1.0  # seconds that loading the kernels takes at most
HANGS = 60.0  # seconds after which a process tells where it is, and ends
SWALLOWED = 3.0  # seconds after which an interrupt that did not come out is given up
PATIENCE = 900.0
FORCED = 2 / 3  # of the processes have teams where they do not pay, too
WAYS = ("SIGINT", "SIGALRM", "SIGUSR1")

Record = dict[str, Any]


class Struck(Exception):
    """What the handlers of SIGALRM and SIGUSR1 raise."""


class Striker:
    """A thread that sends signals to its own process."""

    def __init__(self) -> None:
        self._orders = queue.SimpleQueue[tuple[int, float] | None]()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        for name in ("SIGALRM", "SIGUSR1"):
            signal.signal(getattr(signal, name), raise_struck)

    def strike(self, way: str, seconds: float) -> None:
        """One signal, about so many seconds from now."""
        if way == "SIGALRM":
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6))
        else:
            self._orders.put((signal.Signals[way], seconds))

    def close(self) -> None:
        self._orders.put(None)
        self._thread.join()

    def others(self) -> list[str]:
        """The threads that are neither this one nor the main one."""
        own = (self._thread, threading.main_thread())
        return [thread.name for thread in threading.enumerate() if thread not in own]

    def _work(self) -> None:
        while order := self._orders.get():
            number, seconds = order
            time.sleep(seconds)
            os.kill(os.getpid(), number)


def raise_struck(number: int, frame: object) -> None:
    raise Struck


class Child:
    """One process and what it found."""

    def __init__(self, seed: str, ways: list[str]) -> None:
        self.kinds = ways
        self.draw, self.striker = Random(seed), Striker()
        self.calls, self.ways = Counter[str](), Counter[str]()
        self.swallowed = 0
        self.faults: list[str] = []

    def work(self, count: int) -> Record:
        if self.draw.random() < FORCED:
            force_teams()
        self.load()
        weights, kinds = zip(*SUBJECTS, strict=True)
        broken = bool(self.faults)  # all others would be at fault that something could not be loaded
        while self.calls.total() < count and not (broken or self.striker.others()):
            with alarmed():
                made = self.draw.choices(kinds, weights)[0](self.draw)
                self.subject(made, OF_A_SUBJECT)
        if not self.striker.others():
            self.striker.close()
        return {"calls": self.calls, "ways": self.ways, "swallowed": self.swallowed, "faults": self.faults}

    def load(self) -> None:
        """Load the kernels; some processes are interrupted while they do, and then load them again."""
        first = Training(self.draw)
        if self.draw.random() < LOADED_TWICE:
            self.subject(first, 1, LOADING)
        try:
            first.trainer.prepare()
        except Exception as error:
            self.faults.append(f"after an interrupt nothing can be loaded: {traced(error)}")

    def subject(self, own: Subject, count: int, longest: float = LONGEST) -> None:
        """So many interrupts of one subject, up to the first that does harm."""
        for _ in range(count):
            way, seconds = self.draw.choice(self.kinds), longest * 10 ** self.draw.uniform(-4, 0)
            name, fault = self.struck(own, way, seconds)
            if others := self.striker.others():
                self.faults.append(f"{way} in {name} ({own.begin}): left {', '.join(others)} at work; {fault}")
                return  # what they still do to the arrays is not looked at
            try:
                fault = fault or own.wrong()
            except Exception as error:
                fault = f"{traced(error)} afterwards"
            self.calls[name] += 1
            self.ways[way] += 1
            if fault:
                self.faults.append(f"{way} in {name} ({own.begin}): {fault}")
                return

    def struck(self, own: Subject, way: str, seconds: float) -> tuple[str, str]:
        """(what was called when the signal came, what came out that is no interrupt)."""
        name = ""
        gives_up = time.monotonic() + seconds + SWALLOWED
        try:
            self.striker.strike(way, seconds)
            while time.monotonic() < gives_up:
                name, call = own.call()
                call()
        except (KeyboardInterrupt, Struck):
            return name, ""
        except Exception as error:
            outlast(seconds)
            return name, traced(error)
        self.swallowed += 1
        return name, ""


def outlast(seconds: float) -> None:
    """Until a signal has come that was to come by now."""
    with suppress(KeyboardInterrupt, Struck):
        time.sleep(seconds + 0.2)


def force_teams() -> None:
    """As many threads as are asked for, whether that pays or not."""
    from engine.kernels import company, simd

    simd.PAYING, simd.UNITS = 1, 0.25
    company.Company.size = lambda self, wanted: wanted


@contextmanager
def alarmed() -> Iterator[None]:
    faulthandler.dump_traceback_later(HANGS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def traced(error: Exception) -> str:
    """An exception and where it comes from, in a line."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = (f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames)
    return f"{type(error).__name__}: {error} [{' '.join(places)}]"


def tried(seed: str, count: int, ways: list[str]) -> Record:
    """What a process of its own found; that it did not end well is a fault too."""
    command = [sys.executable, "-m", "benchmarks.rough.interrupts", "--child", seed, "--count", str(count)]
    command += ["--ways", *ways]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return nothing(f"process {seed} did not end in {PATIENCE:g} s")
    if done.returncode:
        return nothing(f"process {seed} ended with {done.returncode}: {done.stderr[-2500:]}")
    record: Record = json.loads(done.stdout.splitlines()[-1])
    record["faults"] = [f"process {seed}: {fault}" for fault in record["faults"]]
    return record


def nothing(fault: str) -> Record:
    return {"calls": {}, "ways": {}, "swallowed": 0, "faults": [fault]}


def figures(records: list[Record], seconds: float) -> str:
    calls, ways = (sum((Counter(record[name]) for record in records), Counter()) for name in ("calls", "ways"))
    swallowed = sum(record["swallowed"] for record in records)
    faults = sum(len(record["faults"]) for record in records)
    return "\n".join((
        f"{calls.total()} interrupts in {len(records)} processes and {seconds:.0f} s: "
        + ", ".join(f"{count} {name}" for name, count in ways.most_common()),
        "in " + ", ".join(f"{name} {count}" for name, count in calls.most_common()),
        f"{swallowed} did not come out of what was called; {faults} bad",
    ))  # fmt: skip


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks.rough.interrupts", description="Interrupts at any moment.")
    options.add_argument("--count", type=int, default=10_000, help="interrupts in all (default 10000)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=1, help="processes at a time (default 1)")
    options.add_argument("--ways", nargs="+", default=WAYS, choices=WAYS, help=f"of {', '.join(WAYS)} (default all)")
    options.add_argument("--child", metavar="SEED", help="one process, such as 0-17, here")
    return options


def main() -> int:
    """Returns the exit code."""
    options = parser().parse_args()
    if options.child:
        child = Child(options.child, options.ways)
        print(json.dumps(child.work(options.count)), flush=True)
        if child.striker.others():  # which is told as a fault, and might never end
            os._exit(0)
        return 0
    begun, records = time.monotonic(), []
    shares = [min(EACH, options.count - done) for done in range(0, options.count, EACH)]
    with ThreadPoolExecutor(options.jobs) as pool:
        seeds = [f"{options.seed}-{number}" for number in range(len(shares))]
        for record in pool.map(partial(tried, ways=options.ways), seeds, shares):
            records.append(record)
            print(*record["faults"], sep="\n", end="\n" if record["faults"] else "", flush=True)
    print(figures(records, time.monotonic() - begun))
    return 1 if any(record["faults"] for record in records) else 0


if __name__ == "__main__":
    sys.exit(main())
