"""A workbook to fill in: headings that cannot be typed over, cells that take only what belongs there.

The sheet is protected without a password, so that a heading is not changed by mistake; whoever must can take the
protection off. Numbers of people are text cells from the start: in any other cell Excel loses their last digits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from onestop_cli.writers.toolkit.workbook import FONT, LONG_AGO

Kind = Literal["text", "id", "day", "yuan", "count"]

ROWS = 5_000
"""As far down as cells are made ready."""

_HEADER_ROW = 2
_LONGEST_LIST = 255
"""Characters of a list that Excel takes in a cell's rule."""

_FORMATS = {"text": "@", "id": "@", "day": "yyyy-mm-dd", "yuan": "0.00", "count": "0"}
_GREY, _YELLOW = "#E7E6E6", "#FFF8DC"
_MAY = (
    "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter", "format_cells",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """A column to fill: its heading, what belongs there, its width. `choices`: what may be chosen; `must`: printed with
    the note that it has to be filled; `hint`: shown beside the cell."""

    title: str
    kind: Kind = "text"
    width: float = 12
    choices: tuple[str, ...] = ()
    must: bool = False
    hint: str = ""


@dataclass(frozen=True)
class Form:
    """A workbook to fill: its file name without ending, its heading, what to mind, its columns."""

    name: str
    title: str
    note: str
    cells: tuple[Cell, ...]


def write_form(form: Form, path: Path, rows: Sequence[Mapping[str, Any]] = ()) -> None:
    """Write the form to `path`; `rows` (heading → value, amounts whole fen) are in it already."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"title": form.title, "created": LONG_AGO})
        sheet = book.add_worksheet(form.name)
        styles = {kind: _style(book, num_format=code) for kind, code in _FORMATS.items()}
        _head(book, sheet, form)
        for column, cell in enumerate(form.cells):
            sheet.set_column(column, column, cell.width, styles[cell.kind])
            if rule := _rule(cell, _HEADER_ROW + 1, column):
                sheet.data_validation(_HEADER_ROW + 1, column, ROWS, column, rule)
        for number, row in enumerate(rows, _HEADER_ROW + 1):
            for column, cell in enumerate(form.cells):
                _put(sheet, number, column, cell, row.get(cell.title), styles[cell.kind])
        _page(sheet, len(form.cells))


def _style(book: xlsxwriter.Workbook, **more: Any) -> Format:
    return book.add_format({"font_name": FONT, "font_size": 10, "locked": False, **more})


def _head(book: xlsxwriter.Workbook, sheet: Worksheet, form: Form) -> None:
    """Title, note and headings; what must be filled has a darker heading."""
    last = len(form.cells) - 1
    bold = {"bold": True, "locked": True, "align": "center", "valign": "vcenter", "text_wrap": True}
    sheet.set_row(0, 28)
    sheet.merge_range(0, 0, 0, last, form.title, _style(book, **bold | {"font_size": 14}))
    sheet.set_row(1, 48)
    note = _style(book, locked=True, text_wrap=True, valign="top")
    sheet.merge_range(1, 0, 1, last, form.note, note)
    sheet.set_row(_HEADER_ROW, 30)
    must = _style(book, border=1, bg_color=_YELLOW, **bold)
    may = _style(book, border=1, bg_color=_GREY, **bold)
    for column, cell in enumerate(form.cells):
        sheet.write_string(_HEADER_ROW, column, cell.title, must if cell.must else may)


def _rule(cell: Cell, row: int, column: int) -> dict[str, Any] | None:
    """What Excel is to refuse when it is typed, in words."""
    here = xl_rowcol_to_cell(row, column)
    hint = {"input_title": cell.title, "input_message": cell.hint} if cell.hint else {}
    if cell.choices and len(",".join(cell.choices)) <= _LONGEST_LIST:
        return hint | {
            "validate": "list",
            "source": list(cell.choices),
            "error_type": "warning",
            "error_title": cell.title,
            "error_message": "不在可选的写法里，请从下拉列表选",
        }
    if cell.kind == "id":
        return hint | {
            "validate": "custom",
            "value": f"=AND(ISTEXT({here}),OR(LEN({here})=18,LEN({here})=15))",
            "error_title": cell.title,
            "error_message": "应为 18 位（旧证 15 位）文本；粘贴时请选“值”，不要改单元格格式",
        }
    if cell.kind == "day":
        return hint | {
            "validate": "date",
            "criteria": "between",
            "minimum": date(1990, 1, 1),
            "maximum": date(2100, 12, 31),
            "error_title": cell.title,
            "error_message": "请写日期，如 2010-12-31",
        }
    if cell.kind in ("yuan", "count"):
        return hint | {
            "validate": "decimal" if cell.kind == "yuan" else "integer",
            "criteria": "between",
            "minimum": -99_999_999,
            "maximum": 99_999_999,
            "error_title": cell.title,
            "error_message": "请写数字，以元为单位；冲红写负数"
            if cell.kind == "yuan"
            else "请写整数",
        }
    return hint | {"validate": "any"} if hint else None


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, value: Any, style: Format) -> None:
    """A value under its heading; a text is never a formula."""
    if value is None:
        return
    if cell.kind == "yuan":
        sheet.write_number(row, column, value / 100, style)
    elif cell.kind == "count":
        sheet.write_number(row, column, value, style)
    elif cell.kind == "day":
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value), style)


def _page(sheet: Worksheet, columns: int) -> None:
    """Headings stay in view and on every page; the rest is protected."""
    sheet.freeze_panes(_HEADER_ROW + 1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.autofilter(_HEADER_ROW, 0, ROWS, columns - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.protect("", dict.fromkeys(_MAY, True))
