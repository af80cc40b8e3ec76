"""表六: the account of the fund of medical assistance, and what it pays by category and by township."""

from __future__ import annotations

import polars as pl

from onestop_cli.money import capital
from onestop_cli.statements.funds import Fund
from onestop_cli.statements.numbers import ACCOUNT, number_of
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.columns import BLANK
from onestop_cli.writers.toolkit.columns import Column, Kind
from onestop_cli.writers.toolkit.workbook import Book


def aid_account_sheet(book: Book, heading: str, left: str, statement: Statement) -> None:
    """The sheet, where the county has such a fund; under the 新农合 it is settled with 民政局."""
    fund = next((f for f in statement.funds if "救助" in f.name), None)
    if fund is None:
        return
    info = statement.run.info
    sheet = book.sheet(f"表六 {info.words.account}", [34, 16, 30], portrait=True)
    sheet.title(f"{heading}{fund.name}结算单")
    sheet.line(f"编号：{number_of(statement.run, ACCOUNT)}")
    sheet.line(left, "单位：元")
    sheet.pairs(_account(statement, fund))
    sheet.paragraph("期末结余 = 上期结余 + 本期预拨 − 本期核定。没有台账时，空格处由经办人填写。")
    for title, key, rows in (
        ("救助类别", "category", statement.categories),
        ("乡镇", "township", statement.townships),
    ):
        sheet.heading(f"按{title}")
        sheet.table(_columns(title, key), _rows(statement, rows, fund))
    office, civil_affairs = info.offices
    sheet.signature((office, info.words.account_signer or civil_affairs, "负责人"))


def _account(statement: Statement, fund: Fund) -> list[tuple[str, str | int, Kind]]:
    """From the opening to the closing balance; what no ledger told us is left to be filled in."""
    total = statement.total
    approved = total[f"{fund.key}_payment_fen"] + total[f"{fund.key}_supplement_fen"]
    known = statement.run.info.accounts.get(fund.name)
    opening, advanced = (known.opening_fen, known.advanced_fen) if known else (BLANK, BLANK)
    balance = known.opening_fen + known.advanced_fen - approved if known else BLANK
    person = statement.to_people.get(f"{fund.key}_payment_fen", 0)
    by_hand: list[tuple[str, str | int, Kind]] = [("　其中：零星报销付本人", person, "yuan")]
    return [
        ("上期结余", opening, "yuan"),
        ("本期预拨", advanced, "yuan"),
        ("本期核定", approved, "yuan"),
        ("　其中：拨付医疗机构", total[f"{fund.key}_payment_fen"] - person, "yuan"),
        *(by_hand if person else ()),
        ("　其中：补发患者", total[f"{fund.key}_supplement_fen"], "yuan"),
        ("　其中：属前期（上期调整、补报）", total[f"{fund.key}_earlier_fen"], "yuan"),
        ("本期核定（大写）", capital(approved), "text"),
        ("期末结余（负数为应补拨）", balance, "yuan"),
    ]


def _columns(title: str, key: str) -> list[Column]:
    return [
        Column(key, title, width=34),
        Column("aid_stays", "救助人次", "int", 16, total=True),
        Column("approved_fen", "本期核定", "yuan", 30, total=True),
    ]


def _rows(statement: Statement, rows: pl.DataFrame, fund: Fund) -> pl.DataFrame:
    """The groups with the number of stays that were assisted and what the fund pays for them."""
    parts = [f"{group.key}_stays" for group in statement.classes]
    return rows.with_columns(
        aid_stays=pl.sum_horizontal(pl.lit(0), *parts),
        approved_fen=pl.col(f"{fund.key}_payment_fen") + pl.col(f"{fund.key}_supplement_fen"),
    )
