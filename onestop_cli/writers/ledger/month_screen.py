"""A month on a screen of 80 columns."""

from __future__ import annotations

import sys

import polars as pl

from onestop_cli.ledger.months import MonthReport
from onestop_cli.money import yuan
from onestop_cli.writers.ledger.final_screen import care_table
from onestop_cli.writers.ledger.month_book import MonthPaper
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.toolkit.console import clean, console_for, folded


def show_month(paper: MonthPaper) -> None:
    """What it stands on, its sums by level, the funds, what is due, who has not reported."""
    console, found = console_for(sys.stdout), paper.report
    console.print(clean(f"{paper.heading}一站式月度清算"), style="bold")
    _say(paper.basis, console.width)
    table = plain_table("本月", ["机构级别"], ["人次", "总费用", "核定应拨", "应拨本年累计"])
    for row in [*_by_level(found).iter_rows(named=True), _total(found)]:
        sums = (yuan(row[name]) for name in ("total_fen", "all_payment_fen", "year_fen"))
        table.add_row(clean(row["level_name"]), f"{row['visits']:,}", *sums)
    console.print()
    console.print(table)
    if found.year.has_outpatients:
        console.print()
        console.print(care_table(found.year.by_care(found.second_year), "本年累计"))
    funds = plain_table("基金（元）", ["基金"], ["上月结余", "本月收入", "本月支出", "月末结余"])
    for line in found.accounts:
        amounts = (line.opening, line.received, line.outlay, line.balance)
        funds.add_row(clean(line.fund), *(yuan(fen) for fen in amounts))
    console.print()
    console.print(funds)
    console.print()
    for due in paper.dues:
        _say(due.said(paper.today), console.width)
    if not paper.dues:
        _say(
            "onestop.toml 的 [deadlines] 没有写期限，例如：fund_notice_day = 5、table_day = 10、pay_days = 15",
            console.width,
        )
    _say(paper.missing_line(), console.width)


def _by_level(found: MonthReport) -> pl.DataFrame:
    """The month beside the year so far, with the levels that only the year has: the columns add up to `_total`."""
    year = found.year.levels.select("level_name", year_fen="all_payment_fen")
    both = year.join(found.month.levels, on="level_name", how="left", maintain_order="left")
    return both.with_columns(pl.col(pl.Int64).fill_null(0))


def _total(found: MonthReport) -> dict[str, object]:
    sums = {"level_name": "合计", "year_fen": found.year.total["all_payment_fen"]}
    return {**found.month.total, **sums}


def _say(text: str, width: int) -> None:
    console = console_for(sys.stdout)
    for line in folded(clean(text), width, ""):
        console.print(line, soft_wrap=True)


def show_incomes(rows: pl.DataFrame) -> None:
    """Every income with its number, and which was taken back."""
    console = console_for(sys.stdout)
    if rows.is_empty():
        console.print("台账里还没有基金收入")
        return
    left = ["序号", "基金", "来源", "年度", "到账日期", "说明"]
    table = plain_table("基金收入（元）", left, ["金额"])
    for row in rows.iter_rows(named=True):
        note = f"冲销第 {row['corrects']} 号；{row['note']}" if row["corrects"] else row["note"]
        cells = (str(row["number"]), row["fund"], row["source"], str(row["year"]), row["booked_on"])
        table.add_row(*(clean(cell) for cell in cells), clean(note), yuan(row["fen"]))
    console.print(table)
