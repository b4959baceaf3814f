"""The tables, one after the other, each printed as soon as it is measured."""

from __future__ import annotations

import os
from dataclasses import dataclass

from benchmarks import peers, report, scaling
from benchmarks.curves import compare
from benchmarks.machine import allowed, cpu_name, versions
from benchmarks.measure import CLOCKS, Clock, Contestant, interleave
from benchmarks.ours import Engine
from benchmarks.peak import Peak
from benchmarks.works import BOOK, BY_NAME, DEEP, LARGE, TINY, Work, options
from engine.kernels.emitter import LANES

RUN_IN = 4  # turns, until the whole-set losses of the smallest works have thinned out


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how long."""

    works: tuple[str, ...]
    with_peers: bool
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
    place = f"one of {len(cores)} cores" if cores else f"{os.cpu_count()} cores, not pinned: this system cannot"
    say(
        f"{cpu_name()}, {place}, {LANES} float32 lanes; {versions()}. Medians (least to most) of {plan.rounds} rounds "
        f"of {plan.seconds:g} s, all contestants in turn; {plan.clock_name} time."
    )
    absent = [name for name, there in peers.present().items() if not there]
    if absent and plan.with_peers:
        say(f"Not installed, so not measured: {', '.join(absent)}.")


def speed(plan: Plan, cores: set[int]) -> None:
    """The main table."""
    rows = []
    for work in plan.chosen:
        contestants: list[Contestant] = [
            Peak(),
            Engine(work, run_in=RUN_IN * plan.seconds),
            Engine(work, name="unitfit at first", fresh=True),
        ]
        if plan.with_peers:
            contestants += peers.contestants(work)
        rows.append(report.speed_row(work, interleave(contestants, plan.rounds, plan.seconds, plan.clock)))
    say(report.table(report.speed_head(), [*rows, report.population_row()]))
    say(
        f"unitfit: the course of a run, after {RUN_IN * plan.seconds:g} s. “at first”: a run's first turn, when the "
        "whole-set losses are still taken at every epoch; the peers take none."
    )


def recipes(plan: Plan, cores: set[int]) -> None:
    """`book` with other options."""
    contestants = [Engine(work, name=name) for name, work in options().items()]
    rates = interleave(contestants, plan.rounds, plan.seconds, plan.clock)
    say(report.against(contestants[0].name, rates, "book"))


def threads(plan: Plan, cores: set[int]) -> None:
    """One thread against two, by the clock on the wall."""
    if len(cores) < 2:
        say("Threads: this process has one core, so two threads are not compared with one.")
        return
    for work in (LARGE, TINY):
        with allowed(set(sorted(cores)[:2])):
            contestants = [Engine(work, name=f"{work.name}, {count} thread(s)", threads=count) for count in (1, 2)]
            rates = interleave(contestants, plan.rounds, plan.seconds, CLOCKS["wall"])
        say(report.against(contestants[0].name, rates, "threads, by the clock on the wall"))


def curves(plan: Plan, cores: set[int]) -> None:
    """Loss curves against JAX."""
    if not plan.with_peers or not peers.present()[peers.Jax.name]:
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
