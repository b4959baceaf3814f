"""python -m mutation: how many of a sample of mutants the tests notice, and which ones they do not."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from mutation.mutants import mutants
from mutation.rooms import ROOMS, Room
from mutation.trials import RedBaseline, Verdict, try_room

ROOT = Path(__file__).parent.parent


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m mutation", description=__doc__)
    options.add_argument("--room", choices=[room.name for room in ROOMS], action="append", help="only this room")
    options.add_argument(
        "--seed", type=int, default=int(time.strftime("%Y%m%d")), help="draws the sample; today's date"
    )
    options.add_argument("--sample", type=int, metavar="N", help="at most this many mutants of each room")
    options.add_argument("--seconds", type=float, default=300.0, help="for all rooms together (%(default)g)")
    options.add_argument("--at-once", type=int, default=2, help="processes (%(default)d)")
    options.add_argument("--at-least", type=float, metavar="PART", help="exit with 1 if less is killed, such as 0.85")
    options.add_argument("--list", action="store_true", help="print all mutants and try none")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    rooms = [room for room in ROOMS if options.room is None or room.name in options.room]
    if options.list:
        for file in (file for room in rooms for file in room.sources(ROOT)):
            print(*mutants((ROOT / file).read_text(encoding="utf-8"), file), sep="\n")
        return 0
    print(f"seed {options.seed}", flush=True)
    end = time.monotonic() + options.seconds
    table: list[tuple[str, int, list[Verdict]]] = []
    for number, room in enumerate(rooms):
        seconds = max(0.0, end - time.monotonic()) / (len(rooms) - number)
        try:
            of, verdicts = in_own_process(room, options.seed, options.sample, seconds, options.at_once)
        except RedBaseline as red:
            print(red, f"{room.name}: the tests fail without a mutant", sep="\n")
            return 2
        table.append((room.name, of, verdicts))
    return print_table(table, options.at_least or 0.0)


def in_own_process(room: Room, seed: int, most: int | None, seconds: float, at_once: int) -> tuple[int, list[Verdict]]:
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as pool:
        return pool.submit(try_room, room, ROOT, seed, most, seconds, at_once, print_survivor).result()


def print_survivor(verdict: Verdict) -> None:
    if verdict.outcome != "killed":
        print(verdict.mutant, "(never run)" * (verdict.outcome == "never run"), flush=True)


def print_table(table: Sequence[tuple[str, int, Sequence[Verdict]]], at_least: float) -> int:
    """Prints what was killed of what was tried, by room; 1 if that is less than `at_least` of all, else 0."""
    killed = tried = 0
    print(f"\n{'room':12}{'mutants':>8}{'tried':>8}{'killed':>8}{'never run':>11}")
    for name, of, verdicts in table:
        outcomes = [verdict.outcome for verdict in verdicts]
        dead = outcomes.count("killed")
        killed, tried = killed + dead, tried + len(outcomes)
        print(f"{name:12}{of:8}{len(outcomes):8}{dead:8}{outcomes.count('never run'):11}{percent(dead, len(outcomes))}")
    print(f"{'all':12}{sum(of for _, of, _ in table):8}{tried:8}{killed:8}{'':11}{percent(killed, tried)}")
    return int(killed < at_least * tried)


def percent(part: int, of: int) -> str:
    return f"{100 * part / of:6.0f} %" if of else ""


if __name__ == "__main__":
    sys.exit(main())
