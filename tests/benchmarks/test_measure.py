"""Taking turns, figures and tables, on contestants and numbers whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import report, scaling
from benchmarks.curves import ENGINE, Curves, engine_losses, engine_orders
from benchmarks.measure import fastest, interleave, ratios
from benchmarks.ours import Engine
from benchmarks.peak import Peak
from benchmarks.peers import contestants, predictor, sorted_by_kind
from benchmarks.works import BOOK, BY_NAME, TINY
from engine.activations import KINDS


class Clockwork:
    """A contestant that moves the clock by as much as it works, at its own pace."""

    def __init__(self, name, pace, log, time):
        self.name, self._pace, self._log, self._time = name, pace, log, time

    def ready(self):
        self._time[0] += 7.0  # must not count

    def advance(self, seconds):
        self._log.append(self.name)
        self._time[0] += seconds
        return self._pace * seconds


def test_contestants_take_turns_and_only_work_is_timed():
    log, time = [], [0.0]
    contestants = [Clockwork("a", 10, log, time), Clockwork("b", 30, log, time)]
    rates = interleave(contestants, rounds=2, seconds=0.5, clock=lambda: time[0])
    assert log == ["a", "b", "a", "b", "b", "a"]  # warm-up, then rounds in alternating order
    assert rates["a"] == pytest.approx([10, 10]) and rates["b"] == pytest.approx([30, 30])
    assert fastest(rates, ["a", "b"]) == "b"
    assert ratios(rates["b"], rates["a"]) == pytest.approx([3, 3])


@pytest.mark.parametrize(
    ("value", "text"),
    [(5_640_000, "5.64 M"), (139_000, "139 k"), (999_700, "1.00 M"), (52, "52.0"), (116.4, "116"), (2.5e11, "250 G")],
)
def test_numbers(value, text):
    assert report.number(value) == text


def test_speed_row():
    rates = {"unitfit": [100e3, 110e3, 90e3], "unitfit at first": [80e3] * 3, "peak": [250e9] * 3, "JAX": [50e3] * 3}
    row = report.speed_row(BOOK, rates | {"BLAS": [150e3] * 3})
    assert row[1:] == [
        "100 k (90.0 k to 110 k)",
        "50.0 k (50.0 k to 50.0 k)",
        "–",
        "–",
        "**2.00** (1.80 to 2.20)",
        "80.0 k",
        "59 %",  # 100 k × 1.472 MFLOP of 250 GFLOP/s
        "29 %",
        "88 %",
    ]
    assert len(row) == len(report.speed_head())


def test_two_threads_stand_beside_one_alone_and_under_load():
    alone = {report.ONE: [100.0, 100.0, 100.0], report.TWO: [150.0, 160.0, 140.0]}
    beside = {report.ONE: [100.0, 90.0, 100.0], report.TWO: [50.0, 90.0, 80.0]}
    row = report.threads_row(BOOK, alone, beside)
    assert row[3] == "**1.50** (1.40 to 1.60)" and row[6] == "**0.80** (0.50 to 1.00)"
    assert len(row) == len(report.threads_head())


def test_curves_table_pairs_by_seed():
    losses = {ENGINE: np.array([[1.0], [3.0]]), "other": np.array([[0.5], [2.5]])}
    last = report.curves_table(Curves(BOOK, (10,), losses)).splitlines()[-1]
    assert last == "| unitfit − other | 0.5 ± 0 |"


def test_exponent_of_an_exact_law():
    sizes = np.array([10.0, 1e3, 1e5])
    assert scaling.exponent(sizes, 3e-9 * sizes**0.8) == pytest.approx(0.8)


def test_ladder_spans_five_decades():
    sizes = [scaling.size(work) for work in scaling.ladder()]
    assert sizes == sorted(sizes)
    assert sizes[-1] / sizes[0] > 1e5


@pytest.mark.parametrize("name", ["three", "uneven", "deep"])
def test_sorting_units_by_kind_leaves_the_network_as_it_is(name):
    work = BY_NAME[name]
    x, _ = work.data()
    layers, groups = sorted_by_kind(work.network())
    functions = {kind: KINDS[kind].function for columns in groups for kind, _ in columns}
    predict = predictor(groups, functions, lambda b, x, W: b + x @ W, np.hstack)
    assert np.abs(predict(layers, x) - work.network().predict(x)).max() < 1e-5  # float32 sums in another order


def test_scikit_learn_has_one_kind_of_unit_for_all_layers():
    assert contestants(BY_NAME["uneven"], ["scikit-learn"]) == []


def test_engine_orders_are_partitions():
    orders = engine_orders(seed=3, epochs=4, examples=23)
    assert (np.sort(orders, axis=1) == np.arange(23)).all()
    assert len({tuple(order) for order in orders}) == 4


def test_engine_counts_its_updates_and_begins_anew_when_asked():
    fresh, lasting = Engine(TINY, fresh=True), Engine(TINY)
    before = lasting._trainer.update
    assert lasting.advance(0.01) == lasting._trainer.update - before > 0
    fresh.ready()
    assert fresh.advance(0.01) == fresh._trainer.update > 0


def test_peak_counts_operations():
    assert Peak().advance(0.001) >= 1 << 20


def test_engine_learns_each_work_that_curves_are_compared_on():
    first, second = engine_losses(BOOK, (1, 10), seed=0)
    assert second < first < 1.5
