"""Tables of any kind, most of them damaged: each becomes a data set, or a sentence says why not.

    python -m benchmarks.rough.tables --count 20000 --seed 0
    python -m benchmarks.rough.tables --seed 0 --only 123 --keep .     # one of them again, its file kept here

Anything else is bad: another exception, a crash, more than 3 s of a core, more than 1.2 GB. Prints figures; the exit
code is 1 where one is bad.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.rough.any_table import KINDS, opened, options_of
from benchmarks.tables import fresh_peak, memory
from data import apart, frames

SECONDS, MEGABYTES = 3, 1200
AT_ONCE = 500  # in one process
HANGS, PATIENCE = 30, 600  # seconds for one table, and for all of them

Record = dict[str, Any]


def drawn(seed: int, number: int) -> tuple[str, bytes, dict[str, Any]]:
    """(the name of its file, its bytes, the options to open it with) of a table of the campaign."""
    random = Random(f"{seed} {number}")
    kind = random.choice([*KINDS])
    return kind, KINDS[kind](random), options_of(random)


def tried(seed: int, number: int, folder: Path) -> Record:
    """What came of one table."""
    kind, content, options = drawn(seed, number)
    path = folder / kind
    path.write_bytes(content)
    faulthandler.dump_traceback_later(HANGS, exit=True)
    frames.read_apart = apart.read  # in this process, which is one of many: a process more for each would take an hour
    floor, start, problem = fresh_peak(), time.process_time(), ""
    try:
        outcome = "refused" if opened(path, options) is None else "opened"
    except BaseException as error:  # a panic of a library is no Exception
        outcome, problem = "bad", "".join(traceback.format_exception_only(error)).strip()
    faulthandler.cancel_dump_traceback_later()
    cpu, megabytes = time.process_time() - start, (memory("VmHWM") - floor) / 1e6
    if not problem and (cpu > SECONDS or megabytes > MEGABYTES):
        outcome, problem = "bad", f"{cpu:.1f} s of a core, {megabytes:.0f} MB"
    return {"number": number, "kind": kind, "outcome": outcome, "cpu": cpu, "megabytes": megabytes, "problem": problem}


def some(seed: int, numbers: range) -> list[Record]:
    """What came of some tables in a process of its own; another goes on behind the table that one dies of."""
    command = [sys.executable, "-m", "benchmarks.rough.tables", "--seed", str(seed), "--from"]
    records: list[Record] = []
    while len(records) < len(numbers):
        first = numbers[len(records)]
        left = [str(first), "--count", str(numbers.stop - first)]
        try:
            done = subprocess.run([*command, *left], capture_output=True, text=True, timeout=PATIENCE)
            said, why = done.stdout, f"exit code {done.returncode}: {done.stderr.strip()[-200:]}"
        except subprocess.TimeoutExpired as late:
            said, why = (late.stdout or b"").decode(), f"no answer in {PATIENCE} s"
        records += [json.loads(line) for line in said.splitlines() if line.endswith("}")]
        if len(records) < len(numbers):
            number = numbers[len(records)]
            kind, _, _ = drawn(seed, number)
            bad = {"number": number, "kind": kind, "outcome": "bad", "cpu": 0.0, "megabytes": 0.0}
            records.append(bad | {"problem": f"the process died: {why}"})
    return records


def all_of(seed: int, count: int, jobs: int) -> Iterator[Record]:
    """Records of all tables in their order."""
    ranges = [range(first, min(first + AT_ONCE, count)) for first in range(0, count, AT_ONCE)]
    with ThreadPoolExecutor(jobs) as pool:
        for records in pool.map(lambda numbers: some(seed, numbers), ranges):
            yield from records
            print(f"{records[-1]['number'] + 1}/{count}", file=sys.stderr, flush=True)


def summary(records: Sequence[Record]) -> str:
    """Counts by kind and outcome, the most time and memory, and the bad ones in a line each."""
    lines = []
    for kind in KINDS:
        counts = Counter(record["outcome"] for record in records if record["kind"] == kind)
        lines.append(f"{kind}: {counts['opened']} opened, {counts['refused']} refused, {counts['bad']} bad")
    for what, unit in (("cpu", "s of a core"), ("megabytes", "MB")):
        most = max(records, key=lambda record: record[what])
        lines.append(f"most: {most[what]:.2f} {unit}, by {most['kind']} of number {most['number']}")
    bad = [record for record in records if record["outcome"] == "bad"]
    lines += [f"bad: number {record['number']}, {record['kind']}: {record['problem']}" for record in bad]
    return "\n".join([*lines, f"{len(records)} tables, {len(bad)} bad"])


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        "python -m benchmarks.rough.tables", description="Damaged tables by the thousand."
    )
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--jobs", type=int, default=2, help="processes at a time")
    options.add_argument("--only", type=int, metavar="K", help="table K alone")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="where its file is kept")
    options.add_argument("--from", dest="first", type=int, help=argparse.SUPPRESS)
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code."""
    chosen = parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if chosen.first is not None:
            for number in range(chosen.first, chosen.first + chosen.count):
                print(json.dumps(tried(chosen.seed, number, Path(folder))), flush=True)
            return 0
        if chosen.only is not None:
            records = [tried(chosen.seed, chosen.only, chosen.keep or Path(folder))]
        else:
            records = list(all_of(chosen.seed, chosen.count, chosen.jobs))
    print(summary(records))
    return int(any(record["outcome"] == "bad" for record in records))


if __name__ == "__main__":
    sys.exit(main())
