"""How much the pages of Parquet files unpack to, told by their heads; files that say it wrongly, or not at all."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
import polars
import pytest

from data import DataError
from data.pages import DEEPEST, Malformed, Thrift, held_at_once

TEXT = 100_000


def parquet(columns, **options):
    file = io.BytesIO()
    polars.DataFrame(columns).write_parquet(file, **options)
    return file.getvalue()


def held(content):
    return held_at_once("table.parquet", content)


def whole(value):
    """A number as Thrift writes it: doubled, 7 bits a byte, the lowest first."""
    value, written = 2 * value, b""
    while value > 127:
        written, value = written + bytes([value & 127 | 128]), value >> 7
    return written + bytes([value])


def page(unpacked, packed):
    return b"\x25" + whole(unpacked) + b"\x15" + whole(packed) + b"\x00" + bytes(packed)


def column(place, packed, name=b"\x18\x01w"):
    return b"\x3c\x39" + name + b"\x46" + whole(packed) + b"\x26" + whole(place) + b"\x00\x00"


def file_of(pages, *columns):
    """No more of a Parquet file than what tells the sizes of its pages."""
    footer = b"\x49\x1c\x19" + bytes([len(columns) << 4 | 12]) + b"".join(columns) + b"\x00\x00"
    return b"PAR1" + pages + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def of(content):
    return Thrift(content, 0).struct()


@pytest.mark.parametrize("compression", ["uncompressed", "snappy", "zstd", "gzip", "lz4", "brotli"])
@pytest.mark.parametrize("statistics", [True, False, "full"])
def test_a_long_text_is_one_page(compression, statistics):
    content = parquet({"w": ["x" * TEXT], "y": [1.0]}, compression=compression, statistics=statistics)
    assert TEXT < held(content) < TEXT + 100


def test_the_largest_page_of_each_column_counts():
    content = parquet({"w": ["x" * TEXT, "y"], "v": ["z", "v" * 2 * TEXT]})
    assert 3 * TEXT < held(content) < 3 * TEXT + 200


def test_the_largest_group_of_rows_counts():
    content = parquet({"w": ["x" * TEXT, "y" * 2 * TEXT, "z"]}, row_group_size=1)
    assert 2 * TEXT < held(content) < 2 * TEXT + 100


def test_numbers_take_their_bytes():
    content = parquet({"x": np.random.default_rng(0).normal(size=1000)}, row_group_size=1000)
    assert 8000 <= held(content) < 8200


def test_of_lists_nothing_is_read():
    assert held(parquet({"l": [["x" * TEXT]], "y": [1.0]})) < 1000


def test_every_page_of_a_column_is_looked_at_and_none_behind_them():
    pages = page(50, 3), page(10**12, 0), page(70, 5), page(10**15, 2)
    packed = sum(map(len, pages[:3]))
    content = file_of(b"".join(pages), column(4, packed), column(4 + packed, len(pages[3])))
    assert held(content) == 10**12 + 10**15
    assert held(file_of(b"".join(pages), column(4, packed))) == 10**12


def test_pages_are_followed_as_far_as_they_can_be():
    assert held(file_of(page(50, 3) + b"\xff" * 9, column(4, 20))) == 50
    assert held(file_of(page(50, 3), column(10**6, 8))) == 0


def test_columns_that_share_pages_are_refused():
    pages = page(50, 90)
    assert held(file_of(pages, column(4, len(pages)))) == 50
    with pytest.raises(
        DataError, match=r"^table.parquet cannot be read as Parquet \(its columns share pages\): expected"
    ):
        held(file_of(pages, *[column(4, len(pages))] * 3))


def test_any_byte_may_be_another():
    content = parquet({"w": ["x" * 99, "y"], "x": [1.0, 2.0]}, compression="zstd")
    for place in range(len(content)):
        for flip in (0x01, 0x5A, 0x80, 0xFF):
            with suppress(DataError):
                assert held(content[:place] + bytes([content[place] ^ flip]) + content[place + 1 :]) >= 0


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1PAR1", b"PAR1\xff\xff\xff\x7fPAR1", b"\0" * 100])
def test_what_is_no_parquet_has_no_pages(content):
    assert held(content) == 0


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"\x00", {}),
        (b"\x15\x02\x15\x01\x00", {1: 1, 2: -1}),
        (b"\x05\x80\x02\x02\x00", {128: 1}),  # far from the field before it
        (b"\x11\x12\x15\x02\x00", {1: None, 2: None, 3: 1}),
        (b"\x13\x07\x17" + bytes(8) + b"\x18\x02ab\x00", {1: b"\x07", 2: bytes(8), 3: b"ab"}),
        (b"\x19\x25\x02\x04\x00", {1: [1, 2]}),
        (b"\x19\xf5\x10" + b"\x02" * 16 + b"\x00", {1: [1] * 16}),
        (b"\x19\x21\x01\x02\x00", {1: [b"\x01", b"\x02"]}),
        (b"\x1c\x15\x02\x00\x15\x02\x00", {1: {1: 1}, 2: 1}),
    ],
)
def test_thrift(content, fields):
    assert of(content) == fields


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x15",
        b"\x15\x02",  # no end
        b"\x15" + b"\xff" * 20,
        b"\x1b\x00\x00",  # a map, which Parquet has none of
        b"\x1d\x00",
        b"\x18\x05ab\x00",
        b"\x19\xf7\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00",  # a list without an end
        b"\x19\xf0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x00",
        b"\x1c" * 10_000,
        b"\x19\x19" * 10_000,
    ],
)
def test_what_is_no_thrift(content):
    with pytest.raises(Malformed):
        of(content)


def test_structs_are_as_deep_as_parquet_has_them_and_deeper():
    assert of(b"\x1c" * DEEPEST + b"\x00" * (DEEPEST + 1))
