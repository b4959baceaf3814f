"""What the screen is told of a run: its plain facts, the answers to what is asked for, and the note of now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from data import Dataset
from engine import Network
from tui.run.facts import ActiveShares, Facts, Losses, Overfitting, Plateau, Request
from tui.run.player import Player
from tui.run.race import Race, Racing
from tui.run.run import Run
from tui.run.snapshot import Snapshot, State
from tui.run.sweep.board import Sweeping
from tui.run.sweep.live import Live
from tui.run.unit import trouble
from tui.run.workbench import Heavy, Workbench

Want = Callable[[Dataset], Iterable[Request[Any]]]  # what one picture asks for, of whatever data set is at hand


class Teller:
    """Remembers what is asked for, and what is known of the moment that was told last."""

    def __init__(self, live: Live | None = None) -> None:
        self.wants: tuple[Want, ...] = ()
        self.bench, self.race = Workbench(), Race()
        self.live = live  # the sweep
        self.looks_closely = False  # whether something that is asked needs checkpoints shortly before
        self._facts: Facts | None = None

    def facts(self, run: Run) -> Facts:
        """What there is to know of this moment; the same object, with all that it knows, until something changes."""
        evidence = run.evidence()
        if self._facts is None or not evidence.same(self._facts.evidence):
            self._facts = Facts(evidence)
        return self._facts

    def loss(self, run: Run) -> float:
        """The loss by which a change is judged: the unseen one, where there is one."""
        train, test = self.facts(run).of(Losses())
        return train if test is None else test

    def snapshot(self, run: Run, player: Player, busy: str | None, loads: State | None) -> Snapshot:
        """The run as it is now, all copies, with the answers to what is asked for."""
        trainer, story, facts = run.trainer, run.story, self.facts(run)
        return Snapshot(
            dataset=run.dataset,
            network=facts.evidence.network,
            chosen=run.choice,
            recipe=trainer.recipe,
            seed=trainer.seed,
            update=trainer.update,
            epoch=trainer.epoch,
            progress=trainer.progress,
            rate=trainer.learning_rate,
            updates_per_second=player.count_rate(),
            device=trainer.device,
            state=loads or ("playing" if self.race.playing else _state(player)),
            speed=player.speed(),
            diverged=trainer.diverged,
            marks=run.marks,
            behind=story.end - trainer.update,
            undone=len(story.entries) - story.position[1],
            end=max(story.end_progress, trainer.progress),
            undoes=bool(story.position[1] or run.before),
            redoes=bool(story.position[1] < len(story.entries) or run.after),
            note=_note(run, facts),
            shorter=run.telling.note.shorter,
            busy=busy or player.progress(),
            sweep=None if self.live is None else self.live.tally(),
            answers=self._answers(run, facts),
        )

    def _answers(self, run: Run, facts: Facts) -> dict[Request[Any], Any]:
        """To what is asked for; what takes long comes from the workbench, and may be of an earlier moment."""
        requests = {request for want in self.wants for request in want(run.dataset)}
        heavy = {request for request in requests if isinstance(request, Heavy)}
        self.bench.keep(heavy)
        self.looks_closely = any(request.looks_closely for request in heavy)
        answers = facts.answers(requests - heavy)
        if Racing() in requests:
            answers[Racing()] = self.race.rows(run)
        if Sweeping() in requests:
            answers[Sweeping()] = None if self.live is None else self.live.board()
        late = {request: self.bench.answer(request, facts.evidence) for request in heavy}
        return answers | {request: answer for request, answer in late.items() if answer is not None}


def _state(player: Player) -> State:
    if player.trainer.diverged:
        return "diverged"
    return "stepping" if player.goal else "playing" if player.playing else "paused"


def _note(run: Run, facts: Facts) -> str:
    """A note that follows a change asks for the losses, and whether a unit is in trouble."""
    telling, at = run.telling, facts.evidence
    if not telling.measures:
        return telling.note.text
    hindered = _trouble(telling.note.unit, at.network, facts.of(ActiveShares()))
    losses, overfit, plateau = facts.of(Losses()), facts.of(Overfitting()), facts.of(Plateau())
    return telling.sentence(at.update, losses, at.recipe, at.dataset, hindered, overfit, plateau)


def _trouble(place: tuple[int, int] | None, network: Network, on: tuple[np.ndarray, ...]) -> str:
    """What hinders learning: "dead" or "saturated", of the unit at this (layer, unit); "flat", a whole layer."""
    troubles = [
        [trouble(kind, float(share)) for kind, share in zip(kinds, shares, strict=True)]
        for kinds, shares in zip(network.layers, on, strict=True)
    ]
    if any(map(all, troubles)):
        return "flat"
    if place is None:
        return ""
    layer, unit = place
    return troubles[layer][unit]
