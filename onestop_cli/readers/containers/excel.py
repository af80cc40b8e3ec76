"""Workbooks through python-calamine: cells keep the type the file gave them."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    SheetMetadata,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from onestop_cli.readers.containers import biff, ooxml
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.containers.limits import broken, check_extent
from onestop_cli.readers.containers.ooxml import Faulty


def read_xlsx(source: str, data: bytes, package: zipfile.ZipFile) -> list[Grid]:
    """Every sheet of an xlsx or xlsm; raises `Unreadable`."""
    facts = ooxml.look_into(package)
    return _grids(source, data, facts.epoch_1904, lambda name, _: facts.faulty.get(name, {}))


def read_xls(source: str, data: bytes, facts: biff.BookFacts) -> list[Grid]:
    """Every sheet of a BIFF workbook; raises `Unreadable`."""
    faulty = dict(enumerate(facts.faulty))
    return _grids(source, data, facts.epoch_1904, lambda _, place: faulty.get(place, {}))


def _grids(
    source: str, data: bytes, epoch_1904: bool, faulty: Callable[[str, int], Faulty]
) -> list[Grid]:
    """The worksheets as calamine has them, with the faulty cells filled in."""
    try:
        with _quiet():
            book = CalamineWorkbook.from_filelike(io.BytesIO(data))
            return [
                _grid(source, book, meta, epoch_1904, faulty(meta.name, place))
                for place, meta in enumerate(book.sheets_metadata)
                if meta.typ == SheetTypeEnum.WorkSheet
            ]
    except CalamineError as error:
        raise broken() from error
    except (
        BaseException
    ) as error:  # a Rust panic is no Exception, and a damaged file no bug of ours
        if type(error).__name__ == "PanicException":
            raise broken() from error
        raise


def _grid(
    source: str, book: CalamineWorkbook, meta: SheetMetadata, epoch_1904: bool, faulty: Faulty
) -> Grid:
    sheet = book.get_sheet_by_name(meta.name)
    check_extent(sheet.total_height, sheet.total_width)
    return Grid(
        source,
        meta.name,
        _filled(sheet.to_python(skip_empty_area=False), faulty),
        merges=sheet.merged_cell_ranges or (),
        epoch_1904=epoch_1904,
        hidden=meta.visible != SheetVisibleEnum.Visible,
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep off the screen what a Rust panic prints before it becomes an exception we turn into words."""
    try:
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    except OSError:
        yield
        return
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def _filled(rows: list[list[Cell]], faulty: Faulty) -> list[list[Cell]]:
    """`rows` with what stands in faulty cells, which calamine leaves empty or outside."""
    if not faulty:
        return rows
    height = max(len(rows), 1 + max(row for row, _ in faulty))
    width = max(len(rows[0]) if rows else 0, 1 + max(column for _, column in faulty))
    check_extent(height, width)
    filled: list[list[Cell]] = [*rows, *([] for _ in range(height - len(rows)))]
    filled = [[*row, *[""] * (width - len(row))] if len(row) < width else row for row in filled]
    for (row, column), text in faulty.items():
        if filled[row][column] == "":
            filled[row][column] = text
    return filled
