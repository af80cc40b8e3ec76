"""机构往来 on statements, where the county keeps it: the deposit kept back, and what earlier periods left open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from onestop_cli.money import FULL, percent, yuan
from onestop_cli.statements.hospital_money import hospital_money
from onestop_cli.statements.statement import Statement
from onestop_cli.tables.by_hand import PAYEE
from onestop_cli.writers.statements.columns import HOSPITAL, NUMBER
from onestop_cli.writers.toolkit.columns import Column, Kind
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

NAME = "表十四 机构往来"
_COLUMNS = (
    NUMBER,
    HOSPITAL,
    Column("fund", "基金", width=16),
    Column("before_left_fen", "前期未付①", "yuan", total=True),
    Column("payment_fen", "本期核定应拨②", "yuan", 14, total=True),
    Column("deposit_fen", "质量保证金③", "yuan", total=True),
    Column("to_pay_fen", "需结付①+②−③", "yuan", 14, total=True),
    Column("kept_fen", "保证金余额", "yuan", total=True),
    Column("before_paid_fen", "前期已付", "yuan", total=True),
    Column("paid_on", "最近支付日期", width=12, align="center"),
    Column("before_refused_fen", "前期不予支付", "yuan", 13, total=True),
)


def money_sheet(book: Book, title: str, left: str, statement: Statement) -> None:
    """表十四: with every hospital and fund, where there is anything to say."""
    rows = hospital_money(statement)
    if rows.is_empty():
        return
    book.table_sheet(
        NAME,
        title,
        list(_COLUMNS),
        rows,
        left=left,
        notes=(
            "质量保证金留到考核后退还；已付、不予支付和退还用 onestop ledger hospital 记入台账。",
        ),
        signers=SIGNERS,
    )


def kept_back(
    statement: Statement, line: Mapping[str, Any]
) -> Iterator[tuple[str, str | int, Kind]]:
    """On a hospital's notice: per fund what is kept back and what is paid now."""
    rate = statement.run.info.settings.deposit
    if rate:
        yield "质量保证金比例", percent(rate, FULL), "text"
    for fund in statement.funds if rate else ():
        yield f"{fund.name}质量保证金", line[f"{fund.key}_deposit_fen"], "yuan"
        yield f"{fund.name}本期实拨", line[f"{fund.key}_now_fen"], "yuan"


def kept_back_line(statement: Statement) -> Iterator[str]:
    """On the application: what of each fund is kept back, and what is paid now."""
    rows = statement.hospitals.filter(pl.col("hospital") != PAYEE)
    for fund in statement.funds if statement.run.info.settings.deposit else ():
        kept, now = (int(rows[f"{fund.key}_{side}_fen"].sum()) for side in ("deposit", "now"))
        yield f"{fund.name}其中留存质量保证金 {yuan(kept)} 元，本期实拨 {yuan(now)} 元，见{NAME}。"
