"""python -m benchmarks: pins the process to one core, and only then imports what may start threads."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from benchmarks.machine import pin

TABLES = ("speed", "options", "threads", "curves", "scaling")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser("python -m benchmarks", description="How fast the engine trains, beside others.")
    options.add_argument("--quick", action="store_true", help="a look: few and short turns, few seeds")
    options.add_argument("--only", metavar="WORKS", help="rows of the speed table, such as book,deep; no other table")
    options.add_argument("--tables", metavar="TABLES", help=f"some of {','.join(TABLES)}")
    options.add_argument("--repeats", type=positive(int), metavar="N", help="rounds; in each, all have a turn")
    options.add_argument("--seconds", type=positive(float), metavar="S", help="length of a turn")
    options.add_argument("--no-peers", action="store_true", help="the engine alone")
    options.add_argument("--core", type=int, help="the core to stay on; the first allowed one if not given")
    options.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a machine that others use too"
    )
    return options


def positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    """A type for argparse: a number above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text}: expected a number above 0")
        return value

    return number


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser()
    chosen = options.parse_args(arguments)
    cores = pin(chosen.core)

    from benchmarks import run
    from benchmarks.works import BY_NAME

    works = tuple(chosen.only.split(",")) if chosen.only else tuple(BY_NAME)
    tables = chosen.tables.split(",") if chosen.tables else ["speed"] if chosen.only else list(TABLES)
    for name, known in [*((work, BY_NAME) for work in works), *((table, TABLES) for table in tables)]:
        if name not in known:
            options.error(f"{name}: expected some of {','.join(known)}")
    plan = run.Plan(
        works=works,
        with_peers=not chosen.no_peers,
        rounds=chosen.repeats or (3 if chosen.quick else 9),
        seconds=chosen.seconds or (0.15 if chosen.quick else 1.0),
        seeds=4 if chosen.quick else 32,
        epochs=(5, 20, 50) if chosen.quick else (10, 30, 100, 300),
        clock_name=chosen.clock,
    )
    run.machine(plan, cores)
    for name in tables:
        run.TABLES[name](plan, cores)


if __name__ == "__main__":
    main()
