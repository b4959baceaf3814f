"""What Textual draws by itself, such as its palette and its notices, in our colours."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from tui.draw.palette import DARK, LIGHT, Palette


def theme_of(palette: Palette) -> Theme:
    """A theme for Textual's own parts (palette, dialogs, notices); with 16 colours in the terminal's.

    Without colours Textual turns ours to shades of grey, but the terminal's own to black on black.
    """
    if palette.depth == "ansi":
        return replace(BUILTIN_THEMES["ansi-dark"], name="unitfit")
    colours = palette.colours or DARK.colours
    return Theme(
        name="unitfit light" if palette is LIGHT else "unitfit",
        dark=palette is not LIGHT,
        primary=colours["model"],
        secondary=colours["model"],
        accent=colours["now"],
        warning=colours["unseen"],
        error=colours["trouble"],
        success=colours["model"],
        foreground=colours["text"],
        background=colours["ground"],
        surface=colours["ground"],
        panel=colours["weekend"],
    )
