"""Updates that no kernel did: the way to a moment whose θ is what NumPy makes of the one before it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data import Dataset
from engine import Network, Recipe
from engine.checkpoint import Checkpoint
from engine.examples import Examples, check_examples
from engine.history import Branch
from engine.last_update import Moment, Way, open_update
from engine.optimizers import KEEP_FIRST, KEEP_SECOND
from engine.run import new_state


def way_to(dataset: Dataset, network: Network, recipe: Recipe, update: int) -> Way | None:
    """To this update, from the one before it, at which θ was that of the network; None to the beginning."""
    if update == 0:
        return None
    own = dataset.x_train, dataset.y_train, dataset.x_test, dataset.y_test
    examples = check_examples(*own, network.n_inputs, network.dtype)
    before = checkpoint(network, recipe, examples, update - 1, np.zeros(network.n_parameters))
    g = open_update(Moment.of(before, examples)).gradient
    return Way(checkpoint(network, recipe, examples, update - 1, g), examples, (), update)


def checkpoint(network: Network, recipe: Recipe, examples: Examples, update: int, g: np.ndarray) -> Checkpoint:
    """One in which the optimizer keeps a little more of a gradient like g than the next one will bring."""
    state, count = new_state(), examples.y.size
    batches = -(-count // recipe.batch_size)
    state.update, state.epoch, state.position = update, update // batches, update % batches * recipe.batch_size
    state.check_row = -1
    state.first_power, state.second_power = KEEP_FIRST**update, KEEP_SECOND**update
    with np.errstate(all="ignore"):
        kept = 1.2 * g * (1 - state.first_power), 1.3 * g * g * (1 - state.second_power)
        arrays = tuple(values.astype(network.dtype) for values in (network.theta, g, *kept))
    return Checkpoint(network.architecture, recipe, 0, examples.counts, arrays, state, Branch())


def moved(way: Way, theta: np.ndarray) -> Way:
    """The way from another θ."""
    state = way.checkpoint
    return replace(way, checkpoint=replace(state, parameters=(theta, *state.parameters[1:])))
