"""Population: many models over the same data, each with its own network, recipe and seed."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.benches import Bench, Job
from engine.border import count_of
from engine.crew import work_off
from engine.devices import choose
from engine.errors import EngineError, show, whole
from engine.examples import check_examples
from engine.history import History
from engine.members import Members, lanes_pay
from engine.network import Network, check_network
from engine.recipe import COUNT, Recipe, check_recipe
from engine.trainer import Trainer, default_threads

MOST = 2**24  # members, whose curves alone take 8 kB each
ROW_COST = 100  # multiply-adds that a row takes beside those of its parameters

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
        networks, recipes, seeds = members_of(networks, recipes, seeds)
        if lanes is not None and not isinstance(lanes, bool):
            raise EngineError(f"lanes={show(lanes)}: expected True, False or None")
        self.device = choose(device, [network.architecture for network in networks])
        self.threads = default_threads() if threads is None else whole("threads", threads, 1, 1024)
        inputs = {network.n_inputs for network in networks}
        if len(inputs) > 1:
            told = " and ".join(map(str, sorted(inputs)[:2]))
            raise EngineError(f"networks of {told} inputs: expected the same data, and so n_inputs, for all members")
        examples = {
            dtype: check_examples(x, y, x_test, y_test, networks[0].n_inputs, dtype)
            for dtype in {network.dtype for network in networks}
        }
        self._members = Members(networks, recipes, seeds, examples)
        self._gpu: Any = None
        self._runs = False
        if self.device == "cuda":
            self.lanes, self._teams = False, [(tuple(range(len(networks))), False)]
            return
        pay = lanes_pay(Counter(member.kin for member in self._members.of)) if lanes is None else lanes
        groups = self._members.groups() if pay else []
        self.lanes = bool(groups)
        alone = set(range(len(networks))) - {member for group in groups for member in group}
        self._teams = [(group, True) for group in groups] + [((member,), False) for member in sorted(alone)]

    def __copy__(self) -> Population:
        return copy.deepcopy(self)  # two populations of the same members would train them at once

    def __getstate__(self) -> dict[str, Any]:
        """For deep copies and pickles, which while it runs would hold members of two moments."""
        if self._runs:
            raise EngineError("a copy of a population that runs: expected one after run has ended")
        return self.__dict__

    def __len__(self) -> int:
        return len(self._members.of)

    def __getitem__(self, member: int) -> Trainer:
        """A Trainer at this member's present state, which goes on alone."""
        return self._members.trainer(self._checked(member), self.threads)

    def __iter__(self) -> Iterator[Trainer]:
        return map(self.__getitem__, range(len(self)))

    def run(
        self, epochs: int | None = None, progress: Progress | None = None, order: Sequence[int] | None = None
    ) -> int:
        """Train every member to the n-th epoch boundary ahead, None: as many as its recipe says; returns all updates.

        `progress` is called now and then, in the caller's thread, with the members that have come to their ends since
        the last call and the part of all work that is done, 0 to 1; if it returns True, no member is begun any more
        and those in work stop where they are. So they do at Ctrl+C. `order`: in which members are begun, the last
        ones by length; None: the longest first.
        """
        if epochs is not None:
            COUNT("epochs", epochs)
        if progress is not None and not callable(progress):
            raise EngineError(f"progress={show(progress)}: expected a function of (members, part), or None")
        if self._runs:
            raise EngineError("run while the same population runs: expected the first call to end before")
        self._runs = True
        try:
            return self._run(epochs, progress, order)
        finally:
            self._runs = False

    def _run(self, epochs: int | None, progress: Progress | None, order: Sequence[int] | None) -> int:
        before = int(self._members.states["update"].sum())
        jobs = self._in_order(self._jobs(epochs), order)
        costs = {job: self._cost(job) for job in jobs}
        whole_cost, done, told = sum(costs.values()) or 1.0, 0.0, 0.0

        def report(ended: list[Job]) -> bool:
            nonlocal done, told
            done += sum(costs[job] for job in ended)
            members = tuple(member for job in ended for member in job.members)
            part = sum(bench.part(costs.__getitem__) for bench in benches)
            told = max(told, min((done + part) / whole_cost, 1.0))  # between a bench and here a job may be nowhere
            return progress is not None and _stops(progress(members, told))

        benches = self._benches(len(jobs), epochs)
        work_off(jobs, benches, report)
        return int(self._members.states["update"].sum()) - before

    @property
    def updates(self) -> NDArray[np.int64]:
        """Updates done (members,)."""
        updates: NDArray[np.int64] = self._members.states["update"].copy()
        return updates

    @property
    def seconds(self) -> NDArray[np.float64]:
        """Seconds of one thread that each member took so far (members,); those side by side took equal parts."""
        return self._members.seconds.copy()

    @property
    def diverged(self) -> tuple[tuple[int, str] | None, ...]:
        """For each member as `Trainer.diverged`."""
        return tuple(self._members.diverged(member) for member in range(len(self)))

    def loss(self, member: int, split: str = "train") -> float:
        """The mean data loss of a member over a whole split at its present θ; NaN without a test set."""
        return self._members.loss(self._checked(member), split)

    def losses(self, split: str = "train") -> NDArray[np.float64]:
        """`loss` of every member (members,)."""
        return np.array([self._members.loss(member, split) for member in range(len(self))])

    def theta(self, member: int) -> NDArray[Any]:
        """A copy of a member's θ."""
        theta: NDArray[Any] = self._members.parameters[self._checked(member)][0].copy()
        return theta

    def history(self, member: int) -> History:
        """Losses of a member on the whole sets so far, at most 256 points; none before it began."""
        return self._members.history(self._checked(member))

    def best(self, split: str = "test") -> int:
        """The member with the least loss over a split now; one that diverged only if all did."""
        losses = self.losses(split)
        if np.isnan(losses).all():
            raise EngineError(f"split={split!r}: no member has a loss there; expected a split with examples")
        steady = [member for member, stopped in enumerate(self.diverged) if not stopped] or range(len(self))
        return int(min(steady, key=lambda member: np.nan_to_num(losses[member], nan=np.inf)))

    def _checked(self, member: int) -> int:
        count = len(self)
        place = whole("member", member, -count, count - 1)
        return place % count

    def _jobs(self, epochs: int | None) -> list[Job]:
        """What is to be done, where not all have diverged."""
        members, jobs = self._members, []
        for team, abreast in self._teams:
            going = [member for member in team if members.diverged(member) is None]
            if going:
                ends = [self._end(member, epochs) for member in (going if self.device == "cuda" else going[:1])]
                updates = sum(ends) - int(members.states["update"][going[: len(ends)]].sum())
                jobs.append(Job(team, updates, ends[0], abreast))
        return jobs

    def _end(self, member: int, epochs: int | None) -> int:
        """The update to train this member to."""
        return self._members.end_of(member, epochs or self._members.of[member].recipe.epochs)

    def _benches(self, jobs: int, epochs: int | None) -> list[Any]:
        """Where jobs are done: a bench a thread, or the GPU."""
        if self.device == "cuda":
            from engine.cuda.bench import OnGpu

            self._gpu = self._gpu or OnGpu(self._members)
            self._gpu.targets[:] = [self._end(member, epochs) for member in range(len(self))]
            return [self._gpu]
        like: dict[Any, Any] = {}
        data: dict[Any, Any] = {}
        return [Bench(self._members, like, data) for _ in range(min(self.threads, jobs))]

    def _in_order(self, jobs: list[Job], order: Sequence[int] | None) -> list[Job]:
        if order is None:
            return sorted(jobs, key=self._cost, reverse=True)
        if not is_list(order):
            raise EngineError(f"order={show(order)}: expected a list of members")
        places = {self._checked(member): place for place, member in enumerate(order)}
        jobs = sorted(jobs, key=lambda job: min(places.get(member, len(places)) for member in job.members))
        last = len(jobs) - 2 * self.threads
        return jobs[: max(last, 0)] + sorted(jobs[max(last, 0) :], key=self._cost, reverse=True)

    def _cost(self, job: Job) -> float:
        """How long a job takes, in no unit."""
        own = self._members.of[job.members[0]]
        rows = job.updates * own.recipe.batch_size
        return float(rows * (3 * own.architecture.n_parameters + ROW_COST) * (len(job.members) if job.abreast else 1))


def members_of(networks: Any, recipes: Any, seeds: Any) -> tuple[list[Network], list[Recipe], list[int]]:
    """Lists of equal length, or EngineError."""
    given = {"networks": networks, "recipes": recipes, "seeds": seeds}
    lists = {name: count_of(value) for name, value in given.items() if is_list(value)}
    if len(set(lists.values())) > 1:
        told = ", ".join(f"{count} {name}" for name, count in lists.items())
        raise EngineError(f"{told}: expected lists of the same length")
    count = max(lists.values(), default=1)
    if count == 0:
        raise EngineError(f"{next(iter(lists))}=[]: expected one entry a member")
    if count > MOST:
        raise EngineError(f"{next(iter(lists))} of {count} members: expected at most {MOST}")
    own_seeds = [whole("seed", seed, 0, 2**63 - 1) for seed in spread(0 if seeds is None else seeds, count)]
    if not is_list(networks):
        check_network(networks)
        networks = [networks.initial(seed) for seed in own_seeds] if is_list(seeds) else [networks] * count
    own_recipes = [check_recipe(recipe) for recipe in spread(Recipe() if recipes is None else recipes, count)]
    return [check_network(network) for network in networks], own_recipes, own_seeds


def _stops(answer: object) -> bool:
    """Whether what `progress` returned is true, or EngineError."""
    try:
        return bool(answer)
    except ValueError:  # of an array of several numbers
        raise EngineError(f"progress returned {show(answer)}: expected True to stop, or nothing") from None


def is_list(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.ndim > 0
    return isinstance(value, Sequence) and not isinstance(value, str)


def spread(value: Any, count: int) -> list[Any]:
    return list(value) if is_list(value) else [value] * count
