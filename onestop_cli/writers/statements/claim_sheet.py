"""结算申报表: what a hospital claims, month by month as its lists have it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.statements.care import OUTPATIENT, bill_of
from onestop_cli.statements.lines import LIVE
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_SUMMED = ("total_fen", "eligible_fen", "self_claimed_fen")


def claim_sheet(
    book: Book, title: str, left: str, statement: Statement, stays: pl.DataFrame
) -> None:
    """The sheet for the hospital to sign, of its `stays` that were not taken back."""
    live = stays.filter(LIVE)
    claimed = [f"{layer.id}_claimed_fen" for layer in statement.layers]
    month = pl.col("discharged_on").dt.to_string("%Y-%m").fill_null("日期不明")
    sums = [pl.len().cast(pl.Int64).alias("claims"), pl.col(*_SUMMED, *claimed).sum()]
    visits = bool((live["care"] == OUTPATIENT).any())
    kind = [Column("care", "就诊方式", width=10, align="center")] if visits else []
    columns = [
        Column("month", "出院月份", width=12, align="center"),
        *kind,
        Column("claims", "申报人次", "int", 10, total=True),
        Column("total_fen", bill_of(visits), "yuan", total=True),
        Column("eligible_fen", "可补偿费用", "yuan", total=True),
        *(
            Column(f"{layer.id}_claimed_fen", layer.name, "yuan", total=True, group="申报垫付")
            for layer in statement.paying
        ),
        *(Column(f"{la.id}_claimed_fen", la.name, "yuan", total=True) for la in statement.waivers),
        Column("self_claimed_fen", "个人自付", "yuan", total=True),
    ]
    book.table_sheet(
        "结算申报表",
        title,
        columns,
        live.group_by("care", month=month).agg(sums).sort("month", pl.col("care") != OUTPATIENT),
        left=left,
        notes=(
            "本表按报送的明细汇总，已冲销的不计；申报垫付合计即拨付通知单的申报垫付额。",
            *_files(statement, live),
        ),
        signers=("填报", "财务负责人", "机构负责人"),
        optional=True,
    )


def _files(statement: Statement, live: pl.DataFrame) -> Iterator[str]:
    """The files a claim comes from, and whether their own 合计 rows agree with their rows."""
    counts = live.group_by("source", maintain_order=True).len()
    files = "、".join(f"{source}（{rows:,} 行）" for source, rows in counts.iter_rows())
    yield f"报送文件：{files}。"
    wrong = statement.run.findings.filter(
        pl.col("code") == "FI01", pl.col("source").is_in(counts["source"].implode())
    )
    if wrong.is_empty():
        yield "没有发现文件中的合计行与明细不符。"
    for source, row, message in wrong.select("source", "row", "message").iter_rows():
        yield f"{source} 第 {row} 行：{message}"
