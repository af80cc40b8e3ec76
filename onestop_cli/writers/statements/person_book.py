"""结算/零星报销付款清单.xlsx: what the centre pays to people itself (零星、手工报销, 依申请), to be signed and paid."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.money import capital, yuan
from onestop_cli.statements.numbers import BY_HAND, number_of
from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.tables.by_hand import PAYEE
from onestop_cli.writers.statements.columns import NUMBER
from onestop_cli.writers.statements.earlier_sheets import adjustment_sheet, earlier_of
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

_PERSON = (
    NUMBER,
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("township", "乡镇", width=10),
    Column("village", "村", width=10),
    Column("category", "救助类别", width=14),
    Column("treated_at", "就诊医疗机构", width=20),
    Column("discharged_on", "出院日期", "date"),
    Column("total_fen", "总费用", "yuan", 12, total=True),
)
_TO_FILL = (
    Column("payee", "收款人", width=10),
    Column("bank", "开户银行", width=14),
    Column("account", "账号", width=20),
    Column("signed", "签收", width=9),
    Column("paid_on", "付款日期", width=11),
)
"""Left blank: accounts are in no export, and belong in no file but the signed one."""
_NOTE = "款付患者本人，不经医疗机构；已经付过的填上付款日期存档，不再付。收款人不是本人的，写明关系并附委托。"
_REASON = Column("reason", "原因", width=44)


def write_person_book(statement: Statement, stays: pl.DataFrame, path: Path) -> None:
    """Write the payment list; `stays`: those under `PAYEE`, with reasons."""
    heading = f"{statement.run.county}{statement.run.period.chinese}零星报销"
    left = f"结算期：{statement.run.period.first} 至 {statement.run.period.last}"
    with Book(path, title=heading) as book:
        number = f"编号：{number_of(statement.run, BY_HAND)}"
        _payments(book, statement, stays, f"{heading}付款清单", f"{number}　　{left}")
        _not_paid(book, statement, stays, f"{heading}未付和扣减", left)
        if statement.run.info.ledger is not None:
            title = f"{heading}上期调整"
            adjustment_sheet(book, "上期调整", title, left, statement, earlier_of(statement, PAYEE))


def _payments(book: Book, statement: Statement, stays: pl.DataFrame, title: str, left: str) -> None:
    """付款清单: one line a settlement, what each fund pays of it, and who signs for it."""
    funds = [
        Column(f"{fund.key}_payment_fen", fund.name, "yuan", 13, total=True)
        for fund in statement.funds
        if statement.to_people.get(f"{fund.key}_payment_fen")
    ]
    whole = Column("all_payment_fen", "应付本人", "yuan", 13, total=True)
    paid = numbered(
        stays.filter(pl.col("all_payment_fen") > 0)
        .sort("township", "village", "name", "discharged_on", "row")
        .with_columns(pl.lit("").alias(column.key) for column in _TO_FILL)
        .with_columns(payee="name")
    )
    columns = [*_PERSON, *funds, whole, *_TO_FILL]
    total = int(paid["all_payment_fen"].sum())
    notes = (_NOTE, f"合计 {yuan(total)} 元，大写：{capital(total)}")
    book.table_sheet("付款清单", title, columns, paid, left=left, notes=notes, signers=SIGNERS)


def _not_paid(book: Book, statement: Statement, stays: pl.DataFrame, title: str, left: str) -> None:
    """未付和扣减: what waits, was refused, or was worked out at less than was asked for, and why."""
    columns = [
        *_PERSON,
        Column("all_claimed_fen", "申报", "yuan", 12, total=True),
        Column("all_payment_fen", "应付本人", "yuan", 12, total=True),
        Column("all_deducted_fen", "扣减", "yuan", 12, total=True),
        Column("all_held_fen", "待核", "yuan", 12, total=True),
        Column("status_name", "状态", width=8, align="center"),
        _REASON,
    ]
    less = (pl.col("all_deducted_fen") > 0) | pl.col("status").is_in(["held", "rejected"])
    rows = numbered(stays.filter(less))
    book.table_sheet(
        "未付和扣减", title, columns, rows, left=left, notes=(), signers=SIGNERS, optional=True
    )
