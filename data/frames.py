"""Frames: the content of a file as columns of text, by polars, and those as a table."""

from __future__ import annotations

import codecs
import io
import re
from itertools import compress

import polars
from polars.exceptions import NoDataError, PanicException, PolarsError

from data.apart import read_apart
from data.columns import read_columns
from data.dialect import Dialect, as_utf8, begin, close_to_quotes, parted_by_tabs, tell
from data.errors import DataError, clean, readable
from data.header import clean_names, is_count, is_header, numbered
from data.parquet import PARQUET
from data.prices import refuse_large, refuse_wide
from data.sources import Path, read_source, split_sheet
from data.tables import Cells, Table
from data.workbooks import OLD_EXCEL, ZIP

SAMPLE = 200, 20_000  # rows, and cells in them, by which a header is told
COMPRESSED = (b"x\x01", b"x^", b"x\xda")  # what polars takes to begin a compressed file, as a header such as x^2 does
LONGEST_TITLE = 1000  # letters of a column's name that come back with predictions
OTHERS = {  # by what they begin with
    "a web page": re.compile(rb"(?i)\s*<(!doctype|html)\b"),
    "JSON": re.compile(rb'\s*(\{\s*"|\[\s*[\[{])'),
    "XML": re.compile(rb"\s*<\?xml\b"),
}
NO_HEADER = "no header: the first row holds values, as the others do"
KINDS = ("c", "d", "s", "t", "continuous", "discrete", "string", "time")
ROLES = ("", "class", "meta", "ignore", "i", "m")
RULE = r"^[-=_*#+]{3,}$"  # a line that is drawn with letters
UNNAMED = ("", "row names", "rownames", "Unnamed: 0")  # of a first column that names the rows

Frame = polars.DataFrame
Columns = list[polars.Series]
Named = tuple[Frame, list[str], tuple[str, ...]]  # columns of text, their names, notices


def read_frame(path: Path, header: bool | None) -> Table:
    """The table in a file. Raises DataError for what is none."""
    file, sheet = split_sheet(path)
    name, content = read_source(file)
    with readable(f"{name} cannot be read", "a table of numbers, dates and words", PolarsError):
        frame, names, notices = of_any(name, content, sheet, header)
        del content
        columns = frame.get_columns()
        del frame  # so that what was changed of it takes its place
        return as_table(name, columns, names, notices)


def of_any(name: str, content: bytes, sheet: str | None, header: bool | None) -> Named:
    """The content of a file by its kind."""
    if content.startswith(PARQUET):
        frame = read_apart(name, content, sheet)
        return frame, frame.columns, ()
    if content.startswith((ZIP, OLD_EXCEL)):
        frame = without_titles(read_apart(name, content, sheet))
        refuse_wide(name, frame.width)
        return headed(frame, header)
    return of_text(name, content, header)


def as_table(name: str, columns: Columns, names: list[str], notices: tuple[str, ...]) -> Table:
    """Columns of text with their names as a table; the list is emptied on the way."""
    strip(columns)
    names = tidy(columns, names)
    if not columns or not len(columns[0]):
        raise DataError(f"{name} has no rows: expected a table with a header and at least one row")
    cleaned, twice = clean_names(names)
    if twice:
        notices = (*notices, f"columns of one name were numbered: {', '.join(map(repr, twice[:3]))}")
    unnamed = cleaned[0] if names[0].strip() in UNNAMED else None
    undated = cleaned[0] if unnamed or NO_HEADER in notices else None
    texts = [column.alias(title) for column, title in zip(columns, cleaned, strict=True)]
    cells: dict[str, Cells] = {column.name: column for column in texts}  # type: ignore[misc]  # a Series is a sequence
    titles = tuple(clean(title, LONGEST_TITLE) or names for title, names in zip(names, cleaned, strict=True))
    found = {column.name: column for column in read_columns(texts, unnamed, undated)}
    return Table(name, found, cells, notices, titles)


def of_text(name: str, content: bytes, header: bool | None) -> Named:
    """A CSV file, whatever its dialect."""
    content, notices = as_utf8(name, content)
    for what, beginning in OTHERS.items():
        if beginning.match(content):
            raise DataError(f"{name} is {what} and no table: expected CSV, Excel or Parquet")
    dialect = tell(name, content)
    refuse_wide(name, dialect.width)
    refuse_large(name, content.count(b"\n"), dialect.width, len(content))
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
    if content.startswith(COMPRESSED):
        content = codecs.BOM_UTF8 + content
    schema = {str(place): polars.String for place in range(dialect.width + 1)}
    reason = ""
    for quote in ('"', None):  # a quote that is never closed is a letter
        try:
            return polars.read_csv(
                io.BytesIO(content),
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


def without_titles(frame: Frame) -> Frame:
    """A sheet without the rows above its table."""
    rows = [[cell or "" for cell in row] for row in frame.head(sample_rows(frame.width)).iter_rows()]
    filled = [(number, row) for number, row in enumerate(rows) if any(map(str.strip, row))]
    return frame.slice(filled[begin(filled, frame.width)][0]) if filled else frame


def strip(columns: Columns) -> None:
    """Take away the blanks around cells, and what holds nothing else."""
    text = polars.first().str.strip_chars()
    for place, column in enumerate(columns):
        columns[place] = column.to_frame().select(polars.when(text != "").then(text)).to_series()


def last_filled(series: polars.Series) -> int:
    """How many rows there are up to the last one that holds something."""
    there = series.is_not_null().arg_true()
    return int(there[-1]) + 1 if len(there) else 0


def tidy(columns: Columns, names: list[str]) -> list[str]:
    """Take away empty rows, drawn lines, and columns with neither a name nor a value; the names of those that stay."""
    if len(columns) == 1:  # an empty line is a missing value here
        columns[0] = columns[0].slice(0, last_filled(columns[0]))
        return names
    if columns:
        kept = columns[0].is_not_null() & ~columns[0].str.contains(RULE).fill_null(False)
        for column in columns[1:]:
            kept |= column.is_not_null()
        if not kept.all():
            for place, column in enumerate(columns):
                columns[place] = column.filter(kept)
    filled = [bool(name.strip()) or each.null_count() < len(each) for name, each in zip(names, columns, strict=True)]
    columns[:] = compress(columns, filled)
    return list(compress(names, filled))
