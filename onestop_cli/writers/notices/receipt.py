"""张贴回执: who hung which list, where and when, with a photograph, and what came of it; to be filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from onestop_cli.notices.texts import Texts
from onestop_cli.writers.notices.boards import Board
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

NAME = "张贴回执.xlsx"

_COLUMNS = (
    Column("number", "公示编号", width=20),
    Column("title", "名单", width=40),
    Column("place", "张贴地点", width=18, fill=True),
    Column("hung_by", "张贴人", width=10, fill=True),
    Column("hung_on", "张贴日期", width=12, fill=True),
    Column("photo", "照片存放处", width=18, fill=True),
    Column("taken_on", "撤下日期", width=12, fill=True),
    Column("objections", "异议件数", width=9, fill=True),
    Column("signed", "经办人签字", width=12, fill=True),
)


def write_receipt(path: Path, boards: Sequence[Board], texts: Texts) -> None:
    """Write a sheet for every folder of boards: the county's, the townships', each township's villages, …"""
    left = f"公示期：{texts.notice.span}"
    with Book(path, title=f"{texts.county}{texts.period}公示张贴回执") as book:
        for folder, some in groupby(boards, key=lambda board: board.stem.parent):
            name = "·".join(folder.parts) or "县级"
            rows = [{"number": one.page.number, "title": one.page.title} for one in some]
            title = f"{texts.county}{texts.period}公示张贴回执（{name}）"
            book.table_sheet(name, title, _COLUMNS, rows, left=left, right="")
