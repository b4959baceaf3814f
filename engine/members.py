"""Members: what a population keeps of its models: θ, moments and counters, and a short loss curve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.architecture import Architecture
from engine.checkpoint import Checkpoint
from engine.examples import Examples
from engine.history import Branch, Curves, History, history_of
from engine.layout import count_parameters
from engine.network import Network
from engine.recipe import Recipe
from engine.run import DIVERGED, STATE, Run, Settings, begin, make_run, make_settings, new_state
from engine.trainer import Trainer, mean_loss

POINTS = 256  # of a member's loss curve, at most
BUCKETS = 256  # of the batch losses of the model that is trained, which nobody remembers
CLEARLY = 0.9  # what models side by side must take at most of the time alone: the costs below are rough
Floats = NDArray[Any]


class Kin(NamedTuple):
    """What models that go side by side have in common: all but seeds, rates and penalties."""

    n_inputs: int
    layers: tuple[tuple[str, ...], ...]
    frozen: tuple[tuple[bool, ...], ...]
    dtype: Any
    batch_size: int
    loss: str
    optimizer: str
    schedule: str
    epochs: int

    @classmethod
    def of(cls, architecture: Architecture, recipe: Recipe) -> Kin:
        """That of a model."""
        own = architecture.n_inputs, architecture.layers, architecture.frozen, architecture.dtype
        return cls(*own, recipe.batch_size, recipe.loss, recipe.optimizer, recipe.schedule, recipe.epochs)


@dataclass(frozen=True, slots=True)
class Member:
    """What a model is and how it is trained."""

    architecture: Architecture
    recipe: Recipe
    seed: int

    @property
    def shape(self) -> tuple[Any, ...]:
        """What models that take turns in the same arrays have in common."""
        return self.architecture.layers, self.architecture.frozen, self.architecture.dtype

    @property
    def kin(self) -> Kin:
        return Kin.of(self.architecture, self.recipe)


class Members:
    """Models over the same examples, each at its own moment; a few hundred bytes each beside θ, moments and curve."""

    def __init__(
        self,
        networks: Sequence[Network],
        recipes: Sequence[Recipe],
        seeds: Sequence[int],
        examples: Mapping[Any, Examples],  # by precision
    ) -> None:
        self.examples = examples
        self.of = [
            Member(network.architecture, recipe, seed)
            for network, recipe, seed in zip(networks, recipes, seeds, strict=True)
        ]
        self.parameters = [np.zeros((3, network.n_parameters), network.dtype) for network in networks]
        for own, network in zip(self.parameters, networks, strict=True):
            own[0] = network.theta  # and behind it first and second moments
        self.states = np.zeros(len(networks), STATE)
        begin(self.states)
        self.points = np.zeros((len(networks), 4, POINTS))
        self.seconds = np.zeros(len(networks))  # of a thread

    def groups(self) -> list[tuple[int, ...]]:
        """Members that go side by side, a model a lane: of one kind, in the order in which they were given."""
        from engine.kernels import side_by_side

        kin: dict[Kin, list[int]] = {}
        for number, member in enumerate(self.of):
            if side_by_side(member.architecture.dtype):
                kin.setdefault(member.kin, []).append(number)
        lanes = side_by_side("float32")
        return [tuple(own[begin : begin + lanes]) for own in kin.values() for begin in range(0, len(own), lanes)]

    def examples_of(self, member: int) -> Examples:
        return self.examples[self.of[member].architecture.dtype]

    def settings(self, member: int) -> Settings:
        own = self.of[member]
        return make_settings(own.recipe, own.architecture.n_parameters, self.examples_of(member), own.seed)

    def make_run(self, member: int) -> Run:
        """Arrays in which this member and others of its shape can be trained."""
        theta = self.parameters[member][0]
        return make_run(self.of[member].architecture, theta, self.examples_of(member), POINTS, BUCKETS)

    def network(self, member: int) -> Network:
        """A copy of the member's network as it is now."""
        return Network.of(self.of[member].architecture, self.parameters[member][0].copy())

    def end_of(self, member: int, epochs: int) -> int:
        """The update with which the n-th epoch ahead is complete."""
        per_epoch = -(-self.examples_of(member).y.size // self.of[member].recipe.batch_size)
        return (int(self.states["epoch"][member]) + epochs) * per_epoch

    def diverged(self, member: int) -> tuple[int, str] | None:
        """As `Trainer.diverged`."""
        state = self.states[member]
        return (int(state["update"]) + 1, DIVERGED[state["status"]]) if state["status"] in DIVERGED else None

    def loss(self, member: int, split: str) -> float:
        """As `Trainer.loss`."""
        return mean_loss(self.network(member), self.of[member].recipe.loss, self.examples_of(member), split)

    def history(self, member: int) -> History:
        return history_of(self.points[member, :, : self.states["points"][member]])

    def put_down(self, members: Any) -> None:
        """What a half-done batch or check has come to is not kept: it begins again."""
        states = self.states
        states["row"][members], states["gradient_of"][members] = 0, -1
        states["buckets"][members] = states["filled"][members] = 0
        states["bucket_size"][members] = 1
        states["check_row"][members] = np.minimum(states["check_row"][members], 0)
        states["train_loss"][members] = states["test_loss"][members] = 0.0

    def trainer(self, member: int, threads: int | None) -> Trainer:
        """A Trainer at the member's present moment, with its loss curve."""
        own, state, examples = self.of[member], new_state(), self.examples_of(member)
        for name in STATE.names or ():
            state[name] = self.states[name][member]
        theta, first, second = self.parameters[member].copy()
        trainer = Trainer(
            Network.of(own.architecture, theta), examples.x, examples.y, *unseen_of(examples), own.recipe, own.seed,
            threads=threads,
        )  # fmt: skip
        parameters = theta, np.zeros_like(theta), first, second
        now = Checkpoint(own.architecture, own.recipe, own.seed, examples.counts, parameters, state, Branch())
        trainer.restore(now)
        if state.points:
            points = self.points[member, :, : state.points].copy()
            trainer.put_curves(Curves(points, np.zeros((4, 0)), state))
        return trainer


def unseen_of(examples: Examples) -> tuple[Floats | None, Floats | None]:
    return (examples.x_test, examples.y_test) if examples.y_test.size else (None, None)


def lanes_pay(kin: Mapping[Kin, int]) -> bool:
    """Whether models are trained faster a model a lane: a function of what they are and how many of each kind.

    A group whose lanes are not full takes as long as a full one; at least half of all lanes must be taken.
    """
    from engine.kernels import side_by_side

    alone = together = 0.0
    models = seats = 0
    for own, count in kin.items():
        lanes = side_by_side(own.dtype)
        if lanes:
            parameters = count_parameters((own.n_inputs, *map(len, own.layers), 1))
            alone += count * cost_alone(parameters, own.batch_size, lanes)
            models, own_seats = models + count, -(-count // lanes) * lanes
            seats += own_seats
            together += own_seats * cost_abreast(parameters, own.n_inputs, own.batch_size, lanes)
    return together < CLEARLY * alone and 2 * models >= seats


def cost_alone(parameters: int, batch: int, lanes: int) -> float:
    """Nanoseconds of a model's update over 100 epochs of it, not much more than measured on a Zen 4, 16 lanes or 8."""
    return (400 + batch * (8 + 0.08 * parameters)) * math.pow(16 / lanes, 0.25)


def cost_abreast(parameters: int, inputs: int, batch: int, lanes: int) -> float:
    """The same of a model in a full group, of which large ones leave the second cache."""
    each = 0.06 * parameters * (1 + parameters / 16_000)
    return (0.75 * parameters + batch * (3.5 + 0.4 * inputs + each)) * math.sqrt(16 / lanes)
