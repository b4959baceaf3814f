"""The measurements as Markdown tables."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from benchmarks import scaling
from benchmarks.curves import ENGINE, Curves
from benchmarks.measure import Rates, fastest, ratios
from benchmarks.peers import NAMES, Jax
from benchmarks.products import Blas
from benchmarks.works import Work

NOTHING = "–"
OF_PEAK = ("unitfit", Jax.name, Blas.name)
ONE, TWO = "one thread", "two threads"


def number(value: float) -> str:
    """Three digits and a unit: 5.64 M, 139 k, 52.0."""
    for factor, unit in ((1e9, " G"), (1e6, " M"), (1e3, " k"), (1.0, "")):
        if value >= 0.9995 * factor:
            scaled = value / factor
            return f"{scaled:.{2 if scaled < 9.995 else 1 if scaled < 99.95 else 0}f}{unit}"
    return f"{value:.3g}"


def spread(values: Sequence[float]) -> str:
    """139 k (137 k to 141 k): median, least and most."""
    return f"{number(statistics.median(values))} ({number(min(values))} to {number(max(values))})"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))


def speed_head() -> list[str]:
    rates = ["updates per second", "unitfit", *NAMES[:-1], f"{NAMES[-1]} ≈", "× fastest peer", "at first"]
    return [*rates, *(f"{name}, of FMA peak" for name in OF_PEAK)]


def speed_row(work: Work, rates: Rates) -> list[str]:
    """A row of the main table; `rates` holds "unitfit", "unitfit at first", "peak", "BLAS" and peers that took part."""
    ours = rates["unitfit"]
    present = [name for name in NAMES if name in rates]
    times = [f"{value:.2f}" for value in ratio_range(ours, rates[fastest(rates, present)])] if present else []
    return [
        f"**{work.name}**: {work.describe()}",
        spread(ours),
        *(spread(rates[name]) if name in rates else NOTHING for name in NAMES),
        f"**{times[0]}** ({times[1]} to {times[2]})" if times else NOTHING,
        number(statistics.median(rates["unitfit at first"])),
        *(of_peak(work, rates[name], rates["peak"]) if name in rates else NOTHING for name in OF_PEAK),
    ]


def of_peak(work: Work, updates: Sequence[float], peak: Sequence[float]) -> str:
    """The matrix products of these updates as a share of what the core can do, round by round."""
    return f"{100 * work.flops * statistics.median(ratios(updates, peak)):.0f} %"


def against(first: str, rates: Rates, head: str) -> str:
    """A table of rates, each against the contestant named `first`."""
    rows = []
    for name, values in rates.items():
        median, low, high = ratio_range(values, rates[first])
        rows.append([name, spread(values), f"**{median:.2f}** ({low:.2f} to {high:.2f})"])
    return table([head, "updates per second", f"× {first}"], rows)


def many(head: str, first: str, rates: Rates) -> str:
    """A table of model-updates a second, and how many times as fast the contestant named `first` is as each."""
    rows = []
    for name, values in rates.items():
        median, low, high = ratio_range(rates[first], values)
        rows.append([name, spread(values), f"**{median:.2f}** ({low:.2f} to {high:.2f})"])
    return table([head, "model-updates per second", f"{first} is × as fast"], rows)


def ratio_range(above: Sequence[float], below: Sequence[float]) -> tuple[float, float, float]:
    """Median, least and most of the ratios round by round."""
    values = ratios(above, below)
    return statistics.median(values), min(values), max(values)


def threads_head() -> list[str]:
    return ["updates per second", ONE, TWO, f"× {ONE}", f"{ONE}, a core busy", f"{TWO}, a core busy", f"× {ONE}"]


def threads_row(work: Work, alone: Rates, beside: Rates) -> list[str]:
    """One thread, two, and how many times as fast; first alone, then beside a process that keeps one core busy."""
    row = [f"**{work.name}**"]
    for rates in (alone, beside):
        median, low, high = ratio_range(rates[TWO], rates[ONE])
        row += [spread(rates[ONE]), spread(rates[TWO]), f"**{median:.2f}** ({low:.2f} to {high:.2f})"]
    return row


def curves_table(curves: Curves) -> str:
    """Mean ± deviation over the seeds after some epochs, and the mean paired difference ± its standard error."""
    head = [f"{curves.work.name}: loss after epochs", *map(str, curves.epochs)]
    rows = []
    for name, losses in curves.losses.items():
        rows.append([name, *map(plus_minus, losses.mean(0), losses.std(0, ddof=1))])
    ours = curves.losses[ENGINE]
    for name, losses in curves.losses.items():
        if name != ENGINE:
            difference = ours - losses
            error = difference.std(0, ddof=1) / np.sqrt(len(difference))
            rows.append([f"{ENGINE} − {name}", *map(plus_minus, difference.mean(0), error)])
    return table(head, rows)


def plus_minus(value: float, deviation: float) -> str:
    return f"{value:.3g} ± {deviation:.1g}"


def scaling_table(works: Sequence[Work], seconds: Sequence[float]) -> str:
    """Time against parameters × batch, then the fitted exponents."""
    sizes = [scaling.size(work) for work in works]
    rows = [
        [work.name, number(size), f"{1e6 * took:.3g}", f"{1e9 * took / size:.3g}"]
        for work, size, took in zip(works, sizes, seconds, strict=True)
    ]
    half = len(works) // 2
    fitted = scaling.exponent(sizes, seconds)
    upper = scaling.exponent(sizes[half:], seconds[half:])
    head = ["network", "parameters × batch", "µs an update", "ns for each parameter and example"]
    law = f"Time of an update ∝ (parameters × batch)^{fitted:.2f} over all of them, ^{upper:.2f} over the upper half."
    return f"{table(head, rows)}\n\n{law}"
