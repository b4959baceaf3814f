"""python -m benchmarks.tables FOLDER…: how people's tables open. Each is loaded without options and trained 5 epochs.

A fresh process takes each table, so that a crash, a minute without an answer and the memory of one are its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data import Dataset

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".xlsx", ".parquet")
SECONDS = 60  # longer than this, and it is stopped
AT_ONCE = 2
EPOCHS = 5
SLOWEST = 5
OUTCOMES = ("trained", "diverged", "refused", "crashed", "stopped")
STATUS = Path("/proc/self/status")

Record = dict[str, Any]


def tables(places: Iterable[Path]) -> list[Path]:
    """The tables among these files and in these folders, by what their names end with; `.gz` may follow."""
    files = (file for place in places for file in ([place] if place.is_file() else sorted(place.rglob("*"))))
    return [file for file in files if file.is_file() and file.name.removesuffix(".gz").lower().endswith(SUFFIXES)]


def tried(file: Path) -> Record:
    """What became of one table, in a process of its own."""
    record: Record = {"file": str(file), "bytes": file.stat().st_size}
    command = [sys.executable, "-m", "benchmarks.tables", "--one", str(file)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return record | {"outcome": "stopped", "sentence": f"no answer in {SECONDS} s"}
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        return record | {"outcome": "crashed", "sentence": last, "trace": done.stderr}
    answer: Record = json.loads(done.stdout)
    return record | answer


def one(file: str) -> Record:
    """Load and train one table in this process; what is no DataError is left to end it."""
    import polars  # noqa: F401  # its memory is not the table's

    import data

    os.nice(10)
    floor = fresh_peak()
    start, worked = time.perf_counter(), time.process_time()
    record: Record
    try:
        dataset = data.load(file)
    except data.DataError as error:
        record = {"outcome": "refused", "sentence": str(error)}
    else:
        record = read(dataset)
    record |= {"seconds": time.perf_counter() - start, "cpu": time.process_time() - worked}
    record["megabytes"] = (memory("VmHWM") - floor) / 1e6
    return record if record["outcome"] == "refused" else record | train(dataset)


def read(dataset: Dataset) -> Record:
    """How a table was read; rows are those that train or are unseen."""
    unseen = 0 if dataset.y_test is None else len(dataset.y_test)
    return {
        "outcome": "opened",
        "rows": len(dataset.y_train) + unseen,
        "unseen": unseen,
        "features": dataset.feature_names,
        "target": dataset.target_name,
        "kind": dataset.kind,
        "labels": dataset.labels,
        "lags": dataset.lags,
        "in_time": dataset.in_time,
        "notices": dataset.notices,
    }


def train(dataset: Dataset) -> Record:
    """Five epochs of a small network, by the public interface."""
    from engine import Network, Recipe, Trainer

    start = time.perf_counter()
    network = Network(dataset.x_train.shape[1], [["sigmoid"] * 3])
    examples = (dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test)
    trainer = Trainer(network, *examples, recipe=Recipe(epochs=EPOCHS))
    trainer.run(epochs=EPOCHS)
    outcome = "diverged" if trainer.diverged else "trained"
    return {"outcome": outcome, "training": time.perf_counter() - start, "loss": trainer.loss("train")}


def memory(field: str) -> int:
    """A field of this process's status in bytes, on Linux: VmRSS is what it holds, VmHWM the most it has held."""
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024


def fresh_peak() -> int:
    """What the process holds now, with its peak set back to that."""
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def summary(records: Sequence[Record]) -> str:
    """Counts of the outcomes, the slowest and the largest, and what was neither trained nor refused."""
    counts = Counter(record["outcome"] for record in records)
    opened = counts["trained"] + counts["diverged"]
    lines = [f"{len(records)} tables, {opened} opened: " + ", ".join(f"{counts[name]} {name}" for name in OUTCOMES)]
    lines += most("slowest to open or refuse", records, "seconds", both_times)
    lines += most("most memory to open or refuse", records, "megabytes", lambda record: f"{record['megabytes']:.0f} MB")
    for record in records:
        if record["outcome"] in ("crashed", "stopped"):
            lines.append(f"{record['outcome']}: {record['file']}: {record['sentence']}")
    return "\n".join(lines)


def most(title: str, records: Iterable[Record], field: str, show: Callable[[Record], str]) -> list[str]:
    """The records with the most of a field, a line each under a title."""
    known = sorted((record for record in records if field in record), key=lambda record: -record[field])
    return [f"{title}:", *(f"  {show(record)}, of {size(record)}: {record['file']}" for record in known[:SLOWEST])]


def both_times(record: Record) -> str:
    """Where others use the machine too, what the cores spent says more."""
    return f"{record['seconds']:.2f} s ({record['cpu']:.2f} s of a core)"


def size(record: Record) -> str:
    return f"{record['bytes'] / 1e6:.1f} MB"


def try_all(files: Sequence[Path]) -> list[Record]:
    """A record of each table, in their order, with a line on stderr for each as it comes."""
    records = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, record in enumerate(pool.map(tried, files), 1):
            records.append(record)
            print(f"{number}/{len(files)} {record['outcome']} {record['file']}", file=sys.stderr, flush=True)
    return records


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks.tables", description="How people's tables open.")
    options.add_argument("places", metavar="FOLDER", nargs="*", type=Path, help="folders of tables, or tables")
    options.add_argument("--json", metavar="FILE", type=Path, help="write a record of each table there")
    options.add_argument("--one", metavar="TABLE", help=argparse.SUPPRESS)
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser()
    chosen = options.parse_args(arguments)
    if chosen.one:
        print(json.dumps(one(chosen.one)))
        return
    files = tables(chosen.places)
    if not files:
        options.error(f"no table there: expected folders with files that end with {', '.join(SUFFIXES)}")
    records = try_all(files)
    if chosen.json:
        chosen.json.write_text(json.dumps(records, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(summary(records))


if __name__ == "__main__":
    main()
