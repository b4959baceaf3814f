"""One model and many on a GPU, beside JAX and PyTorch on the same card: `python -m benchmarks.cuda`.

Every side trains the same networks by the same recipe (Adam, mean squared error, float32 throughout), each model in an
order of its own. JAX is `vmap` of one compiled scan over epochs and updates; PyTorch a CUDA graph of an epoch, its
products batched over the models as `torch.func.vmap` would, with the fused Adam. The sides take turns. unitfit is
measured as it runs after its first epochs, whose whole-set losses the others do not take.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import Any, Protocol

import numpy as np

import engine.run
from benchmarks.machine import version_of
from benchmarks.peers import jax_trainer, sorted_by_kind
from benchmarks.works import BOOK, DEEP, TINY, Work
from engine import Population, Trainer

CASES = ((TINY, 1), (TINY, 64), (TINY, 1024), (TINY, 16384), (BOOK, 1), (BOOK, 64), (BOOK, 1024), (DEEP, 1))
CORES = 128  # float32 multiply-adds that a multiprocessor does in a clock


class Side(Protocol):
    """One contestant: `go` trains for some epochs and returns how many."""

    def go(self) -> int: ...


class Ours:
    """`Trainer` or `Population`, as anyone calls them."""

    name = "unitfit"

    def __init__(self, work: Work, count: int, seconds: float) -> None:
        x, y = work.data()
        self._many: Any
        if count == 1:
            self._many = Trainer(work.network(), x, y, recipe=work.recipe, device="cuda")
        else:
            self._many = Population(work.network(), x, y, recipes=work.recipe, seeds=list(range(count)), device="cuda")
        self._many.run(1)
        self._epochs = calibrated(self._many.run, seconds)

    def go(self) -> int:
        self._many.run(self._epochs)
        return self._epochs


class Jax:
    """vmap of jit's scan over epochs of a scan over updates, shuffled inside."""

    name = "JAX"

    def __init__(self, work: Work, count: int, seconds: float) -> None:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_default_matmul_precision", "highest")  # else it would round to TF32
        self._jax, self._count = jax, count
        carry, epoch, _ = jax_trainer(work, work.network())

        def shuffled(carry: Any, key: Any) -> Any:
            return epoch(carry, jax.random.permutation(key, work.examples))

        def member(carry: Any, keys: Any) -> Any:
            return jax.lax.scan(shuffled, carry, keys)

        if count > 1:
            carry = jax.tree.map(lambda one: jnp.broadcast_to(jnp.asarray(one), (count, *jnp.shape(one))), carry)
            member = jax.vmap(member)
        self._carry, self._train = carry, jax.jit(member)
        self._key = jax.random.key(0)
        self._epochs = 4
        self._call()
        self._epochs = max(4, min(int(self._timed() * seconds), 2000))
        self._call()

    def go(self) -> int:
        self._call()
        return self._epochs

    def _timed(self) -> float:
        started = time.perf_counter()
        self._call()
        return self._epochs / (time.perf_counter() - started)

    def _call(self) -> None:
        self._key, key = self._jax.random.split(self._key)
        shape = (self._count, self._epochs) if self._count > 1 else self._epochs
        self._carry, losses = self._train(self._carry, self._jax.random.split(key, shape))
        losses.block_until_ready()


class Torch:
    """A CUDA graph of one epoch, replayed."""

    name = "PyTorch"

    def __init__(self, work: Work, count: int, seconds: float) -> None:
        import torch

        self._torch = torch
        layers, groups = sorted_by_kind(work.network())
        kinds = [columns[0][0] for columns in groups]
        functions = {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
        x, y = (torch.from_numpy(part).cuda() for part in work.data())
        parts = [torch.tensor(part).cuda() for layer in layers for part in layer]
        weights = [part.expand(count, *part.shape).contiguous().requires_grad_() for part in parts]
        optimizer = torch.optim.Adam(weights, lr=work.recipe.learning_rate, fused=True, capturable=True)
        batch = work.recipe.batch_size

        def update(rows: Any) -> None:
            a = x[rows]
            for layer, kind in enumerate([*kinds, None]):
                a = torch.baddbmm(weights[2 * layer + 1].unsqueeze(1), a, weights[2 * layer])
                a = functions[kind](a) if kind else a
            optimizer.zero_grad(set_to_none=True)
            (a.squeeze(-1) - y[rows]).square().mean(dim=1).sum().backward()
            optimizer.step()

        def epoch() -> None:
            order = torch.rand(count, work.examples, device="cuda").argsort(dim=1)
            for begin in range(0, work.examples, batch):
                update(order[:, begin : begin + batch])

        stream = torch.cuda.Stream()
        with torch.cuda.stream(stream):
            epoch()
        torch.cuda.current_stream().wait_stream(stream)
        self._graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self._graph):
            epoch()
        self._epochs = calibrated(self._replay, seconds)

    def go(self) -> int:
        self._replay(self._epochs)
        return self._epochs

    def _replay(self, epochs: int) -> None:
        for _ in range(epochs):
            self._graph.replay()
        self._torch.cuda.synchronize()


def calibrated(run: Any, seconds: float) -> int:
    """How many epochs take about this long; what a call costs beside them is in it."""
    run(2)
    epochs, elapsed = 2, 0.0
    while elapsed < seconds / 2:
        epochs *= 4 if elapsed < seconds / 8 else 2
        started = time.perf_counter()
        run(epochs)
        elapsed = time.perf_counter() - started
    return max(2, int(epochs * seconds / elapsed))


def rates(work: Work, count: int, rounds: int, seconds: float) -> dict[str, list[float]]:
    """Model-updates a second of every side, round by round."""
    sides: list[Any] = [kind(work, count, seconds) for kind in (Ours, Jax, Torch)]
    found: dict[str, list[float]] = {side.name: [] for side in sides}
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            started = time.perf_counter()
            epochs = side.go()
            found[side.name].append(count * epochs * work.updates_per_epoch / (time.perf_counter() - started))
    return found


def agreement(work: Work) -> tuple[float, float]:
    """(‖Δθ‖/‖θ‖, relative difference of the loss) of processor and GPU after 100 updates."""
    x, y = work.data()
    one, other = (Trainer(work.network(), x, y, recipe=work.recipe, device=device) for device in ("cpu", "cuda"))
    one.step(100)
    other.step(100)
    apart = float(np.linalg.norm(one.theta - other.theta) / np.linalg.norm(one.theta))
    return apart, abs(one.loss() / other.loss() - 1)


def short(rate: float) -> str:
    return f"{rate / 1e6:.1f} M" if rate >= 1e7 else f"{rate / 1e6:.2f} M" if rate >= 1e6 else f"{rate / 1e3:.1f} k"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.4, help="of a turn, about")
    parser.add_argument("--clock", type=float, default=1.98e9, help="of the card, for its peak")
    options = parser.parse_args()

    from engine.cuda.device import find

    engine.run.EVERY_EPOCH = 1  # as in the course of a run, when losses on the whole sets are rare
    gpu = find()
    peak = 2 * CORES * gpu.multiprocessors * options.clock
    print(f"{gpu.name}; " + ", ".join(f"{name} {version_of(name)}" for name in ("numpy", "numba", "jax", "torch")))
    for work in (TINY, BOOK):
        theta, loss = agreement(work)
        print(f"{work.name}: processor and GPU after 100 updates are {theta:.1e} apart in θ, {loss:.1e} in the loss")
    print("| work | models | unitfit | JAX | PyTorch | unitfit × the faster peer | of FP32 peak |")
    print("|---|---|---|---|---|---|---|")
    for work, count in CASES:
        found = rates(work, count, options.rounds, options.seconds * (4 if count > 1000 else 1))
        middle = {name: statistics.median(values) for name, values in found.items()}
        times = [own / max(jax, torch) for own, jax, torch in zip(*found.values(), strict=True)]
        share = middle["unitfit"] * work.flops / peak
        columns = " | ".join(short(middle[name]) for name in ("unitfit", "JAX", "PyTorch"))
        print(
            f"| {work.name} | {count:,} | {columns} | {statistics.median(times):.2f} | {100 * share:.1f} % |",
            flush=True,
        )


if __name__ == "__main__":
    main()
