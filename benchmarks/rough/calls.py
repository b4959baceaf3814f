"""Calls of `engine` and `data` with junk in several places at once: a result, or an error in a sentence. Nothing else.

    python -m benchmarks.rough.calls --count 5000 --seed 0 --jobs 2
    python -m benchmarks.rough.calls --seed 0 --only 123      # call 123 again, here

They are made in processes of their own, so that a crash, a hang and the memory of one are its own. Prints figures, and
each kind of fault once; the exit code is 1 where there is one.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.rough import strange as hostile
from benchmarks.rough.junk import CALLS, LONGEST, Calls, X, Y
from benchmarks.rough.strange import MORE, strange
from data import DataError
from engine import EngineError, Network, Trainer
from engine.errors import clean, show

ROOT = Path(__file__).parents[2]
EACH = 500  # calls of a process
HANGS = 5.0  # seconds after which a call has failed
MEMORY = 8 * 2**30
ALL: Calls = CALLS | MORE

Fault = tuple[int, str, str]  # the number of the call, its name, what came out


def made(seed: int, number: int, names: Sequence[str] = (*ALL,)) -> tuple[str, list[Any]]:
    """The name of one of these calls and what it gets, junk in one place or in several."""
    draw = Random(f"{seed} {number}")
    name = draw.choice(names)
    given = list(ALL[name][1])
    for place in draw.sample(range(len(given)), min(len(given), draw.choice((1, 1, 2, 3, 9)))):
        given[place] = strange(draw)
    return name, given


def tried(name: str, given: Sequence[Any]) -> str:
    """What came out that should not; "" for a result or a sentence."""
    begun = time.monotonic()
    try:
        ALL[name][0](*given)
    except (EngineError, DataError) as error:
        sentence = str(error)
        if not (0 < len(sentence) <= LONGEST and sentence.isprintable()):
            return f"a sentence of {len(sentence)} characters: {sentence[:LONGEST]!a}"
    except BaseException as error:
        return "" if raised_by_junk(error) else traced(error)
    seconds = time.monotonic() - begun
    return f"took {seconds:.1f} s" if seconds > HANGS else ""


def raised_by_junk(error: BaseException) -> bool:
    """Whether the object that was given raised it, by a method of its own: whoever wrote that wants to know."""
    *_, last = traceback.extract_tb(error.__traceback__)
    return last.filename == hostile.__file__


def traced(error: BaseException) -> str:
    """What it is, and where it comes from."""
    try:
        sentence = clean(str(error))
    except Exception:  # its own fault, as that of a KeyError of a number with too many digits
        sentence = ""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(f"{ROOT}{os.sep}")]
    places = [(os.path.relpath(frame.filename, ROOT), frame.lineno) for frame in own]
    told = [f"{name}:{line}" for name, line in places if not name.startswith("benchmarks")]
    return f"{type(error).__name__}: {sentence} [{' '.join(told[-3:])}]"


def child(seed: int, begin: int, end: int) -> None:
    """A line before each call, so that somebody knows which one ended this process; then the faults of it, if any."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for kind in ("float32", "float64"):
        Trainer(Network(1, dtype=kind), X, Y).prepare()  # kernels that must be compiled first are no hang
    for number in range(begin, end):
        name, given = made(seed, number)
        say("call", number, name)
        faulthandler.dump_traceback_later(2 * HANGS, exit=True)
        if fault := tried(name, given):
            say("fault", number, name, fault)
    faulthandler.cancel_dump_traceback_later()


def say(*words: Any) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def stretch(seed: int, bounds: tuple[int, int]) -> tuple[Counter[str], list[Fault]]:
    """All calls between two numbers; after one that ends its process the others are made by another."""
    (begin, end), calls, faults = bounds, Counter[str](), list[Fault]()
    while begin < end:
        with tempfile.TemporaryDirectory() as folder:
            path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
            environment = {**os.environ, "PYTHONPATH": path, "PYTHONFAULTHANDLER": "1"}
            pipes = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
            done = subprocess.run(child_command(begin, end, seed), cwd=folder, env=environment, **pipes)
        said = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('["')]
        calls.update(name for kind, _, name, *_ in said if kind == "call")
        faults += [(number, name, *rest) for kind, number, name, *rest in said if kind == "fault"]
        if not done.returncode:
            break
        if not said:
            raise SystemExit(done.stderr)
        _, last, name = [line for line in said if line[0] == "call"][-1]
        faults.append((last, name, f"ended its process with {done.returncode}: {done.stderr[-1500:]}"))
        begin = last + 1
    return calls, faults


def child_command(begin: int, end: int, seed: int) -> list[str]:
    command = [sys.executable, "-W", "error", "-m", "benchmarks.rough.calls", "--child", str(begin), str(end)]
    return [*command, "--seed", str(seed)]


def kinds(faults: Sequence[Fault]) -> list[str]:
    """A line for each kind of fault, the most frequent first, with the number of one."""
    counts = Counter(map(kind, faults))
    first = {kind(fault): fault for fault in reversed(faults)}
    return [f"{count} × {told(first[own])}" for own, count in counts.most_common()]


def told(fault: Fault) -> str:
    number, name, what = fault
    return f"{name}, such as call {number}: {what}"


def kind(fault: Fault) -> tuple[str, str, str]:
    """Faults of the same call and error, from the same place, are alike."""
    _, name, what = fault
    return name, what.partition(":")[0], what.rpartition("[")[2]


def only(seed: int, number: int) -> int:
    name, given = made(seed, number)
    print(name, *map(show, given), sep="\n    ")
    fault = tried(name, given)
    print(fault or "well")
    return 1 if fault else 0


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks.rough.calls", description="Calls with junk.")
    options.add_argument("--count", type=int, default=5000, help="calls in all (default 5000)")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=1, help="processes at a time (default 1)")
    options.add_argument("--only", metavar="K", type=int, help="call K alone, in this process and folder")
    options.add_argument("--child", metavar=("BEGIN", "END"), nargs=2, type=int, help=argparse.SUPPRESS)
    return options


def main() -> int:
    """Returns the exit code."""
    options = parser().parse_args()
    if options.child:
        child(options.seed, *options.child)
        return 0
    if options.only is not None:
        warnings.simplefilter("error")
        return only(options.seed, options.only)
    begun = time.monotonic()
    bounds = [(begin, min(begin + EACH, options.count)) for begin in range(0, options.count, EACH)]
    with ThreadPoolExecutor(options.jobs) as pool:
        parts = list(pool.map(partial(stretch, options.seed), bounds))
    calls = sum((calls for calls, _ in parts), Counter[str]())
    faults = [fault for _, found in parts for fault in found]
    print(*kinds(faults), sep="\n")
    print(f"{calls.total()} calls of {len(calls)} kinds in {time.monotonic() - begun:.0f} s: {len(faults)} bad")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
