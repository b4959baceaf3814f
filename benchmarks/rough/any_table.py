"""Any table: its text, options and a file of any kind, drawn at random, and changes that a file may suffer."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import polars

import data
from data import DataError

DAY = np.timedelta64(1, "D")
WORDS = ("yes", "no", "a", "b", "c", "x=y", "Ünter", "Na")
MISSING = ("", "NA", "?", "-", "null")
HOSTILE = (
    "\x1b[31m", "\u202e", "inf", "nan", "1e400", "9" * 400, "=1+1", '"', "\t", " ", "#", "\x9b", "١", "\n", "1e-320",
)  # fmt: skip
NAMES = ("x", "y", "date", "year", "month", "id", "", "x", "a=b", "Oil, bbl", "\x1b[2J", "time", "12")
NUMBERS = ("0", "-1", "1e308", "-1e-308", "9" * 30, "2147483648", "4294967295", "65535", "nan", "1.2.3", "0x1F", "1,5")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32", "cp437")
SPREADSHEET = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:'
    'names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    '<office:spreadsheet><table:table table:name="A">{}</table:table></office:spreadsheet></office:body>'
    "</office:document-content>"
)
DTYPES = (
    polars.Int8, polars.Int32, polars.Float64, polars.Date, polars.Time, polars.Boolean, polars.String, polars.Binary,
    polars.Categorical, polars.Datetime("ms"), polars.Datetime("ns", "UTC"), polars.Duration("us"),
    polars.Decimal(38, 3), polars.List(polars.Int64),
)  # fmt: skip

Cells = list[list[str]]


def number(random: Random) -> str:
    return random.choice([str(random.randint(-9, 99)), repr(random.gauss(0, 1e3)), "1e99", "-2e99", "0"])


def day(random: Random) -> str:
    return str(np.datetime64("2024-01-28") + random.randint(0, 40) * DAY)


def any_day(random: Random) -> str:
    part, date = random.randint(1, 28), np.datetime64("0001-01-01") + random.randint(0, 3_652_058) * DAY
    clock = f"T{random.randint(0, 23):02}:{random.randint(0, 59):02}:07.125"
    return random.choice([str(date), f"{part}/{part % 12 + 1}/24", str(1990 + part), f"{date}{clock}"])


def word(random: Random) -> str:
    return random.choice(WORDS)


def rows_of(random: Random) -> Cells:
    """A table's rows, the first with its names; a column holds one kind of cells, and some that do not fit."""
    count = random.choice([random.randint(0, 9), random.randint(10, 30)])
    columns = []
    for _ in range(random.choice([1, 2, 3, 4, 5])):
        usual = random.choice([number, number, number, day, any_day, word, lambda _: "7", lambda any: any.choice("01")])
        others = random.choice([(), (), MISSING, HOSTILE])
        often = [random.choice(others) if others and random.random() < 0.1 else usual(random) for _ in range(count)]
        columns.append([random.choice(NAMES), *often])
    return [list(row) for row in zip(*columns, strict=True)]


def as_text(random: Random, rows: Cells) -> str:
    """Rows as a text of one of the dialects."""
    separator = random.choice(",;\t|")
    lines = [separator.join(map(quoted, row)) for row in rows]
    return random.choice(["", "# a remark\n", "a title\n", "\ufeff"]) + "\n".join(lines)


def text_of(random: Random) -> str:
    """The text of a table."""
    return as_text(random, rows_of(random))


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;\t|"') else cell


def options_of(random: Random) -> dict[str, Any]:
    """Options to open a table with, most often few of them."""
    every = {
        "target": random.choice(["x", "y", "x=a", "a=b", "date", "column 1", "column 1=yes"]),
        "features": random.sample(["x", "y", "x,y", "year", "a=b", "Oil, bbl", "column 2"], random.randint(0, 2)),
        "lags": random.randint(1, 4),
        "test_fraction": random.choice([0.0, 0.3, 0.9]),
        "header": random.random() < 0.5,
    }
    return {name: value for name, value in every.items() if random.random() < 0.1}


def csv(random: Random) -> bytes:
    text = text_of(random)
    if random.random() < 0.3:
        text = text.replace("\n", random.choice(["\r\n", "\r"]))
    return changed(random, text.encode(random.choice(ENCODINGS) if random.random() < 0.3 else "utf-8", "replace"))


def packed(random: Random) -> bytes:
    return changed(random, gzip.compress(csv(random), 1)) if random.random() < 0.3 else gzip.compress(csv(random), 1)


def parquet(random: Random) -> bytes:
    count = random.randint(0, 30)
    columns = {}
    for place in range(random.randint(1, 4)):
        numbers = [random.choice([None, *[random.randint(-99, 2**31 - 1)] * 9]) for _ in range(count)]
        whole = polars.Series(numbers, dtype=polars.Int64)
        columns[f"{random.choice(NAMES)}{place}"] = as_type(whole, random.choice(DTYPES))
    buffer = io.BytesIO()
    frame = polars.DataFrame(columns)
    frame.write_parquet(buffer, compression=random.choice(["uncompressed", "zstd", "snappy", "gzip"]))
    return changed(random, buffer.getvalue())


def as_type(whole: polars.Series, dtype: Any) -> polars.Series:
    if dtype in (polars.Binary, polars.Categorical):
        return whole.cast(polars.String).cast(dtype)
    if dtype == polars.List:
        return polars.Series([[value] for value in whole], dtype=dtype)
    return whole.cast(dtype, strict=False)


def xlsx(random: Random) -> bytes:
    rows = rows_of(random)
    buffer = io.BytesIO()
    columns = {f"{title}{place}": cells for place, (title, *cells) in enumerate(zip(*rows, strict=True))}
    polars.DataFrame({re.sub(r"[^ -~]", "", name): cells for name, cells in columns.items()}).with_columns(
        polars.all().cast(polars.Float64, strict=False) if random.random() < 0.5 else polars.all()
    ).write_excel(buffer)
    return with_changed_members(random, buffer.getvalue())


def ods(random: Random) -> bytes:
    rows = "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows_of(random))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", SPREADSHEET.format(rows))
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return with_changed_members(random, buffer.getvalue())


def ods_cell(cell: str) -> str:
    if re.fullmatch(r"-?[0-9.]+", cell):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>1</text:p></table:table-cell>'
        )
    if not cell:
        return '<table:table-cell table:number-columns-repeated="2"/>'
    text = re.sub(r"[^ -~]|[<&>]", "?", cell)
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


KINDS: dict[str, Callable[[Random], bytes]] = {
    "table.csv": csv, "table.csv.gz": packed, "table.parquet": parquet, "table.xlsx": xlsx, "table.ods": ods,
}  # fmt: skip


def with_changed_members(random: Random, content: bytes) -> bytes:
    """An archive one of whose members was changed, or its own bytes."""
    if random.random() < 0.3:
        return changed(random, content)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = random.choice([*names, *[name for name in names if "sheet" in name or "content" in name] * 4])
        for name in names:
            new.writestr(name, changed(random, old.read(name)) if name == chosen else old.read(name))
    return buffer.getvalue()


def changed(random: Random, content: bytes) -> bytes:
    """Bytes after none to three changes."""
    for _ in range(random.choice([0, 0, 1, 1, 2, 3])):
        content = random.choice(CHANGES)(random, content)
    return content


def place_in(random: Random, content: bytes) -> int:
    return random.randrange(len(content) + 1)


def flip(random: Random, content: bytes) -> bytes:
    at = place_in(random, content)
    return content[:at] + bytes([byte ^ random.randrange(256) for byte in content[at : at + 2]]) + content[at + 2 :]


def cut(random: Random, content: bytes) -> bytes:
    return content[: place_in(random, content)] if random.random() < 0.7 else content[place_in(random, content) :]


def double(random: Random, content: bytes) -> bytes:
    start, end = sorted((place_in(random, content), place_in(random, content)))
    return content[:end] + content[start:end] * random.choice([1, 1, 2, 50]) + content[end:]


def renumber(random: Random, content: bytes) -> bytes:
    found = list(re.finditer(rb"[0-9]+", content))
    if not found:
        return content
    chosen = random.choice(found)
    return content[: chosen.start()] + random.choice(NUMBERS).encode() + content[chosen.end() :]


def insert(random: Random, content: bytes) -> bytes:
    at = place_in(random, content)
    return content[:at] + random.choice([*HOSTILE, ",", ";", "\r", "\0", "<c/>", "\ufeff"]).encode() + content[at:]


def reorder(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    random.shuffle(lines)
    return b"\n".join(lines)


CHANGES = (flip, flip, cut, double, renumber, renumber, insert, reorder)


def opened(path: Any, options: dict[str, Any]) -> data.Dataset | None:
    """The data set, or None where a sentence says why there is none; both are checked."""
    try:
        ds = data.load(path, **options)
    except DataError as error:
        sentence = str(error)
        assert sentence.isprintable()
        assert len(sentence) < 700
        return None
    splits = [(ds.x_train, ds.y_train)] + ([(ds.x_test, ds.y_test)] if ds.x_test is not None else [])
    for x, y in splits:
        assert x.shape == (len(y), len(ds.feature_names))
        assert np.isfinite(x).all() and np.isfinite(y).all()
    shown = [ds.name, ds.source, ds.target_name, *ds.feature_names, *ds.label_names, *ds.notices]
    assert all(text.isprintable() for text in shown)
    assert len(set(ds.feature_names)) == len(ds.feature_names)
    return ds
