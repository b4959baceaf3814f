"""The program in real terminals, under rough hands: does it always end, with its code, and leave its terminal well?

    python -m benchmarks.rough.keys --count 60000 --seed 0 --jobs 2
    python -m benchmarks.rough.keys --seed 0 --only 17       # run 17 again, with all that was done

Each run has folders of its own. Prints figures, and a few lines for each bad run; the exit code is 1 where one is bad.
What is done follows from the seed and the run's number; when it is done, and what it meets then, differs.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random

from benchmarks.rough.inputs import COOKED, ESC, KINDS, Input, inputs
from benchmarks.rough.terminal import ENTER, Terminal
from tui.run.scenes import scenes

DATA = ("sine", "xor", "chicago", "motorcycle", "penguins", "spiral")
LENGTHS = (20, 100, 300, 600, 1000)
PYTHON_SECONDS = 0.15  # until it has begun
EARLY = 0.15  # of the runs are ended within their first second
PAUSES = (0.0,) * 12 + (0.002,) * 6 + (0.02,) * 3 + (0.2,)  # seconds between two inputs
KEY_SECONDS = 0.02  # that it may take for each key, before the next input comes, but in bursts
BURSTS = 0.5  # of the inputs come at once with the one before
RESTS = 0.015  # of the inputs are followed by a rest, until it has written all that those before them ask for
START_SECONDS, END_SECONDS, AGAIN_SECONDS = 60.0, 30.0, 4.0
CLOSE_PASTE = b"\x1b[201~"
KEYS = {"q": b"q", "ctrl+c": b"\x03"}
ENDS: dict[str, tuple[int, ...]] = {"q": (0,), "ctrl+c": (0,), "SIGINT": (0,), "SIGTERM": (143,), "SIGHUP": (129,)}
AT_FIRST = {
    "q": (),
    "ctrl+c": (130, -2),
    "SIGINT": (130, -2),
    "SIGTERM": (-15,),
    "SIGHUP": (-1,),
}  # there is no screen yet


@dataclass(frozen=True, slots=True)
class Plan:
    """One run: with what it begins, what is done, and how it is ended."""

    number: int
    arguments: tuple[str, ...]
    inputs: list[Input]
    ending: str
    early: float | None  # seconds from its start to its end, where it does not come to its first picture


@dataclass(slots=True)
class Outcome:
    """What became of it."""

    number: int
    ending: str
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    last: str = ""
    seconds: float = 0.0  # from the wish to quit until it ended
    threads: int = 0
    megabytes: float = 0.0


def plan(seed: int, number: int, without: frozenset[str]) -> Plan:
    draw = Random(f"{seed} {number}")
    begin = ("--data", draw.choice(DATA)) if draw.random() < 0.6 else ("--scene", draw.choice(scenes()).name)
    early = draw.uniform(PYTHON_SECONDS, 1.0) if draw.random() < EARLY else None
    count = draw.randrange(30) if early is not None else draw.choice(LENGTHS)
    done = inputs(draw, count, without)
    if early is not None:
        done = [replace(each, typed=each.typed.translate(None, COOKED)) for each in done]
    return Plan(number, begin, done, draw.choice((*ENDS,)), early)


def plans(seed: int, count: int, without: frozenset[str]) -> Iterator[Plan]:
    """Until there are so many inputs."""
    number = 0
    while count > 0:
        own = plan(seed, number, without)
        own = Plan(number, own.arguments, own.inputs[:count], own.ending, own.early)
        yield own
        count, number = count - len(own.inputs), number + 1


def tried(own: Plan) -> Outcome:
    outcome = Outcome(own.number, own.ending)
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(own.arguments, Path(folder))
        try:
            use(terminal, own, outcome)
            end(terminal, own, outcome)
        finally:
            terminal.close()
    return outcome


def use(terminal: Terminal, own: Plan, outcome: Outcome) -> None:
    """All inputs, or as many as it lives to see."""
    draw, owed = Random(own.number), 0.0
    if own.early is None:
        if not terminal.expect(ENTER, START_SECONDS):
            outcome.faults.append(f"no screen within {START_SECONDS:g} s")
        terminal.settle(3.0)
    else:
        terminal.pump(own.early)
    for each in own.inputs:
        if not terminal.alive():
            break
        do(terminal, each)
        outcome.done[each.kind] += 1
        if own.early is None:
            owed += KEY_SECONDS * each.keys
            if draw.random() > BURSTS:
                terminal.pump(owed + draw.choice(PAUSES))
                owed = 0.0
            if draw.random() < RESTS:
                terminal.settle(2.0)


def do(terminal: Terminal, each: Input) -> None:
    if each.size:
        terminal.resize(*each.size)
    if each.typed:
        terminal.send(each.typed)
    elif each.stopped is not None:
        terminal.hold(each.stopped)


def end(terminal: Terminal, own: Plan, outcome: Outcome) -> None:
    """Have it end, and look at what it leaves."""
    begun = time.monotonic()
    if terminal.alive():
        outcome.threads, outcome.megabytes = terminal.status("Threads"), terminal.status("VmRSS") / 1024
        quit_by(terminal, own)
    outcome.seconds = time.monotonic() - begun
    if terminal.alive():
        outcome.faults.append(f"still there {END_SECONDS:g} s after {own.ending}")
        terminal.kill(signal.SIGABRT)
        terminal.pump(2.0)
    else:
        terminal.pump(0.2)
        if terminal.code not in codes(own):
            outcome.faults.append(f"ended with {terminal.code} after {own.ending}")
        outcome.faults += terminal.faults()
    outcome.last = terminal.last_words() if outcome.faults else ""


def codes(own: Plan) -> set[int]:
    """With which it may end: with 0 after all where its palette was open, which has a line that quits."""
    asked = any(b"\x10" in each.typed for each in own.inputs)
    return {*ENDS[own.ending], *(AT_FIRST[own.ending] if own.early is not None else ()), *((0,) if asked else ())}


def quit_by(terminal: Terminal, own: Plan) -> None:
    """A signal is sent once. A key may go to a dialog that was open, so there is a second and a third try."""
    if own.ending not in KEYS:
        terminal.waiting.clear()
        terminal.kill(signal.Signals[own.ending])
        terminal.pump(END_SECONDS)
        return
    terminal.resize(120, 40)
    ends, key = time.monotonic() + END_SECONDS, KEYS[own.ending]
    while terminal.alive() and time.monotonic() < ends:
        if not terminal.left():  # else it goes already
            terminal.send(CLOSE_PASTE)
            for _ in range(4 if own.ending == "q" else 0):
                terminal.send(ESC.encode())
                terminal.pump(0.15)  # longer than a terminal program waits for the rest of a sequence
            terminal.send(key)
        terminal.pump(AGAIN_SECONDS)
        key = KEYS["ctrl+c"]


def told(outcome: Outcome, own: Plan) -> str:
    """A bad run in some lines."""
    return f"run {own.number} ({' '.join(own.arguments)}): {'; '.join(outcome.faults)}\n{outcome.last}"


def figures(outcomes: Sequence[Outcome], seconds: float) -> str:
    done = sum((outcome.done for outcome in outcomes), Counter[str]())
    endings = Counter(outcome.ending for outcome in outcomes)
    bad = [outcome.number for outcome in outcomes if outcome.faults]
    return "\n".join((
        f"{done.total()} inputs in {len(outcomes)} runs and {seconds:.0f} s: "
        + ", ".join(f"{done[kind]} {kind}" for kind in KINDS),
        "ended by " + ", ".join(f"{name} {count}" for name, count in endings.most_common()),
        f"slowest end {max(outcome.seconds for outcome in outcomes):.1f} s, most threads "
        f"{max(outcome.threads for outcome in outcomes)}, most memory "
        f"{max(outcome.megabytes for outcome in outcomes):.0f} MB",
        f"{len(bad)} bad" + (f": runs {', '.join(map(str, bad))}" if bad else ""),
    ))  # fmt: skip


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks.rough.keys", description="The program under rough hands.")
    options.add_argument("--count", type=int, default=60_000, help="inputs in all (default 60000)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=1, help="programs at a time (default 1)")
    options.add_argument("--only", metavar="K", type=int, help="run K alone, and print what is done")
    options.add_argument("--without", metavar="KIND", nargs="+", default=[], choices=KINDS, help=", ".join(KINDS))
    return options


def main() -> int:
    """Returns the exit code."""
    options = parser().parse_args()
    without = frozenset(options.without)
    chosen = list(plans(options.seed, options.count, without))
    if options.only is not None:
        chosen = [plan(options.seed, options.only, without)]
        print(*chosen[0].inputs, sep="\n")
    begun, outcomes = time.monotonic(), []
    with ProcessPoolExecutor(options.jobs, get_context("spawn")) as pool:
        for own, outcome in zip(chosen, pool.map(tried, chosen), strict=True):
            outcomes.append(outcome)
            if outcome.faults:
                print(told(outcome, own), flush=True)
    print(figures(outcomes, time.monotonic() - begun))
    return 1 if any(outcome.faults for outcome in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
