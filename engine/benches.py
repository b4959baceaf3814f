"""Where members of a population are trained: one alone, as a Trainer would, or a group of them, a model a lane."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.history import record_start
from engine.members import Members
from engine.run import CHECK_ROW, FINE, STATUS, UPDATE
from engine.workspace import Speed, Workspace

SLICE_SECONDS = 0.02
SHAPES = 4  # whose arrays a bench keeps


@dataclass(frozen=True, slots=True)
class Job:
    """Members that are trained together, up to an update."""

    members: tuple[int, ...]
    updates: int  # from where they are
    target: int
    abreast: bool  # a model a lane


class Alone:
    """One member at a time, by the loops that train a Trainer."""

    def __init__(self, members: Members, like: dict[Any, Workspace]) -> None:
        self._members, self._like = members, like
        self._spaces: dict[Any, Workspace] = {}

    def take(self, job: Job) -> None:
        """Bring the member's state into arrays of its shape."""
        (self._member,), self._target = job.members, job.target
        members, member = self._members, self._member
        self._settings, self._space = members.settings(member), self._space_for(member)
        run = self._space.overwritten()
        np.asarray(run.state)[...] = members.states[member]
        run.theta[:], run.first_moment[:], run.second_moment[:] = members.parameters[member]
        run.gradient[:] = 0
        run.points.reshape(4, -1)[...] = members.points[member]
        self._begun = run.state.update
        if not run.state.points:
            record_start(run, members.loss(member, "train"), members.loss(member, "test"))

    def slice(self) -> bool:
        """Train a while; returns whether there is more to do."""
        counts = self._space.counts
        if counts[STATUS] == FINE and (counts[UPDATE] < self._target or counts[CHECK_ROW] >= 0):
            self._space.advance(self._settings, self._target, SLICE_SECONDS)
        return counts[STATUS] == FINE and (counts[UPDATE] < self._target or counts[CHECK_ROW] >= 0)

    @property
    def done(self) -> int:
        """Updates of the present job that are done."""
        return int(self._space.counts[UPDATE] - self._begun)

    def put(self) -> None:
        """Take the member's state back."""
        members, member, run = self._members, self._member, self._space.canonical()
        members.states[member] = np.asarray(run.state)
        members.parameters[member][...] = run.theta, run.first_moment, run.second_moment
        members.points[member] = run.points.reshape(4, -1)
        members.put_down([member])

    def _space_for(self, member: int) -> Workspace:
        """Arrays of this member's shape, those of the shapes that were used last."""
        shape = self._members.of[member].shape
        space = self._spaces.pop(shape, None)
        if space is None:
            dtype = shape[-1]
            space = Workspace(self._members.make_run(member), 1, self._like.get(dtype))
            space.load()
            self._like.setdefault(dtype, space)
        self._spaces[shape] = space
        if len(self._spaces) > SHAPES:
            del self._spaces[next(iter(self._spaces))]
        return space


IN_STEP = ("update", "epoch", "position", "check_row", "first_power", "second_power")  # which all living lanes share


class Abreast:
    """A group of members, a model a lane; those that have diverged stand still."""

    def __init__(self, members: Members, data: dict[Any, Any]) -> None:
        self._members, self._data = members, data
        self._groups: dict[Any, Any] = {}
        self._speed = Speed()

    def take(self, job: Job) -> None:
        """Bring the members' states into the lanes."""
        from engine.kernels import lane_group

        members, chosen, self._target = self._members, list(job.members), job.target
        self._chosen, count = chosen, len(chosen)
        self._settings, self._group = members.settings(chosen[0]), self._group_for(chosen[0])
        group, states = self._group, members.states[chosen]
        living = states["status"] == FINE
        lane_group.begin(group)[:, :, :count] = np.stack([members.parameters[each] for each in chosen], axis=-1)
        group.alive[:count] = living
        group.members[:count], group.points[:count] = states, members.points[chosen].reshape(count, -1)
        lane_group.set_recipes(group, [(members.of[each].recipe, members.of[each].seed) for each in chosen])
        np.asarray(group.state)[...] = states[int(np.argmax(living))]
        self._begun = group.state.update
        if not group.state.points:
            group.state.check_row = 0  # the curve's first point

    def slice(self) -> bool:
        """Train a while; returns whether there is more to do."""
        if self._more():
            from engine.kernels import lanes

            group, settings, target = self._group, self._settings, self._target
            self._speed.spend(SLICE_SECONDS, lambda budget: lanes.advance(group, settings, target, budget))
        return self._more()

    @property
    def done(self) -> int:
        """Updates of the present job that are done."""
        return int(self._group.state.update - self._begun)

    def put(self) -> None:
        """Take the members' states back."""
        from engine.kernels import lane_group

        group, chosen = self._group, self._chosen
        states, count = group.members[: len(chosen)], len(chosen)
        for name in IN_STEP:
            states[name][group.alive[:count] > 0] = group.state[name]
        members = self._members
        members.states[chosen], members.points[chosen] = states, group.points[:count].reshape(count, 4, -1)
        for own, values in zip(chosen, np.moveaxis(lane_group.present(group), -1, 0), strict=False):
            members.parameters[own][...] = values
        members.put_down(chosen)

    def _more(self) -> bool:
        state = self._group.state
        return bool(state.status == FINE and (state.update < self._target or state.check_row >= 0))

    def _group_for(self, member: int) -> Any:
        """Room for models of this member's shape, as in `Alone`."""
        from engine.kernels import lane_group

        shape = self._members.of[member].shape
        group = self._groups.pop(shape, None)
        if group is None:
            run = self._members.make_run(member)
            if not self._data:
                self._data["data"] = lane_group.make_data(run)
            group = lane_group.make_group(run, self._data["data"])
        self._groups[shape] = group
        if len(self._groups) > SHAPES:
            del self._groups[next(iter(self._groups))]
        return group


class Bench:
    """Where one thread does jobs of both kinds."""

    def __init__(self, members: Members, like: dict[Any, Workspace], data: dict[Any, Any]) -> None:
        """What benches share: workspaces by precision, of which the others take the examples, and those of lanes."""
        self._members, self._began = members, 0.0
        self._alone, self._abreast = Alone(members, like), Abreast(members, data)
        self._own: Alone | Abreast = self._alone
        self._job: Job | None = None

    def take(self, job: Job) -> None:
        """Begin a job."""
        self._began = time.perf_counter()
        self._own = self._abreast if job.abreast else self._alone
        self._own.take(job)
        self._job = job

    def slice(self) -> bool:
        """Train a while; returns whether there is more to do."""
        return self._own.slice()

    def put(self) -> None:
        """Leave it as far as it has come."""
        job, self._job = self._job, None
        self._own.put()
        if job is not None:
            self._members.seconds[list(job.members)] += (time.perf_counter() - self._began) / len(job.members)

    def part(self, job_cost: Callable[[Job], float]) -> float:
        """What is done of the job in work, by what jobs cost; for another thread, which may hear of it late."""
        own, job = self._own, self._job  # in this order: a job is there only after its own side is ready
        return job_cost(job) * min(own.done / max(job.updates, 1), 1.0) if job else 0.0
