"""Workbooks: a sheet of one as text, by fastexcel, once it is known that it takes no more memory than it should."""

from __future__ import annotations

import io
import zipfile
import zlib
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING
from xml.parsers import expat

from polars.exceptions import PolarsError

from data.errors import DataError, choice, clean, readable
from data.prices import LARGEST, refuse_large
from data.sheets import Size, of_content, of_worksheet, pieces, text_lengths

if TYPE_CHECKING:
    import polars

ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
EXCEL = "pip install 'unitfit[excel]'"
READ = (".xml", ".rels", ".bin")  # members that the reader unpacks, or may
SHARED, CONTENT = "xl/sharedstrings.xml", "content.xml"
BLOCKS = 2  # of cells, which the reader holds at once
BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError, expat.ExpatError)


def of_excel(name: str, content: bytes, sheet: str | None) -> polars.DataFrame:
    """A sheet of a workbook as text, by default the first."""
    if content.startswith(ZIP):
        refuse_archive(name, content)
    try:
        import fastexcel
    except ImportError:
        raise DataError(f"{name} is an Excel file: reading it needs {EXCEL}; or save it as CSV") from None
    with readable(f"{name} cannot be read as Excel", "a whole workbook", fastexcel.FastExcelError, PolarsError):
        book = fastexcel.read_excel(content)
        names = book.sheet_names
        if not names:
            raise DataError(f"{name} has no sheet: expected a workbook with a table")
        if sheet is not None and sheet not in names:
            raise choice("sheet", sheet, map(clean, names))
        loaded = book.load_sheet(sheet or names[0], header_row=None, dtypes="string", schema_sample_rows=1)
        refuse_large(name, loaded.total_height, loaded.width)
        return loaded.to_polars()


def refuse_archive(name: str, content: bytes) -> None:
    """DataError for a ZIP archive that is no workbook, or one that would take too much memory.

    The reader makes a whole block from the first to the last filled cell, so one cell far out would take all of it,
    as would one long text that many cells refer to.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if lower(member).endswith(READ)]
            if sum(member.file_size for member in members) > LARGEST:
                raise DataError(f"{name} unpacks to more than 1 GB: expected a smaller file")
            if not any(lower(member).startswith("xl/") or member.filename == CONTENT for member in members):
                raise DataError(f"{name} is an archive and no table: unpack it first")
            refuse_members(name, archive, members)
    except BROKEN as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name} is a broken archive: expected a whole file") from None


def lower(member: zipfile.ZipInfo) -> str:
    """The name of a member as the reader looks for it."""
    return member.filename.lower().replace("\\", "/")


def refuse_members(name: str, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> None:
    """DataError for sheets that would take too much; each member is read to its end, for its size may be a lie."""
    lengths = array("q")
    for member in sorted(members, key=lambda member: lower(member) != SHARED):
        with archive.open(member) as file:
            if lower(member) == SHARED:
                lengths = text_lengths(file, member.file_size)
                refuse_large(name, len(lengths), 1)
            elif member.filename == CONTENT:
                refuse_large(name, 0, 0, member.file_size)
                text = file.read()
                expat.ParserCreate().Parse(text, True)  # or the reader waits for the end of a sheet for ever
                refuse_size(name, of_content(text))
            elif is_worksheet(archive, member):
                for size in of_worksheet(file, lengths):
                    refuse_size(name, size)


def is_worksheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Whether there are cells in a member, which may have any name."""
    with archive.open(member) as file:
        return any(b"sheetData" in piece for piece in pieces(file))


def refuse_size(name: str, size: Size) -> None:
    refuse_large(name, *size, blocks=BLOCKS)
