"""A chunk of a sweep: some of its runs on the same data, trained as one population."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine import Network, Population, Recipe
from tui.run.options import Options
from tui.run.sweep.rows import Row, rows_of
from tui.run.sweep.sets import Set

Look = Callable[[list[tuple[int, Row]]], object]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Runs by their numbers in the plan, and all that a machine needs to do them."""

    runs: tuple[int, ...]
    options: tuple[Options, ...]
    own: tuple[dict[str, Any], ...]  # of each row: key, setting and seed
    data: Set
    device: str
    lanes: bool
    as_listed: bool = False  # begin them in this order, rather than the longest first


def train(chunk: Chunk, look: Look, threads: int | None = None) -> None:
    """Do the runs; `look` hears now and then, in this thread, which were finished, and stops it by returning True."""
    data, examples = chunk.data.dataset, chunk.data.examples
    x_test, y_test = (examples.x_test, examples.y_test) if examples.y_test.size else (None, None)
    networks = [options.network(data) for options in chunk.options]
    population = Population(
        networks,
        examples.x,
        examples.y,
        x_test,
        y_test,
        recipes=[options.recipe(data) for options in chunk.options],
        seeds=[options.seed for options in chunk.options],
        device=chunk.device,
        threads=threads,
        lanes=chunk.lanes,
    )
    prepare(chunk.lanes)

    def hear(members: tuple[int, ...], part: float) -> bool:
        rows = rows_of(population, members, networks, chunk.own, chunk.data)
        return bool(look([(chunk.runs[member], row) for member, row in zip(members, rows, strict=True)]))

    population.run(progress=hear, order=range(len(networks)) if chunk.as_listed else None)


@cache
def prepare(lanes: bool) -> None:
    """Have the kernels compiled before the clock starts."""
    Population(Network(), [[0.0]], [0.0], recipes=Recipe(epochs=1), lanes=lanes).run()
