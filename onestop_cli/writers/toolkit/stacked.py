"""A table for the wall: columns that share a slot stand under each other, so that large print needs no wider paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range

from onestop_cli.writers.toolkit.columns import NUMBER_FORMATS, UNITS, Column, lines_needed
from onestop_cli.writers.toolkit.table import GREY
from onestop_cli.writers.toolkit.xml_rows import RowSheet

Slots = Sequence[tuple[Sequence[int], float]]
"""Places of the columns in each slot, and its width in half-width characters."""

_LEADING = 1.45
"""Height of a printed line, in sizes of its text."""


class StackedTable:
    """`frame` (of `frame_of`) in `slots`, in print of `points`. Every row takes as many lines as its highest slot."""

    def __init__(
        self,
        sheet: RowSheet,
        style: Callable[..., Format],
        columns: Sequence[Column],
        slots: Slots,
        points: float,
    ) -> None:
        self._sheet, self._columns, self._slots = sheet, columns, slots
        self._style, self._points = style, points
        self._depth = max(len(places) for places, _ in slots)

    def write(self, row: int, frame: pl.DataFrame, rest: Mapping[str, Any] | None) -> int:
        """Write header, rows, a line of `rest` (by key) and live totals from `row` on; the next free row."""
        titles = {column.key: column.title for column in self._columns}
        first = self._lines(row, titles, title=True)
        self._sheet.repeat_rows(row, first - 1)
        self._sheet.freeze_panes(first, 0)
        at = first
        for values in frame.iter_rows(named=True):
            at = self._lines(at, values)
        if rest is not None:
            at = self._lines(at, rest)
        sums = {
            column.key: sum(frame[column.key].drop_nulls()) + ((rest or {}).get(column.key) or 0)
            for column in self._columns
            if column.total
        }
        return self._totals(at, first, sums) if sums else at

    def _lines(self, row: int, values: Mapping[str, Any], *, title: bool = False) -> int:
        """One row of the table, in as many rows of the sheet as the slots are deep; the next free row."""
        for line in range(self._depth):
            high = 1
            for index, (places, width) in enumerate(self._slots):
                column = self._columns[places[line]] if line < len(places) else None
                style = self._look(column, line, title=title)
                value = values.get(column.key) if column else None
                if isinstance(value, str):
                    high = max(high, lines_needed(value, width * 10 / self._points + 1))
                self._put(row + line, index, value, column, style, title=title)
            height = self._points * (_LEADING * high + 0.3)
            self._sheet.set_row(row + line, min(height, 409))
        return row + self._depth

    def _look(self, column: Column | None, line: int, *, title: bool) -> Format:
        """The format of a cell; the lines of a slot stand in one frame."""
        edges = {"left": 1, "right": 1}
        edges |= {"top": 1} if line == 0 else {}
        edges |= {"bottom": 1} if line == self._depth - 1 else {}
        look: dict[str, Any] = {"font_size": self._points, "text_wrap": True, **edges}
        if title:
            return self._style(**look, bold=True, bg_color=GREY, align="center")
        kind = column.kind if column else "text"
        if kind != "text":
            look |= {"num_format": NUMBER_FORMATS[kind], "text_wrap": False}
        look |= {"align": column.align} if column and column.align else {}
        return self._style(**look)

    def _put(
        self, row: int, index: int, value: Any, column: Column | None, style: Format, *, title: bool
    ) -> None:
        if column is None or value is None or value == "":
            self._sheet.write_blank(row, index, None, style)
        elif title or column.kind == "text":
            self._sheet.put_text(row, index, value, style)
        else:
            self._sheet.write_number(row, index, value / UNITS[column.kind], style)

    def _totals(self, row: int, first: int, sums: Mapping[str, int]) -> int:
        """Live sums: of a slot's lines, those of one column only."""
        for line in range(self._depth):
            self._sheet.set_row(row + line, self._points * (_LEADING + 0.3))
            for index, (places, _) in enumerate(self._slots):
                column = self._columns[places[line]] if line < len(places) else None
                look = self._look(column, line, title=False)
                if column is None or column.key not in sums:
                    text = "合计" if index == line == 0 else ""
                    self._sheet.put_text(row + line, index, text, look)
                    continue
                cells = xl_range(first, index, row - 1, index)
                formula = f"=SUM({cells})"
                if self._depth > 1:
                    its = f"MOD(ROW({cells})-{first + 1},{self._depth})={line}"
                    formula = f"=SUMPRODUCT(({its})*{cells})"
                value = sums[column.key] / UNITS[column.kind]
                self._sheet.write_formula(row + line, index, formula, look, value)
        return row + self._depth
