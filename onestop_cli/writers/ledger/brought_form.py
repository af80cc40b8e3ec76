"""期初.xlsx, empty: what the year brought before the books, for a clerk to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

NAME = "期初.xlsx"
_ROWS = 200
_WHY = (
    "说明：台账起始日以前，本年已经补偿过的人，每人每年度每种补偿写一行，"
    "开账时用 onestop ledger open --before 期初.xlsx 读入。"
    "次数、费用是这些住院的次数和总费用；起付线已用、基数累计是这种补偿已经扣过的起付线和已经计入的补偿基数，"
    "没有按年起付线、分段或费用限额的可以不写；已补偿按实际补偿的写。金额以元为单位。"
)


def write_brought_form(path: Path, layers: Sequence[str]) -> None:
    """Write the empty form to `path`; `layers`: the names to choose from."""
    columns = [
        Column("id_raw", "身份证号", width=21, fill=True),
        Column("name", "姓名", width=10, fill=True),
        Column("benefit_year", "年度", width=8, fill=True),
        Column("layer", "补偿种类", width=16, choices=tuple(layers), fill=True),
        Column("stays", "次数", "int", 7, fill=True),
        Column("cost", "费用", "yuan", fill=True),
        Column("deductible", "起付线已用", "yuan", fill=True),
        Column("base", "基数累计", "yuan", fill=True),
        Column("paid", "已补偿", "yuan", fill=True),
    ]
    rows = pl.DataFrame({"_": range(_ROWS)})
    with Book(path, title="期初", result=False) as book:
        sheet = book.sheet("期初", [column.chars for column in columns])
        sheet.title("台账起始日以前本年已补偿情况（期初）")
        sheet.paragraph(_WHY)
        sheet.table(columns, rows, main=True, totals=False)
