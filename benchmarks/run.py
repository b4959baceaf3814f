"""The tables, one after the other, each printed as soon as it is measured."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date

from benchmarks import peers, report, scaling
from benchmarks.curves import compare
from benchmarks.machine import allowed, busy, cpu_name, lanes, versions
from benchmarks.measure import CLOCKS, Clock, Contestant, Rates, interleave
from benchmarks.ours import Engine
from benchmarks.peak import Peak
from benchmarks.products import Blas
from benchmarks.works import BOOK, BY_NAME, DEEP, Work, options

RUN_IN = 4  # turns, until the whole-set losses of the smallest works have thinned out


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how long."""

    works: tuple[str, ...]
    peers: tuple[str, ...]  # keys of `peers.PEERS`
    rounds: int
    seconds: float  # of a turn
    seeds: int
    epochs: tuple[int, ...]  # at which loss curves are compared
    clock_name: str

    @property
    def clock(self) -> Clock:
        return CLOCKS[self.clock_name]

    @property
    def chosen(self) -> list[Work]:
        return [BY_NAME[name] for name in self.works]


def say(text: str) -> None:
    print(text + "\n", flush=True)


def machine(plan: Plan, cores: set[int]) -> None:
    """What was measured on what."""
    place = f"one core of {len(cores)}" if cores else f"{os.cpu_count()} cores, not pinned: this system cannot"
    say(
        f"{cpu_name()}, {place}, {lanes()}; {versions()}. Medians (least to most) of {plan.rounds} rounds of "
        f"{plan.seconds:g} s, all contestants in turn; {plan.clock_name} time; {date.today()}."
    )
    absent = [word for word in plan.peers if not peers.installed(word)]
    if absent:
        say(f"Not installed, so not measured: {', '.join(absent)}.")


def speed(plan: Plan, cores: set[int]) -> None:
    """The main table."""
    rows = []
    for work in plan.chosen:
        contestants: list[Contestant] = [
            Peak(),
            Engine(work, run_in=RUN_IN * plan.seconds),
            Engine(work, name="unitfit at first", fresh=True),
            Blas(work),
            *peers.contestants(work, plan.peers),
        ]
        rows.append(report.speed_row(work, interleave(contestants, plan.rounds, plan.seconds, plan.clock)))
    say(report.table(report.speed_head(), rows))
    say(
        f"unitfit: the course of a run, after {RUN_IN * plan.seconds:g} s. “at first”: a run's first turn, when the "
        "whole-set losses are still taken at every epoch; the peers take none. BLAS: an update's matrix products alone."
    )


def recipes(plan: Plan, cores: set[int]) -> None:
    """`book` with other options."""
    contestants = [Engine(work, name=name) for name, work in options().items()]
    rates = interleave(contestants, plan.rounds, plan.seconds, plan.clock)
    say(report.against(contestants[0].name, rates, "book"))


def threads(plan: Plan, cores: set[int]) -> None:
    """One thread against two by the clock on the wall, on two idle cores, and with one of them kept busy."""
    if len(cores) < 2:
        say("Threads: this process has one core, so two threads are not compared with one.")
        return
    pair = sorted(cores)[:2]
    rows = []
    for work in plan.chosen:
        with allowed(set(pair)):
            alone = one_and_two(plan, work)
            with busy(pair[1]):
                beside = one_and_two(plan, work)
        rows.append(report.threads_row(work, alone, beside))
    say(report.table(report.threads_head(), rows))
    say("By the clock on the wall, on two cores; “a core busy”: another process keeps one of the two busy meanwhile.")


def one_and_two(plan: Plan, work: Work) -> Rates:
    """Rates of one thread, which may run on either core, and of two."""
    contestants = [Engine(work, name, threads) for threads, name in enumerate((report.ONE, report.TWO), 1)]
    return interleave(contestants, plan.rounds, plan.seconds, CLOCKS["wall"])


def curves(plan: Plan, cores: set[int]) -> None:
    """Loss curves against JAX."""
    if "jax" not in plan.peers or not peers.installed("jax"):
        say("Loss curves: without JAX there is nothing to compare with.")
        return
    for work in (BOOK, DEEP):
        say(report.curves_table(compare(work, plan.epochs, range(plan.seeds))))
    say(f"{plan.seeds} seeds: mean ± deviation; differences are paired by seed: mean ± standard error.")


def growth(plan: Plan, cores: set[int]) -> None:
    """Time of an update against parameters × batch."""
    works = scaling.ladder()
    say(report.scaling_table(works, scaling.run(works, plan.rounds, plan.seconds, plan.clock)))


TABLES = {"speed": speed, "options": recipes, "threads": threads, "curves": curves, "scaling": growth}
