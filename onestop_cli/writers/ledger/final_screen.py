"""A stretch of closed periods on a screen of 80 columns."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import polars as pl
from rich.console import Console
from rich.table import Table

from onestop_cli.money import FULL, percent, yuan
from onestop_cli.statements.care import LevelLine
from onestop_cli.writers.explain.screen import wrapped
from onestop_cli.writers.ledger.final_book import PeriodPaper
from onestop_cli.writers.ledger.hospital_screen import hospital_sums
from onestop_cli.writers.ledger.screen import account_table, plain_table
from onestop_cli.writers.toolkit.console import clean, console_for


def show_period(paper: PeriodPaper) -> None:
    """By period, by level, by category; the funds; the indicators."""
    console, found = console_for(sys.stdout), paper.report
    console.print(clean(paper.title), style="bold")
    console.print(clean(paper.basis))
    tables = (
        ("结算期", "period", found.periods),
        ("机构级别", "level_name", found.levels),
        ("救助类别", "category", found.categories),
    )
    for title, key, rows in tables:
        console.print()
        _sums(console, title, key, rows, found.total)
    if found.has_outpatients:
        console.print()
        console.print(care_table(found.by_care(paper.second)))
    for fund in found.funds:
        lines = [line for line in found.accounts if line.fund == fund.name]
        console.print()
        console.print(account_table(f"{fund.name}（元）", lines, name="period"))
    if len(found.hospital_money):
        console.print()
        console.print(hospital_sums(found.hospital_money))
    console.print()
    shown = plain_table("指标", ["指标"], ["数值"])
    for name, value, kind, _ in paper.indicators:
        text = percent(value, FULL) if kind == "percent" and value is not None else yuan(value)
        shown.add_row(clean(name), "无法计算" if value is None else text)
    console.print(shown)
    console.print()
    console.print(wrapped(paper.aided, console.width))


def care_table(lines: Sequence[LevelLine], title: str = "") -> Table:
    """门诊 and 住院 by level."""
    shown = plain_table(title, ["门诊和住院"], ["人次", "总费用", "补偿", "补偿比", "封顶人数"])
    for line in lines:
        rate = percent(line.paid, line.cost) if line.cost > 0 else "—"
        amounts = (yuan(line.cost), yuan(line.paid))
        cells = (clean(line.title), f"{line.visits:,}", *amounts, rate, f"{line.capped:,}")
        shown.add_row(*cells, style="bold" if line.depth < 2 else "")
    return shown


def _sums(
    console: Console, title: str, key: str, rows: pl.DataFrame, total: dict[str, int]
) -> None:
    """Visits, cost, what is paid, what of it are adjustments, and the rate."""
    shown = plain_table("", [title], ["人次", "总费用", "核定应拨", "其中上期调整", "补偿比"])
    for row in [*rows.iter_rows(named=True), {key: "合计", **total}]:
        amounts = (yuan(row[f"{name}_fen"]) for name in ("total", "all_payment", "all_adjusted"))
        rate = "—" if row["rate"] is None else percent(row["rate"], FULL)
        style = "bold" if row[key] == "合计" else ""
        shown.add_row(clean(row[key]), f"{row['visits']:,}", *amounts, rate, style=style)
    console.print(shown)
