"""Where a table comes from: files, sheets, standard input, what gzip packed, and the bounds on all of them."""

from __future__ import annotations

import gzip
import io
import sys
import tracemalloc
import zlib
from types import SimpleNamespace

import pytest

from data import DataError, sources
from data.sources import exists, read_source, split_sheet, unpacked

PLAIN = b"x,y\n1,2\n2,3\n"


def refusal(content):
    with pytest.raises(DataError) as caught:
        unpacked("table.csv.gz", content)
    return str(caught.value)


def zeros(size):
    """So many zeros, packed: a few KB for each MB."""
    packer = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    pieces = [packer.compress(bytes(2**20)) for _ in range(size // 2**20)]
    return b"".join([*pieces, packer.flush()])


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(PLAIN),
        gzip.compress(PLAIN[:5]) + gzip.compress(PLAIN[5:]),
        gzip.compress(PLAIN) + gzip.compress(b""),
        gzip.compress(PLAIN) + bytes(512),
        PLAIN,
    ],
    ids=["one member", "two members", "an empty member", "padded with zeros", "not packed"],
)
def test_what_is_packed_is_unpacked_whatever_its_name(packed):
    assert unpacked("table.csv", packed) == PLAIN


@pytest.mark.parametrize("size", [2**20 - 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_contents_around_the_size_of_a_piece(size):
    assert unpacked("table.csv.gz", gzip.compress(b"7" * size)) == b"7" * size


@pytest.mark.parametrize("cut", [3, 12, 20, -9, -4, -1])
def test_a_file_that_was_cut_short(cut):
    assert refusal(gzip.compress(PLAIN)[:cut]) == (
        "table.csv.gz ends before its packed content does: expected a whole .gz file"
    )


def test_a_second_member_that_was_cut_short():
    assert "ends before its packed content does" in refusal(gzip.compress(PLAIN) * 2 + gzip.compress(PLAIN)[:15])


def test_a_damaged_file():
    content = bytearray(gzip.compress(PLAIN * 100))
    content[15] ^= 0xFF
    assert refusal(bytes(content)) == "table.csv.gz cannot be unpacked: expected a whole .gz file"


def test_what_unpacks_to_too_much_is_refused_before_it_has(monkeypatch):
    monkeypatch.setattr(sources, "LARGEST", 2**23)
    packed = zeros(2**27)
    tracemalloc.start()
    try:
        sentence = refusal(packed)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert sentence == "table.csv.gz unpacks to more than 1 GB: expected a smaller file"
    assert most < 6 * 2**20


def test_what_is_unpacked_takes_its_own_memory_and_little_more():
    packed = zeros(2**26)
    tracemalloc.start()
    try:
        assert len(unpacked("table.csv.gz", packed)) == 2**26
        assert tracemalloc.get_traced_memory()[1] < 1.2 * 2**26
    finally:
        tracemalloc.stop()


def test_members_together_are_bounded(monkeypatch):
    monkeypatch.setattr(sources, "LARGEST", 2**22)
    assert "unpacks to more than 1 GB" in refusal(zeros(2**21) * 3)
    assert len(unpacked("table.csv.gz", zeros(2**21) * 2)) == 2**22


def test_the_bound_is_1_gb():
    assert sources.LARGEST == 2**30


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("book.xlsx", ("book.xlsx", None)),
        ("book.xlsx#May", ("book.xlsx", "May")),
        ("BOOK.XLSX#May", ("BOOK.XLSX", "May")),
        ("book.ods#a b", ("book.ods", "a b")),
        ("a#b.xlsx#May", ("a#b.xlsx", "May")),
        ("table#1.csv", ("table#1.csv", None)),
        ("table.csv#May", ("table.csv#May", None)),
        ("#May", ("#May", None)),
    ],
)
def test_a_sheet_is_named_after_the_file(path, parts):
    assert split_sheet(path) == parts


def test_a_file_whose_own_name_has_the_mark_comes_first(tmp_path):
    path = tmp_path / "book.xlsx#May"
    path.write_bytes(b"")
    assert split_sheet(path) == (str(path), None)


def test_what_exists(tmp_path):
    (tmp_path / "book.xlsx").write_bytes(b"")
    assert exists("-")
    assert exists(f"{tmp_path}/book.xlsx#May")
    assert not exists(f"{tmp_path}/other.xlsx#May")
    assert not exists("a\0b")
    assert not exists("a\0b.xlsx#May")


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(gzip.compress(PLAIN))))
    assert read_source("-") == ("standard input", PLAIN)


def test_standard_input_that_is_closed(monkeypatch):
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(DataError, match=r"^standard input is closed: expected a CSV, Excel or Parquet file on it$"):
        read_source("-")


def test_standard_input_without_end(monkeypatch):
    class Endless:
        def read(self, size):
            return bytes(size)

    monkeypatch.setattr(sources, "LARGEST", 2**20)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Endless()))
    with pytest.raises(DataError, match=r"^standard input is larger than 1 GB: expected a smaller file$"):
        read_source("-")


def test_a_name_is_safe_to_print(tmp_path):
    path = tmp_path / "a\x1b[31mb\u202e.csv"
    path.write_bytes(PLAIN)
    assert read_source(path) == ("a�[31mb�.csv", PLAIN)
