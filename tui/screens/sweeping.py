"""What the keys of a sweep do: it is paused, given more seeds, stopped and exported, and its settings are opened."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tui.run.saved import free_for
from tui.run.sweep.board import Board
from tui.run.sweeping import AddSeed, BeginSweep, OpenSetting, PauseSweep, StopSweep
from tui.screens.racing import RacingScreen
from tui.views import fit, runs
from tui.views.runs.look import board_on, chosen, chosen_result, judged_by
from tui.views.state import SweepLook


class SweepingScreen(RacingScreen):
    """It knows which sweep is shown."""

    @property
    def board(self) -> Board | None:
        """The sweep that is shown."""
        if self.snapshot is None or self.view.number != runs.NUMBER:
            return None
        return board_on(self.snapshot, self.view)

    def action_line_up(self) -> None:
        from tui.screens.line_up import LineRunsUp

        self.app.push_screen(LineRunsUp(self.send, self._look_at))

    def _look_at(self, sweep: bool) -> None:
        """At the sweep that has begun, or at the runs that are lined up."""
        self.look(replace(self.view, sweep=SweepLook(shown=sweep)))

    def action_begin_sweep(self, name: str) -> None:
        """Have it begun, and shown; where it cannot be, the sentence comes and view 6 stays as it was."""
        self.view = replace(self.view, sweep=SweepLook())
        self.perform(BeginSweep(name))
        self.action_view(runs.NUMBER)

    def action_pause_sweep(self) -> None:
        self.perform(PauseSweep())

    def action_stop_sweep(self) -> None:
        """Stop it; one that stands still leaves its place to the runs side by side."""
        board = self.board
        if board is not None and board.tally.busy:
            self.perform(StopSweep())
        else:
            self._show_sweep(False)

    def action_show_sweep(self) -> None:
        self._show_sweep(True)

    def _show_sweep(self, shown: bool) -> None:
        self.look(replace(self.view, sweep=replace(self.view.sweep, shown=shown)))

    def action_add_seed(self) -> None:
        if (board := self.board) is not None:
            self.perform(AddSeed(chosen(board, self.view)[0]))

    def action_open_setting(self) -> None:
        """In view 1, where one of its runs has come to its end; else the words beside the map say what is missing."""
        board = self.board
        result = None if board is None else chosen_result(board, self.view)
        if board is not None and result is not None and result.finite:
            self.perform(OpenSetting(tuple(result.setting.values()), judged_by(board, self.view)))
            self.action_view(fit.NUMBER)

    def action_export_sweep(self) -> None:
        from tui.screens.export import ExportSweep

        if self.snapshot is not None:
            self.app.push_screen(ExportSweep(self.send, partial(free_for, self.snapshot.dataset, "sweep")))

    def action_view(self, number: int) -> None:
        """Show this view."""
        raise NotImplementedError
