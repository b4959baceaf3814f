"""Models in the GPU's memory: each trained by one block of threads, many of them in one launch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

from engine.cuda.device import allow_shared, find, refusal
from engine.cuda.kernel import kernel_for
from engine.cuda.package import cuda
from engine.cuda.plan import FROZEN, LAYER, WEIGHT, Plan, Room, plan_for
from engine.run import STATE, Settings

Floats = NDArray[Any]

WHERE = ("kept", "work", "order", "layer", "tile", "kinds", "marks", "marked", "points", "capacity", "log")
PLACE = np.dtype([(name, np.int64) for name in (*WHERE, *Room._fields)], align=True)
SETTINGS = np.dtype(
    [(name, np.dtype(kind)) for name, kind in get_type_hints(Settings).items()] + [("parameters", np.int64)],
    align=True,
)
STATES = np.dtype(STATE.descr, align=True)
NO_LOG = -1
WORTH_OWN = 64  # models of one shape, for which a kernel is compiled that knows the shape


class Member(NamedTuple):
    """One model as it comes in."""

    widths: tuple[int, ...]
    kinds: tuple[int, ...]  # of the hidden units
    frozen: tuple[int, ...]  # places in θ
    settings: Settings


class Models:
    """The arrays of models over the same data, on the GPU, and launches on them. Not for several threads at a time.

    Raises EngineError where a model or all of them have no room.
    """

    def __init__(self, members: Sequence[Member], data: Sequence[Floats], capacity: int, logged: int = 0) -> None:
        self.members, self.capacity, self.logged = list(members), capacity, logged
        count = len(self.members)
        self.states = np.zeros(count, STATES)
        self._device = find()
        try:
            self._data = [cuda.to_device(np.ascontiguousarray(part, np.float32).ravel()) for part in padded(data)]
            self._points = cuda.device_array(4 * capacity * count, np.float64)
            self._batches = cuda.device_array(max(logged * count, 1), np.float32)
            self._states = cuda.device_array(count, STATES)
            self.lay_out()
        except Exception as error:
            raise out_of_memory(error) from None

    def lay_out(self) -> None:
        """Tables for the members' present settings."""
        many = len(self.members) >= 4 * self._device.multiprocessors
        self.plans = [
            plan_for(member.widths, member.settings.batch_size, self._device.shared, self._device.threads, many)
            for member in self.members
        ]
        tables = Tables()
        places = np.zeros(len(self.members), PLACE)
        kept = work = order = 0
        for number, (member, plan) in enumerate(zip(self.members, self.plans, strict=True)):
            layer, tile = tables.plan(plan)
            kinds, marks = tables.architecture(member, plan)
            marked = bool(member.frozen or member.settings.l1 or member.settings.l2 or member.settings.shrink)
            log = self.logged * number if self.logged else NO_LOG
            where = kept, work, order, layer, tile, kinds, marks, marked, 4 * self.capacity * number, self.capacity, log
            places[number] = (*where, *plan.room)
            kept += 4 * plan.size
            work += 4 * plan.size if plan.shape.level < 3 else 0
            order += plan.room.order_size
        self.places = places
        self._tables = [cuda.to_device(table) for table in (places, settings_of(self.members), *tables.arrays())]
        if not hasattr(self, "_kept"):
            self._kept = cuda.to_device(np.zeros(kept, np.float32))
        self._work = cuda.device_array(max(work, 4 * max(plan.size for plan in self.plans)), np.float32)
        self._orders = cuda.device_array(order, np.int32)
        self._groups = self._grouped()

    def _grouped(self) -> list[tuple[Any, Any, int, int]]:
        """Members that one launch takes: (kernel, their numbers on the GPU, threads, bytes of shared memory)."""
        groups: dict[Any, list[int]] = {}
        for plan, numbers in self._alike():
            fixed = plan if len(numbers) >= WORTH_OWN else None
            groups.setdefault((plan.shape, plan.threads, fixed), []).extend(numbers)
        found = []
        for (shape, threads, fixed), numbers in groups.items():
            shared = max(self.plans[number].shared for number in numbers)
            found.append((kernel_for(shape, fixed), cuda.to_device(np.array(numbers, np.int64)), threads, shared))
        return found

    def set_parameters(self, number: int, arrays: Sequence[Floats]) -> None:
        """θ, gradient, first and second moments of a member, each in θ's own order → the GPU."""
        plan, at = self.plans[number], int(self.places["kept"][number])
        packed = np.zeros((4, plan.size), np.float32)
        packed[:, plan.places] = arrays
        packed[1, -1] = self.states["batch_loss"][number]
        self._kept[at : at + packed.size].copy_to_device(packed.ravel())

    def parameters(self, number: int) -> Floats:
        """θ, gradient, first and second moments of a member (4, P), in θ's own order."""
        plan, at = self.plans[number], int(self.places["kept"][number])
        kept: Floats = self._kept[at : at + 4 * plan.size].copy_to_host().reshape(4, plan.size)
        return kept[:, plan.places]

    def points(self, number: int) -> Floats:
        """The loss curve of a member (4, points): update, epoch, train and test loss."""
        at = 4 * self.capacity * number
        curve: Floats = self._points[at : at + 4 * self.capacity].copy_to_host().reshape(4, self.capacity)
        return curve[:, : self.states["points"][number]]

    def set_all(self, parameters: Sequence[Floats], points: Floats) -> None:
        """θ, first and second moments (3, P) of every member, and curves (members, 4, capacity) → the GPU."""
        kept = np.zeros(self._kept.size, np.float32)
        for plan, numbers in self._alike():
            packed = kept[self._places_of(plan, numbers)]
            for row, own in ((0, 0), (2, 1), (3, 2)):
                packed[:, row, plan.places] = [parameters[number][own] for number in numbers]
            kept[self._places_of(plan, numbers)] = packed
        self._kept.copy_to_device(kept)
        self._points.copy_to_device(np.ascontiguousarray(points, np.float64).ravel())

    def all_parameters(self) -> list[Floats]:
        """θ, first and second moments (3, P) of every member."""
        kept, found = self._kept.copy_to_host(), [np.empty(0, np.float32)] * len(self.members)
        for plan, numbers in self._alike():
            packed = kept[self._places_of(plan, numbers)][:, (0, 2, 3)][:, :, plan.places]
            for number, values in zip(numbers, packed, strict=True):
                found[number] = values
        return found

    def all_points(self) -> Floats:
        """The curves of all members (members, 4, capacity)."""
        points: Floats = self._points.copy_to_host()
        return points.reshape(len(self.members), 4, self.capacity)

    def _alike(self) -> list[tuple[Plan, list[int]]]:
        """The members of each plan."""
        alike: dict[int, tuple[Plan, list[int]]] = {}
        for number, plan in enumerate(self.plans):
            alike.setdefault(id(plan), (plan, []))[1].append(number)
        return list(alike.values())

    def _places_of(self, plan: Plan, numbers: list[int]) -> NDArray[np.int64]:
        """Where what is kept of these members is (members, 4, P′)."""
        begin: NDArray[np.int64] = self.places["kept"][numbers]
        return (begin[:, None] + np.arange(4 * plan.size)).reshape(len(numbers), 4, plan.size)

    def batches(self, number: int, count: int) -> Floats:
        """The summed losses of the first `count` batches of the last launch."""
        at = self.logged * number
        losses: Floats = self._batches[at : at + count].copy_to_host()
        return losses

    def launch(self, targets: NDArray[np.int64], budget: int) -> int:
        """Train every member towards its target for at most `budget` multiply-adds of its own; returns the budget."""
        try:
            self._states.copy_to_device(self.states)
            goals = cuda.to_device(np.ascontiguousarray(targets, np.int64))
            places, settings, *tables = self._tables
            arrays = (self._kept, self._work, self._orders, self._points, self._batches, *self._data, goals)
            for kernel, numbers, threads, shared in self._groups:
                arguments = (numbers, places, settings, self._states, *tables, *arrays)
                self._compile(kernel, arguments, threads, shared)
                kernel[numbers.size, threads, 0, shared](*arguments, budget)
            self._states.copy_to_host(self.states)
            return budget
        except Exception as error:
            raise out_of_memory(error) from None

    def _compile(self, kernel: Any, arguments: tuple[Any, ...], threads: int, shared: int) -> None:
        """The first launch of a kernel, which compiles it, trains nobody; then it may have its shared memory."""
        if not kernel_sizes.get(kernel):
            kernel[1, threads, 0, 0](*arguments, NOBODY)
            kernel_sizes[kernel] = 1
        if shared > kernel_sizes[kernel]:
            for compiled in getattr(kernel, "overloads", {}).values():
                allow_shared(compiled, shared)
            kernel_sizes[kernel] = shared


NOBODY = -1  # a budget
kernel_sizes: dict[Any, int] = {}  # bytes of shared memory that each compiled kernel may have


class Tables:
    """What the members share: layers and tiles of each plan, kinds and flags of each architecture."""

    def __init__(self) -> None:
        self._parts: list[list[NDArray[Any]]] = [[], [], [], []]
        self._sizes = [0, 0, 0, 0]
        self._known: dict[Any, tuple[int, int]] = {}

    def plan(self, plan: Plan) -> tuple[int, int]:
        """Where its layers and tiles begin."""
        if id(plan) not in self._known:
            self._known[id(plan)] = self._put(0, np.array(list(plan.layers), LAYER)), self._put(1, plan.tiles)
        return self._known[id(plan)]

    def architecture(self, member: Member, plan: Plan) -> tuple[int, int]:
        """Where kinds and flags of this member begin."""
        key = member.widths, member.kinds, member.frozen
        if key not in self._known:
            flags = np.where(plan.weights, WEIGHT, 0).astype(np.uint8)
            flags[plan.places[list(member.frozen)]] |= FROZEN
            self._known[key] = self._put(2, np.array(member.kinds, np.int32)), self._put(3, flags)
        return self._known[key]

    def arrays(self) -> list[NDArray[Any]]:
        """Layers, tiles, kinds, flags."""
        return [
            np.concatenate(parts) if self._sizes[n] else np.zeros(1, parts[0].dtype)
            for n, parts in enumerate(self._parts)
        ]

    def _put(self, table: int, values: NDArray[Any]) -> int:
        at = self._sizes[table]
        self._parts[table].append(values)
        self._sizes[table] += values.size
        return at


def settings_of(members: Sequence[Member]) -> NDArray[Any]:
    """The settings of all members, as the kernel takes them."""
    values = np.zeros(len(members), SETTINGS)
    for number, member in enumerate(members):
        parameters = sum(
            (fan_in + 1) * fan_out for fan_in, fan_out in zip(member.widths, member.widths[1:], strict=False)
        )
        values[number] = (*member.settings, parameters)
    return values


def padded(data: Sequence[Floats]) -> list[Floats]:
    """An array of no numbers has no place on a GPU: it gets one, which nobody reads."""
    return [part if part.size else np.zeros(1, np.float32) for part in data]


def out_of_memory(error: Exception) -> Exception:
    """What became of a call to the GPU, in one sentence."""
    if "OUT_OF_MEMORY" in str(error) or isinstance(error, MemoryError):
        return refusal("the GPU has not enough memory", "fewer or smaller models")
    return error
