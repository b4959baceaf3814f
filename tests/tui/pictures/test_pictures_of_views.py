"""What every view draws, on the panels of a screen of 80×24 and of 120×40."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import made_sweeps
import numpy as np
import pytest
from picture_files import COMMAND, PANELS, check, check_names, picture
from picture_states import FIRST, Still, alone, in_past, load, made, still

import tui.views
from engine.activations import KINDS
from engine.edits import Freeze
from engine.optimizers import OPTIMIZERS
from tui.draw.palette import ANSI, DARK, NAMES, PLAIN, Palette
from tui.run.choice import OUTPUT_BIAS, Choice
from tui.run.race import Row
from tui.run.sweep.board import Board
from tui.run.trail import Path as Path_
from tui.run.trail import Stop
from tui.views import ViewState, fit, loss, net, runs, step, sums, surface, views
from tui.views.net import example
from tui.views.state import SweepLook
from tui.views.step import trace
from tui.views.units import table

STATE = ViewState()


@dataclass(frozen=True)
class Scene:
    """What a picture is drawn from; `run` is asked for when the picture is drawn."""

    view: Any
    panel: str
    run: Callable[[], Still]
    chosen: Choice = FIRST
    state: ViewState = STATE
    palette: Palette = DARK
    answered: bool = True
    plain: dict[str, Any] = field(default_factory=dict)  # fields of the snapshot

    def drawn(self, run: Still, size: str) -> str:
        width, height = PANELS[size][self.panel]
        requests = self.view.requests(run.evidence.dataset, width, height, self.state) if self.answered else ()
        snapshot = run.snapshot(requests, self.chosen, **self.plain)
        canvas = self.view.paint(snapshot, width, height, self.palette, self.state)
        strips = canvas.strips(self.palette)
        assert [strip.cell_length for strip in strips] == [width] * height
        title = ": ".join(filter(None, (self.view.TITLE, self.view.subtitle(snapshot, self.state))))
        return picture(strips, self.palette, f"{title}   {width}×{height}")


def kept(name: str) -> Callable[[], Still]:
    return lambda: still(name)


def troubled() -> Still:
    """A ReLU that is off, a sigmoid that is flat, one that is on everywhere, and one that adds nothing yet."""
    kinds = ("relu", "sigmoid", "relu", "tanh")
    return made(still("motorcycle"), (kinds,), (2.1, 50.3, -1.2, 1.1, -3.2, 99.7, 3.3, 0.2, 1.1, 1.2, -1.3, 0.0, 0.1))


def frozen() -> Still:
    """As `troubled`, with a dead unit and a sound one frozen."""
    run = troubled()
    network = run.evidence.network.copy()
    for unit in (0, 2):
        network.apply(Freeze(0, unit))
    return run.but(network=network)


def many() -> Still:
    """Units that bend within the data: a straight line could sit on the border between dots."""
    waves = np.round(np.sin(3.0 + 1.7 * np.arange(37)), 3)
    return made(still("motorcycle"), (("relu", "sigmoid", "tanh") * 4,), tuple(waves + np.repeat((3.1, 0.0), (12, 25))))


def haunted(name: str) -> Callable[[], Still]:
    """A run in the midst of an epoch, with earlier moments: its θ grew from less."""
    of = still(name)
    updates = (0, 64, 128, 256)
    stops = tuple(Stop(update, 0, np.sqrt(update / 300) * of.evidence.network.theta) for update in updates)
    count, size = len(of.evidence.dataset.y_train), of.evidence.recipe.batch_size
    return lambda: of.but(path=Path_(stops), batches=(0, 0.0), progress=300.0 + 2 * size / count)


def hundred() -> Still:
    """More units than have a place of their own."""
    return made(still("motorcycle"), (("relu", "tanh") * 50,), np.sin(2.0 + 1.7 * np.arange(301)))


def four_layers() -> Still:
    """More layers than have a column."""
    count = 2 * 3 + 3 + 3 * (3 * 3 + 3) + 3 + 1
    return made(still("penguins"), (("tanh",) * 3,) * 4, np.round(1.5 * np.sin(1.0 + 1.7 * np.arange(count)), 3))


def two_features() -> Still:
    """A plane whose targets are no labels, as a linear model sees it."""
    dataset = load("concrete", features=("cement", "age"))
    return made(still("concrete"), (), (0.47, 0.31, 0.12), dataset=dataset)


def every(period: str) -> Callable[[], Still]:
    """The sunspots as if they were counted each week or month."""
    letter, dataset = period[0].upper(), still("sunspots").evidence.dataset
    count = len(dataset.y_train)
    times = np.arange(count + len(dataset.y_test)).astype(f"datetime64[{letter}]").astype("datetime64[D]")
    dated = replace(dataset, period=period, times_train=times[:count], times_test=times[count:])
    recipe = replace(
        still("sunspots").evidence.recipe, loss="mae"
    )  # in the unit of y, so that baselines stand beside it
    return lambda: still("sunspots").but(dataset=dated, recipe=recipe)


def of_kind(kind: str) -> Callable[[], Still]:
    """Units of a kind after two that bend, for the same reason."""
    theta = (2.1, 4.3, 0.4, 1.6, 1.3, -0.7, -0.9, 1.4, 0.3, -0.2, 1.7, -1.2, 0.6)
    return lambda: made(still("motorcycle"), (("tanh",) * 2, (kind,) * 2), theta)


def stretched(name: str) -> Callable[[], Still]:
    """A run whose output is far too large."""
    return lambda: still(name).with_theta(still(name).evidence.network.theta * 1.9)


def broken() -> Still:
    """Losses that were not finite for a while."""
    of = still("motorcycle")
    history, low, high = of.evidence.history, 20, 30
    train = np.concatenate((history.train[:low], np.full(high - low, np.nan), history.train[high:]))
    test = np.concatenate((history.test[:low], np.full(high - low, np.inf), history.test[high:]))
    return of.but(history=replace(history, train=train, test=test))


def overfitted() -> Still:
    """The unseen loss rises again."""
    of = still("motorcycle")
    history = of.evidence.history
    return of.but(history=replace(history, test=history.test + 0.9 * (history.epoch / 400) ** 2), progress=423.4)


def raced(count: int) -> Callable[[], Still]:
    """So many runs side by side, the more units the nearer to the training rows and in the end to no others."""

    def make() -> Still:
        epochs = np.arange(101)
        rows = []
        for place in range(count):
            train = 20 + 60 / (1 + place) * np.exp(-epochs / (30 - 2 * place)) - 1.5 * place
            test = train + 2 + (0.06 * place) ** 2 * epochs
            names = ("linear, 1 day", "10 ReLU", "100 ReLU", "2 × 100 ReLU", "3 × 100 ReLU")
            name, state = names[place % 5], ("done", "runs", "waits", "done", "diverged")[place % 5]
            best = int(np.argmin(test))
            own = Row(name, 10 ** (place + 1), train[-1], test[-1], best, 100, state, epochs, train, test, place == 1)
            rows.append(own)
        return still("chicago").but(rows=tuple(rows))

    return make


def swept(make: Callable[[], Board]) -> Callable[[], Still]:
    """A sweep of view 6, with a run beside it."""
    return lambda: raced(1)().but(board=make())


def travelled(name: str, ahead: int = 0) -> Callable[[], Still]:
    """A run that came here on a curved way, with so much of it still ahead."""

    def make() -> Still:
        theta = still(name).evidence.network.theta
        turn = np.cos(np.arange(len(theta)) * 2.3) * 0.4
        share = np.linspace(0.3, 1.4, 12)[:, np.newaxis]
        way = [Stop(place, 0, own) for place, own in enumerate(theta * share + turn * np.sin(3 * (share - 1)))]
        return still(name).but(path=Path_(tuple(way[: 12 - ahead]), tuple(way[12 - ahead :])))

    return make


def updated(of: Callable[[], Still], **recipe: Any) -> Callable[[], Still]:
    """A run after an update by this recipe."""
    return lambda: of().but(recipe=replace(of().evidence.recipe, **recipe)).updated()


def frozen_net() -> Still:
    """The first unit stands still."""
    run = still("motorcycle")
    network = run.evidence.network.copy()
    network.apply(Freeze(0, 0))
    return run.but(network=network)


PAST = {"behind": 480, "undone": 1, "end": 400.0}


def past() -> Still:
    return in_past(still("motorcycle"), 280, "η")


def scenes() -> Iterator[tuple[str, Scene]]:
    for name in ("motorcycle", "sine", "chicago", "sunspots", "spiral", "penguins", "concrete"):
        yield f"fit_{name}", Scene(fit, "fit", kept(name))
        yield f"loss_{name}", Scene(loss, "loss", kept(name))
        yield f"units_{name}", Scene(table, "units", kept(name))
        yield f"sums_{name}", Scene(sums, "fit", kept(name))
        yield f"surface_{name}", Scene(surface, "fit", travelled(name))
        yield f"net_{name}", Scene(net, "fit", kept(name))
        yield f"example_{name}", Scene(example, "units", kept(name))
        yield f"step_{name}", Scene(step, "spread", updated(kept(name)), state=ViewState(traced=15))
        yield f"trace_{name}", Scene(trace, "line", updated(kept(name)))
    for name in ("motorcycle", "chicago", "spiral", "concrete"):
        first = lambda name=name: alone(still(name))  # noqa: E731
        yield f"fit_{name}_unanswered", Scene(fit, "fit", kept(name), answered=False)
        yield f"fit_{name}_one_example", Scene(fit, "fit", first)
        yield f"fit_{name}_whole", Scene(fit, "whole", kept(name))
        yield f"units_{name}_unanswered", Scene(table, "units", kept(name), answered=False)
        for palette in (ANSI, PLAIN):
            depth = {"ansi": "16_colours", "none": "no_colours"}[palette.depth]
            yield f"fit_{name}_{depth}", Scene(fit, "fit", kept(name), palette=palette)
            yield f"sums_{name}_{depth}", Scene(sums, "fit", kept(name), palette=palette)
            yield f"surface_{name}_{depth}", Scene(surface, "fit", travelled(name), palette=palette)
            yield f"net_{name}_{depth}", Scene(net, "fit", kept(name), palette=palette)
            yield f"example_{name}_{depth}", Scene(example, "units", kept(name), palette=palette)
            own = ViewState(traced=15)
            yield f"step_{name}_{depth}", Scene(step, "spread", updated(kept(name)), state=own, palette=palette)
            yield f"trace_{name}_{depth}", Scene(trace, "line", updated(kept(name)), palette=palette)
            if name == "motorcycle":
                yield f"loss_{name}_past_{depth}", Scene(loss, "loss", past, palette=palette, plain=PAST)
            yield f"loss_{name}_{depth}", Scene(loss, "loss", kept(name), palette=palette)
            yield f"units_{name}_{depth}", Scene(table, "units", kept(name), palette=palette)
    yield "fit_motorcycle_second_chosen", Scene(fit, "fit", kept("motorcycle"), Choice(unit=1))
    yield "fit_motorcycle_stretched", Scene(fit, "fit", stretched("motorcycle"))
    yield "fit_concrete_stretched", Scene(fit, "fit", stretched("concrete"))
    yield "fit_chicago_stretched", Scene(fit, "fit", stretched("chicago"))
    yield "fit_chicago_window", Scene(fit, "fit", kept("chicago"), state=ViewState(window=165))
    yield "fit_chicago_last_window", Scene(fit, "fit", kept("chicago"), state=ViewState(window=10_000))
    yield "fit_chicago_zoomed", Scene(fit, "fit", kept("chicago"), state=ViewState(zoom=True))
    yield "fit_sunspots_zoomed", Scene(fit, "fit", kept("sunspots"), state=ViewState(zoom=True))
    for period in ("week", "month"):
        yield f"fit_{period}s", Scene(fit, "fit", every(period))
        yield f"fit_{period}s_zoomed", Scene(fit, "fit", every(period), state=ViewState(zoom=True))
        yield f"loss_{period}s", Scene(loss, "loss", every(period))
    yield "fit_two_features", Scene(fit, "fit", two_features)
    yield "loss_motorcycle_linear", Scene(loss, "loss", kept("motorcycle"), state=ViewState(log_loss=False))
    yield "loss_motorcycle_unanswered", Scene(loss, "loss", kept("motorcycle"), answered=False)
    yield "loss_motorcycle_begun", Scene(loss, "loss", lambda: alone(still("motorcycle")))
    yield "loss_motorcycle_broken", Scene(loss, "loss", broken)
    yield "loss_motorcycle_past", Scene(loss, "loss", past, plain=PAST)
    yield "loss_motorcycle_overfitted", Scene(loss, "loss", overfitted)
    for palette in (DARK, ANSI, PLAIN):
        depth = {"truecolor": "", "ansi": "_16_colours", "none": "_no_colours"}[palette.depth]
        for shown in ("bars", "ghosts", "batch"):
            state = ViewState(**{shown: True})
            yield (
                f"fit_motorcycle_{shown}{depth}",
                Scene(fit, "fit", haunted("motorcycle"), state=state, palette=palette),
            )
        yield (
            f"fit_chicago_ghosts{depth}",
            Scene(fit, "fit", haunted("chicago"), state=ViewState(ghosts=True), palette=palette),
        )
        yield (
            f"fit_chicago_baselines{depth}",
            Scene(fit, "fit", kept("chicago"), state=ViewState(bars=True), palette=palette),
        )
        yield (
            f"fit_spiral_batch{depth}",
            Scene(fit, "fit", haunted("spiral"), state=ViewState(batch=True), palette=palette),
        )
    for part in "wbc":
        yield f"units_motorcycle_{part}_of_second", Scene(table, "units", kept("motorcycle"), Choice(unit=1, part=part))
    for unit in (0, 6, 11, OUTPUT_BIAS):
        yield f"units_many_{unit + 1 or 'bias'}", Scene(table, "units", many, Choice(unit=unit))
    yield "units_troubled", Scene(table, "units", troubled)
    yield "units_frozen", Scene(table, "units", frozen)
    yield "units_sine_second_layer", Scene(table, "units", kept("sine"), Choice(layer=1, unit=1, source=2))
    yield "units_spiral_second_layer", Scene(table, "units", kept("spiral"), Choice(layer=1, unit=5))
    yield "units_spiral_bias", Scene(table, "units", kept("spiral"), Choice(unit=OUTPUT_BIAS, layer=1))
    yield "sums_motorcycle_whole", Scene(sums, "whole", kept("motorcycle"), Choice(unit=1))
    yield "sums_motorcycle_unanswered", Scene(sums, "fit", kept("motorcycle"), answered=False)
    yield "sums_motorcycle_stretched", Scene(sums, "fit", stretched("motorcycle"))
    yield "sums_motorcycle_bias", Scene(sums, "fit", kept("motorcycle"), Choice(unit=OUTPUT_BIAS))
    yield "sums_many", Scene(sums, "fit", many, Choice(unit=6))
    yield "sums_troubled", Scene(sums, "fit", troubled, Choice(unit=2))
    yield "sums_twins", Scene(sums, "fit", of_kind("hard_sigmoid"), Choice(layer=1))
    yield "sums_sine_first_layer", Scene(sums, "fit", kept("sine"))
    yield "sums_concrete_age", Scene(sums, "fit", kept("concrete"), Choice(source=7))
    yield "sums_spiral_second_layer", Scene(sums, "fit", kept("spiral"), Choice(layer=1, unit=5))
    yield "sums_linear", Scene(sums, "fit", kept("linear"), Choice(unit=OUTPUT_BIAS, source=3))
    yield "sums_two_features", Scene(sums, "fit", two_features)
    for name, view, panel in (("net", net, "fit"), ("example", example, "units")):
        yield f"{name}_many", Scene(view, panel, many, Choice(unit=6, part="c"))
        yield f"{name}_hundred", Scene(view, panel, hundred, Choice(unit=50))
        yield f"{name}_sine_first_layer", Scene(view, panel, kept("sine"))
        yield f"{name}_spiral_second_layer", Scene(view, panel, kept("spiral"), Choice(layer=1, unit=5, source=2))
        yield f"{name}_spiral_bias", Scene(view, panel, kept("spiral"), Choice(layer=1, unit=OUTPUT_BIAS))
        yield f"{name}_linear", Scene(view, panel, kept("linear"), Choice(unit=OUTPUT_BIAS, source=3))
        yield f"{name}_motorcycle_third", Scene(view, panel, kept("motorcycle"), state=ViewState(example=2))
        yield f"{name}_four_layers", Scene(view, panel, four_layers, Choice(layer=2, unit=1))
    for name, view, panel in (("step", step, "spread"), ("trace", trace, "line")):
        yield f"{name}_many", Scene(view, panel, updated(many), Choice(unit=6, part="c"))
        yield f"{name}_hundred", Scene(view, panel, updated(hundred), Choice(unit=50))
        yield f"{name}_sine_first_layer", Scene(view, panel, updated(kept("sine")))
        yield f"{name}_spiral_bias", Scene(view, panel, updated(kept("spiral")), Choice(layer=1, unit=OUTPUT_BIAS))
        yield f"{name}_linear", Scene(view, panel, updated(kept("linear")), Choice(unit=OUTPUT_BIAS, source=3))
        yield f"{name}_four_layers", Scene(view, panel, updated(four_layers), Choice(layer=2, unit=2))
        yield f"{name}_frozen", Scene(view, panel, updated(frozen_net))
        yield f"{name}_third", Scene(view, panel, updated(kept("motorcycle")), state=ViewState(example=2, traced=13))
        yield f"{name}_penalty", Scene(view, panel, updated(kept("motorcycle"), l2=0.01, l1=0.001, loss="mae"))
        yield f"{name}_large_batch", Scene(view, panel, updated(kept("motorcycle"), batch_size=80))
        for optimizer in OPTIMIZERS:
            yield f"{name}_{optimizer}", Scene(view, panel, updated(kept("sine"), optimizer=optimizer, l2=0.01))
    yield "step_motorcycle_unanswered", Scene(step, "spread", kept("motorcycle"), answered=False)
    yield "step_motorcycle_begun", Scene(step, "spread", lambda: alone(still("motorcycle")))
    yield "step_motorcycle_whole", Scene(step, "whole", updated(kept("motorcycle"), optimizer="sgd", learning_rate=0.2))
    yield "step_motorcycle_page", Scene(step, "spread", updated(kept("motorcycle")), state=ViewState(page=True))
    yield "step_motorcycle_over", Scene(step, "over", updated(kept("motorcycle")))
    yield "step_losses", Scene(step, "spread", updated(kept("motorcycle")), state=ViewState(whole=True))
    yield "surface_motorcycle_ahead", Scene(surface, "fit", travelled("motorcycle", ahead=5), plain=PAST)
    yield "surface_motorcycle_unanswered", Scene(surface, "fit", kept("motorcycle"), answered=False)
    yield "surface_motorcycle_whole", Scene(surface, "whole", travelled("motorcycle"), Choice(unit=1))
    yield "surface_motorcycle_bias", Scene(surface, "fit", kept("motorcycle"), Choice(unit=OUTPUT_BIAS))
    yield "surface_linear", Scene(surface, "fit", kept("linear"), Choice(unit=OUTPUT_BIAS, source=3))
    yield "surface_spiral_first_layer", Scene(surface, "fit", kept("spiral"), Choice(unit=2))
    for shown, state in (
        ("plane", ViewState(plane=True)),
        ("axes", ViewState(axes=(0, 7))),
        ("closer", ViewState(closer=3)),
        ("further", ViewState(closer=-2)),
    ):
        yield f"surface_motorcycle_{shown}", Scene(surface, "fit", travelled("motorcycle"), state=state)
    yield "surface_stretched", Scene(surface, "fit", stretched("motorcycle"))
    for name, state in (
        ("covered", ViewState(racer=1)),
        ("shown", ViewState(racer=3, covered=False)),
        ("guessed", ViewState(racer=4, covered=False, guesses=(("100 ReLU", 12.5),))),
        ("guess_covered", ViewState(racer=4, guesses=(("100 ReLU", 12.5),))),
        ("linear_axis", ViewState(covered=False, log_loss=False)),
    ):
        for size in ("whole", "fit"):
            yield f"runs_{name}_{size}", Scene(runs, size, raced(5), state=state)
    for palette in (ANSI, PLAIN):
        yield f"runs_{palette.depth}", Scene(runs, "whole", raced(5), palette=palette, state=ViewState(covered=False))
    seen = SweepLook(covered=False)
    yield "sweep", Scene(runs, "whole", swept(made_sweeps.live), state=ViewState(sweep=seen))
    yield "sweep_covered", Scene(runs, "whole", swept(made_sweeps.live))
    yield (
        "sweep_chosen",
        Scene(runs, "whole", swept(made_sweeps.live), state=ViewState(sweep=replace(seen, cell=(5, 4)))),
    )
    yield (
        "sweep_of_training",
        Scene(runs, "whole", swept(made_sweeps.live), state=ViewState(sweep=replace(seen, train=True))),
    )
    yield "sweep_begun", Scene(runs, "whole", swept(made_sweeps.begun))
    for palette in (ANSI, PLAIN):
        depth = {"ansi": "16_colours", "none": "no_colours"}[palette.depth]
        yield (
            f"sweep_{depth}",
            Scene(runs, "whole", swept(made_sweeps.live), state=ViewState(sweep=seen), palette=palette),
        )
    for name, make in (("one_factor", made_sweeps.one_factor), ("three_factors", made_sweeps.three_factors)):
        yield f"sweep_{name}", Scene(runs, "whole", swept(make), state=ViewState(sweep=seen))
    last = ViewState(sweep=replace(seen, cell=(29, 39)))
    yield "sweep_many_values", Scene(runs, "whole", swept(made_sweeps.many_values), state=last)
    yield "runs_none_yet", Scene(runs, "whole", kept("chicago"))
    for name in ("motorcycle", "spiral", "concrete"):
        yield f"runs_{name}", Scene(runs, "whole", lambda name=name: still(name).but(rows=raced(1)().evidence.rows))
    yield "net_motorcycle_whole", Scene(net, "whole", kept("motorcycle"), Choice(unit=1))
    yield "net_spiral_whole", Scene(net, "whole", kept("spiral"), Choice(layer=1))
    yield "net_motorcycle_unanswered", Scene(net, "fit", kept("motorcycle"), answered=False)
    yield "units_linear", Scene(table, "units", kept("linear"))
    yield "units_linear_fourth_weight", Scene(table, "units", kept("linear"), Choice(unit=OUTPUT_BIAS, source=3))
    for kind in KINDS:
        yield f"units_of_kind_{kind}", Scene(table, "units", of_kind(kind), Choice(layer=1))


SCENES = {f"{name}_{size}": (scene, size) for name, scene in scenes() for size in PANELS}


@pytest.mark.parametrize("name", SCENES)
def test_a_view_draws_what_is_kept(name: str, write: bool) -> None:
    scene, size = SCENES[name]
    check(name, scene.drawn(scene.run(), size), write)


@pytest.mark.parametrize("name", SCENES)
def test_no_cell_is_at_the_edge_of_being_another(name: str) -> None:
    scene, size = SCENES[name]
    assert scene.drawn(scene.run().moved(), size) == scene.drawn(scene.run(), size), "draw it from other parameters"


def test_each_meaning_has_the_colours_that_are_kept(write: bool) -> None:
    check(
        "palette", "".join(f"{name:18}{DARK.colours[name].lower():10}{ANSI.colours[name]}\n" for name in NAMES), write
    )


def test_each_view_has_a_picture_for_each_kind_of_data() -> None:
    modules = (import_module(each.name) for each in pkgutil.walk_packages(tui.views.__path__, "tui.views."))
    wanted = {(module.__name__, "") for module in modules if hasattr(module, "TITLE")}
    wanted |= {(view.__name__, kind) for view in views() for kind in view.KINDS}
    for scene, _ in SCENES.values():
        wanted -= {(scene.view.__name__, ""), (scene.view.__name__, scene.run().evidence.dataset.kind)}
    assert not wanted, f"{wanted} need a scene in {Path(__file__).name}; then {COMMAND} makes the picture"


def test_each_kept_picture_is_drawn(write: bool) -> None:
    check_names({*SCENES, "palette"}, False, write)
