"""对账清单.xlsx: every settlement of either side, those that do not agree first, and the sums."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.core.clearing import EXTRA, MISSING, OTHER
from onestop_cli.county.platform import first_word
from onestop_cli.writers.clearing.screen import Clearing
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_DETAILS = (
    Column("settlement_no", "结算ID", width=22),
    Column("verdict", "对账", width=14),
    Column("ours_fen", "住院表总费用", "yuan", 14, total=True),
    Column("theirs_fen", "平台总费用", "yuan", 14, total=True),
    Column("ours_fund_fen", "住院表基金支付", "yuan", 14, total=True),
    Column("theirs_fund_fen", "平台基金支付", "yuan", 14, total=True),
    Column("result", "平台对账结果", width=12),
    Column("source", "住院表", width=24),
    Column("row", "行", "int", 7, align="center"),
    Column("told", "对账文件", width=24),
)
_SUMS = (
    Column("insutype", "险种", width=20),
    Column("clr_type", "清算类别", width=10, align="center"),
    Column("days", "结算日期", width=24),
    Column("count", "平台笔数", "int", 10),
    Column("ours_count", "住院表笔数", "int", 10),
    Column("total_fen", "平台总费用", "yuan", 14),
    Column("ours_fen", "住院表总费用", "yuan", 14),
    Column("fund_fen", "平台基金支付", "yuan", 14),
    Column("ours_fund_fen", "住院表基金支付", "yuan", 14),
    Column("verdict", "对账", width=10),
)


def write_clearing_book(found: Clearing, county: str, path: Path) -> None:
    """Write what `onestop clearing` found; the numbers are those of settlements, no person's."""
    title = f"{county}平台对账清单"
    order = {OTHER: 0, MISSING: 1, EXTRA: 2}
    place = pl.col("verdict").replace_strict(order, default=3, return_dtype=pl.Int64)
    with Book(path, title=title) as book:
        rows = found.details.sort(place, "settlement_no")
        book.table_sheet(
            "按结算ID", title, _DETAILS, rows, right=f"共 {len(rows):,} 笔", filters=True
        )
        if len(found.sums):
            days = pl.format("{} 至 {}", "first", "last")
            sums = found.sums.with_columns(_in_words("insutype"), _in_words("clr_type"), days=days)
            book.table_sheet("3201 汇总", title, _SUMS, sums)


def _in_words(kind: str) -> pl.Expr:
    return pl.col(kind).map_elements(lambda code: first_word(kind, code), pl.String)
