"""The program, flat out in a terminal for a long time: do memory, threads, open files and frames stay what they were?

    python -m benchmarks.rough.hours --minutes 10

It plays at the fastest speed at 120×40, and its view changes now and then. Prints a table of the first minute and the
last one; the exit code is 1 where the program did not come to its end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.rough.terminal import FRAME, Terminal
from tui.run.player import SPEEDS

WINDOW = 60.0  # seconds, or a third of the time where that is less
VIEW_SECONDS = 10.0
VIEWS = "121314151"  # the last one is the first again
START_SECONDS, END_SECONDS = 60.0, 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """What was measured in a stretch of time."""

    frames: float  # a second
    kilobytes: float  # written, a second
    resident: float  # MB at its end
    threads: int
    files: int


def main() -> int:
    """Returns the exit code."""
    options = parser().parse_args()
    with tempfile.TemporaryDirectory() as folder:
        terminal = Terminal(["--data", options.data], Path(folder))
        try:
            if not terminal.expect(b"paused", START_SECONDS):
                raise SystemExit(f"not there within {START_SECONDS:g} s:\n{terminal.last_words()}")
            terminal.settle(START_SECONDS)
            terminal.send(b"+" * len(SPEEDS) + b" ")
            seconds = 60 * options.minutes
            window = min(WINDOW, seconds / 3)
            first = watch(terminal, window)
            watch(terminal, seconds - 2 * window)
            last = watch(terminal, window)
            terminal.send(b"q")
            terminal.pump(END_SECONDS)
        finally:
            terminal.close()
    print(table(first, last, window))
    faults = [*([] if terminal.code == 0 else [f"ended with {terminal.code}"]), *terminal.faults()]
    print("\n".join(faults) or "ended with 0, its terminal as it was")
    return 1 if faults else 0


def watch(terminal: Terminal, seconds: float) -> Look:
    """Let it play so long, another view every few seconds."""
    begun, frames, written, number = time.monotonic(), 0, 0, 0
    while (left := begun + seconds - time.monotonic()) > 0 and terminal.alive():
        terminal.send(VIEWS[number % len(VIEWS)].encode())
        terminal.pump(min(VIEW_SECONDS, left))
        frames, written, number = frames + terminal.written.count(FRAME), written + len(terminal.written), number + 1
        terminal.forget()
    if not terminal.alive():
        raise SystemExit(f"ended with {terminal.code} in the midst:\n{terminal.last_words()}")
    passed = time.monotonic() - begun
    state = terminal.status("VmRSS") * 1024 / 1e6, terminal.status("Threads"), terminal.open_files()
    return Look(frames / passed, written / 1e3 / passed, *state)


def table(first: Look, last: Look, window: float) -> str:
    rows = (
        ("frames a second", first.frames, last.frames),
        ("kB written a second", first.kilobytes, last.kilobytes),
        ("MB of memory", first.resident, last.resident),
        ("threads", first.threads, last.threads),
        ("open files", first.files, last.files),
    )
    lines = [f"| | first {window:.0f} s | last {window:.0f} s |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {name} | {one:.4g} | {other:.4g} |" for name, one, other in rows)])


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks.rough.hours", description="The program for a long time.")
    options.add_argument("--minutes", type=float, default=10.0, help="of playing (default 10)")
    options.add_argument("--data", default="motorcycle", help="what it fits (default motorcycle)")
    return options


if __name__ == "__main__":
    sys.exit(main())
