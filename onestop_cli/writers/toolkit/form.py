"""A county's own form: an `.xlsx` template whose `{{field}}` cells and one repeated row are filled in.

Styles, merged cells, heights and the print set-up of the template stay. Sums over the repeated row
grow with it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.formula import Tokenizer
from openpyxl.formula.translate import Translator
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.money import FULL, percent, yuan
from onestop_cli.readers.guard import named, through_the_door
from onestop_cli.statements.form_fields import Fields, Value
from onestop_cli.writers.toolkit.columns import NUMBER_FORMATS

_FIELD = re.compile(r"\{\{\s*(.+?)\s*\}\}")
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d+)")
_ROW = "row."
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def fill_form(template: Path, fields: Fields, rows: Sequence[Fields], out: Path) -> None:
    """Fill `template` and save it as `out`.

    Raises `CannotRun` when the template cannot be read, asks for an unknown field, or repeats more
    than one row of a sheet.
    """
    book = _open(template)
    with named(template):
        _fill_book(book, template, fields, rows)
    _save(book, out)


def _fill_book(book: Workbook, template: Path, fields: Fields, rows: Sequence[Fields]) -> None:
    known = {*fields, *(f"{_ROW}{name}" for row in rows[:1] for name in row)}
    if problems := list(_problems(book, known, bool(rows), template)):
        raise CannotRun(problems)
    for sheet in book.worksheets:
        repeated = next(iter(_repeated_rows(sheet)), None)
        if repeated:
            _make_room(book, sheet, repeated, max(len(rows), 1))
        by_row = {
            (repeated or 0) + number: {f"{_ROW}{name}": value for name, value in row.items()}
            for number, row in enumerate(rows)
        }
        for line in sheet.iter_rows():
            for cell in line:
                _fill(cell, {**fields, **by_row.get(cell.row, {})})


def _save(book: Workbook, out: Path) -> None:
    """Save without the moment of saving: the same form with the same values has the same bytes."""
    whole = BytesIO()
    book.save(whole)
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in parts.namelist():
            data = parts.read(name)
            if name == "docProps/core.xml":
                data = _MOMENT.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            kept.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def _open(template: Path) -> Workbook:
    through_the_door(template)
    try:
        return openpyxl.load_workbook(template)
    except Exception as error:  # whatever a template is, it is no bug of ours
        raise stop(
            "打不开本县表样",
            "请用 Excel 或 WPS 另存为 .xlsx，并检查 onestop.toml 的 templates",
            str(template),
        ) from error


def _problems(book: Workbook, known: set[str], has_rows: bool, template: Path) -> Iterator[Problem]:
    """Unknown fields, and sheets with more than one repeated row."""
    for sheet in book.worksheets:
        for cell, name in _asked(sheet):
            if name not in known and (has_rows or not name.startswith(_ROW)):
                offered = (k for k in known if k.startswith(_ROW) == name.startswith(_ROW))
                yield Problem(
                    f"表样单元格 {cell.coordinate} 要填“{name}”，没有这个字段",
                    f"可用的字段：{'、'.join(sorted(offered))}",
                    str(template), sheet.title, cell.row,
                )  # fmt: skip
        if len(repeated := _repeated_rows(sheet)) > 1:
            yield Problem(
                f"表样有 {len(repeated)} 行含 {{{{row.…}}}} 字段",
                "每个工作表只能有一行按机构（或住院）重复，请删去多余的",
                str(template), sheet.title, repeated[1],
            )  # fmt: skip


def _asked(sheet: Worksheet) -> Iterator[tuple[Cell, str]]:
    """Every cell that asks for a field, with the field's name."""
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                for match in _FIELD.finditer(cell.value):
                    yield cell, match[1]


def _repeated_rows(sheet: Worksheet) -> list[int]:
    return sorted({cell.row for cell, name in _asked(sheet) if name.startswith(_ROW)})


def _make_room(book: Workbook, sheet: Worksheet, row: int, count: int) -> None:
    """Turn the repeated row into `count` rows alike; everything below moves down."""
    more = count - 1
    last, width = sheet.max_row, sheet.max_column
    across = list(sheet.merged_cells.ranges)
    for merged in across:
        sheet.unmerge_cells(merged.coord)
    heights = {at: size.height for at, size in sheet.row_dimensions.items()}
    if more and last > row:
        sheet.move_range(f"A{row + 1}:{sheet.cell(last, width).coordinate}", rows=more)
    for at in sorted((at for at in heights if at >= row), reverse=True):
        sheet.row_dimensions[at + more if at > row else at].height = heights[at]
    _stretch_formulas(book, sheet, row, more)
    for number in range(1, count):
        sheet.row_dimensions[row + number].height = heights.get(row)
        for column in range(1, width + 1):
            _copy(sheet.cell(row, column), sheet.cell(row + number, column))
    _merge_again(sheet, across, row, more)
    if sheet.print_area:
        sheet.print_area = _stretched(sheet.print_area.split("!")[-1], row, more)


def _copy(model: Cell, cell: Cell) -> None:
    cell.value = model.value
    if model.data_type == "f":
        formula = Translator(model.value, origin=model.coordinate)
        cell.value = formula.translate_formula(cell.coordinate)
    cell._style = copy(model._style)


def _merge_again(sheet: Worksheet, merged: Sequence[Any], row: int, more: int) -> None:
    """Merged cells at their new place; those within the repeated row once per row."""
    for area in merged:
        if area.min_row == area.max_row == row:
            for number in range(more + 1):
                sheet.merge_cells(
                    start_row=row + number, end_row=row + number,
                    start_column=area.min_col, end_column=area.max_col,
                )  # fmt: skip
        else:
            sheet.merge_cells(_stretched(area.coord, row, more))


def _stretch_formulas(book: Workbook, sheet: Worksheet, row: int, more: int) -> None:
    """References to `sheet` follow the rows that moved; ranges over the repeated row grow."""
    for other in book.worksheets:
        for line in other.iter_rows():
            for cell in line:
                if cell.data_type == "f" and isinstance(cell.value, str):
                    cell.value = _stretch_formula(
                        cell.value, other is sheet, sheet.title, row, more
                    )


def _stretch_formula(formula: str, same_sheet: bool, title: str, row: int, more: int) -> str:
    tokens = Tokenizer(formula)
    for token in tokens.items:
        if token.type == "OPERAND" and token.subtype == "RANGE":
            sheet, mark, cells = token.value.rpartition("!")
            if (same_sheet and not mark) or sheet.strip("'") == title:
                token.value = f"{sheet}{mark}{_stretched(cells, row, more)}"
    return str(tokens.render())


def _stretched(cells: str, row: int, more: int) -> str:
    """`F6:F6` with 3 more rows after row 6 is `F6:F9`; `F7` is `F10`."""
    start, colon, end = cells.partition(":")
    return _moved(start, row + 1, more) + colon + _moved(end, row, more)


def _moved(reference: str, since: int, more: int) -> str:
    return _REFERENCE.sub(
        lambda match: f"{match[1]}{int(match[2]) + (more if int(match[2]) >= since else 0)}",
        reference,
    )


def _fill(cell: Cell, values: Fields) -> None:
    """Put the values into one cell; a cell that is nothing but one field becomes that value."""
    text = cell.value
    if not isinstance(text, str) or not _FIELD.search(text):
        return
    whole = _FIELD.fullmatch(text.strip())
    value = values.get(whole[1]) if whole else None
    if value and value.kind != "text":
        cell.value = _number(value)
        if cell.number_format == "General":
            cell.number_format = NUMBER_FORMATS[value.kind]
        return
    cell.value = _FIELD.sub(lambda match: _text(values.get(match[1])), text)
    # A text that begins with = is still a text.
    cell.data_type = "s"


def _number(value: Value) -> Decimal | date | None:
    if isinstance(value.value, int):
        units: Mapping[str, int] = {"yuan": 100, "percent": FULL}
        return Decimal(value.value) / units.get(value.kind, 1)
    return value.value if isinstance(value.value, date) else None


def _text(value: Value | None) -> str:
    if value is None or value.value is None:
        return ""
    if value.kind == "yuan" and isinstance(value.value, int):
        return yuan(value.value)
    if value.kind == "percent" and isinstance(value.value, int):
        return percent(value.value, FULL)
    return str(value.value)
