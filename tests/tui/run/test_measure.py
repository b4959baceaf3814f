"""What a loss is shown as, for every loss that there is and for one that nobody has thought of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import data
from engine import Recipe
from engine.losses import LOSSES, Loss
from tui.run.measure import loss_words, measure_of

ERRORS = np.array([-3.0, -0.2, 0.5, 4.0])


def log_cosh(error: Any) -> Any:
    size = np.abs(error)
    return size + np.log1p(np.exp(-2.0 * size)) - np.log(2.0)


@pytest.fixture(autouse=True)
def one_loss_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        LOSSES,
        "log_cosh",
        Loss("log_cosh", "log-cosh", "log cosh(y − ŷ)", "tanh(y − ŷ)", "tanh of it", log_cosh, np.tanh, degree=None),
    )


@pytest.mark.parametrize("name", [*LOSSES, "log_cosh"])
def test_what_is_in_the_target_s_unit_grows_as_the_target_does(name: str) -> None:
    measure = measure_of(Recipe(loss=name), data.load("motorcycle"))
    mean = measure.loss.function(ERRORS).mean()
    in_own_units = measure.shown(measure.loss.function(46.0 * ERRORS).mean(), 1.0)
    if measure.in_unit:
        assert measure.shown(mean, 46.0) == pytest.approx(in_own_units)
        assert measure.shown(np.array([mean]), 46.0) == pytest.approx(in_own_units)
    else:
        assert measure.shown(mean, 46.0) == mean


@pytest.mark.parametrize(
    ("name", "word", "words"),
    [("mse", "rmse", "2.50 g"), ("mae", "mae", "2.50 g"), ("huber", "huber", "2.50"), ("log_cosh", "log-cosh", "2.50")],
)
def test_a_loss_is_called_by_its_own_name(name: str, word: str, words: str) -> None:
    recipe, dataset = Recipe(loss=name), data.load("motorcycle")
    assert measure_of(recipe, dataset).word == word
    assert loss_words(2.5, recipe, dataset) == words


@pytest.mark.parametrize("name", [*LOSSES, "log_cosh"])
def test_labels_have_no_unit(name: str) -> None:
    measure = measure_of(Recipe(loss=name), data.load("moons"))
    assert measure.word == LOSSES[name].word
    assert measure.shown(0.25, 3.0) == 0.25
