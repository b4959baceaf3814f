"""Sheets of workbooks, as their files write them: how far their cells reach, and how much text they hold."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import IO, NamedTuple

PIECE, LONGEST = 2**20, 2**24  # bytes that are looked at together; where a row or a text is longer, they are cut
CELL_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]+)([0-9]+)["']""")
ROW_NAME = re.compile(rb"""row\b[^>]{0,300}?\sr\s*=\s*["']([0-9]+)["']""")  # without a bound the pattern is quadratic
TAGS = 3  # times as much as a number itself, which takes its cell only, its tags take in the file at least
WRITTEN = re.compile(rb"""\st\s*=\s*["'](?:inlineStr|str)["']""")
SHARED = re.compile(rb"""\st\s*=\s*["']s["'][^>]{0,300}>\s{0,99}<(?:\w{1,99}:)?v\b[^>]{0,99}>\s{0,99}([0-9]+)""")
COUNT = re.compile(rb"""uniqueCount\s*=\s*["']([0-9]+)["']""")
TEXT = re.compile(rb"<(?:\w+:)?si\b")
OPEN_ROW, OPEN_SHEET = re.compile(rb"<table:table-row\b"), re.compile(rb"<table:table[\s>]")
OPEN_CELL = re.compile(rb"""<table:(?:covered-)?table-cell\b((?:[^>"']|"[^"]*"|'[^']*')*)>""")
REPEATED = re.compile(rb"""-repeated\s*=\s*["']([^"']*)["']""")


class Size(NamedTuple):
    """What sheets unpack to at most."""

    rows: int
    columns: int
    letters: int  # bytes of text


def of_worksheet(file: IO[bytes], lengths: Sequence[int]) -> Iterator[Size]:
    """The size of a sheet of Excel's as far as it was looked at, whose cells share texts of these lengths.

    A cell or row that does not say where it is stands behind the one before it.
    """
    rows = columns = cells = counted = letters = 0
    for piece in pieces(file):
        letters += len(piece) if WRITTEN.search(piece) else len(piece) // TAGS
        letters += sum(lengths[place] for place in map(int, SHARED.findall(piece)) if place < len(lengths))
        rows = max([rows, *map(int, ROW_NAME.findall(piece))])
        for name, number in set(CELL_NAME.findall(piece)):
            rows, columns = max(rows, int(number)), max(columns, column_number(name))
        in_rows = [row.count(b"<c") + row.count(b":c") for row in piece.split(b"row")]
        columns, cells = max(columns, *in_rows), cells + sum(in_rows)
        counted += piece.count(b"<row") + piece.count(b":row")
        most = max(rows, counted, 1)
        yield Size(most, max(columns, cells // most), letters)


def text_lengths(file: IO[bytes], most: int) -> array[int]:
    """How long each of the texts is that cells share, its tags included. Raises ValueError where it names over `most`.

    The reader takes memory for as many as it names.
    """
    lengths, start, size = array("q"), 0, 0
    for piece in pieces(file):
        if any(int(count) > most for count in COUNT.findall(piece)):
            raise ValueError
        for match in TEXT.finditer(piece):
            lengths.append(size + match.start() - start)
            start = size + match.start()
        size += len(piece)
    lengths.append(size - start)
    return lengths[1:]  # the first is what stands before them


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """What a file holds, about a megabyte at a time, each up to the end of a row or of a text."""
    piece = b""
    while read := file.read(PIECE):
        piece += read
        end = max(piece.rfind(b"row>") + 4, piece.rfind(b"si>") + 3)
        if end > 3 or len(piece) > LONGEST:
            end = end if end > 3 else max(piece.rfind(b"<"), 0) or len(piece)  # no tag is cut in two
            yield piece[:end]
            piece = piece[end:]
    yield piece


def column_number(letters: bytes) -> int:
    """The place of a column from its letters: A is 1, AA 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def of_content(content: bytes) -> Size:
    """The size of all sheets of an OpenDocument file, each without the empty rows and cells at its end."""
    rows = columns = letters = passed = 0
    starts = [match.start() for match in OPEN_ROW.finditer(content)]
    for start, end in pairwise([*starts, len(content)]):
        row = content[start:end]
        times = repeated(row[: row.find(b">")])
        passed += times
        width, text = of_row(row)
        if width:
            rows, columns, letters, passed = rows + passed, max(columns, width), letters + times * text, 0
        if OPEN_SHEET.search(row):
            passed = 0
    return Size(rows, columns, letters)


def of_row(row: bytes) -> tuple[int, int]:
    """(cells up to the last one that holds something, the bytes of what they hold) of a row of OpenDocument's."""
    place = width = letters = 0
    cells = list(OPEN_CELL.finditer(row))
    ends = [cell.start() for cell in cells[1:]] + [len(row)]
    for cell, end in zip(cells, ends, strict=True):
        times = repeated(cell[1])
        place += times
        if b"office:" in cell[1] or not cell[1].endswith(b"/"):
            width, letters = place, letters + times * (end - cell.start())
    return width, letters


def repeated(attributes: bytes) -> int:
    """How many times a row or a cell stands there. Raises ValueError for what is no number."""
    found = REPEATED.search(attributes)
    return int(found[1]) if found else 1
