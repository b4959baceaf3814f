"""Population: many models over the same data, each with its own network, recipe and seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.errors import EngineError, whole
from engine.history import History
from engine.network import Network, check_network
from engine.recipe import Recipe, check_recipe
from engine.trainer import Trainer

Progress = Callable[[tuple[int, ...], float], object]


class Population:
    """Trains copies of `networks` on x (N, n_inputs), y (N,), each by its own recipe and seed, as a Trainer would.

    Lists have one entry a member; one network, recipe or seed stands for all. One network with a list of seeds is
    drawn anew for each seed. `lanes`: whether small models are trained side by side, a model a lane; None chooses by
    what is in the lists, and `population.lanes` tells. Raises EngineError for what a Trainer refuses, and for lists
    of unequal length.
    """

    def __init__(
        self,
        networks: Network | Sequence[Network],
        x: ArrayLike,
        y: ArrayLike,
        x_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        recipes: Recipe | Sequence[Recipe] | None = None,
        seeds: int | Sequence[int] | None = None,
        device: str = "cpu",
        threads: int | None = None,
        lanes: bool | None = None,
    ) -> None:
        self.lanes = bool(lanes)
        networks, recipes, seeds = members_of(networks, recipes, seeds)
        self._trainers = [
            Trainer(network, x, y, x_test, y_test, recipe, seed, device, threads)
            for network, recipe, seed in zip(networks, recipes, seeds, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._trainers)

    def __getitem__(self, member: int) -> Trainer:
        """A Trainer at this member's present state, which goes on alone."""
        return self._trainers[member]

    def run(
        self, epochs: int | None = None, progress: Progress | None = None, order: Sequence[int] | None = None
    ) -> int:
        """Train every member to the n-th epoch boundary ahead, None: as many as its recipe says; returns all updates.

        `progress` is called now and then, in the caller's thread, with the members that have come to their ends since
        the last call and the part of all work that is done, 0 to 1; if it returns True, no member is begun any more
        and those in work stop where they are. `order`: in which members are begun; None: the longest first.
        """
        done = 0
        for count, member in enumerate(range(len(self)) if order is None else order):
            trainer = self._trainers[member]
            done += trainer.run(trainer.recipe.epochs if epochs is None else epochs)
            if progress is not None and progress((member,), (count + 1) / len(self)):
                break
        return done

    @property
    def updates(self) -> NDArray[np.int64]:
        """Updates done (members,)."""
        return np.array([trainer.update for trainer in self._trainers])

    @property
    def diverged(self) -> tuple[tuple[int, str] | None, ...]:
        """For each member as `Trainer.diverged`."""
        return tuple(trainer.diverged for trainer in self._trainers)

    def losses(self, split: str = "train") -> NDArray[np.float64]:
        """The mean data loss of every member over a whole split at its present θ (members,); NaN without a test set."""
        return np.array([trainer.loss(split) for trainer in self._trainers])

    def theta(self, member: int) -> NDArray[Any]:
        """A copy of a member's θ."""
        return self._trainers[member].theta

    def history(self, member: int) -> History:
        """Losses of a member on the whole sets so far, at most 256 points."""
        return self._trainers[member].history

    def best(self, split: str = "test") -> int:
        """The member with the least loss over a split now; diverged ones do not count unless all are."""
        losses = self.losses(split)
        return int(np.nanargmin(losses))


def members_of(networks: Any, recipes: Any, seeds: Any) -> tuple[list[Network], list[Recipe], list[int]]:
    """Lists of equal length, or EngineError."""
    given = {"networks": networks, "recipes": recipes, "seeds": seeds}
    lists = {name: len(value) for name, value in given.items() if is_list(value)}
    if len(set(lists.values())) > 1:
        told = ", ".join(f"{count} {name}" for name, count in lists.items())
        raise EngineError(f"{told}: expected lists of the same length")
    count = max(lists.values(), default=1)
    if count == 0:
        raise EngineError(f"{next(iter(lists))}=[]: expected one entry a member")
    own_seeds = [whole("seed", seed, 0, 2**63 - 1) for seed in spread(0 if seeds is None else seeds, count)]
    if not is_list(networks):
        check_network(networks)
        networks = [networks.initial(seed) for seed in own_seeds] if is_list(seeds) else [networks] * count
    own_recipes = [check_recipe(recipe) for recipe in spread(Recipe() if recipes is None else recipes, count)]
    return [check_network(network) for network in networks], own_recipes, own_seeds


def is_list(value: Any) -> bool:
    return isinstance(value, Sequence | np.ndarray) and not isinstance(value, str)


def spread(value: Any, count: int) -> list[Any]:
    return list(value) if is_list(value) else [value] * count
