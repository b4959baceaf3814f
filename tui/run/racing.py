"""What can be asked of a race: frozen wishes, and one `race` that does them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine import EngineError
from tui.run.presets import PRESETS, again, line_up
from tui.run.race import MOST, Race, Racer, same_unseen
from tui.run.run import Run
from tui.run.saved import notes_of


@dataclass(frozen=True, slots=True)
class LineUp:
    """The runs of a preset take the place of those that are there."""

    preset: str


@dataclass(frozen=True, slots=True)
class TrainAll:
    """Train all runs, or pause."""


@dataclass(frozen=True, slots=True)
class OpenRacer:
    """The run of this row becomes the present one."""

    place: int


@dataclass(frozen=True, slots=True)
class AddRacer:
    """The units, recipe and data of now as one more run."""


@dataclass(frozen=True, slots=True)
class RemoveRacer:
    """The run of this row leaves the race."""

    place: int


RaceWish = LineUp | TrainAll | OpenRacer | AddRacer | RemoveRacer


def race(wish: RaceWish, own: Race, run: Run) -> tuple[Run, str]:
    """Do it; returns the run that is present then, and what is said. Raises EngineError or DataError."""
    match wish:
        case LineUp(preset):
            own.racers, own.playing = line_up(preset, run.moment()), False
            return run, f"{len(own.racers)} runs: {PRESETS[preset].__doc__}".rstrip(".") + "; space trains them all"
        case TrainAll():
            return run, _train_all(own)
        case AddRacer():
            _add(own, again(run.moment()))
            return run, f"Run {len(own.racers)} is that of now, from its start; space trains it"
        case OpenRacer(place):
            return _open(own, place, run)
        case RemoveRacer(place):
            gone = own.racers.pop(_checked(own, place))
            return run, f"{gone.name} has left the race"


def join(own: Race, runs: Sequence[Run], run: Run) -> None:
    """The runs of this start come to a race that has none, the latest ones, as far as they can be compared."""
    if not own.racers:
        same = [each for each in runs if same_unseen(each.loaded, run.loaded)]
        racers = [racer for each in same for racer in (*_left(each), Racer(each, _name(each), 0))]
        own.racers = racers[-MOST:]


def _left(run: Run) -> Iterator[Racer]:
    """What edits in the past of a run have left behind."""
    for tail in run.story.tails:
        other = Run(run.options, run.loaded, run.story.left(tail), run.choice)
        other.telling.notes = notes_of(run.options, run.loaded, other.story)
        yield Racer(other, f"{_name(other)}, left at update {tail.fork}", 0)


def _name(run: Run) -> str:
    trainer = run.trainer
    shape = "-".join(map(str, trainer.architecture.shape))
    return f"{shape} {trainer.recipe.optimizer} η {trainer.recipe.learning_rate:g} seed {trainer.seed}"


def _train_all(own: Race) -> str:
    if own.done:
        return "All runs have come to their ends: p lines others up, a adds the run of now"
    own.toggle()
    return "space pauses; the run that is furthest behind trains next" if own.playing else "Paused; space goes on"


def _add(own: Race, racer: Racer) -> None:
    if len(own.racers) >= MOST:
        raise EngineError(f"{MOST} runs are in the race already: expected at most that many; x removes one")
    if own.racers and not same_unseen(own.racers[0].run.dataset.whole, racer.run.dataset.whole):
        raise EngineError("the unseen rows are others than those of the race: expected the same target and rows")
    own.racers.append(racer)


def _open(own: Race, place: int, run: Run) -> tuple[Run, str]:
    racer = own.racers[_checked(own, place)]
    if racer.run is run:
        return run, f"{racer.name} is the present run; 1 shows its fit"
    own.playing = False
    racer.run.before = run
    return racer.run, f"{racer.name} is the present run now; 1 shows its fit, u goes back"


def _checked(own: Race, place: int) -> int:
    if not 0 <= place < len(own.racers):
        raise EngineError(f"run {place + 1}: expected one of the {len(own.racers)} in the race")
    return place
