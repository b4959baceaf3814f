"""python -m benchmarks: pins the process to one core, and only then imports what may start threads."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Iterable, Sequence

from benchmarks.machine import PEERS, pin, set_blas

TABLES = ("speed", "options", "threads", "curves", "scaling")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        "python -m benchmarks", description="How fast the engine trains, beside others.", allow_abbrev=False
    )
    options.add_argument("--quick", action="store_true", help="a look: few and short turns, few seeds")
    options.add_argument(
        "--only", type=words, metavar="WORKS", help="rows of the speed table, such as book,deep; no other table"
    )
    options.add_argument("--tables", type=words, metavar="TABLES", help=f"some of {','.join(TABLES)}")
    options.add_argument("--repeats", type=positive(int), metavar="N", help="rounds; in each, all have a turn")
    options.add_argument("--seconds", type=positive(float), metavar="S", help="length of a turn")
    options.add_argument(
        "--peers",
        type=words,
        metavar="PEERS",
        default=tuple(PEERS),
        help=f"some of {','.join(PEERS)}; all if not given",
    )
    options.add_argument("--no-peers", dest="peers", action="store_const", const=(), help="the engine alone")
    options.add_argument(
        "--newest",
        action="store_true",
        help="in a fresh environment of the newest Python at hand, with the newest peers",
    )
    options.add_argument("--core", type=int, help="the core to stay on; the first allowed one if not given")
    options.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a machine that others use too"
    )
    return options


def words(text: str) -> tuple[str, ...]:
    """A type for argparse: words between commas."""
    return tuple(text.split(","))


def positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    """A type for argparse: a number above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not value > 0:
            raise argparse.ArgumentTypeError(f"{text}: expected a number above 0")
        return value

    return number


def check(options: argparse.ArgumentParser, names: Iterable[str], known: Collection[str]) -> None:
    """End with an error where a name is none of those that are known."""
    for name in names:
        if name not in known:
            options.error(f"{name}: expected some of {','.join(known)}")


def main(arguments: Sequence[str] | None = None) -> None:
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser()
    chosen = options.parse_args(arguments)
    check(options, chosen.peers, PEERS)
    if chosen.newest:
        from benchmarks.newest import run_on_newest

        packages = [package for peer in chosen.peers for package in PEERS[peer]]
        sys.exit(run_on_newest(packages, [argument for argument in arguments if argument != "--newest"]))
    cores = pin(chosen.core)
    set_blas()

    from benchmarks import run
    from benchmarks.works import BY_NAME

    works = chosen.only or tuple(BY_NAME)
    tables = chosen.tables or (("speed",) if chosen.only else TABLES)
    check(options, works, BY_NAME)
    check(options, tables, TABLES)
    plan = run.Plan(
        works=works,
        peers=chosen.peers,
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
