"""Workbooks people sign: the toolkit with which every `.xlsx` of the house is written.

A `Sheet` is filled from top to bottom: title, lines, tables, signatures. Texts are always written
as strings, so nothing that comes from a file can become a formula. Sums are live formulas with the
computed value stored beside them. The page is A4 with numbered pages, one page wide, or several side by side where
print would become too small to read (`pages_wide`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import xlsxwriter
from xlsxwriter.chart import Chart
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from onestop_cli.writers.toolkit.columns import (
    NUMBER_FORMATS,
    UNITS,
    Column,
    Kind,
    Rows,
    frame_of,
    frozen_columns,
    lines_needed,
    text_width,
)
from onestop_cli.writers.toolkit.pages_wide import PagesWide
from onestop_cli.writers.toolkit.stacked import Slots, StackedTable
from onestop_cli.writers.toolkit.table import GREY, NOTHING, Table, merge
from onestop_cli.writers.toolkit.xml_rows import LINE, RowSheet

FONT = "宋体"
LONG_AGO = datetime(1980, 1, 1)  # noqa: DTZ001
"""The moment in every workbook's properties: the same tables give the same bytes."""
RESULT = "onestop 结果"
"""The category in the properties of every paper of ours."""

SIGNERS = ("制表", "复核", "负责人")
_PAPERS = {"A4": 9, "A3": 8}
"""Paper sizes by Excel's numbers."""


def _sheet_name(name: str) -> str:
    """A name Excel accepts: no `[]:*?/\\`, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", "·", name).strip("'")[:31] or "表"


class Book:
    """A workbook being written, to be printed on `paper` (A4 or A3); a context manager.

    `result`: a paper of ours, which an inbox passes over; not so a form that others fill in and hand in.
    """

    def __init__(
        self, path: Path, *, title: str = "", paper: str = "A4", result: bool = True
    ) -> None:
        self._book = xlsxwriter.Workbook(path, {"in_memory": True})
        mark = {"category": RESULT} if result else {}
        self._book.set_properties({"title": title, "created": LONG_AGO, **mark})
        self._paper = paper
        self.left_out: list[str] = []
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
        self,
        name: str,
        widths: Sequence[float],
        *,
        portrait: bool = False,
        across: int | None = None,
        points: float = 10,
    ) -> Sheet:
        """A new sheet whose columns are `widths` half-width characters wide.

        `across`: titles and texts go over the first so many columns, else over all. `points`: the size of its texts.
        """
        sheet = self._book.add_worksheet(_sheet_name(name), worksheet_class=RowSheet)
        _set_up_page(sheet, portrait, _PAPERS[self._paper])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width, self.style())
        return Sheet(self, sheet, widths[:across], points)

    def wide_sheet(
        self, name: str, columns: Sequence[Column], *, printed: int | None = None
    ) -> Sheet:
        """A new sheet for a table of `columns`, on as many pages side by side as it takes to keep the print readable;
        each has the columns that name a row. `printed`: as in `table_sheet`."""
        sheet = self.sheet(name, [column.chars for column in columns], across=printed)
        pages = PagesWide.of(columns[:printed], frozen_columns(columns), self._paper)
        if pages is not None:
            sheet.split(pages)
        return sheet

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
        known: Mapping[str, int] = NOTHING,
        printed: int | None = None,
        printed_rows: int | None = None,
        on_paper: bool = True,
        optional: bool = False,
    ) -> None:
        """The usual sheet: title, a line with `left` and `right`, one table, notes, signatures.

        `printed`: only the first so many columns go on paper, `printed_rows`: only so many rows of the table; the
        others are for the screen, and all of it where it is not `on_paper`. `optional`: without rows there is no sheet,
        and its name stands in `left_out`.
        """
        if optional and not len(rows):
            self.left_out.append(name)
            return
        sheet = self.wide_sheet(name, columns, printed=printed)
        sheet.title(title)
        sheet.line(left, right)
        top = sheet.row
        sheet.table(columns, rows, filters=filters, totals=totals, main=True, known=known)
        last = None if printed_rows is None else min(top + printed_rows, sheet.row - 1)
        for note in notes:
            sheet.paragraph(note)
        if signers:
            sheet.signature(signers)
        if not on_paper:
            sheet.print_nothing()
        elif printed or last:
            sheet.print_only(printed or len(columns), last)

    def chart(self, title: str) -> Chart:
        """An empty column chart in the house's font."""
        chart = self._book.add_chart({"type": "column"})
        font = {"name": FONT, "size": 9, "bold": False}
        chart.set_title({"name": title, "name_font": {**font, "size": 10}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": font})
        for axis in (chart.set_x_axis, chart.set_y_axis):
            axis({"num_font": font, "line": {"color": "#888888"}})
        return chart

    def style(self, **properties: Any) -> Format:
        """A cell format of the house, made once per set of properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._formats[key] = self._book.add_format(base | properties)
        return self._formats[key]


def _set_up_page(sheet: Worksheet, portrait: bool, paper: int) -> None:
    """One page wide, narrow margins, page numbers at the foot."""
    sheet.set_paper(paper)
    if not portrait:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f'&C&"{FONT}"&11第 &P 页 共 &N 页', {"scale_with_doc": False})
    sheet.hide_gridlines(2)
    sheet.set_default_row(LINE + 3)


class Sheet:
    """One sheet, filled downwards. `row` is the next free row, 0-based."""

    def __init__(
        self, book: Book, sheet: RowSheet, widths: Sequence[float], points: float = 10
    ) -> None:
        self._book, self._sheet, self._widths, self._points = book, sheet, widths, points
        self._left = 0
        self.row = 0

    def split(self, pages: PagesWide) -> None:
        """Print on several pages side by side. Titles and texts stand on the first one, beside the columns that are
        repeated: over these they would be cut off on every further page."""
        self._left, self._widths = pages.lead, self._widths[: pages.breaks[0]]
        self._sheet.set_print_scale(pages.scale)
        self._sheet.set_v_pagebreaks(pages.breaks)
        if pages.lead:
            self._sheet.repeat_columns(0, pages.lead - 1)
        self._sheet.print_across()
        self._sheet.set_header(f'&R&"{FONT}"&11&A', {"scale_with_doc": False})

    @property
    def _room(self) -> float:
        """Half-width characters that a text across the sheet has."""
        return sum(self._widths[self._left :])

    def title(self, text: str) -> None:
        """The heading across the sheet."""
        size = self._points * 1.6
        lines = lines_needed(text, self._room * 10 / size)
        self._sheet.set_row(self.row, max(30, size * 1.45 * lines + 6))
        style = self._book.style(font_size=size, bold=True, align="center", text_wrap=True)
        self._across(text, style)

    def heading(self, text: str) -> None:
        """A smaller heading, for a part of the sheet."""
        self._sheet.set_row(self.row, 22)
        self._across(text, self._book.style(font_size=11, bold=True))

    def line(self, left: str = "", right: str = "") -> None:
        """One line with a text at each edge: the period and the unit."""
        self._sheet.set_row(self.row, 18)
        last = len(self._widths) - 1
        self._sheet.put_text(self.row, self._left, left, self._book.style())
        if right and last > self._left:
            self._sheet.put_text(self.row, last, right, self._book.style(align="right"))
        self.row += 1

    def paragraph(self, text: str, *, bold: bool = False) -> None:
        """A text across the sheet, as many lines high as it needs."""
        scale = self._points / 10
        lines = lines_needed(text, self._room / scale)
        self._sheet.set_row(self.row, LINE * scale * lines + 3)
        style = self._book.style(text_wrap=True, bold=bold, font_size=self._points)
        self._across(text, style)

    def print_only(self, columns: int, last: int | None = None) -> None:
        """Only the first so many columns go on paper, down to the row `last` or as far as the sheet is filled."""
        self._sheet.print_area(0, 0, self.row - 1 if last is None else last, columns - 1)

    def print_nothing(self) -> None:
        """The sheet is for the screen: what it would print is an empty cell, which programs leave out."""
        column = len(self._widths) + 1
        self._sheet.print_area(0, column, 0, column)

    def skip(self) -> None:
        """An empty row."""
        self.row += 1

    def pairs(self, pairs: Iterable[tuple[str, str | int, Kind]]) -> None:
        """Rows of a label (first column) and its value (the other columns, merged).

        A value of kind `yuan` is whole fen, of kind `percent` ten-thousandths.
        """
        rest = sum(self._widths[1:])
        label_style = self._book.style(border=1, bold=True, bg_color=GREY, text_wrap=True)
        for label, value, kind in pairs:
            shown = value if isinstance(value, str) else ""
            height = max(lines_needed(shown, rest), lines_needed(label, self._widths[0]))
            self._sheet.set_row(self.row, LINE * height + 5)
            self._sheet.put_text(self.row, 0, label, label_style)
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
        """The line people sign, with room for names, and a date; on a narrow page the date stands below."""
        names = "".join(f"{signer}：{'　' * 8}" for signer in signers)
        date = "日期：　　　　年　　月　　日"
        whole = text_width(names + date) <= self._room
        parts = (f"{names}{date}",) if whole else (names.rstrip(), date)
        self._sheet.set_row(self.row, 12)
        self.row += 1
        for part in parts:
            self._sheet.set_row(self.row, 30)
            self._across(part, self._book.style())

    def table(
        self,
        columns: Sequence[Column],
        rows: Rows,
        *,
        totals: bool = True,
        filters: bool = False,
        main: bool = False,
        known: Mapping[str, int] = NOTHING,
    ) -> None:
        """A table with its header and, when a column has `total`, a totals row.

        `main`: its header is repeated on every page and stays in view. `filters`: filter buttons;
        the totals then count the visible rows only. `known`: totals that are no sums, by key.
        """
        self.row = Table(self._sheet, self._book.style, columns, frame_of(columns, rows)).write(
            self.row, totals=totals, filters=filters, main=main, known=known
        )

    def stacked(
        self,
        columns: Sequence[Column],
        slots: Slots,
        rows: Rows,
        rest: Mapping[str, Any] | None = None,
    ) -> None:
        """A table for the wall whose columns stand under each other in `slots`, with live totals.

        `rest`: a last line, by key, of rows that are not shown.
        """
        table = StackedTable(self._sheet, self._book.style, columns, slots, self._points)
        self.row = table.write(self.row, frame_of(columns, rows), rest)

    def facts(
        self, titles: tuple[str, str, str], facts: Iterable[tuple[str, int | None, Kind, str]]
    ) -> None:
        """Three columns: a name, its value of whatever kind (None: 无法计算), and how it is made."""
        head = self._book.style(border=1, bold=True, bg_color=GREY, align="center")
        words = self._book.style(border=1, text_wrap=True)
        for column, title in enumerate(titles):
            self._sheet.put_text(self.row, column, title, head)
        for name, value, kind, how in facts:
            self.row += 1
            self._sheet.set_row(self.row, LINE * lines_needed(how, self._widths[2]) + 5)
            self._sheet.put_text(self.row, 0, name, words)
            style = self._book.style(border=1, num_format=NUMBER_FORMATS[kind], align="right")
            if value is None:
                self._sheet.put_text(self.row, 1, "无法计算", style)
            else:
                self._sheet.write_number(self.row, 1, value / UNITS[kind], style)
            self._sheet.put_text(self.row, 2, how, words)
        self.row += 1

    def bars(
        self, title: str, rows: range, names: int, values: Mapping[str, int], *, points: int = 200
    ) -> None:
        """A bar chart, `points` high, of table rows (0-based): names in one column, each series in another.

        The keys of `values` are our own words: xlsxwriter takes one that begins with `=` for a formula.
        """
        chart = self._book.chart(title)
        for label, column in values.items():
            name = self._sheet.get_name()
            first, last = rows[0], rows[-1]
            chart.add_series(
                {
                    "name": label,
                    "categories": [name, first, names, last, names],
                    "values": [name, first, column, last, column],
                }
            )
        # A half-width character is about 7 pixels wide.
        chart.set_size({"width": int(sum(self._widths) * 7), "height": points * 4 // 3})
        if len(values) == 1:
            chart.set_legend({"none": True})
        self._sheet.insert_chart(self.row, 0, chart, {"object_position": 1})
        self.row += -(-points // int(LINE + 3)) + 1

    def _across(self, text: str, style: Format) -> None:
        """A text merged over the whole width; the next row follows."""
        self._merge(self._left, len(self._widths) - 1, text, style)
        self.row += 1

    def _merge(self, first: int, last: int, text: str, style: Format) -> None:
        merge(self._sheet, self.row, first, last, text, style)
