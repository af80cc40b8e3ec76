"""The boards as workbooks: the list with live sums, the standards, the posting period, room to sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestop_cli.notices.notice_period import Posting
from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import KINDS, Roll
from onestop_cli.writers.notices.columns import (
    FUNDS,
    ROLL,
    list_columns,
    marked,
    part_columns,
    standard_columns,
    table_of,
)
from onestop_cli.writers.notices.words import Page
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book, Sheet

SIGNERS = ("制表", "审核")


def write_book(path: Path, page: Page, notice: Notice, posting: Posting) -> None:
    """Write one board: its summaries, the list, funds and standards, each on a sheet of its own."""
    left = posting.period
    with Book(path, title=page.title) as book:
        for part in notice.parts:
            sums = part_columns(notice, part, posting)
            book.table_sheet(part.title, page.title, sums, part.table, left=left)
        columns = list_columns(notice, posting)
        sheet = _wall_sheet(book, "补偿名单", page, columns)
        sheet.line(left, "单位：元")
        sheet.table(columns, marked(notice.rows), main=True)
        _foot(sheet, page)
        if posting.funds and notice.level == "county":
            funds = table_of(FUNDS, posting.funds)
            due = [posting.funds_due] if posting.funds_due else []
            book.table_sheet("基金收支", "基金收支公示", FUNDS, funds, left=left, notes=due)
        if posting.standards:
            told, note = standard_columns(posting)
            standards = table_of(told, posting.standards)
            book.table_sheet("补偿标准", "补偿标准", told, standards, left=note, right="")


def write_roll_book(path: Path, page: Page, roll: Roll) -> None:
    """Write the changes of a village's rosters: who came, who left."""
    with Book(path, title=page.title) as book:
        sheet = _wall_sheet(book, "救助对象变动", page, ROLL)
        for kind, people in roll.people.items():
            sheet.heading(KINDS[kind])
            sheet.table(ROLL, marked(people))
        _foot(sheet, page)


def _wall_sheet(book: Book, name: str, page: Page, columns: Sequence[Column]) -> Sheet:
    """The sheet that goes to the wall, with its head."""
    sheet = book.sheet(name, [column.chars for column in columns])
    sheet.title(page.title)
    sheet.paragraph(page.lead)
    return sheet


def _foot(sheet: Sheet, page: Page) -> None:
    """What stands below a list, and room to sign."""
    sheet.skip()
    for label, text in page.about:
        sheet.paragraph(f"{label}：{text}")
    sheet.signature(SIGNERS)
