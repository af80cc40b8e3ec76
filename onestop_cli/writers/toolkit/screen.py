"""What a clerk sees in the terminal of a run: its summary."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from onestop_cli.money import yuan
from onestop_cli.run import Run
from onestop_cli.statements.effects import effect_lines
from onestop_cli.statements.patterns import by_code, pattern_lines, shown_findings
from onestop_cli.statements.pending import still_waiting
from onestop_cli.statements.remarks import equation
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.toolkit.console import clean, console_for, folded, noted
from onestop_cli.writers.toolkit.run_folder import (
    COUNTY_BOOK,
    FINDINGS_BOOK,
    HOSPITALS,
    PERSON_BOOK,
    REPORT,
    STATEMENTS,
)

_TOP, _TOP_PATTERNS = 8, 5


def summary(run: Run, out: Path) -> None:
    """The run at a glance on stdout: funds, equation, findings, patterns, files."""
    console = console_for(sys.stdout)
    statement = Statement(run)
    total = statement.total
    console.print(f"{clean(run.county)} {run.period.chinese} 一站式结算", style="bold")
    console.print(
        f"申报 {total['claims']:,} 笔：核定 {total['stays']:,}（{total['people']:,} 人），"
        f"待核 {total['held_stays']:,}，拒付 {total['rejected_stays']:,}"
    )
    if struck := statement.stays.filter(pl.col("status") == "reversed").height:
        console.print(f"另有已冲销 {struck:,} 行，不计入申报；共读入住院 {run.stays.height:,} 行")
    if waiting := still_waiting(run).height:
        console.print(f"前期待核 {waiting:,} 笔还没有定，见县级结算汇总“表十一”")
    for warning in run.info.warnings:
        _warning(console, str(warning))
    _decisions(console, run)
    console.print()
    console.print(_funds(statement))
    console.print(equation(statement))
    if total["all_adjusted_fen"]:
        console.print(f"应拨中含上期调整 {yuan(total['all_adjusted_fen'])} 元")
    people = statement.to_people
    if people.get("all_payment_fen"):
        console.print(
            f"应拨中含零星报销付本人 {people['stays']:,} 笔 {yuan(people['all_payment_fen'])} 元，"
            f"见 结算/{PERSON_BOOK}"
        )
    if total["patient_owed_fen"]:
        owed = statement.owed.height
        console.print(f"应补未补 {owed:,} 笔，{yuan(total['patient_owed_fen'])} 元，应补给患者")
    console.print()
    findings = shown_findings(run)
    console.print("没有发现差错" if findings.is_empty() else _findings(statement, findings))
    _patterns(console, findings)
    _files(console, out)


def _decisions(console: Console, run: Run) -> None:
    """What every decision changes, the first of them on the screen."""
    lines = effect_lines(run.info.decisions.lines) if run.info.decisions else []
    if not lines:
        return
    more = f"（前 {_TOP} 条，共 {len(lines):,} 条，全部在县级结算汇总的“处理意见”）"
    console.print(f"\n处理意见改变了什么{more if len(lines) > _TOP else ''}", style="bold")
    for line in lines[:_TOP]:
        for part in folded(f"· {clean(line)}", console.width, "  "):
            console.print(part, soft_wrap=True)


def _warning(console: Console, text: str) -> None:
    """What to know first; lines for onestop.toml stand by themselves, and a sum that holds is no warning."""
    first, *more = text.split("\n")
    if first.endswith("都相符"):
        console.print(clean(first), style="green")
        return
    noted(console, first)
    for line in more:
        console.print(f"  {clean(line)}", style="yellow", soft_wrap=True)


def new_table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """A table of the screen: columns of words, folded where it grows too wide, then columns of numbers, never cut."""
    table = Table(title=Text(title, style="bold"), title_justify="left", box=None, padding=(0, 1))
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _funds(statement: Statement) -> Table:
    """Per fund from claim to payment."""
    sides = {
        "申报": "claimed",
        "扣减": "deducted",
        "待核": "held",
        "层间调整": "offset",
        "应拨": "payment",
    }
    table = new_table("资金（元）", ["基金"], list(sides))
    lines = [(fund.name, fund.key) for fund in statement.funds]
    for name, key in [*lines, ("合计", "all")] if len(lines) > 1 else lines:
        amounts = [yuan(statement.total[f"{key}_{side}_fen"]) for side in sides.values()]
        table.add_row(clean(name), *amounts, style="bold" if key == "all" else "")
    return table


def _findings(statement: Statement, findings: pl.DataFrame) -> Table:
    """The findings with the largest amounts."""
    codes = by_code(statement, findings)
    amount = codes["over_fen"] + codes["under_fen"] + codes["held_fen"]
    top = codes.with_columns(amount_fen=amount).sort("amount_fen", "cases", descending=True)
    more = f"（前 {_TOP} 种，共 {len(top)} 种）" if len(top) > _TOP else ""
    table = new_table(f"差错{more}", ["代码", "问题", "后果"], ["条数", "涉及金额（元）"])
    for row in top.head(_TOP).iter_rows(named=True):
        table.add_row(
            row["code"],
            row["title"],
            row["severity_name"],
            f"{row['cases']:,}",
            yuan(row["amount_fen"]),
        )
    return table


def _patterns(console: Console, findings: pl.DataFrame) -> None:
    """What happens again and again."""
    if lines := pattern_lines(findings, _TOP_PATTERNS):
        console.print("\n最常见的问题", style="bold")
    for line in lines:
        console.print(Padding(Text(f"· {clean(line)}"), (0, 0, 0, 1)))


def _files(console: Console, out: Path) -> None:
    """Where the papers are."""
    console.print("\n文件", style="bold")
    for paper in (
        out / REPORT,
        out / FINDINGS_BOOK,
        out / STATEMENTS / COUNTY_BOOK,
        out / STATEMENTS / HOSPITALS,
    ):
        console.print(f"  {clean(str(paper))}", soft_wrap=True)
