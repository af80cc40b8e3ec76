"""三榜公示 of people who are to be listed, and the list of entries that are due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from onestop_cli.notices.names import shown_name, with_names
from onestop_cli.notices.profile import Names
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

STAGES = {
    "评议": ("第一榜", "民主评议"),
    "审核": ("第二榜", "乡镇审核"),
    "审批": ("第三榜", "县级审批"),
}
"""Stage → its board and what it follows."""


@dataclass(frozen=True)
class BoardWords:
    """What stands around the boards of a stage: county, stage, first and last day, the complaint box, whom to call."""

    county: str
    stage: str
    first: date
    last: date
    box: str
    phones: Sequence[tuple[str, str]]
    names: Names

    @property
    def notes(self) -> list[str]:
        calls = "；".join(f"{office} {phone}" for office, phone in self.phones)
        box = f"举报箱：{self.box}。" if self.box else "举报箱：　　　　　　　　　　。"
        return [
            f"公示期：{self.first} 至 {self.last}。对名单有异议的，请在公示期内反映，对反映人保密。",
            box + (f"监督电话：{calls}。" if calls else "监督电话：　　　　　　　　。"),
            "公示结果（期满填写）：□无异议　□有异议　　　件，处理情况：　　　　　　　　　　　　",
        ]


def write_board(words: BoardWords, place: str, rows: pl.DataFrame, path: Path) -> None:
    """The board of one place: names, village, category; no number, no age, no household."""
    board, after = STAGES[words.stage]
    people = with_names(rows, pl.lit(words.first)).with_columns(
        number=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), shown=shown_name(words.names)
    )
    columns = (
        Column("number", "序号", "int", 8, align="center"),
        Column("shown", "姓名", width=18),
        Column("village", "村", width=22),
        Column("shown_kind", "拟救助类别", width=28),
        Column("opinion", "群众意见", width=20, fill=True),
    )
    title = f"{place}医疗救助对象{after}公示（{board}）"
    with Book(path, title=title) as book:
        book.table_sheet(
            board, title, columns, people, left=words.county, right="", totals=False,
            notes=words.notes, signers=("公示单位（盖章）", "制表", "审核"),
        )  # fmt: skip


def write_due(county: str, day: date, rows: pl.DataFrame, path: Path) -> None:
    """清退, 复核 and 即将到期 with room for what was done."""
    columns = (
        Column("what", "事项", width=9, align="center"),
        Column("why", "缘由", width=22),
        Column("since", "起自（到期）", "date", 12),
        Column("name", "姓名", width=10),
        Column("id_shown", "证号后四位", width=11, align="center"),
        Column("township", "乡镇", width=10),
        Column("village", "村", width=10),
        Column("shown_kind", "救助类别", width=18),
        Column("done", "处理", width=12, fill=True),
        Column("done_on", "日期", width=11, fill=True),
    )
    with Book(path, title="清退复核清单") as book:
        book.table_sheet(
            "清退复核", f"{county or '××县'}花名册清退、复核清单", columns, rows,
            left=f"截至 {day}", right="", signers=SIGNERS,
        )  # fmt: skip
