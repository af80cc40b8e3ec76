"""One table on a sheet: its header, its rows and its live totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from onestop_cli.writers.toolkit.columns import (
    NUMBER_FORMATS,
    UNITS,
    Column,
    frozen_columns,
    lines_needed,
    round_ratio,
)
from onestop_cli.writers.toolkit.xml_rows import LINE, RowSheet, rows_xml

GREY, INPUT = "#EDEDED", "#FFF9E3"
NOTHING: Mapping[str, int] = MappingProxyType({})
_SUM_VISIBLE = 9


def merge(sheet: RowSheet, row: int, first: int, last: int, text: str, style: Format) -> None:
    """A text in columns `first` to `last` of a row, as a string whatever it holds."""
    if last > first:
        sheet.merge_range(row, first, row, last, "", style)
    sheet.put_text(row, first, text, style)


class Table:
    """`frame` (see `frame_of`) under the headings of `columns`."""

    def __init__(
        self,
        sheet: RowSheet,
        style: Callable[..., Format],
        columns: Sequence[Column],
        frame: pl.DataFrame,
    ) -> None:
        self._sheet, self._style, self._columns, self._frame = sheet, style, columns, frame
        self._at = {column.key: index for index, column in enumerate(columns)}

    def write(
        self, row: int, *, totals: bool, filters: bool, main: bool, known: Mapping[str, int]
    ) -> int:
        """Write the table from `row` on; the next free row. See `Sheet.table`."""
        first = self._header(row)
        if main:
            self._sheet.repeat_rows(row, first - 1)
            self._sheet.freeze_panes(first, frozen_columns(self._columns))
        end = self._body(first)
        if filters:
            self._sheet.autofilter(first - 1, 0, end - 1, len(self._columns) - 1)
        self._choices(first, end - 1)
        if not totals or not any(column.total for column in self._columns):
            return end
        self._totals(first, end, filters, known)
        return end + 1

    def _header(self, row: int) -> int:
        """One header row, or two when columns stand in groups; the row below."""
        look = {"bold": True, "bg_color": GREY, "align": "center", "text_wrap": True}
        grouped = any(column.group for column in self._columns)
        if grouped:
            self._groups(row, look)
            row += 1
        lines = max(lines_needed(column.title, column.chars) for column in self._columns)
        self._sheet.set_row(row, LINE * lines + 4)
        for index, column in enumerate(self._columns):
            top = 0 if grouped and not column.group else 1
            style = self._style(**look, left=1, right=1, bottom=1, top=top)
            self._sheet.put_text(row, index, column.title, style)
        return row + 1

    def _groups(self, row: int, look: Mapping[str, Any]) -> None:
        """The upper header row: a group's name across its columns."""
        self._sheet.set_row(row, LINE + 3)
        index, names = 0, [column.group for column in self._columns]
        while index < len(names):
            end = index
            while names[index] and end + 1 < len(names) and names[end + 1] == names[index]:
                end += 1
            edges = {"border": 1} if names[index] else {"left": 1, "right": 1, "top": 1}
            merge(self._sheet, row, index, end, names[index], self._style(**look, **edges))
            index = end + 1

    def _body(self, first: int) -> int:
        """The rows, or `（无）` when there are none; the row below."""
        if self._frame.is_empty():
            style = self._style(border=1, align="center")
            merge(self._sheet, first, 0, len(self._columns) - 1, "（无）", style)
            return first + 1
        styles = [self._body_style(column) for column in self._columns]
        self._sheet.place(first, self._frame, rows_xml(self._columns, styles, self._frame, first))
        return first + self._frame.height

    def _body_style(self, column: Column) -> Format:
        look: dict[str, Any] = {"border": 1, "num_format": NUMBER_FORMATS[column.kind]}
        if column.kind == "text":
            look["text_wrap"] = True
        if column.align or column.kind == "date":
            look["align"] = column.align or "center"
        if column.fill:
            look["bg_color"] = INPUT
        return self._style(**look)

    def _choices(self, first: int, last: int) -> None:
        for index, column in enumerate(self._columns):
            if column.choices:
                offer = {"validate": "list", "source": list(column.choices)}
                self._sheet.data_validation(first, index, last, index, offer)

    def _totals(self, first: int, row: int, visible: bool, known: Mapping[str, int]) -> None:
        """Live sums in `row` with the computed values stored beside them."""
        sums = {c.key: int(self._frame[c.key].sum()) for c in self._columns if c.total}
        sums.update(known)
        self._sheet.set_row(row, LINE + 5)
        for index, column in enumerate(self._columns):
            style = self._style(
                border=1, bold=True, bg_color=GREY, num_format=NUMBER_FORMATS[column.kind]
            )
            if column.key in known:
                self._sheet.write_number(row, index, sums[column.key] / UNITS[column.kind], style)
            elif column.total:
                cells = xl_range(first, index, row - 1, index)
                formula = f"SUBTOTAL({_SUM_VISIBLE},{cells})" if visible else f"SUM({cells})"
                value = sums[column.key] / UNITS[column.kind]
                self._sheet.write_formula(row, index, f"={formula}", style, value)
            elif column.ratio:
                self._quotient(row, index, column, sums, style)
            else:
                self._sheet.put_text(row, index, "" if index else "合计", style)

    def _quotient(
        self, row: int, index: int, column: Column, sums: Mapping[str, int], style: Format
    ) -> None:
        """A ratio in the totals row, from the totals beside it."""
        *parts, whole = column.ratio
        above = "+".join(xl_rowcol_to_cell(row, self._at[part]) for part in parts)
        below = xl_rowcol_to_cell(row, self._at[whole])
        digits = 4 if column.kind == "percent" else 2
        value = round_ratio(sum(sums[key] for key in parts), sums[whole], column.kind)
        formula = f'=IF({below}=0,"",ROUND(({above})/{below},{digits}))'
        shown = "" if value is None else value / UNITS[column.kind]
        self._sheet.write_formula(row, index, formula, style, shown)
