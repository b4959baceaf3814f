"""What a table takes of memory: small files that would take gigabytes are refused first, and honest ones are not."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import sys
import zipfile

import numpy as np
import polars
import pytest
from made_tables import unreadable

from data import DataError, prices
from data.prices import price, refuse_large

ROOM = 4 * 2**30  # bytes of addresses, of which the threads of the readers take many; each file would take more
OPEN = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({ROOM}, {ROOM}))
import data
for path in sys.argv[1:]:
    try:
        print(data.load(path).source)
    except data.DataError as error:
        print(error)
"""
SPREADSHEET = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:'
    'names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet><table:table table:name="A">'
    '<table:table-row table:number-rows-repeated="90000000"><table:table-cell office:value-type="float" '
    'office:value="1"/></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>'
)


def as_parquet(**columns):
    buffer = io.BytesIO()
    polars.DataFrame(columns).write_parquet(buffer)
    return buffer.getvalue()


def as_archive(name, content):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def test_small_files_that_hold_gigabytes_are_refused_in_little_memory(tmp_path):
    contents = {
        "rows.parquet": as_parquet(x=np.zeros(2**25, np.int8), y=np.ones(2**25, np.int8)),
        "wide.csv": (b"1," * 2000 + b"1\n") * 150 + b"1\n" * 300_000,
        "short.csv.gz": gzip.compress(b"1,2\n" * 2**25, 1),
        "spread.ods": as_archive("content.xml", SPREADSHEET),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
        assert len(content) < 2 * 2**20
    paths = [str(tmp_path / name) for name in contents]
    told = subprocess.run([sys.executable, "-c", OPEN, *paths], capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    for name, sentence in zip(contents, told.stdout.splitlines(), strict=True):
        assert re.fullmatch(rf"{name} takes more than 1 GB of memory \(.+\): expected a smaller table", sentence)


@pytest.mark.parametrize(
    ("rows", "columns", "megabytes"),
    [(1_000_000, 6, 100), (6_000_000, 1, 100), (300_000, 100, 60), (800, 20_000, 60), (5_000_000, 2, 70)],
)
def test_tables_that_people_have_are_read(rows, columns, megabytes):
    refuse_large("table.csv", rows, columns, megabytes * 10**6)


@pytest.mark.parametrize(
    ("size", "much"),
    [
        ((60_000_000, 2), "60000000 rows of 2"),
        ((1000, 2, 2**29), "1000 rows of 2, 512 MB of text"),
        ((0, 0, 2**29), "512 MB of text"),
        ((1_000_000, 50), "1000000 rows of 50"),
    ],
)
def test_what_is_too_large_is_said_by_its_counts(size, much):
    sentence = f"t takes more than 1 GB of memory ({much}): expected a smaller table"
    with pytest.raises(DataError, match=f"^{re.escape(sentence)}$"):
        refuse_large("t", *size)


def test_the_bound_is_where_the_price_is_1_gb(monkeypatch):
    monkeypatch.setattr(prices, "LARGEST", price(1000, 3, 5000, 2))
    refuse_large("t", 1000, 3, 5000, 2)
    with pytest.raises(DataError):
        refuse_large("t", 1000, 3, 5001, 2)
    with pytest.raises(DataError):
        refuse_large("t", 1001, 3, 5000, 2)


def test_a_text_is_refused_before_it_is_parsed(table, monkeypatch):
    monkeypatch.setattr(prices, "LARGEST", 2**20)
    monkeypatch.setattr(polars, "read_csv", None)
    assert unreadable(table("x,y\n" + "1,2\n" * 10_000)) == (
        "table.csv takes more than 1 GB of memory (10001 rows of 2): expected a smaller table"
    )
