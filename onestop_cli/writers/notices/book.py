"""The boards as workbooks: the list with live sums, the standards, the notice period, room to sign.

The list lies on its sheet as on the page and in the PDF: the same paper, the same size of print, the same columns under
each other, the same signatures and seal.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.notices.columns import (
    FUNDS,
    ROLL,
    fund_note,
    list_columns,
    marked,
    part_columns,
    rest_name,
    standard_columns,
    table_of,
)
from onestop_cli.writers.notices.layout import Look, OnPaper, TableSlots
from onestop_cli.writers.notices.words import ListPage
from onestop_cli.writers.toolkit.stacked import Slots
from onestop_cli.writers.toolkit.workbook import Book
from onestop_cli.writers.toolkit.workbook import Sheet as Filled

_POINT = 96 / 72 / 7
"""Half-width characters of a workbook in a point."""


def write_book(path: Path, one: OnPaper, notice: Notice, texts: Texts) -> None:
    """Write one board: its summaries, the list, funds and standards, each on a sheet of its own."""
    left, page, look = texts.period, one.page, one.look
    with Book(path, title=page.title, paper=look.paper) as book:
        for part in notice.parts:
            sums = part_columns(notice, part, texts)
            book.table_sheet(part.title, page.title, sums, part.table, left=left)
        sheet = _wall_sheet(book, "补偿名单", one)
        for layout in _of_people(one):
            sheet.line(left, "单位：元")
            rows = marked(notice.rows)
            sheet.stacked(list_columns(notice, texts), _slots(layout, look), rows, _rest(notice))
        _foot(sheet, page)
        _further(book, notice, texts)


def _further(book: Book, notice: Notice, texts: Texts) -> None:
    """The fund notice and the standards."""
    if texts.funds and notice.level == "county":
        funds = table_of(FUNDS, texts.funds)
        notes = [note for note in (texts.funds_due, fund_note(texts)) if note]
        book.table_sheet("基金收支", "基金收支公示", FUNDS, funds, left=texts.period, notes=notes)
    if texts.standards:
        told, note = standard_columns(texts)
        standards = table_of(told, texts.standards)
        book.table_sheet("补偿标准", "补偿标准", told, standards, left=note, right="")


def write_roll_book(path: Path, one: OnPaper, roll: Roll) -> None:
    """Write the changes of a place's rosters: who came, who left."""
    page, look = one.page, one.look
    tables = {grid.title: layout for grid, layout in one.tables}
    with Book(path, title=page.title, paper=look.paper) as book:
        sheet = _wall_sheet(book, "救助对象变动", one)
        for kind, people in roll.people.items():
            sheet.heading(f"{KINDS[kind]} {roll.counts[kind]} 人次")
            if layout := tables.get(KINDS[kind]):
                sheet.stacked(ROLL, _slots(layout, look), marked(people))
        _foot(sheet, page)


def _of_people(one: OnPaper) -> list[TableSlots]:
    """How the tables of people lie."""
    return [layout for grid, layout in one.tables if grid.people]


def _slots(layout: TableSlots, look: Look) -> Slots:
    """The slots with their widths in half-width characters."""
    return [(slot.columns, slot.width * look.points * _POINT) for slot in layout.slots]


def _wall_sheet(book: Book, name: str, one: OnPaper) -> Filled:
    """The sheet that goes to the wall, with its head."""
    page, look, layout = one.page, one.look, one.layout
    people = _of_people(one) or layout.layouts
    widths = [width for _, width in _slots(people[0], look)] if people else [80.0]
    sheet = book.sheet(name, widths, portrait=not layout.landscape, points=look.points)
    sheet.title(page.title)
    if page.number:
        sheet.line("", f"公示编号：{page.number}")
    sheet.paragraph(page.lead)
    return sheet


def _rest(notice: Notice) -> Mapping[str, Any] | None:
    """The line of the rows that are not shown."""
    return {**notice.rest, "name": rest_name(notice.rest)} if notice.rest else None


def _foot(sheet: Filled, page: ListPage) -> None:
    """What stands below a list, and room to sign."""
    sheet.skip()
    for label, text in page.about:
        sheet.paragraph(f"{label}：{text}")
    sheet.skip()
    sheet.paragraph("　　".join(text.ljust(10, "　") for text in page.signing))
    sheet.skip()
    sheet.paragraph(page.result)
