"""What is given back to a run and is not what it gave is refused, before a kernel reads it."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

from engine import EngineError, Experiment, Network, Population, Recipe, Trainer
from engine.run import STATE, new_state

X = np.linspace(-1, 1, 24).reshape(12, 2)
Y = X[:, 0] ** 2


def trained() -> Trainer:
    trainer = Trainer(Network(2, [["relu"] * 3]), X, Y, X, Y, Recipe(batch_size=5), threads=1)
    trainer.step(7)
    return trainer


def with_counter(state, name: str, value: float):
    """A copy of a run's counters with another value for one of them."""
    other = new_state()
    for each in state.dtype.names:
        other[each] = state[each]
    other[name] = value
    return other


OF_A_MOMENT = [
    ("update", -1), ("epoch", -1), ("position", -1), ("position", 12), ("row", -1), ("row", 6), ("check_row", -2),
    ("check_row", 25), ("status", -1), ("status", 4), ("filled", -1), ("gradient_of", -2), ("first_power", np.nan),
    ("second_power", 1.5), ("second_power", -0.5),
]  # fmt: skip
OF_CURVES = [
    ("points", 0), ("points", 2**20), ("points", -1), ("buckets", 2**20), ("buckets", -1), ("point_stride", 0),
    ("point_stride", 2**63 - 1), ("bucket_size", 0), ("filled", -1), ("filled", 2**40),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value"), OF_A_MOMENT)
def test_a_moment_with_a_counter_out_of_range(name, value):
    trainer = trained()
    snapshot = trainer.snapshot()
    with pytest.raises(EngineError, match=f"^{name}="):
        trainer.restore(replace(snapshot, state=with_counter(snapshot.state, name, value)))


@pytest.mark.parametrize(("name", "value"), OF_CURVES)
def test_curves_with_a_counter_out_of_range(name, value):
    trainer = trained()
    curves = trainer.take_curves()
    with pytest.raises(EngineError, match=f"^{name}="):
        trainer.put_curves(replace(curves, state=with_counter(curves.state, name, value)))


class Flattering(np.ndarray):
    """Says yes to whatever is asked of its numbers."""

    def __array_ufunc__(self, *arguments: object, **options: object) -> np.bool_:
        return np.True_


@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: arrays[:2],
        lambda arrays: list(arrays),
        lambda arrays: tuple(array[:3] for array in arrays),
        lambda arrays: tuple(array.astype(np.float64) for array in arrays),
        lambda arrays: tuple(array.tolist() for array in arrays),
        lambda arrays: (arrays[0] * np.nan, *arrays[1:]),
        lambda arrays: (*arrays[:3], arrays[3] + np.inf),
        lambda arrays: (*arrays[:3], arrays[3] - 1),
        lambda arrays: ((arrays[0] * np.nan).view(Flattering), *arrays[1:]),
    ],
    ids=["too few", "a list", "too short", "float64", "no arrays", "NaN", "infinite", "no squares", "flattering"],
)
def test_a_moment_with_other_parameters(change):
    trainer = trained()
    snapshot, before = trainer.snapshot(), trainer.theta
    with pytest.raises(EngineError, match=r"^parameters"):
        trainer.restore(replace(snapshot, parameters=change(snapshot.parameters)))
    assert np.array_equal(trainer.theta, before)


@pytest.mark.parametrize(
    "field", [{"state": None}, {"recipe": None}, {"seed": -1}, {"branch": None}, {"architecture": None}]
)
def test_a_moment_with_a_part_that_is_none(field):
    trainer = trained()
    with pytest.raises(EngineError):
        trainer.restore(replace(trainer.snapshot(), **field))


@pytest.mark.parametrize("read", [lambda saved: saved, lambda saved: saved[()]], ids=["an array", "a plain record"])
def test_counters_that_were_saved_as_an_array(read):
    trainer = trained()
    snapshot, curves = trainer.snapshot(), trainer.take_curves()
    state = read(np.array(snapshot.state).astype(STATE))
    with pytest.raises(EngineError, match=r"expected a snapshot of a run on the same data$"):
        trainer.restore(replace(snapshot, state=state))
    with pytest.raises(EngineError, match=r"expected what take_curves gave$"):
        trainer.put_curves(replace(curves, state=state))


def test_examples_of_other_inputs():
    trainer, other = trained(), Trainer(Network(1), X[:, :1], Y, X[:, :1], Y, threads=1)
    with pytest.raises(EngineError, match="expected those of the moment"):
        trainer.restore(trainer.snapshot(), other.examples)


@pytest.mark.parametrize("rows", [np.zeros((4, 1)), np.zeros((4, 3), np.float32), [[0.0] * 3] * 4])
def test_curves_of_other_points(rows):
    trainer = trained()
    with pytest.raises(EngineError, match=r"^points="):
        trainer.put_curves(replace(trainer.take_curves(), points=rows))


@pytest.mark.parametrize(
    ("name", "row", "told"), [("points", 0, "updates"), ("points", 1, "epochs"), ("buckets", 0, "updates")]
)
@pytest.mark.parametrize(
    "change", [np.negative, lambda row: row * np.nan, lambda row: row + np.inf, lambda row: row[::-1]]
)
def test_curves_along_no_updates_or_epochs(name, row, told, change):
    trainer = trained()
    curves, before = trainer.take_curves(), trainer.history.update
    rows = getattr(curves, name).copy()
    rows[row] = change(rows[row])
    with pytest.raises(EngineError, match=f"^{name}' {told}=.*: expected whole numbers that rise$"):
        trainer.put_curves(replace(curves, **{name: rows}))
    assert np.array_equal(trainer.history.update, before)


@pytest.mark.parametrize("run_of", [lambda: trained(), lambda: Experiment(Trainer(Network(2), X, Y, threads=1))])
def test_a_copy_trains_alone(run_of):
    run = run_of()
    other = copy.copy(run)
    before = run.update
    other.step(5)
    assert (run.update, other.update) == (before, before + 5)


def test_a_copy_of_a_population_trains_alone():
    population = Population(Network(2), X, Y, seeds=[0, 1], threads=1)
    copy.copy(population).run(1)
    assert population.updates.tolist() == [0, 0]


@pytest.mark.parametrize("given", [(np.ma.masked_greater(X, 0.5), Y), (X, np.ma.masked_greater(Y, 0.5))])
def test_what_is_masked_is_no_number(given):
    with pytest.raises(EngineError, match=r"^[xy] has masked values: expected numbers of shape"):
        Trainer(Network(2), *given)


def test_a_masked_array_in_which_nothing_is_masked_is_one_of_numbers():
    assert Trainer(Network(2), np.ma.masked_array(X), Y).examples.x.shape == X.shape
