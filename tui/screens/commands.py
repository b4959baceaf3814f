"""The command palette."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette

from tui.screens.standing import Standing

OF_THE_LIST = ("command_list", "cursor_down", "cursor_up")


class Commands(CommandPalette, Standing[None]):
    """Textual's own, which fails where a key comes before its list has a place on the screen, or after the list."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the list do nothing while it has no place."""
        if action in OF_THE_LIST:
            return any(own.scrollable_content_region.height > 0 for own in self.query(CommandList))
        return True

    def dismiss(self, result: None = None) -> AwaitComplete:
        """With what it searches for, and the notice that nothing is found."""
        self._cancel_gather_commands()
        self._stop_no_matches_countdown()
        return super().dismiss(result)

    def _start_busy_countdown(self) -> None:
        """Nothing: all commands are found at once."""
