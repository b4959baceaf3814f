"""Kept pictures: the characters of a screen, and under them one letter a cell for what colour it has.

A picture is made of the strips that the terminal gets, so that it sees the palette too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import unified_diff
from pathlib import Path

import pytest
from rich.color import Color
from rich.segment import Segment

from tui.draw.palette import DARK, Palette

KEPT = Path(__file__).parent / "kept"
COMMAND = "python -m pytest tests/tui/pictures -n 0 --pictures=write"
LINES = 40  # of a diff that are told
PANELS = {  # columns and rows, as the main screen gives them
    "80x24": {
        "fit": (50, 14), "whole": (80, 20), "loss": (29, 14), "units": (80, 5),
        "spread": (80, 19), "line": (80, 1), "over": (80, 14),
    },
    "120x40": {
        "fit": (79, 27), "whole": (120, 36), "loss": (40, 27), "units": (79, 8),
        "spread": (79, 27), "line": (79, 8), "over": (79, 27),
    },
}  # fmt: skip

LETTERS = {
    "ground": " ",
    "bright": "!",
    "text": "t",
    "label": "l",
    "quiet": "q",
    "rule": "r",
    "grid": "g",
    "train": "T",
    "unseen": "U",
    "model": "M",
    "now": "N",
    "trouble": "X",
    "truth": "h",
    "train_map": "m",
    "gradient": "G",
    "miss": "s",
    "train_ahead": "p",
    "unseen_ahead": "P",
    "train_tint": "o",
    "unseen_tint": "u",
    "train_tint_small": "O",
    "unseen_tint_small": "V",
    "weekend": "w",
    "window": "W",
    "lit": "L",
    **{f"band{i}": str(i) for i in range(9)},
    **{f"plus{i}": "ABCDE"[i] for i in range(5)},
    **{f"minus{i}": "abcde"[i] for i in range(5)},
}
LETTERS_OF_16 = {
    "default": " ",
    "bright_white": "!",
    "white": "t",
    "bright_black": "k",
    "red": "T",
    "yellow": "U",
    "bright_cyan": "M",
    "bright_yellow": "N",
    "bright_magenta": "X",
    "blue": "b",
}
FOREIGN = "?"  # a colour of Textual's own


def picture(strips: Iterable[Iterable[Segment]], palette: Palette, title: str) -> str:
    """The text of a picture: a title, the characters, and what colours, grounds and weights the cells have."""
    letter, used = letters(palette), dict[str, str]()
    blocks: dict[str, list[str]] = {"characters": [], "colours": [], "grounds": [], "bold (B), reversed (R)": []}
    for strip in strips:
        cells = [(character, segment.style) for segment in strip for character in segment.text]
        colours, grounds, weights = [], [], []
        for character, style in cells:
            assert style is not None
            blank = character == " "
            colours.append(" " if blank else letter(style.color, used).replace(" ", "_"))
            grounds.append(letter(style.bgcolor, used))
            weights.append("R" if style.reverse else "B" if style.bold and not blank else " ")
        for block, row in zip(blocks.values(), ([c for c, _ in cells], colours, grounds, weights), strict=True):
            block.append("".join(row).rstrip())
    lines = [title]
    for name, rows in blocks.items():
        if text := "\n".join(rows).rstrip("\n"):
            lines += [f"── {name}", text]
    if any(map(str.strip, used)):
        lines += ["── letters", *sorted(f"{each} {name}" for each, name in used.items() if each.strip())]
    return "\n".join(lines) + "\n"


def letters(palette: Palette) -> Callable[[Color | None, dict[str, str]], str]:
    """The letter of a colour; what it stands for is put down in the dictionary."""
    table, names = (LETTERS, names_of_colours()) if palette.depth == "truecolor" else (LETTERS_OF_16, {})

    def letter(colour: Color | None, used: dict[str, str]) -> str:
        if colour is None:
            return " "
        name = names.get(colour.name.lower(), colour.name)
        if palette.depth == "truecolor" and colour.name.startswith("#") and name == colour.name:
            name, each = "a colour of Textual's own", FOREIGN
        else:
            each = table[name]
        used[each] = name
        return each

    return letter


def names_of_colours() -> dict[str, str]:
    """Our names of the dark colours; of two alike the first."""
    return {colour.lower(): name for name, colour in reversed(DARK.colours.items())}


def check(name: str, drawn: str, write: bool) -> None:
    """Fails unless this is the kept picture of that name, and says what differs; or keeps it."""
    path = KEPT / f"{name}.txt"
    if write:
        KEPT.mkdir(exist_ok=True)
        path.write_text(drawn, encoding="utf-8", newline="\n")
    elif not path.exists():
        pytest.fail(f"there is no picture {path.name}; {COMMAND} makes it, look at it then", pytrace=False)
    elif (kept := path.read_text(encoding="utf-8")) != drawn:
        difference = list(unified_diff(kept.split("\n"), drawn.split("\n"), "kept", "drawn", n=0, lineterm=""))
        more = [f"… and {len(difference) - LINES} lines more"] * (len(difference) > LINES)
        advice = f"{path.name} is drawn differently now; if it is meant to be, {COMMAND} keeps it"
        pytest.fail("\n".join([advice, *difference[:LINES], *more]), pytrace=False)


def check_names(names: set[str], screens: bool, write: bool) -> None:
    """Fails if a picture is kept that nothing draws any more; or takes it away."""
    left = {
        path for path in KEPT.glob("*.txt") if path.stem.startswith("screen_") == screens and path.stem not in names
    }
    if write:
        for path in left:
            path.unlink()
    elif left:
        pytest.fail(f"nothing draws {sorted(path.name for path in left)}; {COMMAND} takes them away", pytrace=False)
