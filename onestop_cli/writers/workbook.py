"""Workbooks people sign: the toolkit with which every `.xlsx` of the house is written.

A `Sheet` is filled from top to bottom: title, lines, tables, signatures. Texts are always written
as strings, so nothing that comes from a file can become a formula. Sums are live formulas with the
computed value stored beside them. The page is A4, one page wide, with numbered pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from onestop_cli.writers.columns import (
    LONGEST,
    NUMBER_FORMATS,
    UNITS,
    Column,
    Kind,
    Rows,
    frame_of,
    frozen_columns,
    lines_needed,
    round_ratio,
)

FONT = "宋体"
SIGNERS = ("制表", "复核", "负责人")
_LINE = 15.0
_GREY, _INPUT = "#EDEDED", "#FFF9E3"


def _sheet_name(name: str) -> str:
    """A name Excel accepts: no `[]:*?/\\`, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", "·", name).strip("'")[:31] or "表"


class Book:
    """A workbook being written; a context manager. `long`: stream rows to disk as they come."""

    def __init__(self, path: Path, *, title: str = "", long: bool = False) -> None:
        self._book = xlsxwriter.Workbook(path, {"constant_memory": long})
        self._book.set_properties({"title": title})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()

    def sheet(
        self, name: str, widths: Sequence[float], *, portrait: bool = False, rows_high: int = 0
    ) -> Sheet:
        """A new sheet whose columns are `widths` half-width characters wide.

        `rows_high`: squeeze the sheet into so many pages; 0 for as many as it takes.
        """
        sheet = self._book.add_worksheet(_sheet_name(name))
        _set_up_page(sheet, portrait, rows_high)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.style())
        return Sheet(self, sheet, widths)

    def table_sheet(
        self,
        name: str,
        title: str,
        columns: Sequence[Column],
        rows: Rows,
        *,
        left: str = "",
        right: str = "单位：元",
        notes: Sequence[str] = (),
        filters: bool = False,
        totals: bool = True,
        signers: Sequence[str] = (),
    ) -> None:
        """The usual sheet: title, a line with `left` and `right`, one table, notes, signatures."""
        sheet = self.sheet(name, [column.chars for column in columns])
        sheet.title(title)
        sheet.line(left, right)
        sheet.table(columns, rows, filters=filters, totals=totals, main=True)
        for note in notes:
            sheet.paragraph(note)
        if signers:
            sheet.signature(signers)

    def style(self, **properties: Any) -> Format:
        """A cell format of the house, made once per set of properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self._book.add_format(base | properties)
        return self._formats[key]


def _set_up_page(sheet: Worksheet, portrait: bool, rows_high: int) -> None:
    """A4, one page wide, narrow margins, page numbers at the foot."""
    sheet.set_paper(9)
    if not portrait:
        sheet.set_landscape()
    sheet.fit_to_pages(1, rows_high)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f'&C&"{FONT}"&9第 &P 页 共 &N 页')
    sheet.hide_gridlines(2)


class Sheet:
    """One sheet, filled downwards. `row` is the next free row, 0-based."""

    def __init__(self, book: Book, sheet: Worksheet, widths: Sequence[float]) -> None:
        self._book, self._sheet, self._widths = book, sheet, widths
        self.row = 0

    def title(self, text: str) -> None:
        """The heading across the sheet."""
        self._sheet.set_row(self.row, 30)
        self._across(text, self._book.style(font_size=16, bold=True, align="center"))

    def heading(self, text: str) -> None:
        """A smaller heading, for a part of the sheet."""
        self._sheet.set_row(self.row, 22)
        self._across(text, self._book.style(font_size=11, bold=True))

    def line(self, left: str = "", right: str = "") -> None:
        """One line with a text at each edge: the period and the unit."""
        self._sheet.set_row(self.row, 18)
        last = len(self._widths) - 1
        self._sheet.write_string(self.row, 0, left, self._book.style())
        if right and last:
            self._sheet.write_string(self.row, last, right, self._book.style(align="right"))
        self.row += 1

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """A text across the sheet, as many lines high as it needs."""
        self._sheet.set_row(self.row, _LINE * lines_needed(text, sum(self._widths)) + 3)
        self._across(text, self._book.style(text_wrap=True, bold=bold))

    def skip(self) -> None:
        """An empty row."""
        self.row += 1

    def pairs(self, pairs: Iterable[tuple[str, str | int, Kind]]) -> None:
        """Rows of a label (first column) and its value (the other columns, merged).

        A value of kind `yuan` is whole fen, of kind `percent` ten-thousandths.
        """
        rest = sum(self._widths[1:])
        label_style = self._book.style(border=1, bold=True, bg_color=_GREY, text_wrap=True)
        for label, value, kind in pairs:
            shown = value if isinstance(value, str) else ""
            height = max(lines_needed(shown, rest), lines_needed(label, self._widths[0]))
            self._sheet.set_row(self.row, _LINE * height + 5)
            self._sheet.write_string(self.row, 0, label, label_style)
            self._value(value, kind)
            self.row += 1

    def _value(self, value: str | int, kind: Kind) -> None:
        last = len(self._widths) - 1
        if isinstance(value, str):
            style = self._book.style(border=1, text_wrap=True, align="left")
            self._merge(1, last, value, style)
        else:
            style = self._book.style(border=1, num_format=NUMBER_FORMATS[kind], align="left")
            if last > 1:
                self._sheet.merge_range(self.row, 1, self.row, last, "", style)
            self._sheet.write_number(self.row, 1, value / UNITS[kind], style)

    def signature(self, signers: Sequence[str] = SIGNERS) -> None:
        """The line people sign, with room for names, and a date."""
        self._sheet.set_row(self.row, 12)
        self.row += 1
        self._sheet.set_row(self.row, 30)
        names = "".join(f"{signer}：{'　' * 8}" for signer in signers)
        self._across(f"{names}日期：　　　　年　　月　　日", self._book.style())

    def table(
        self,
        columns: Sequence[Column],
        rows: Rows,
        *,
        totals: bool = True,
        filters: bool = False,
        main: bool = False,
    ) -> None:
        """A table with its header and, when a column has `total`, a totals row.

        `main`: its header is repeated on every page and stays in view. `filters`: filter buttons;
        the totals then count the visible rows only.
        """
        frame = frame_of(columns, rows)
        top = self.row
        self._header(columns)
        if main:
            self._sheet.repeat_rows(top, self.row - 1)
            self._sheet.freeze_panes(self.row, frozen_columns(columns))
        first = self.row
        self._body(columns, frame)
        last = self.row - 1
        if filters:
            self._sheet.autofilter(first - 1, 0, last, len(columns) - 1)
        self._choices(columns, first, last)
        if totals and any(column.total for column in columns):
            self._totals(columns, frame, first, last, 9 if filters else 0)

    def _header(self, columns: Sequence[Column]) -> None:
        """One header row, or two when columns stand in groups."""
        style = {"bold": True, "bg_color": _GREY, "align": "center", "text_wrap": True}
        if any(column.group for column in columns):
            self._groups(columns, style)
        heights = [lines_needed(column.title, column.chars) for column in columns]
        self._sheet.set_row(self.row, _LINE * max(heights) + 4)
        for index, column in enumerate(columns):
            top = 1 if column.group else 0
            grouped = any(other.group for other in columns)
            edges = {"left": 1, "right": 1, "bottom": 1, "top": top if grouped else 1}
            self._sheet.write_string(
                self.row, index, column.title, self._book.style(**style, **edges)
            )
        self.row += 1

    def _groups(self, columns: Sequence[Column], style: Mapping[str, Any]) -> None:
        """The upper header row: a group's name across its columns."""
        self._sheet.set_row(self.row, _LINE + 3)
        index = 0
        while index < len(columns):
            group, end = columns[index].group, index
            while group and end + 1 < len(columns) and columns[end + 1].group == group:
                end += 1
            edges = {"border": 1} if group else {"left": 1, "right": 1, "top": 1}
            self._merge(index, end, group, self._book.style(**style, **edges))
            index = end + 1
        self.row += 1

    def _body(self, columns: Sequence[Column], frame: pl.DataFrame) -> None:
        """The rows; `（无）` when there are none."""
        if frame.is_empty():
            self._merge(0, len(columns) - 1, "（无）", self._book.style(border=1, align="center"))
            self.row += 1
            return
        cells = [self._cell(index, column) for index, column in enumerate(columns)]
        row = self.row
        for values in frame.iter_rows():
            for write, value in zip(cells, values, strict=True):
                write(row, value)
            row += 1
        self.row = row

    def _cell(self, index: int, column: Column) -> Callable[[int, Any], None]:
        """How a value of `column` is written."""
        sheet, style = self._sheet, self._body_style(column)
        if column.kind == "text":
            put: Callable[..., Any] = sheet.write_string
            return lambda row, text: (
                put(row, index, text, style) if text else sheet.write_blank(row, index, None, style)
            )
        unit = UNITS[column.kind]
        number = sheet.write_number
        # Dividing two whole numbers gives the double nearest to the exact amount.
        return lambda row, value: (
            sheet.write_blank(row, index, None, style)
            if value is None
            else number(row, index, value / unit, style)
        )

    def _body_style(self, column: Column) -> Format:
        style: dict[str, Any] = {"border": 1, "num_format": NUMBER_FORMATS[column.kind]}
        if column.kind == "text":
            style["text_wrap"] = True
        if column.kind == "date":
            style["align"] = "center"
        if column.fill:
            style["bg_color"] = _INPUT
        return self._book.style(**style)

    def _choices(self, columns: Sequence[Column], first: int, last: int) -> None:
        for index, column in enumerate(columns):
            if column.choices:
                offer = {"validate": "list", "source": list(column.choices)}
                self._sheet.data_validation(first, index, last, index, offer)

    def _totals(
        self, columns: Sequence[Column], frame: pl.DataFrame, first: int, last: int, visible: int
    ) -> None:
        """Live sums with the computed values stored beside them."""
        at = {column.key: index for index, column in enumerate(columns)}
        sums = {column.key: int(frame[column.key].sum()) for column in columns if column.total}
        self._sheet.set_row(self.row, _LINE + 5)
        for index, column in enumerate(columns):
            style = self._book.style(
                border=1, bold=True, bg_color=_GREY, num_format=NUMBER_FORMATS[column.kind]
            )
            if column.total:
                cells = xl_range(first, index, last, index)
                formula = f"=SUBTOTAL({visible},{cells})" if visible else f"=SUM({cells})"
                value = sums[column.key] / UNITS[column.kind]
                self._sheet.write_formula(self.row, index, formula, style, value)
            elif column.ratio:
                self._quotient(index, column, at, sums, style)
            else:
                self._sheet.write_string(self.row, index, "" if index else "合计", style)
        self.row += 1

    def _quotient(
        self,
        index: int,
        column: Column,
        at: Mapping[str, int],
        sums: Mapping[str, int],
        style: Format,
    ) -> None:
        """A ratio in the totals row, from the totals beside it."""
        assert column.ratio is not None
        parts, whole = column.ratio
        above = "+".join(xl_rowcol_to_cell(self.row, at[part]) for part in parts)
        below = xl_rowcol_to_cell(self.row, at[whole])
        digits = 4 if column.kind == "percent" else 2
        formula = f'=IF({below}=0,"",ROUND(({above})/{below},{digits}))'
        part = sum(sums[key] for key in parts)
        value = round_ratio(part, sums[whole], column.kind)
        shown = "" if value is None else value / UNITS[column.kind]
        self._sheet.write_formula(self.row, index, formula, style, shown)

    def _across(self, text: str, style: Format) -> None:
        """A text merged over the whole width; the next row follows."""
        self._merge(0, len(self._widths) - 1, text, style)
        self.row += 1

    def _merge(self, first: int, last: int, text: str, style: Format) -> None:
        """A text in columns `first` to `last` of the current row, as a string whatever it holds."""
        if last > first:
            self._sheet.merge_range(self.row, first, self.row, last, "", style)
        self._sheet.write_string(self.row, first, text[:LONGEST], style)
