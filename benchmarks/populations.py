"""python -m benchmarks.populations: many models at once on two cores, beside JAX's vmap.

Each side draws each member's own order of examples; the order that all members share, which is cheaper, stands beside
it. A process of its own, since JAX counts its devices once.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

from benchmarks import report
from benchmarks.machine import set_blas
from benchmarks.measure import CLOCKS, Contestant, interleave
from benchmarks.peers import installed, jax_trainer
from benchmarks.works import BOOK, TINY, Work
from engine import Population

MEMBERS = {TINY.name: 256, BOOK.name: 64}
CORES = 2
TWO, ONE, ALONE = "unitfit", "unitfit, one thread", "unitfit, no lanes"


class Ours:
    """A population that goes on from turn to turn."""

    def __init__(self, work: Work, name: str, threads: int = CORES, lanes: bool | None = None) -> None:
        self.name = name
        seeds = range(MEMBERS[work.name])
        self._population = Population(
            work.network(), *work.data(), recipes=work.recipe, seeds=seeds, threads=threads, lanes=lanes
        )
        self._population.run(1)
        self._epochs = 1

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            started = time.perf_counter()
            done += self._population.run(self._epochs)
            took = (time.perf_counter() - started) / self._epochs
            self._epochs = max(1, int(max(left, seconds / 2) / took))
        return done


class JaxMany:
    """jit over vmap over a scan of epochs over a scan of updates, in calls of about half a turn."""

    def __init__(self, work: Work, name: str, shared: bool = False, devices: int = 1) -> None:
        import jax
        import jax.numpy as jnp
        from jax.sharding import Mesh, NamedSharding, PartitionSpec

        self.name, self._jax, self._work = name, jax, work
        members = MEMBERS[work.name]
        parts = [jax_trainer(work, work.network(seed)) for seed in range(members)]
        epoch = parts[0][1]
        place = NamedSharding(Mesh(jax.devices()[:devices], "member"), PartitionSpec("member"))
        carries = jax.tree.map(lambda *own: jnp.stack(own), *(part[0] for part in parts))
        self._place, self._carry = place, jax.device_put(carries, place)
        self._key, self._epochs = jax.random.key(0), 1

        def one(carry: Any, keys: Any) -> Any:
            return jax.lax.scan(lambda carry, key: epoch(carry, order(key)), carry, keys)

        def order(key: Any) -> Any:
            return jax.random.permutation(key, work.examples)

        def together(carry: Any, keys: Any) -> Any:
            step = jax.vmap(epoch, in_axes=(0, None))
            return jax.lax.scan(lambda carry, key: step(carry, order(key)), carry, keys)

        self._shared = shared
        self._train = jax.jit(together if shared else jax.vmap(one))
        self._call()
        self._fit(0.5)

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            done += self._call()
        return done

    def _fit(self, seconds: float) -> None:
        """As many epochs a call as take about this long; each count is compiled anew."""
        started = time.perf_counter()
        self._call()
        self._epochs = max(1, int(seconds / (time.perf_counter() - started)))
        self._call()
        started = time.perf_counter()
        self._call()
        self._epochs = max(1, int(self._epochs * seconds / (time.perf_counter() - started)))
        self._call()

    def _call(self) -> int:
        members = MEMBERS[self._work.name]
        self._key, key = self._jax.random.split(self._key)
        if self._shared:
            keys = self._jax.random.split(key, self._epochs)
        else:
            keys = self._jax.random.split(key, (members, self._epochs))
            keys = self._jax.device_put(keys, self._place)
        self._carry, losses = self._train(self._carry, keys)
        losses.block_until_ready()
        return self._epochs * self._work.updates_per_epoch * members


def contestants(work: Work, peers: bool) -> list[Contestant]:
    """All who can take part."""
    ours: list[Contestant] = [Ours(work, TWO), Ours(work, ONE, threads=1), Ours(work, ALONE, lanes=False)]
    if not peers or not installed("jax"):
        return ours
    return [
        *ours,
        JaxMany(work, "JAX vmap"),
        JaxMany(work, "JAX vmap, half on each core", devices=CORES),
        JaxMany(work, "JAX vmap, one order for all", shared=True),
    ]


def main() -> None:
    options = argparse.ArgumentParser("python -m benchmarks.populations", description=__doc__)
    options.add_argument("--only", choices=MEMBERS, nargs="+", default=list(MEMBERS))
    options.add_argument("--repeats", type=int, default=9, metavar="N")
    options.add_argument("--seconds", type=float, default=1.0, metavar="S")
    options.add_argument("--no-peers", dest="peers", action="store_false", help="the engine alone")
    chosen = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={CORES}"
    set_blas()
    for work in (TINY, BOOK):
        if work.name in chosen.only:
            rates = interleave(contestants(work, chosen.peers), chosen.repeats, chosen.seconds, CLOCKS["wall"])
            print(report.many(f"{MEMBERS[work.name]} × {work.name}", TWO, rates) + "\n", flush=True)


if __name__ == "__main__":
    main()
