"""Which examples the last update saw: those whose gradient it had."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine import Network, Recipe, Trainer
from engine.edits import DrawPoint, SetRecipe
from engine.order import epoch_order
from tui.run.batches import LastBatch
from tui.run.facts import Facts
from tui.run.options import Options
from tui.run.player import Step
from tui.run.session import Session
from tui.run.travel import Back


def do(session: Session, wish: object) -> None:
    session.perform(wish)
    while session.player.moves:
        session.work()


def gradient_of(session: Session, network: Network, rows: np.ndarray) -> np.ndarray:
    """The gradient of these examples alone."""
    x, y = session.dataset.x_train[rows], session.dataset.y_train[rows]
    return Trainer(network, x, y, recipe=Recipe(batch_size=len(rows), loss="mse")).gradient()


@pytest.mark.parametrize("batch", [1, 10, 32, 106])
def test_the_last_update_had_the_gradient_of_these_examples(batch: int):
    session = Session(Options(seed=5, training={"batch": batch}), lambda: None)
    assert Facts(session.run.evidence()).of(LastBatch()) is None
    seen: list[int] = []
    for update in range(1, 2 * -(-106 // batch) + 2):
        before = session.trainer.network
        do(session, Step(1))
        answer = Facts(session.run.evidence()).of(LastBatch())
        assert answer is not None
        if batch > 1 or update < 4 or update > 105:  # each is trained once more
            expected = gradient_of(session, before, answer.last)
            np.testing.assert_allclose(session.trainer.last_gradient, expected, atol=1e-5 * np.abs(expected).max())
        seen = seen if len(answer.before) else []
        assert sorted(answer.before) == sorted(seen)
        seen += answer.last.tolist()
        assert len(set(seen)) == len(seen)


def test_another_batch_size_in_the_midst_of_an_epoch_counts_from_there():
    session = Session(Options(seed=5, training={"batch": 10}), lambda: None)
    do(session, Step(3))
    do(session, SetRecipe(replace(session.trainer.recipe, batch_size=7)))
    assert Facts(session.run.evidence()).of(LastBatch()) is None  # that of the last update had another size
    for _ in range(2):
        before = session.trainer.network
        do(session, Step(1))
        answer = Facts(session.run.evidence()).of(LastBatch())
        assert len(answer.last) == 7
        expected = gradient_of(session, before, answer.last)
        np.testing.assert_allclose(session.trainer.last_gradient, expected, atol=1e-5 * np.abs(expected).max())
    assert len(answer.before) == 37


def test_after_other_examples_the_epoch_begins_anew():
    session = Session(Options(seed=5, training={"batch": 10}), lambda: None)
    do(session, Step(3))
    do(session, DrawPoint((0.5,), 1.0))
    assert Facts(session.run.evidence()).of(LastBatch()) is None
    do(session, Step(1))
    answer = Facts(session.run.evidence()).of(LastBatch())
    assert answer.last.tolist() == epoch_order(5, 0, 107)[:10].tolist()
    do(session, Back(1))
    assert Facts(session.run.evidence()).of(LastBatch()) is None
