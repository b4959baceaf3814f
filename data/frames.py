"""Frames: the content of a file as columns of text, by polars, and those as a table."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from typing import IO

import polars
from polars.exceptions import NoDataError, PanicException, PolarsError

from data.columns import read_columns
from data.dialect import Dialect, as_utf8, begin, close_to_quotes, parted_by_tabs, tell
from data.errors import DataError, choice, clean
from data.header import clean_names, is_count, is_header, numbered
from data.sources import LARGEST, Path, read_source, split_sheet
from data.tables import Cells, Table

SAMPLE = 200, 20_000  # rows, and cells in them, by which a header is told
ZIP, OLD_EXCEL, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"
LONGEST_TITLE = 1000  # letters of a column's name that come back with predictions
CELL_NAME = re.compile(rb' r="([A-Z]{1,4})([0-9]{1,9})"')
CELL = 8  # bytes that a cell takes at least
MOST_COLUMNS = 20_000
OTHERS = {  # by what they begin with
    "a web page": re.compile(rb"(?i)\s*<(!doctype|html)\b"),
    "JSON": re.compile(rb'\s*(\{\s*"|\[\s*[\[{])'),
    "XML": re.compile(rb"\s*<\?xml\b"),
}
EXCEL = "pip install 'unitfit[excel]'"
NO_HEADER = "no header: the first row holds values, as the others do"
KINDS = ("c", "d", "s", "t", "continuous", "discrete", "string", "time")
ROLES = ("", "class", "meta", "ignore", "i", "m")
RULE = r"^[-=_*#+]{3,}$"  # a line that is drawn with letters
UNNAMED = ("", "row names", "rownames", "Unnamed: 0")  # of a first column that names the rows
YEARS = 1, 9999  # that a date can be written with

Frame = polars.DataFrame
Named = tuple[Frame, list[str], tuple[str, ...]]  # columns of text, their names, notices


def read_frame(path: Path, header: bool | None) -> Table:
    """The table in a file. Raises DataError for what is none."""
    file, sheet = split_sheet(path)
    name, content = read_source(file)
    if content.startswith(PARQUET):
        frame, names, notices = of_parquet(name, content)
    elif content.startswith((ZIP, OLD_EXCEL)):
        frame, names, notices = headed(without_titles(of_excel(name, content, sheet)), header)
    else:
        frame, names, notices = of_text(name, content, header)
    del content
    refuse_wide(name, frame.width)
    frame, names, more = tidied(stripped(frame), names)
    if not frame.width or not frame.height:
        raise DataError(f"{name} has no rows: expected a table with a header and at least one row")
    cleaned, twice = clean_names(names)
    if twice:
        more = (*more, f"columns of one name were numbered: {', '.join(map(repr, twice[:3]))}")
    frame.columns = cleaned
    unnamed = cleaned[0] if names[0].strip() in UNNAMED else None
    undated = cleaned[0] if unnamed or NO_HEADER in notices else None
    columns = {column.name: column for column in read_columns(frame, unnamed, undated)}
    cells: dict[str, Cells] = {column.name: column for column in frame}  # type: ignore[misc]  # a Series is a sequence
    titles = tuple(clean(title, LONGEST_TITLE) or names for title, names in zip(names, cleaned, strict=True))
    return Table(name, columns, cells, (*notices, *more), titles)


def of_text(name: str, content: bytes, header: bool | None) -> Named:
    """A CSV file, whatever its dialect."""
    content, notices = as_utf8(name, content)
    for what, beginning in OTHERS.items():
        if beginning.match(content):
            raise DataError(f"{name} is {what} and no table: expected CSV, Excel or Parquet")
    dialect = tell(name, content)
    refuse_wide(name, dialect.width)
    frame = parsed(name, content[dialect.start :], dialect)
    broken = overflowing(frame, dialect.width)
    if broken.any():
        count = int(broken.sum())
        rows = f"{count} row{'s' * (count != 1)} with more cells than the others left out"
        notices, frame = (*notices, rows), frame.filter(~broken)
    frame = frame.select(frame.columns[: dialect.width])
    notices = (*dialect.notices, *notices)
    if dialect.named_rows and header is not False and frame.height:
        first = ["row names", *(cell or "" for cell in frame.row(0)[:-1])]
        return frame.slice(1), first, notices
    if dialect.header is not None and header is not False:
        return frame, dialect.header, notices
    frame, names, more = headed(frame, header, dialect.quoted)
    return frame, names, (*notices, *more)


def parsed(name: str, content: bytes, dialect: Dialect) -> Frame:
    """All records as text, with one column more than most rows have, for those that have too many."""
    blanks = not dialect.separator.strip(" ")
    content = parted_by_tabs(content, dialect.separator) if blanks else close_to_quotes(content)
    schema = {str(place): polars.String for place in range(dialect.width + 1)}
    reason = ""
    for quote in ('"', None):  # a quote that is never closed is a letter
        try:
            return polars.read_csv(
                io.BytesIO(codecs.BOM_UTF8 + content),  # or a header such as x^2 is taken for a compressed file
                has_header=False,
                schema=schema,
                separator="\t" if blanks else dialect.separator,
                comment_prefix=dialect.comment,
                quote_char=quote,
                extra_columns="ignore",
                missing_columns="insert",
            )
        except NoDataError:
            raise DataError(f"{name} is empty: expected a table with a header and at least one row") from None
        except (PolarsError, PanicException, OSError) as error:
            reason = reason or clean(str(error).partition("\n")[0], 100)
    raise DataError(f"{name} cannot be read as CSV ({reason}): expected as many cells in each row")


def overflowing(frame: Frame, width: int) -> polars.Series:
    """Which rows have something beyond the last column."""
    return frame[str(width)].str.strip_chars().fill_null("") != ""


def headed(frame: Frame, header: bool | None, quoted: bool = False) -> Named:
    """Without the row of names, if there is one."""
    rows = [[cell or "" for cell in row] for row in frame.head(sample_rows(frame.width)).iter_rows()]
    if not rows:
        return frame, numbered(frame.width), ()
    first, *others = [[cell.strip() for cell in row] for row in rows]
    if header is None and is_count(first, frame.height - 1, frame.width):
        frame, names, notices = headed(frame.slice(1), None)
        return frame, names, ("the first line counts rows and columns: left out", *notices)
    if header is None and others and not is_header(first, others, quoted):
        return frame, numbered(frame.width), (NO_HEADER,)
    if header is False:
        return frame, numbered(frame.width), ()
    if are_kinds(others[:2]):
        return frame.slice(3), unquoted(first), ("two lines of kinds and roles under the header left out",)
    return frame.slice(1), unquoted(first), ()


def are_kinds(rows: list[list[str]]) -> bool:
    """Whether two rows say what the columns hold and what they are for, as Orange writes under a header."""
    return len(rows) == 2 and all(cell in KINDS for cell in rows[0]) and all(cell in ROLES for cell in rows[1])


def unquoted(names: list[str]) -> list[str]:
    """Names without single quotes, where all of them stand in some."""
    quoted = all(len(name) > 1 and name[0] == name[-1] == "'" for name in names)
    return [name[1:-1] for name in names] if quoted else names


def sample_rows(width: int) -> int:
    return max(3, min(SAMPLE[0], SAMPLE[1] // max(width, 1)))


def of_parquet(name: str, content: bytes) -> Named:
    """A Parquet file: its columns as text."""
    try:
        lazy = polars.scan_parquet(io.BytesIO(content))
        rows, width = lazy.select(polars.len()).collect().item(), len(lazy.collect_schema())
        refuse_large(name, rows, width)
        frame = polars.read_parquet(io.BytesIO(content))
        texts = [as_text(series) for series in frame]
    except (PolarsError, PanicException) as error:
        reason = clean(str(error).partition("\n")[0], 100)
        raise DataError(f"{name} cannot be read as Parquet ({reason}): expected a whole Parquet file") from None
    return polars.DataFrame(texts), frame.columns, ()


def refuse_wide(name: str, columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise DataError(f"{name} has {columns} columns: expected at most {MOST_COLUMNS}")


def refuse_large(name: str, rows: int, columns: int) -> None:
    if rows * columns * CELL > LARGEST:
        raise DataError(f"{name} unpacks to more than 1 GB ({rows} rows of {columns}): expected a smaller file")


def as_text(series: polars.Series) -> polars.Series:
    """Values as text; a column whose values have none, such as lists, shows its type instead."""
    if series.dtype in (polars.Date, polars.Datetime):
        year = series.dt.year()
        series = series.zip_with(((year >= YEARS[0]) & (year <= YEARS[1])).fill_null(False), series.clear(len(series)))
    try:
        return series.cast(polars.String)
    except (PolarsError, PanicException):
        return polars.Series(series.name, [clean(str(series.dtype))] * len(series), dtype=polars.String)


def of_excel(name: str, content: bytes, sheet: str | None) -> Frame:
    """A sheet of a workbook as text, by default the first."""
    if content.startswith(ZIP):
        refuse_archive(name, content)
    try:
        import fastexcel
    except ImportError:
        raise DataError(f"{name} is an Excel file: reading it needs {EXCEL}; or save it as CSV") from None
    try:
        book = fastexcel.read_excel(content)
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise choice("sheet", sheet, map(clean, names))
        loaded = book.load_sheet(sheet or names[0], header_row=None, dtypes="string", schema_sample_rows=1)
        refuse_large(name, loaded.total_height, loaded.width)
        return loaded.to_polars()
    except (fastexcel.FastExcelError, PolarsError, PanicException, IndexError) as error:
        reason = clean(str(error).partition("\n")[0], 100)
        raise DataError(f"{name} cannot be read as Excel ({reason}): expected a whole workbook") from None


def without_titles(frame: Frame) -> Frame:
    """A sheet without the rows above its table."""
    rows = [[cell or "" for cell in row] for row in frame.head(sample_rows(frame.width)).iter_rows()]
    filled = [(number, row) for number, row in enumerate(rows) if any(map(str.strip, row))]
    return frame.slice(filled[begin(filled, frame.width)][0]) if filled else frame


def refuse_archive(name: str, content: bytes) -> None:
    """DataError for a ZIP archive that is no workbook, or one whose sheets are too large.

    The reader makes a whole block from the first to the last filled cell, so one cell far out would take all memory.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > LARGEST:
                raise DataError(f"{name} unpacks to more than 1 GB: expected a smaller file")
            if not any(member.filename.startswith("xl/") or member.filename == "content.xml" for member in members):
                raise DataError(f"{name} is an archive and no table: unpack it first")
            for member in members:
                if member.filename.startswith("xl/worksheets/"):
                    with archive.open(member) as sheet:
                        refuse_large(name, *extent(sheet))
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError, RuntimeError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{name} is a broken archive: expected a whole file") from None


def extent(sheet: IO[bytes]) -> tuple[int, int]:
    """(rows, columns) up to the farthest cell that a sheet of a workbook names."""
    rows = columns = 0
    rest = b""
    while piece := sheet.read(2**20):
        for letters, digits in set(CELL_NAME.findall(rest + piece)):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters))
        rest = piece[-16:]  # a name may be cut in two
    return rows, columns


def column_number(letters: bytes) -> int:
    """The place of a column from its letters: A is 1, AA 27."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def stripped(frame: Frame) -> Frame:
    """Without blanks around cells; null where nothing else is in one."""
    text = polars.all().str.strip_chars()
    return frame.select(polars.when(text != "").then(text))


def last_filled(series: polars.Series) -> int:
    """How many rows there are up to the last one that holds something."""
    there = series.is_not_null().arg_true()
    return int(there[-1]) + 1 if len(there) else 0


def tidied(frame: Frame, names: list[str]) -> Named:
    """Without empty rows or drawn lines, and without columns that have neither a name nor a value."""
    if frame.width == 1:  # an empty line is a missing value here
        return frame.slice(0, last_filled(frame.to_series())), names, ()
    if frame.width:
        ruled = polars.first().is_null() | polars.first().str.contains(RULE)
        frame = frame.filter(~polars.all_horizontal(ruled, polars.all().exclude(frame.columns[0]).is_null()))
    columns = frame.get_columns()
    kept = [place for place, each in enumerate(columns) if names[place].strip() or each.null_count() < frame.height]
    return frame.select([columns[place] for place in kept]), [names[place] for place in kept], ()
