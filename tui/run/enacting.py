"""Scenes at work: their runs are made, and their sentences are said when it is time."""

from __future__ import annotations

from dataclasses import dataclass

from tui.run.beginnings import first_run
from tui.run.presets import line_up
from tui.run.race import Race, Racer
from tui.run.run import Run
from tui.run.scenes import Scene
from tui.run.settings import SCENES, recall_names, remember


@dataclass(frozen=True, slots=True)
class Enact:
    """The runs of a scene, with what it says."""

    scene: Scene


def race_of(scene: Scene, run: Run) -> Race:
    """What stands in view 6: the preset, or all runs of the scene. Raises EngineError, DataError or OSError."""
    if scene.race:
        return Race(line_up(scene.race, run.moment()))
    others = [first_run(options) for options in scene.runs[1:]]
    return Race([Racer(each, _name(each), each.trainer.recipe.epochs) for each in (run, *others)] if others else ())


def sentences(words: str) -> tuple[str, ...]:
    """A sentence, and its first part for a narrow screen."""
    return words, words.split(";")[0]


class Stage:
    """Which scene is on, and whether it has said what to look for."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.looked = scene, False

    def due(self, run: Run, race: Race) -> bool:
        """Whether it is time to say what to look for; once."""
        if self.looked:
            return False
        ready = race.racers and race.done if self.scene.race else run.trainer.epoch >= self.scene.after
        if ready and run.trainer.update + bool(self.scene.race):
            self.looked = True
            if self.scene.name not in (done := recall_names(SCENES)):
                remember(SCENES, ",".join(sorted({*done, self.scene.name})))
        return self.looked


def _name(run: Run) -> str:
    recipe = run.trainer.recipe
    return f"{len(run.dataset.y_train)} points, batch {recipe.batch_size}"
