"""The boards as workbooks: the list with live sums, the standards, the posting period, room to sign."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestop_cli.notices import TITLE, Notice
from onestop_cli.posting import Posting
from onestop_cli.writers.columns import Column
from onestop_cli.writers.notice_columns import list_columns, part_columns, shown_rows
from onestop_cli.writers.notice_html import lead, whose
from onestop_cli.writers.workbook import Book, Sheet

SIGNERS = ("制表", "审核")
_BLANK = "＿" * 10

_STANDARDS = (
    Column("kind", "补偿种类", width=14),
    Column("who", "对象", width=26),
    Column("terms", "标准", width=70),
    Column("document", "依据文件", width=30),
)
_FUNDS = (
    Column("fund", "基金", width=24),
    Column("opening_fen", "上期结余", "yuan", width=18),
    Column("income_fen", "本期收入", "yuan", width=18),
    Column("outlay_fen", "本期支出", "yuan", width=18),
    Column("balance_fen", "期末结余", "yuan", width=18),
)


def write_book(path: Path, notice: Notice, layers: Sequence[str], posting: Posting) -> None:
    """Write one board as `path`: the list, then its summaries, funds and standards on sheets of their own."""
    title = whose(notice, posting) + TITLE
    with Book(path, title=title) as book:
        for part in notice.parts:
            columns = part_columns(notice, part, layers, posting.kinds)
            book.table_sheet(part.title, title, columns, part.table, left=posting.period)
        _names(book, title, notice, layers, posting)
        if posting.funds and notice.level == "county":
            funds = [vars(line) for line in posting.funds]
            book.table_sheet("基金收支", "基金收支公示", _FUNDS, funds, left=posting.period)
        if posting.standards:
            standards = [vars(line) for line in posting.standards]
            book.table_sheet("补偿标准", "补偿标准", _STANDARDS, standards, right="")


def _names(book: Book, title: str, notice: Notice, layers: Sequence[str], posting: Posting) -> None:
    """The sheet that goes to the wall."""
    columns = list_columns(notice, layers, posting.kinds)
    sheet = book.sheet("补偿名单", [column.chars for column in columns])
    sheet.title(title)
    sheet.paragraph(lead(notice, layers, posting))
    sheet.line(posting.period, "单位：元")
    sheet.table(columns, shown_rows(notice), main=True)
    _about(sheet, posting, notice.township)
    sheet.signature(SIGNERS)


def _about(sheet: Sheet, posting: Posting, township: str | None) -> None:
    """Kinds, basis, posting period and whom to call."""
    sheet.skip()
    sheet.paragraph(f"补偿种类：{'、'.join(posting.kinds)}")
    if posting.basis:
        sheet.paragraph(f"政策依据：{'；'.join(posting.basis)}")
    sheet.paragraph(f"公示期：{posting.span}")
    lines = [
        f"{line.office} {line.phone or _BLANK}" + (f"（{line.address}）" if line.address else "")
        for line in posting.hotlines_of(township)
    ]
    lines += [f"电子信箱 {posting.email}"] if posting.email else []
    sheet.paragraph(f"对名单或金额有异议的，请在公示期内反映：{'　'.join(lines)}")
