"""Hands on the network: gestures that bend, freeze, turn, split and solve what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.activations import KINDS
from engine.edits import Freeze, SetKind, SetValue, SplitUnit
from engine.solving import CANDIDATES, KNOTS, PAIRS, best_unit, solve_output
from engine.steps import neighbour
from tui.run.choice import OUTPUT_BIAS, Choice, index_of, nearest
from tui.run.gestures import NO_UNITS, AddHere, AddLayerLast, Change
from tui.run.run import Moment
from tui.run.unit import kind_name

CHOOSE = "↑ and ↓ choose a unit"
PRODUCT, VALUE = 1.2e-10, 5e-8  # seconds for a multiply-add, and for the value of a unit on an example: rough ones
FELT = 0.3  # seconds from which on a person is told what takes long


def _no_unit(moment: Moment, why: str) -> Change | None:
    """What is said where the output bias is chosen, which is no unit."""
    if moment.choice.unit != OUTPUT_BIAS:
        return None
    return Change(words=f"The output bias {why}; {CHOOSE}" if moment.network.layers else NO_UNITS)


@dataclass(frozen=True, slots=True)
class FreezeHere:
    """The chosen unit stands still while training, or no longer."""

    def __call__(self, moment: Moment) -> Change:
        if refusal := _no_unit(moment, "cannot be frozen"):
            return refusal
        choice = moment.choice
        frozen = moment.network.frozen[choice.layer][choice.unit]
        return Change((Freeze(choice.layer, choice.unit, not frozen),))


@dataclass(frozen=True, slots=True)
class NextKind:
    """The chosen unit becomes one of the next kind, round and round, with the same weights."""

    def __call__(self, moment: Moment) -> Change:
        if refusal := _no_unit(moment, "has no kind"):
            return refusal
        choice, layers = moment.choice, moment.network.layers
        kind = neighbour(list(KINDS), layers[choice.layer][choice.unit], 1)
        return Change((SetKind(choice.layer, choice.unit, kind),))


@dataclass(frozen=True, slots=True)
class SplitHere:
    """The chosen unit becomes two ReLUs; the first half is chosen then."""

    def __call__(self, moment: Moment) -> Change:
        if refusal := _no_unit(moment, "cannot be split"):
            return refusal
        choice, layers = moment.choice, moment.network.layers
        kind = KINDS[layers[choice.layer][choice.unit]]
        if not kind.ramp:
            able = " and ".join(each.word for each in KINDS.values() if each.ramp)
            return Change(words=f"Unit {choice.unit + 1} is {kind_name(kind.name)}: only {able} split into two ReLUs")
        return Change((SplitUnit(choice.layer, choice.unit),))


@dataclass(frozen=True, slots=True)
class Solve:
    """All c and the output bias by least squares."""

    def __call__(self, moment: Moment) -> Change:
        dataset = moment.dataset
        return Change((solve_output(moment.network, dataset.x_train, dataset.y_train),))


@dataclass(frozen=True, slots=True)
class AddBest:
    """The unit that helps most; it is the chosen one then."""

    def __call__(self, moment: Moment) -> Change:
        network, dataset = moment.network, moment.dataset
        edit = best_unit(network, dataset.x_train, dataset.y_train)
        place = len(network.layers[0]) if network.layers else 0
        return Change((edit,), choice=replace(moment.choice, layer=0, unit=place))


@dataclass(frozen=True, slots=True)
class SetPart:
    """The chosen unit's w (from the chosen input), b or c gets a value; or that of the unit that was chosen before."""

    part: str
    value: float
    of: Choice | None = None

    def __call__(self, moment: Moment) -> Change:
        choice = replace(self.of or moment.choice, part=self.part)
        if nearest(choice, moment.network) != choice:
            return Change()  # it has gone since it was asked for
        index = index_of(choice, moment.network)
        if index is None:
            return Change(words=f"{self.part} is not a parameter of this unit")
        return Change((SetValue(index, self.value),), choice=choice)


@dataclass(frozen=True, slots=True)
class Drag:
    """A unit of the first layer bends at this scaled x, by its b, and its c moves by `lift`, where it has one.

    What follows the first move of a drag joins it.
    """

    unit: int
    x: float
    lift: float
    joins: bool = False

    def __call__(self, moment: Moment) -> Change:
        network, choice = moment.network, Choice(0, self.unit, part="b")
        if nearest(choice, network) != choice:
            return Change()  # it has gone since it was grabbed
        bias, outgoing = index_of(choice, network), index_of(replace(choice, part="c"), network)
        assert bias is not None
        edits = [SetValue(bias, -float(network.weights(0)[0][self.unit, 0]) * self.x)]
        if outgoing is not None and self.lift:
            edits.append(SetValue(outgoing, float(network.theta[outgoing]) + self.lift))
        return Change(tuple(edits), choice=choice)


def while_it_looks(gesture: object, moment: Moment) -> str | None:
    """What a gesture takes long for just now; None where no pause will be felt."""
    network, rows = moment.network, len(moment.dataset.y_train)
    units = sum(map(len, network.layers))
    match gesture:
        case Solve():
            text, products, values = "solving all c", network.shape[-2] ** 2, units
        case AddBest() | AddHere():
            tried = len(CANDIDATES) * 2 * KNOTS if isinstance(gesture, AddBest) else PAIRS
            text, products, values = "looking for the unit that helps most", (units + tried) ** 2, units + tried
        case AddLayerLast():
            text, products, values = "finding a place for the layer", network.n_parameters, 2 * units
        case _:
            return None
    seconds = rows * ((network.n_parameters + products) * PRODUCT + values * VALUE)
    return f"{text} …" if seconds > FELT else None
