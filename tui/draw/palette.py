"""Colours by meaning: dark and light truecolor, the terminal's 16 colours, and none at all.

Views name meanings only ("train", "model", "quiet"); every meaning also has a glyph or a word, so the last two
palettes lose beauty and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.style import Style

BANDS = 9  # of a heat map, low to high
SHADES = 4  # of a weight's strip, weak to strong, for either sign

_GROUND, _BRIGHT, _TRAIN, _UNSEEN, _MODEL = "#0e1216", "#f2f5f7", "#D55E00", "#E69F00", "#56B4E9"


def mix(colour: str, share: float, ground: str = _GROUND) -> str:
    """`share` of a colour on a ground, both "#rrggbb": what others call dim."""
    pairs = zip(_channels(colour), _channels(ground), strict=True)
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def _numbered(name: str, colours: str) -> dict[str, str]:
    return {f"{name}{place}": colour for place, colour in enumerate(colours.split())}


_DARK = {
    "ground": _GROUND,
    "bright": _BRIGHT,
    "text": "#c3ccd4",
    "label": "#8d99a5",
    "quiet": "#5f6b77",
    "rule": "#343e48",
    "grid": "#222a32",
    "train": _TRAIN,
    "unseen": _UNSEEN,
    "model": _MODEL,
    "now": "#F0E442",
    "trouble": "#CC79A7",
    "truth": mix(_TRAIN, 0.73),
    "train_map": "#FF8A45",  # on the blue of a heat map
    "gradient": mix("#F0E442", 0.75),
    "miss": mix(_UNSEEN, 0.6),  # from the true value to the predicted one
    "train_tint": mix(_TRAIN, 0.20),  # behind a curve that covers a point
    "unseen_tint": mix(_UNSEEN, 0.20),
    "train_tint_small": mix(_TRAIN, 0.15),
    "unseen_tint_small": mix(_UNSEEN, 0.15),
    "train_ahead": mix(_TRAIN, 0.38),  # what lies ahead of a cursor in the past
    "unseen_ahead": mix(_UNSEEN, 0.38),
    "weekend": "#151d24",
    "window": "#1d2a33",
    "lit": "#2a3742",  # behind the chosen number
    **{f"band{i}": mix("#265c7c", (i / (BANDS - 1)) ** 1.3, "#10151a") for i in range(BANDS)},
    **{f"plus{i}": mix(_MODEL, i / SHADES, "#151c23") for i in range(SHADES + 1)},
    **{f"minus{i}": mix("#dfe4e8", 0.9 * i / SHADES, "#151c23") for i in range(SHADES + 1)},
}

_LIGHT = {  # on white yellow cannot be seen: what is now is violet, its complement
    "ground": "#ffffff",
    "bright": "#0b0f13",
    "text": "#2b343c",
    "label": "#46515b",
    "quiet": "#5f6a74",
    "rule": "#aab4bd",
    "grid": "#e2e7eb",
    "train": "#cb4d19",
    "unseen": "#5a4606",
    "model": "#1e70c1",
    "now": "#4006c2",
    "trouble": "#82134c",
    "truth": "#d57147",
    "train_map": "#943410",
    "gradient": "#6638ce",
    "miss": "#837444",
    "train_tint": "#f4d8cc",
    "unseen_tint": "#dbd6c8",
    "train_tint_small": "#f7e3da",
    "unseen_tint_small": "#e5e1d7",
    "train_ahead": mix("#cb4d19", 0.45, "#ffffff"),
    "unseen_ahead": mix("#5a4606", 0.45, "#ffffff"),
    "weekend": "#f1f4f6",
    "window": "#e9eff4",
    "lit": "#dae5ee",
    **_numbered("band", "#f4f6f8 #ebf1f7 #e1ebf5 #d6e5f3 #cbdff1 #c0d8f0 #b4d2ee #a8cbec #9cc4ea"),
    **_numbered("plus", "#f4f6f8 #c9dbed #9ec0e2 #74a6d7 #498bcc"),
    **_numbered("minus", "#f4f6f8 #cfd2d5 #aaaeb2 #868a8e #61666b"),
}

_ANSI = {
    **dict.fromkeys(_DARK, "default"),
    **dict.fromkeys(("bright", "train_map"), "bright_white"),  # red could not be read on blue
    **dict.fromkeys(("text", "label"), "white"),
    **dict.fromkeys(("quiet", "rule", "grid", "train_ahead", "unseen_ahead"), "bright_black"),
    **dict.fromkeys(("train", "truth"), "red"),
    **dict.fromkeys(("unseen", "miss"), "yellow"),
    **dict.fromkeys(("model", *(f"plus{i}" for i in range(1, SHADES + 1))), "bright_cyan"),
    **dict.fromkeys((f"band{i}" for i in range(BANDS)), "blue"),
    **dict.fromkeys(("now", "gradient"), "bright_yellow"),
    **dict.fromkeys(("trouble",), "bright_magenta"),
    **dict.fromkeys(("lit", "window", "weekend"), "bright_black"),
    **dict.fromkeys(("train_tint", "unseen_tint", "train_tint_small", "unseen_tint_small"), "bright_black"),
}

NAMES = tuple(_DARK)
CODES = {name: code for code, name in enumerate(NAMES)}
_BANDS = frozenset(f"band{i}" for i in range(BANDS))
_TINTS = frozenset(name for name in NAMES if "_tint" in name)


@dataclass(frozen=True, eq=False)
class Palette:
    """One table of meanings to colours; `depth` tells a view whether a tint can be seen."""

    depth: Literal["truecolor", "ansi", "none"]
    colours: Mapping[str, str]

    def style(self, foreground: str, background: str = "ground", bold: bool = False) -> Style:
        """The Rich style of these meanings, for text outside a canvas."""
        return _style(self, CODES[foreground], CODES[background], bold)

    def by_code(self, foreground: int, background: int, bold: bool) -> Style:
        """The Rich style of a canvas cell, from the codes in `CODES`."""
        return _style(self, foreground, background, bold)


@lru_cache(4096)
def _style(palette: Palette, foreground: int, background: int, bold: bool) -> Style:
    front, back = NAMES[foreground], NAMES[background]
    if palette.depth == "none":
        return Style(
            bold=bold or front == "bright" or back in _TINTS or None,
            dim=front.endswith("_ahead") or None,
            reverse=back in ("lit", "window") or None,
        )
    if palette.depth == "ansi" and front in _BANDS and back in _BANDS:  # the terminal's ground, cut out of a band
        return Style(color=palette.colours[front], bgcolor=palette.colours["ground"], reverse=True)
    return Style(color=palette.colours[front], bgcolor=palette.colours[back], bold=bold or None)


DARK = Palette("truecolor", _DARK)
LIGHT = Palette("truecolor", _LIGHT)
ANSI = Palette("ansi", _ANSI)
PLAIN = Palette("none", {})


THEMES = {"dark": DARK, "light": LIGHT}


def choose(environment: Mapping[str, str], theme: str | None = None) -> Palette:
    """The palette for a terminal, from NO_COLOR, COLORTERM and TERM, and from the theme that a person has named.

    Where nobody has, COLORFGBG tells of a light ground; few terminals set it.
    """
    if environment.get("NO_COLOR"):
        return PLAIN
    if environment.get("COLORTERM") in ("truecolor", "24bit") or "256" in environment.get("TERM", ""):
        guess = "light" if environment.get("COLORFGBG", "").endswith((";7", ";15")) else "dark"
        return THEMES[theme or guess]  # with 256 colours the terminal's driver takes the nearest
    return ANSI
