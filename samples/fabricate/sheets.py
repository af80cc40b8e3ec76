"""Lines of cells into a workbook or a CSV, the same bytes every time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import xlsxwriter

ERRORS = ("#REF!", "#N/A", "#VALUE!")
_MADE_ON = datetime(2011, 1, 5)  # noqa: DTZ001


class HasCells(Protocol):
    """A line of a list."""

    @property
    def cells(self) -> Sequence[object]: ...


def save(folder: Path, stem: str, container: str, sheet: str, lines: Iterable[HasCells]) -> str:
    """Write a workbook (`xlsx`) or a CSV (the container is its encoding); the file's name is returned."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [line.cells for line in lines]
    if container == "xlsx":
        path = folder / f"{stem}.xlsx"
        _save_workbook(path, sheet, rows)
    else:
        path = folder / f"{stem}.csv"
        text = io.StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(rows)
        path.write_bytes(text.getvalue().encode(container))
    return path.name


def _save_workbook(path: Path, sheet: str, rows: Sequence[Sequence[object]]) -> None:
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        book.set_properties({"created": _MADE_ON})
        page = book.add_worksheet(sheet)
        page.set_column(0, 30, 14)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                _put(page, row, column, value)


def _put(page: xlsxwriter.worksheet.Worksheet, row: int, column: int, value: object) -> None:
    """A typed cell: numbers and days as such, texts never as formulas or links."""
    if isinstance(value, date):
        page.write_datetime(row, column, value)
    elif isinstance(value, Decimal | float | int):
        page.write_number(row, column, float(value))
    elif value in ERRORS:
        page.write_formula(row, column, f"={value}", None, value)
    elif value:
        page.write_string(row, column, str(value))
