"""The boards as workbooks: the list with live sums, the standards, the posting period, room to sign."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.notices import TITLE, Notice
from onestop_cli.posting import Posting
from onestop_cli.writers.notice_columns import (
    FUNDS,
    list_columns,
    part_columns,
    shown_rows,
    standard_columns,
    table_of,
)
from onestop_cli.writers.notice_words import about, lead, whose
from onestop_cli.writers.workbook import Book

SIGNERS = ("制表", "审核")


def write_book(path: Path, notice: Notice, posting: Posting) -> None:
    """Write one board as `path`: the list, then its summaries, funds and standards on sheets of their own."""
    title = whose(notice, posting) + TITLE
    with Book(path, title=title) as book:
        for part in notice.parts:
            sums = part_columns(notice, part, posting)
            book.table_sheet(part.title, title, sums, part.table, left=posting.period)
        _names(book, title, notice, posting)
        if posting.funds and notice.level == "county":
            funds = table_of(FUNDS, posting.funds)
            book.table_sheet("基金收支", "基金收支公示", FUNDS, funds, left=posting.period)
        if posting.standards:
            columns, note = standard_columns(posting)
            standards = table_of(columns, posting.standards)
            book.table_sheet("补偿标准", "补偿标准", columns, standards, left=note, right="")


def _names(book: Book, title: str, notice: Notice, posting: Posting) -> None:
    """The sheet that goes to the wall."""
    columns = list_columns(notice, posting)
    sheet = book.sheet("补偿名单", [column.chars for column in columns])
    sheet.title(title)
    sheet.paragraph(lead(notice, posting))
    sheet.line(posting.period, "单位：元")
    sheet.table(columns, shown_rows(notice), main=True)
    sheet.skip()
    for label, text in about(posting, notice.township, blanks=True):
        sheet.paragraph(f"{label}：{text}")
    sheet.signature(SIGNERS)
