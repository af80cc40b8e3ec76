"""True .xls workbooks of all ages through xlrd."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time

import xlrd
from xlrd.sheet import Sheet as XlrdSheet

from onestop_cli.readers.containers import biff
from onestop_cli.readers.containers.grid import Cell, Grid, Unreadable
from onestop_cli.readers.containers.limits import broken, check_texts, made_grid

_CHINESE = "gb18030"
_UNSAID = (None, 0, 367, 1252, 10000, 32768, 32769, 936)
"""Code pages that Chinese programs of the time wrote, or none, over texts in GBK."""


def read_xls(source: str, stream: bytes) -> list[Grid]:
    """Every sheet of a Workbook stream; raises `Unreadable`."""
    book = _opened(stream)
    sheets = [book.sheet_by_index(place) for place in range(book.nsheets)]
    if biff.version_of(stream) < biff.BIFF5:
        return [_grid(source, book, sheet, None) for sheet in sheets]
    starts = biff.sheet_starts(stream)
    if len(starts) != len(sheets):
        raise broken()
    return [
        _grid(source, book, sheet, biff.sheet_facts(stream, start))
        for sheet, start in zip(sheets, starts, strict=True)
    ]


def _opened(stream: bytes) -> xlrd.Book:
    """The workbook; texts of BIFF5 and older in GB18030 where they can be."""
    try:
        if biff.version_of(stream) >= biff.BIFF8:
            return _read(stream, None)
        said = _read(stream, "latin-1")
        if said.codepage in _UNSAID:
            try:
                return _read(stream, _CHINESE)
            except UnicodeDecodeError:
                pass
        return _read(stream, None)
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # the library has no common error, and asserts
        raise broken() from error


def _read(stream: bytes, encoding: str | None) -> xlrd.Book:
    return xlrd.open_workbook(
        file_contents=stream,
        logfile=io.StringIO(),
        encoding_override=encoding,
        ragged_rows=True,
    )


def _grid(source: str, book: xlrd.Book, sheet: XlrdSheet, facts: biff.BiffFacts | None) -> Grid:
    rows = [_row(sheet, number, book.datemode) for number in range(sheet.nrows)]
    if facts:
        _all_there(rows, facts)
        for (row, column), text in facts.uncomputed.items():
            rows[row][column] = text
    check_texts(rows)
    return made_grid(
        source,
        sheet.name,
        rows,
        facts.merges if facts else (),
        epoch_1904=book.datemode == 1,
        hidden=sheet.visibility != 0,
        hidden_rows=facts.hidden_rows if facts else 0,
    )


def _all_there(rows: Sequence[Sequence[Cell]], facts: biff.BiffFacts) -> None:
    """Refuse a sheet of which xlrd has other cells than the file."""
    filled = sum(len(row) - row.count("") for row in rows)
    inside = all(row < len(rows) and column < len(rows[row]) for row, column in facts.places)
    if filled > len(facts.places) or not inside:
        raise broken()


def _row(sheet: XlrdSheet, number: int, datemode: int) -> list[Cell]:
    """A row's cells, each with the type the file gave it."""
    values, kinds = sheet.row_values(number), sheet.row_types(number)
    return [
        value
        if kind in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER)
        else _OTHERS[kind](value, datemode)
        for value, kind in zip(values, kinds, strict=True)
    ]


def _day(serial: float, datemode: int) -> Cell:
    """A number that is shown as a day; one that is none stays a number."""
    try:
        moment: datetime = xlrd.xldate.xldate_as_datetime(serial, datemode)
    except (ValueError, OverflowError):
        return serial
    if serial < 0:
        return serial
    if serial < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment


_OTHERS: Mapping[int, Callable[[float, int], Cell]] = {
    xlrd.XL_CELL_EMPTY: lambda value, _: "",
    xlrd.XL_CELL_BLANK: lambda value, _: "",
    xlrd.XL_CELL_BOOLEAN: lambda value, _: bool(value),
    xlrd.XL_CELL_DATE: _day,
    xlrd.XL_CELL_ERROR: lambda value, _: xlrd.error_text_from_code.get(int(value), "#ERROR!"),
}
"""Kind of a cell → its value from xlrd's."""
