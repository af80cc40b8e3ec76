"""Modern workbooks through python-calamine: cells keep the type the file gave them, and none may be lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from python_calamine import CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from onestop_cli.readers.containers import ooxml, xlsb
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.containers.limits import (
    broken,
    check_extent,
    check_texts,
    disordered,
    made_grid,
    one_of_each,
)
from onestop_cli.readers.containers.ooxml import Faulty, OoxmlFacts, SheetXml


def read_xlsx(source: str, data: bytes, package: zipfile.ZipFile) -> list[Grid]:
    """Every sheet of an xlsx or xlsm; raises `Unreadable`."""
    one_of_each(package)
    facts = ooxml.look_into(package)
    sheets = [SheetXml(package, part) if part else None for part in facts.parts]
    return _grids(source, data, facts.epoch_1904, sheets, _unpacked(package))


def read_xlsb(source: str, data: bytes, package: zipfile.ZipFile) -> list[Grid]:
    """Every sheet of an xlsb; raises `Unreadable`."""
    one_of_each(package)
    epoch_1904, parts = xlsb.look_into(package)
    sheets = [xlsb.SheetRecords(package, part) if part else None for part in parts]
    return _grids(source, data, epoch_1904, sheets, _unpacked(package))


def _unpacked(package: zipfile.ZipFile) -> int:
    return sum(part.file_size for part in package.infolist())


_BYTES_OF_A_CELL = 200
"""Where a package has more for each cell of a sheet, the texts are looked at one by one: some may be endless."""

Sheet = SheetXml | xlsb.SheetRecords


def _grids(
    source: str, data: bytes, epoch_1904: bool, sheets: Sequence[Sheet | None], size: int
) -> list[Grid]:
    """The worksheets as calamine has them, with the faulty cells filled in."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    if len(book.sheets_metadata) != len(sheets) or len(set(book.sheet_names)) < len(sheets):
        raise broken()
    return [
        _grid(source, book, meta, epoch_1904, sheet, size)
        for meta, sheet in zip(book.sheets_metadata, sheets, strict=True)
        if sheet and meta.typ == SheetTypeEnum.WorkSheet
    ]


def _grid(
    source: str,
    book: CalamineWorkbook,
    meta: SheetMetadata,
    epoch_1904: bool,
    sheet: Sheet,
    size: int,
) -> Grid:
    facts = sheet.check()
    found = book.get_sheet_by_name(meta.name)
    check_extent(found.total_height, found.total_width)
    rows = found.to_python(skip_empty_area=False)
    if size > _BYTES_OF_A_CELL * max(1, found.total_height * found.total_width):
        check_texts(rows)
    _all_there(rows, facts, sheet)
    return made_grid(
        source,
        meta.name,
        _filled(rows, facts.faulty),
        facts.merges or found.merged_cell_ranges or (),
        epoch_1904=epoch_1904,
        hidden=meta.visible != SheetVisibleEnum.Visible,
        hidden_rows=facts.hidden_rows,
    )


def _all_there(rows: Sequence[Sequence[Cell]], facts: OoxmlFacts, sheet: Sheet) -> None:
    """Refuse a sheet of which calamine has left out a cell that has a value: it drops rows that come out of order."""
    if facts.filled == sum(len(row) - row.count("") for row in rows):
        return
    if sheet.lacks_strings:
        raise broken()
    width = len(rows[0]) if rows else 0
    for (row, column), text in sheet.walk.places.items():
        if (row, column) in facts.faulty or text:
            continue
        if row >= len(rows) or column >= width or rows[row][column] == "":
            raise disordered()


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
