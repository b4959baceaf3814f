"""Trainer and Population with device="cuda", against the processor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sides import RECIPE, data

from engine import EngineError, Network, Population, Trainer
from engine.devices import choose, enough, told

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # a GPU gives none
NEAR = 2e-5


def trainers(**options):
    network = Network(2, [["sigmoid"] * 3, ["relu"] * 2], seed=1)
    sets = data(examples=30, unseen=7)
    return [Trainer(network, *sets, RECIPE, seed=3, device=device, **options) for device in ("cpu", "cuda")]


def apart(one, other):
    return np.linalg.norm(one - other) / np.linalg.norm(one)


def test_a_trainer_does_the_same_on_both():
    cpu, gpu = trainers()
    assert (cpu.run(3), cpu.device) == (24, "cpu")
    assert (gpu.run(3), gpu.device, gpu.lanes) == (24, "cuda", 32)
    assert apart(cpu.theta, gpu.theta) < NEAR
    for name in ("update", "epoch"):
        np.testing.assert_array_equal(getattr(cpu.history, name), getattr(gpu.history, name))
    np.testing.assert_allclose(gpu.history.train, cpu.history.train, rtol=1e-4)
    np.testing.assert_allclose(gpu.history.test, cpu.history.test, rtol=1e-4)
    np.testing.assert_array_equal(gpu.batch_history.update, cpu.batch_history.update)
    np.testing.assert_allclose(gpu.batch_history.mean, cpu.batch_history.mean, rtol=1e-4)
    assert apart(cpu.gradient(), gpu.gradient()) < 1e-3
    assert apart(cpu.last_gradient, gpu.last_gradient) < 1e-3


def test_edits_and_snapshots_go_along():
    cpu, gpu = trainers()
    for trainer in (cpu, gpu):
        trainer.step(5)
        trainer.add_unit("tanh", 1)
        trainer.recipe = replace(RECIPE, batch_size=7)
        trainer.step(4)
        trainer.theta = trainer.theta * np.float32(0.5)
        trainer.step(1)
    assert apart(cpu.theta, gpu.theta) < NEAR
    moment = gpu.snapshot()
    gpu.step(6)
    there = gpu.theta
    gpu.restore(moment)
    gpu.step(6)
    np.testing.assert_array_equal(gpu.theta, there)


def test_a_population_does_the_same_on_both():
    networks = [Network(2, layers, seed=seed) for seed, layers in enumerate(([], [["tanh"] * 3], [["relu"], ["tanh"]]))]
    recipes = [RECIPE, replace(RECIPE, batch_size=9), replace(RECIPE, optimizer="sgd", epochs=5)]
    sets = data(examples=30, unseen=7)
    cpu, gpu = (
        Population(networks, *sets, recipes, [4, 5, 6], device=device, lanes=False) for device in ("cpu", "cuda")
    )
    told_members = []
    for epochs in (None, 2):
        assert cpu.run(epochs) == gpu.run(epochs, progress=lambda members, part: told_members.extend(members))
        for member in range(3):
            assert apart(cpu.theta(member), gpu.theta(member)) < NEAR
            np.testing.assert_array_equal(cpu.history(member).update, gpu.history(member).update)
            np.testing.assert_allclose(gpu.history(member).test, cpu.history(member).test, rtol=1e-4)
    assert sorted(told_members) == [0, 0, 1, 1, 2, 2]
    alone = gpu[1]
    alone.run(1)
    assert alone.device == "cpu" and alone.epoch == 6


def test_float64_is_refused_and_auto_takes_the_processor():
    network = Network(2, [["tanh"]], dtype="float64")
    with pytest.raises(EngineError, match=r"^device='cuda' with dtype='float64': expected float32, or device='cpu'$"):
        Trainer(network, *data(), device="cuda")
    assert choose("auto", [network.architecture] * 10_000) == "cpu"


def test_auto_takes_the_gpu_for_many_models():
    own = Network(2, [["tanh"]]).architecture
    assert choose("auto", [own] * (enough(9) - 1)) == "cpu"
    assert choose("auto", [own] * enough(9)) == "cuda"
    assert f"{enough(9):,} of fewer than 1,000 parameters" in told()
