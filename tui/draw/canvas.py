"""A canvas of cells: characters and semantic colours as arrays, turned into strips row by row.

Whoever paints last owns the cell, so paint grid, dashed, thin and thick lines in this order: dots of two colours
never share a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

from tui.draw.palette import CODES, Palette

BLANK, BRAILLE, SECOND_HALF = 32, 0x2800, 0  # the last stands in the cell that a wide character also fills
_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_TEXT, _GROUND = CODES["text"], CODES["ground"]


class Canvas:
    """`height` rows of `width` cells. Anything painted outside is left out, never an error."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(0, width), max(0, height)
        size = (self.height, self.width)
        self.characters = np.full(size, BLANK, np.uint32)
        self.foreground = np.full(size, _TEXT, np.uint8)
        self.background = np.full(size, _GROUND, np.uint8)
        self.bold = np.zeros(size, np.uint8)

    def text(
        self, row: int, column: int, text: str, colour: str = "text", bold: bool = False, background: str | None = None
    ) -> int:
        """Write from a cell to the right; returns the column after the text."""
        start = column
        for character in text:
            span = cell_len(character)
            if span and 0 <= row < self.height and start <= column and column >= 0 and column + span <= self.width:
                self.characters[row, column] = ord(character)
                self.characters[row, column + 1 : column + span] = SECOND_HALF
                cells = (row, slice(column, column + span))
                self.foreground[cells], self.bold[cells] = CODES[colour], bold
                if background is not None:
                    self.background[cells] = CODES[background]
            column += span
        return column

    def parts(self, row: int, column: int, parts: Sequence[tuple[str, str, bool]]) -> int:
        """Write pieces (text, colour, bold) one after the other; returns the column after them."""
        for text, colour, bold in parts:
            column = self.text(row, column, text, colour, bold)
        return column

    def text_right(self, row: int, column: int, text: str, colour: str = "text", bold: bool = False) -> None:
        """Write so that the text ends before `column`."""
        self.text(row, column - cell_len(text), text, colour, bold)

    def rule(self, row: int, parts: Sequence[tuple[str, str, bool]], column: int = 0, width: int | None = None) -> None:
        """A thin rule over the row with words in it: ─ Fit ─────."""
        stop = self.width if width is None else min(self.width, column + width)
        self.text(row, column, "─" * max(0, stop - column), "rule")
        if parts:
            end = self.parts(row, self.text(row, column + 1, " "), parts)
            self.text(row, end, " ")

    def glyphs(self, row: np.ndarray, column: np.ndarray, glyph: str, colour: str, bold: bool = False) -> None:
        """The same character at many cells; their backgrounds stay."""
        row, column = self._inside(row, column)
        self.characters[row, column] = ord(glyph)
        self.foreground[row, column], self.bold[row, column] = CODES[colour], bold

    def tint(self, row: np.ndarray | slice, column: np.ndarray | slice, colour: str) -> None:
        """A background for many cells."""
        if not isinstance(row, slice) and not isinstance(column, slice):
            row, column = self._inside(row, column)
        self.background[row, column] = CODES[colour]

    def braille(self, row: int, column: int, dots: np.ndarray, colour: str, bold: bool = False) -> np.ndarray:
        """Dots (4 · rows, 2 · columns) from a cell on; cells with a dot are taken over, the others stay.

        Returns where a cell was taken, (rows, columns) bool.
        """
        return self.codes(row, column, pack(dots), colour, bold)

    def codes(self, row: int, column: int, codes: np.ndarray, colour: str, bold: bool = False) -> np.ndarray:
        """As `braille`, from eight-dot patterns (rows, columns): 0 is no dot."""
        rows, columns = max(0, self.height - row), max(0, self.width - column)
        codes = codes[:rows, :columns]
        taken = codes > 0
        area = (slice(row, row + codes.shape[0]), slice(column, column + codes.shape[1]))
        np.copyto(self.characters[area], (codes + BRAILLE).astype(np.uint32), where=taken)
        np.copyto(self.foreground[area], np.uint8(CODES[colour]), where=taken)
        np.copyto(self.bold[area], np.uint8(bold), where=taken)
        return taken

    def halves(self, row: int, column: int, colours: np.ndarray) -> None:
        """Two pixels a cell, one above the other: colour codes (2 · rows, columns) of the palette."""
        upper, lower = colours[0::2], colours[1::2]
        area = (slice(row, row + len(upper)), slice(column, column + colours.shape[1]))
        self.characters[area] = np.where(upper == lower, BLANK, ord("▀"))
        self.foreground[area], self.background[area] = upper, lower

    def strips(self, palette: Palette) -> list[Strip]:
        """A strip for each row; equal rows give the identical object, so an unchanged row need not be sent."""
        cells = np.concatenate((self.foreground, self.background, self.bold), axis=1)
        characters = self.characters.astype("<u4", copy=False)
        return [_strip(palette, characters[row].tobytes(), cells[row].tobytes()) for row in range(self.height)]

    def plain(self) -> str:
        """The characters alone, without the blanks at the ends of lines."""
        lines = (row.astype("<u4").tobytes().decode("utf-32-le").replace("\0", "") for row in self.characters)
        return "\n".join(line.rstrip() for line in lines)

    def _inside(self, row: np.ndarray, column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        row, column = np.asarray(row), np.asarray(column)
        keep = (row >= 0) & (row < self.height) & (column >= 0) & (column < self.width)
        return row[keep], column[keep]


def cut(text: str, room: int) -> str:
    """The text, or what of it fits into this many cells with a sign that there is more."""
    return text if cell_len(text) <= room else set_cell_size(text, max(0, room - 1)).rstrip() + "…" * (room > 0)


def fitting(texts: Sequence[str], room: int) -> str:
    """The first that fits of texts that say the same in fewer and fewer words; else what fits of the last one."""
    return next((text for text in texts if cell_len(text) <= room), cut(texts[-1], room))


def pack(dots: np.ndarray) -> np.ndarray:
    """Dots (4 · rows, 2 · columns), bool, as eight-dot patterns (rows, columns)."""
    rows, columns = dots.shape[0] // 4, dots.shape[1] // 2
    patterns: np.ndarray = np.einsum("rdck,dk->rc", dots.reshape(rows, 4, columns, 2).astype(np.int64), _BITS)
    return patterns


@lru_cache(4096)
def _strip(palette: Palette, characters: bytes, cells: bytes) -> Strip:
    text = characters.decode("utf-32-le")
    width = len(text)
    if "\0" in text:
        text = _whole_wide(text)
    foreground, background, bold = cells[:width], cells[width : 2 * width], cells[2 * width :]
    segments, start = [], 0
    for end in range(1, width + 1):
        if (
            end == width
            or foreground[end] != foreground[start]
            or background[end] != background[start]
            or bold[end] != bold[start]
        ):
            style = palette.by_code(foreground[start], background[start], bool(bold[start]))
            segments.append(Segment(text[start:end].replace("\0", ""), style))
            start = end
    return Strip(segments, width)


def _whole_wide(text: str) -> str:
    """Blanks for wide characters of which something else painted over one half."""
    cells = list(text)
    for i, character in enumerate(cells):
        wide = character != "\0" and cell_len(character) == 2
        if (wide and cells[i + 1 : i + 2] != ["\0"]) or (character == "\0" and (i == 0 or cell_len(cells[i - 1]) != 2)):
            cells[i] = " "
    return "".join(cells)
