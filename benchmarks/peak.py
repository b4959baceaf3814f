"""The most that one core can do: fused multiply-adds on registers and nothing else."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from engine.kernels.emitter import LANES, MANY_REGISTERS, Emitter, Value
from engine.kernels.intrinsic import emitted
from engine.kernels.jit import kernel

CHAINS = 16 if MANY_REGISTERS else 12  # independent sums: above latency × units, below the registers
STEPS = 1 << 20


@emitted
def multiply_add(emit: Emitter, steps: Value, factor_f: Value, term_f: Value) -> Value:
    """CHAINS vectors, each `steps` times s ← factor·s + term; the sum of all lanes, so that nothing is left out."""
    factor, term = emit.vector(factor_f), emit.vector(term_f)
    sums = [emit.variable(float(chain)) for chain in range(CHAINS)]
    with emit.loop(steps):
        for chain in sums:
            chain.set(emit.fma(factor, chain.get(), term))
    total = sums[0].get()
    for chain in sums[1:]:
        total = total + chain.get()
    return emit.first_lane(emit.sum_lanes(total))


@kernel
def fma_loop(steps: int, factor: Any, term: Any) -> Any:
    return multiply_add(steps, factor, term)


class Peak:
    """A contestant whose unit of work is one floating-point operation; a multiply-add counts two."""

    name = "peak"

    def ready(self) -> None:
        """Nothing to prepare."""

    def advance(self, seconds: float) -> int:
        done, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            total = fma_loop(STEPS, np.float32(0.5), np.float32(1.0))
            if not total > 0:
                raise RuntimeError(f"the multiply-add loop returned {total}: expected a positive number")
            done += 2 * CHAINS * LANES * STEPS
        return done
