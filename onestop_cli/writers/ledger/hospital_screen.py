"""机构往来 on a screen of 80 columns, and its columns in workbooks."""

from __future__ import annotations

import sys

import polars as pl
from rich.table import Table

from onestop_cli.money import yuan
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.console import clean, console_for

_AMOUNTS = {
    "due": "核定应拨",
    "deposit": "质量保证金",
    "refused": "不予支付",
    "paid": "已付",
    "left": "未付",
    "kept": "保证金余额",
}
ACCOUNT_COLUMNS = (
    Column("hospital", "医疗机构", width=24),
    Column("fund", "基金", width=16),
    Column("period", "结算期", width=10),
    Column("due", "核定应拨①", "yuan", total=True),
    Column("deposit", "质量保证金②", "yuan", total=True),
    Column("refused", "不予支付③", "yuan", total=True),
    Column("paid", "已付④", "yuan", total=True),
    Column("left", "未付①−②−③−④", "yuan", 15, total=True),
    Column("released", "退还保证金⑤", "yuan", total=True),
    Column("kept", "保证金余额②−⑤", "yuan", 15, total=True),
    Column("paid_on", "支付日期", width=24),
)
POSTING_COLUMNS = (
    Column("number", "序号", "int", 6),
    Column("what", "事项", width=12),
    Column("hospital", "医疗机构", width=24),
    Column("fund", "基金", width=16),
    Column("period", "结算期", width=10),
    Column("fen", "金额", "yuan", total=True),
    Column("on", "日期", width=12),
    Column("corrects", "冲销序号", "int", 9),
    Column("note", "说明", width=30),
    Column("operator", "经办", width=10),
)


def show_hospital_accounts(accounts: pl.DataFrame) -> None:
    """Per hospital what is left to pay, then the sums of each fund."""
    console = console_for(sys.stdout)
    if accounts.is_empty():
        console.print("台账里没有机构往来（质量保证金、已付、不予支付）")
        return
    names = ("due", "paid", "left")
    table = plain_table(
        "机构往来（元）", ["医疗机构", "基金", "结算期"], [_AMOUNTS[n] for n in names]
    )
    for row in accounts.iter_rows(named=True):
        cells = (clean(row[key]) for key in ("hospital", "fund", "period"))
        table.add_row(*cells, *(yuan(row[name]) for name in names))
    console.print(table)
    console.print()
    console.print(hospital_sums(accounts))


def hospital_sums(accounts: pl.DataFrame) -> Table:
    """The sums of each fund; 未付 = 核定应拨 − 质量保证金 − 不予支付 − 已付."""
    sums = accounts.group_by("fund", maintain_order=True).agg(pl.col(*_AMOUNTS).sum())
    table = plain_table("机构往来合计（元）", [""], [clean(fund) for fund in sums["fund"]])
    for name, label in _AMOUNTS.items():
        table.add_row(label, *map(yuan, sums[name]))
    return table


def show_hospital_sums(accounts: pl.DataFrame) -> None:
    """The sums below the other accounts."""
    console = console_for(sys.stdout)
    console.print()
    console.print(hospital_sums(accounts))


def show_hospital_booked(number: int, what: str, fen: int) -> None:
    """What was booked."""
    console_for(sys.stdout).print(f"第 {number} 号记账：{what} {yuan(fen)} 元")


def show_hospital_postings(rows: pl.DataFrame) -> None:
    """Every line with the number of its posting."""
    console = console_for(sys.stdout)
    if rows.is_empty():
        console.print("台账里还没有机构往来的记账")
        return
    left = ["序号", "事项", "医疗机构", "基金", "结算期", "日期"]
    table = plain_table("机构往来记账（元）", left, ["金额"])
    for row in rows.iter_rows(named=True):
        back = f"冲销第 {row['corrects']} 号" if row["corrects"] else row["what"]
        cells = (str(row["number"]), back, *(row[k] for k in ("hospital", "fund", "period", "on")))
        table.add_row(*(clean(cell) for cell in cells), yuan(row["fen"]))
    console.print(table)
