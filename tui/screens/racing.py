"""What the keys of view 6 do: runs are opened, added and removed, trained together, and guessed about."""

from __future__ import annotations

from dataclasses import replace

from tui.run.race import Racing
from tui.run.racing import AddRacer, OpenRacer, RemoveRacer, TrainAll
from tui.screens.dialogs import DialogScreen
from tui.views import ViewState
from tui.widgets.number_prompt import NUMBER, Question, read_value


class RacingScreen(DialogScreen):
    """It shows views by a state."""

    view: ViewState

    def action_train_all(self) -> None:
        self.perform(TrainAll())

    def action_add_run(self) -> None:
        self.perform(AddRacer())

    def action_remove_run(self) -> None:
        self.perform(RemoveRacer(self.view.racer))

    def action_open_or_guess(self) -> None:
        """While the unseen losses are covered enter takes a guess, and shows them; then it opens the run."""
        rows = self.snapshot.answer(Racing()) if self.snapshot else None
        if not rows:
            return
        if not self.view.covered:
            self.perform(OpenRacer(self.view.racer))
            return
        row = rows[min(self.view.racer, len(rows) - 1)]

        def guessed(value: float) -> None:
            guesses = ((row.name, value), *self.view.guesses)
            self.look(replace(self.view, guesses=guesses[:1], covered=False))

        label = f"the unseen loss of {row.name}"
        self._ask_number(Question(label, "enter shows it, esc leaves", "", NUMBER, 12, read_value, guessed))

    def look(self, view: ViewState) -> None:
        """Draw by this state from now on."""
        raise NotImplementedError
