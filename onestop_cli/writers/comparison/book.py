"""两次核对比较.xlsx: what went in otherwise, totals, findings, and every stay that changed."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.county.periods import parse_period
from onestop_cli.statements.comparison import RunComparison
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import Book

_STAYS = (
    Column("hospital", "医疗机构", width=20),
    Column("stay_no", "住院号", width=12),
    Column("name", "姓名", width=9),
    Column("id_shown", "证号（后四位）", width=9, align="center"),
    Column("status_before", "前次", width=8, group="结论"),
    Column("status_after", "本次", width=8, group="结论"),
    Column("paid_before_fen", "前次", "yuan", 13, total=True, group="应付"),
    Column("paid_after_fen", "本次", "yuan", 13, total=True, group="应付"),
    Column("change_fen", "增减", "yuan", 13, total=True, group="应付"),
    Column("why", "原因", width=16),
    Column("what", "说明", width=36),
    Column("source", "文件", width=22),
    Column("row", "行", "int", 6, align="center"),
)


def write_comparison_book(found: RunComparison, names: tuple[str, str], path: Path) -> None:
    """Write the comparison; every changed stay is listed."""
    period = parse_period(found.after.period).chinese
    title = f"{found.after.county.name or '××县'}{period}两次核对比较"
    beside = f"前次 {names[0]}，本次 {names[1]}"
    with Book(path, title=title) as book:
        _summary(book, found, title, beside)
        book.table_sheet(
            "逐笔", f"{title}：不同的住院", _STAYS, found.stays, left=beside, filters=True
        )


def _summary(book: Book, found: RunComparison, title: str, beside: str) -> None:
    sheet = book.sheet("汇总", [28, 18, 18, 18], portrait=True)
    sheet.title(title)
    sheet.line(beside, "单位：元")
    sheet.heading("所用的材料")
    for kind, text in found.inputs or (("", "都相同"),):
        sheet.paragraph(f"{kind}　{text}" if kind else text)
    sheet.heading("合计")
    amounts = (
        Column("title", "项目", width=28),
        *(Column(key, name, "yuan", 18) for key, name in _SIDES.items()),
    )
    sheet.table(amounts, _beside(found.totals))
    sheet.heading("笔数")
    counts = (
        Column("title", "项目", width=28),
        *(Column(key, name, "int", 18) for key, name in _SIDES.items()),
    )
    sheet.table(counts, _beside(found.counted))
    sheet.heading("不同的住院，按原因")
    causes = (
        Column("why", "原因", width=28),
        Column("stays", "笔数", "int", 18, total=True),
        Column("change_fen", "应付增减", "yuan", 18, total=True),
    )
    sheet.table(causes, found.causes)
    sheet.heading("差错条数")
    codes = (
        Column("title", "问题", width=28),
        Column("code", "代码", width=18),
        Column("before", "前次", "int", 18),
        Column("after", "本次", "int", 18),
    )
    sheet.table(codes, found.codes)


_SIDES = {"before": "前次", "after": "本次", "change": "增减"}


def _beside(lines: tuple[tuple[str, int, int], ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [(title, before, after, after - before) for title, before, after in lines],
        schema={"title": pl.String, "before": pl.Int64, "after": pl.Int64, "change": pl.Int64},
        orient="row",
    )
