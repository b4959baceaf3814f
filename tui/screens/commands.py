"""The command palette."""

from __future__ import annotations

from textual.command import CommandList, CommandPalette


class Commands(CommandPalette):
    """Textual's own, which fails where a page up or down comes before its list has a place on the screen."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "command_list":
            return self.query_one(CommandList).scrollable_content_region.height > 0
        return True
