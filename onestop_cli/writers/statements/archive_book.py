"""卷内目录.xlsx: the files, what belongs into each, and what is missing per hospital."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.statements.archive import MARKS
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_SIGNERS = ("立卷人", "检查人", "档案室接收")


def write_archive(heading: str, files: pl.DataFrame, papers: Sequence[str], path: Path) -> None:
    """案卷目录 and 卷内目录 with a column to mark per paper."""
    shelf = files.group_by("file", maintain_order=True).agg(
        pl.col("category", "name", "id_shown", "township", "village").first(),
        stays=pl.len().cast(pl.Int64),
        aid_fen=pl.col("aid_fen").sum(),
    )
    with Book(path, title=f"{heading}医疗救助卷内目录", paper="A3", result=False) as book:
        book.table_sheet(
            "案卷目录",
            f"{heading}医疗救助案卷目录",
            (
                Column("file", "案卷号", width=17, align="center"),
                Column("category", "救助类别", width=18),
                Column("name", "姓名", width=10),
                Column("id_shown", "证号后四位", width=11, align="center"),
                Column("township", "乡镇", width=11),
                Column("village", "村", width=11),
                Column("stays", "件数", "int", 7, total=True),
                Column("aid_fen", "救助金额", "yuan", 13, total=True),
                Column("shelf", "存放位置", width=14, fill=True),
                Column("pages", "页数", "int", 7, fill=True),
            ),
            shelf,
            notes=("一人一类一卷；案卷号 = 结算期-类别序号-卷号，也印在垫付审批表上。",),
            signers=_SIGNERS,
        )
        book.table_sheet(
            "卷内目录",
            f"{heading}医疗救助卷内目录",
            (
                Column("file", "案卷号", width=16, align="center"),
                Column("item", "卷内序号", "int", 5, align="center"),
                Column("name", "姓名", width=9),
                Column("hospital", "医疗机构", width=18),
                Column("stay_no", "住院号", width=11),
                Column("discharged_on", "出院日期", "date", 11),
                *(Column(title, title, width=9, fill=True, choices=MARKS) for title in papers),
            ),
            files,
            right="",
            notes=(
                f"逐件查，写 {'、'.join(MARKS)}；留空的算没有收到。查完用 onestop archive --checked 看各机构缺什么。",
            ),
        )


def write_missing(heading: str, missing: pl.DataFrame, path: Path) -> None:
    """缺件清单: by hospital."""
    with Book(path, title=f"{heading}缺件清单") as book:
        book.table_sheet(
            "缺件清单",
            f"{heading}医疗救助档案缺件清单",
            (
                Column("hospital", "医疗机构", width=22),
                Column("file", "案卷号", width=16, align="center"),
                Column("item", "卷内序号", "int", 6, align="center"),
                Column("name", "姓名", width=10),
                Column("id_shown", "证号后四位", width=11, align="center"),
                Column("stay_no", "住院号", width=13),
                Column("missing", "缺的材料", width=44),
                Column("handed_in", "补交日期", width=12, fill=True),
            ),
            missing,
            right="",
        )
