"""The pages of a Parquet file: how much they unpack to, which the file says and its reader does not ask before.

A file ends with its footer, the length of that in 4 bytes, and PAR1. The footer says where the pages of each column
begin, and a page begins with its sizes. Both are structs in Thrift's compact protocol:
https://parquet.apache.org/docs/file-format/ and https://github.com/apache/thrift/blob/master/doc/specs/
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from data.errors import DataError

END = 8  # bytes behind the footer
DEEPEST = 16  # structs and lists within each other; a footer needs 8
LONGEST = 70  # bits of a number with its zigzag, in bytes of 7
STOP, TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 0, 1, 2, 3, 7, 8, 9, 10, 12
WHOLE = (4, 5, 6)
GROUPS, CHUNKS, COLUMN = 4, 1, 3  # numbers of fields: of the footer, of a group of rows, of a column in it,
PATH, PACKED, DATA, DICTIONARY = 3, 7, 9, 11  # of what is told of that column,
PAGE, PAGE_PACKED = 2, 3  # and of a page
Fields = dict[int, Any]


class Malformed(Exception):
    """Bytes that are no Thrift."""


NO_PAGES = (Malformed, AttributeError, LookupError, TypeError)  # of fields that are missing or others


class Thrift:
    """Reads structs from bytes, as {number of a field: value}. Raises Malformed for what is none."""

    def __init__(self, content: bytes, place: int) -> None:
        self.content, self.place = content, place

    def struct(self, depth: int = 0) -> Fields:
        fields, number = Fields(), 0
        while (head := self.skip(1)[0]) & 15 != STOP:
            number = number + (head >> 4) if head >> 4 else self._whole()
            fields[number] = None if head & 15 in (TRUE, FALSE) else self._value(head & 15, depth + 1)
        return fields

    def _value(self, kind: int, depth: int) -> Any:
        if kind in WHOLE:
            return self._whole()
        if kind == BINARY:
            return self.skip(self._varint())
        if kind in (TRUE, FALSE, BYTE, DOUBLE):
            return self.skip(8 if kind == DOUBLE else 1)
        if kind not in (LIST, SET, STRUCT) or depth > DEEPEST:
            raise Malformed
        return self.struct(depth) if kind == STRUCT else self._list(depth)

    def _list(self, depth: int) -> list[Any]:
        head = self.skip(1)[0]
        count = head >> 4 if head >> 4 < 15 else self._varint()
        return [self._value(head & 15, depth + 1) for _ in range(count)]

    def _whole(self) -> int:
        zigzag = self._varint()
        return (zigzag >> 1) ^ -(zigzag & 1)

    def _varint(self) -> int:
        value = 0
        for bits in range(0, LONGEST, 7):
            byte = self.skip(1)[0]
            value |= (byte & 127) << bits
            if byte < 128:
                return value
        raise Malformed

    def skip(self, count: int) -> bytes:
        start = self.place
        self.place += count
        if not 0 <= start <= self.place <= len(self.content):
            raise Malformed
        return self.content[start : self.place]


def held_at_once(name: str, content: bytes) -> int:
    """Bytes that the largest pages of a group of rows unpack to, one of each column that is no list.

    0 for content that is no Parquet: its reader says what it lacks. What a page's own head says counts, for by that it
    is given memory. Raises DataError where columns share pages: a short file could be any amount of memory.
    """
    with suppress(*NO_PAGES):
        footer = len(content) - END - int.from_bytes(content[-END:][:4], "little")
        groups = [[chunk[COLUMN] for chunk in group[CHUNKS]] for group in Thrift(content, footer).struct()[GROUPS]]
        if sum(column[PACKED] for group in groups for column in group) > len(content):
            raise DataError(
                f"{name} cannot be read as Parquet (its columns share pages): expected a whole Parquet file"
            )
        return max(sum(largest(content, column) for column in group if len(column[PATH]) == 1) for group in groups)
    return 0


def largest(content: bytes, column: Fields) -> int:
    """What the largest page of a column unpacks to, as far as its pages can be followed."""
    size = 0
    with suppress(*NO_PAGES):
        page = Thrift(content, min(column.get(DICTIONARY) or column[DATA], column[DATA]))
        end = page.place + column[PACKED]
        while page.place < end:
            sizes = page.struct()
            size = max(size, sizes[PAGE])
            page.skip(sizes[PAGE_PACKED])
    return size
