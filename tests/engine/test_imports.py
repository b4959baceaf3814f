"""Who imports the engine pays for nothing that it does not use yet, and the loops compile once."""

from __future__ import annotations

import subprocess
import sys

import numba
import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.activations import KINDS
from engine.losses import LOSSES
from engine.optimizers import OPTIMIZERS
from engine.schedules import SCHEDULES

HEAVY = ("numba", "llvmlite", "textual", "plotext", "rich", "click", "polars")


def loaded_after(program: str) -> set[str]:
    report = f"{program}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True).stdout
    return set(output.split())


def test_import_engine_loads_nothing_heavy():
    assert loaded_after("import engine") == set()


def test_nor_do_making_a_trainer_predicting_and_editing():
    program = (
        "import engine\n"
        "trainer = engine.Trainer(engine.Network(1, [['relu']]), [[0.0], [1.0]], [0.0, 1.0])\n"
        "trainer.predict([0.5]); trainer.add_unit('sigmoid'); trainer.loss('train'); trainer.history"
    )
    assert loaded_after(program) == set()


def test_nor_does_a_story_that_is_kept_and_opened_again(tmp_path):
    program = (
        "import engine\n"
        "from engine import story_state\n"
        "data = [[0.0], [1.0]], [0.0, 1.0], None, None\n"
        "story = engine.Experiment(engine.Trainer(engine.Network(1, [['relu']]), *data))\n"
        "story.apply(engine.edits.AddUnit('sigmoid'))\n"
        f"open({str(tmp_path / 'run.npz')!r}, 'wb').write(story_state.pack(story))\n"
        f"assert story_state.load({str(tmp_path / 'run.npz')!r}, lambda source: data).journal == story.journal"
    )
    assert loaded_after(program) == set()


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_one_compilation_serves_all_shapes_and_options():
    program = f"""
import itertools
from engine import Network, Recipe, Trainer
from engine.kernels import plain, simd, tiles
x, y = [[0.0, 1.0], [1.0, 0.5], [0.3, 0.2]], [0.0, 1.0, 2.0]
for depth, kind, unseen in itertools.product(range(4), {list(KINDS)}, (None, True)):
    network = Network(2, [[kind, "relu"][: 1 + depth % 2]] * depth)
    Trainer(network, x, y, *((x, y) if unseen else (None, None)), Recipe(batch_size=1 + depth)).step(3)
for optimizer, schedule, loss in itertools.product({list(OPTIMIZERS)}, {list(SCHEDULES)}, {list(LOSSES)}):
    trainer = Trainer(Network(2), x, y, recipe=Recipe(2, 0.1, optimizer, loss, schedule, 5, 0.1, 1e-3), seed=2**63 - 1)
    trainer.step(2)
    trainer.gradient()
assert len(simd.train.signatures) == len(simd.whole_gradient.signatures) == 1
products = {{len(each.signatures) for each in (tiles.product, tiles.product_by_columns)}}
assert products in ({{1}}, {{0}})  # none where train came from the cache
assert not plain.advance.signatures
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_float64_is_a_second_precision_of_the_same_loops():
    x, y = np.linspace(-1, 1, 9), np.linspace(0, 1, 9)
    thetas = []
    for dtype in ("float32", "float64"):
        trainer = Trainer(Network(1, [["tanh"] * 2], dtype=dtype), x, y, recipe=Recipe(4))
        trainer.step(20)
        assert trainer.theta.dtype == dtype
        thetas.append(trainer.theta)
    np.testing.assert_allclose(*thetas, rtol=1e-4, atol=1e-5)
