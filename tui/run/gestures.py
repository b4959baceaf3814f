"""The gestures: what a key means depends on the run, so each is a function from a moment of it to a `Change`.

A gesture is a frozen value that looks at the moment and does nothing itself. `Wish` is all that an action can ask of a
run: a gesture, an edit or a beginning that needs no such look, a move of the player, or a travel through the past.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import data
from engine import EngineError
from engine.edits import Edit, RemoveLayer, RemoveUnit, SetRecipe, SetValue
from engine.initial import INITS, resolve_init
from engine.recipe import BY_FLAG, FIELDS
from engine.solving import place_layer, place_unit
from engine.steps import neighbour, nice_step
from tui.run.beginnings import Beginning, Lags, Load, Reinit, Reseed
from tui.run.choice import OUTPUT_BIAS, Choice, index_of, move_layer, move_source, move_unit
from tui.run.dated import next_lags
from tui.run.enacting import Enact
from tui.run.player import Move
from tui.run.points import all_points, set_points
from tui.run.racing import RaceWish
from tui.run.run import Moment
from tui.run.sweeping import SweepWish
from tui.run.travel import Travel

NO_UNITS = "The linear model has no units: s adds a sigmoid unit, r a ReLU"
NEW_UNITS = 3  # of a new layer
NUDGE, LEAST_NUDGE = 1 / 20, 0.05  # of a parameter's size, and at least


@dataclass(frozen=True, slots=True)
class Change:
    """What a gesture comes to: edits of the present run or a new one, and what is chosen from then on."""

    edits: tuple[Edit, ...] = ()
    beginning: Beginning | None = None
    choice: Choice | None = None  # None: the one before, or the nearest that the network has then
    words: str = ""  # the note of a gesture that changes nothing and says why


Gesture = Callable[[Moment], Change]
Wish = Gesture | Edit | Beginning | Move | Travel | RaceWish | SweepWish | Enact


# ---------------------------------------------------------------------------------------------- units and layers


@dataclass(frozen=True, slots=True)
class AddHere:
    """A unit of this kind as the last of the chosen layer, where it helps most; it is the chosen one then."""

    kind: str

    def __call__(self, moment: Moment) -> Change:
        layers, layer = moment.network.layers, moment.choice.layer
        dataset, place = moment.dataset, len(layers[layer]) if layers else 0
        edit = place_unit(moment.network, self.kind, layer, dataset.x_train, dataset.y_train)
        return Change((edit,), choice=replace(moment.choice, unit=place))


@dataclass(frozen=True, slots=True)
class RemoveHere:
    """The chosen unit goes; the next one is chosen then."""

    def __call__(self, moment: Moment) -> Change:
        layers, layer, unit = moment.network.layers, moment.choice.layer, moment.choice.unit
        if unit == OUTPUT_BIAS:
            return Change(words="The output bias stays; ↑ and ↓ choose a unit" if layers else NO_UNITS)
        if len(layers[layer]) == 1:
            raise EngineError(f"unit 1 is the only one of layer {layer + 1}: remove the layer instead, with L")
        return Change((RemoveUnit(layer, unit),))


@dataclass(frozen=True, slots=True)
class AddLayerLast:
    """Units of the chosen kind before the output, where they move the curve as little as can be.

    The output bias stands for the chosen layer's last unit.
    """

    def __call__(self, moment: Moment) -> Change:
        layers, choice = moment.network.layers, moment.choice
        kind = layers[choice.layer][choice.unit] if layers else "sigmoid"
        edits = place_layer(moment.network, (kind,) * NEW_UNITS, moment.dataset.x_train)
        return Change(edits, choice=Choice(len(layers), part=choice.part))


@dataclass(frozen=True, slots=True)
class RemoveLayerHere:
    """The chosen layer goes."""

    def __call__(self, moment: Moment) -> Change:
        if not moment.network.layers:
            return Change(words=NO_UNITS)
        return Change((RemoveLayer(moment.choice.layer),))


@dataclass(frozen=True, slots=True)
class Nudge:
    """The chosen unit's w (from the chosen input), b or c up (+1) or down (−1)."""

    part: str
    direction: int

    def __call__(self, moment: Moment) -> Change:
        choice = replace(moment.choice, part=self.part)
        index = index_of(choice, moment.network)
        if index is None:
            return Change(choice=choice, words=f"{self.part} is not a parameter of this unit")
        value = float(moment.network.theta[index])
        moved = value + self.direction * max(LEAST_NUDGE, NUDGE * abs(value))
        return Change((SetValue(index, moved),), choice=choice)


# ------------------------------------------------------------------------------------------------------- choosing


@dataclass(frozen=True, slots=True)
class ChooseUnit:
    """The unit below (+1) or above (−1)."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        return Change(choice=move_unit(moment.choice, moment.network, self.direction))


@dataclass(frozen=True, slots=True)
class ChooseLayer:
    """The layer after (+1) or before (−1)."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        return Change(choice=move_layer(moment.choice, moment.network, self.direction))


@dataclass(frozen=True, slots=True)
class ChooseInput:
    """The next (+1) or previous (−1) input as the one that w means."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        return Change(choice=move_source(moment.choice, moment.network, self.direction))


CHOOSING = (ChooseUnit, ChooseLayer, ChooseInput)  # they change nothing


# ------------------------------------------------------------------------------------------------ recipe and data


@dataclass(frozen=True, slots=True)
class StepField:
    """A field of the recipe panel a step up (+1) or down (−1)."""

    field: str
    direction: int

    def __call__(self, moment: Moment) -> Change:
        match self.field:
            case "data":
                return StepData(self.direction)(moment)
            case "seed":
                return StepSeed(self.direction)(moment)
            case "init":
                return StepInit(self.direction)(moment)
            case "points":
                return StepPoints(self.direction)(moment)
            case "lags":
                return StepLags(self.direction)(moment)
        name = BY_FLAG[self.field]
        recipe = moment.recipe.step(name, self.direction, len(moment.dataset.y_train))
        if recipe == moment.recipe:
            field = FIELDS[name]
            return Change(words=f"{field.subject} stays at {field.text(getattr(recipe, name))}, its last step")
        return Change((SetRecipe(recipe),))


@dataclass(frozen=True, slots=True)
class StepSeed:
    """A new random start: the next seed (+1), or the one before."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        seed = moment.seed + self.direction
        return Change(beginning=Reseed(seed)) if seed >= 0 else Change(words="Seed 0 is the first one")


@dataclass(frozen=True, slots=True)
class StepInit:
    """The weights are drawn again in the next way (+1), or the one before, that the number of inputs allows."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        network = moment.network
        allowed = [init for init in INITS if _goes(init, network.n_inputs)]
        return Change(beginning=Reinit(neighbour(allowed, network.init, self.direction)))


@dataclass(frozen=True, slots=True)
class StepPoints:
    """More (+1) or fewer (−1) of the training points train."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        present, most = moment.examples.y.size, all_points(moment.examples)
        points = int(nice_step(present, self.direction, 1, most))
        if points == present:
            return Change(words="All points train already" if self.direction > 0 else "One point is the least")
        return Change((set_points(moment.dataset, points, moment.options.data_seed),))


@dataclass(frozen=True, slots=True)
class StepLags:
    """Dated data are predicted from further back (+1), or from less far."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        dataset = moment.dataset
        if not dataset.lags:
            return Change(words=f"{dataset.name} has no lags: only dated data are predicted from their own past")
        lags = next_lags(dataset.lags[-1], dataset.period, self.direction)
        if lags == dataset.lags[-1]:
            return Change(words=f"From {lags} back is the {'least' if self.direction < 0 else 'most'}")
        return Change(beginning=Lags(lags))


@dataclass(frozen=True, slots=True)
class StepData:
    """The next (+1) or previous of the data sets that come with the program, then one's own table."""

    direction: int

    def __call__(self, moment: Moment) -> Change:
        options, names = moment.options, list(data.names())
        if options.data not in names:
            names.append(options.data)
        return Change(beginning=Load(options.for_data(neighbour(names, options.data, self.direction))))


@dataclass(frozen=True, slots=True)
class LoadTable:
    """One's own table, by the options that it needs."""

    data: str
    target: str | None = None
    features: tuple[str, ...] | None = None
    lags: int | None = None

    def __call__(self, moment: Moment) -> Change:
        options = moment.options.for_data(self.data, self.target, self.features, self.lags)
        return Change(beginning=Load(options))


def _goes(init: str, n_inputs: int) -> bool:
    try:
        resolve_init(init, n_inputs)
    except EngineError:
        return False
    return True
