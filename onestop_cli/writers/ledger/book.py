"""台账.xlsx, or a folder of CSV files: the whole books for the auditors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from onestop_cli.ledger.accounts import AccountLine
from onestop_cli.ledger.trial_balance import AccountBalance
from onestop_cli.writers.ledger.hospital_screen import ACCOUNT_COLUMNS, POSTING_COLUMNS
from onestop_cli.writers.toolkit.columns import UNITS, Column
from onestop_cli.writers.toolkit.text import write_text
from onestop_cli.writers.toolkit.workbook import Book
from onestop_cli.writers.toolkit.xml_rows import decimal

_ENCODING = "utf-8-sig"
"""With a mark, so that Excel and WPS read Chinese right."""

_FORMULA = r"^([=+\-@\t])"
"""What a spreadsheet would take for a formula; in CSV an apostrophe before it keeps it a text."""


@dataclass(frozen=True)
class Books:
    """Everything of a ledger, as `ledger.registers`, `accounts` and `trial` give it; `postings` in parts."""

    county: str
    journal: pl.DataFrame
    closings: pl.DataFrame
    accounts: Sequence[AccountLine]
    trial: Sequence[AccountBalance]
    advances: pl.DataFrame
    pending: pl.DataFrame
    inputs: pl.DataFrame
    postings: Iterable[pl.DataFrame]
    hospital_accounts: pl.DataFrame
    hospital_postings: pl.DataFrame


@dataclass(frozen=True)
class _BookSheet:
    name: str
    columns: Sequence[Column]
    rows: pl.DataFrame
    right: str = ""


_JOURNAL = (
    Column("number", "序号", "int", 6),
    Column("kind", "事项", width=12),
    Column("period", "结算期", width=10),
    Column("booked_at", "记账时间", width=26),
    Column("operator", "经办", width=10),
    Column("note", "说明", width=30),
    Column("digest", "校验值", width=66),
)
_CLOSINGS = (
    Column("period", "结算期", width=10),
    Column("closed_at", "关账时间", width=22),
    Column("operator", "经办", width=10),
    Column("stays", "住院", "int", total=True),
    Column("held", "其中待核", "int", 9, total=True),
    Column("changed", "上期调整", "int", 9, total=True),
    Column("documents", "政策文件", width=30),
    Column("inputs", "文件数", "int"),
    Column("sha256", "结算结果 SHA-256", width=66),
)
_ACCOUNTS = (
    Column("fund", "基金", width=16),
    Column("period", "结算期", width=10),
    Column("opening", "上期结余", "yuan"),
    Column("advanced", "本期预拨", "yuan", total=True),
    Column("approved", "本期核定", "yuan", total=True),
    Column("adjusted", "其中属前期", "yuan", total=True),
    Column("paid_out", "其中补发患者", "yuan", total=True),
    Column("balance", "期末结余", "yuan"),
)
_TRIAL = (
    Column("fund", "基金", width=16),
    Column("account", "科目", width=20),
    Column("debit", "借方", "yuan", 16, total=True),
    Column("credit", "贷方", "yuan", 16, total=True),
)
_ADVANCES = (
    Column("number", "序号", "int", 6),
    Column("fund", "基金", width=16),
    Column("period", "结算期", width=10),
    Column("fen", "金额", "yuan", total=True),
    Column("booked_on", "日期", width=12),
    Column("corrects", "冲销序号", "int", 9),
    Column("note", "说明", width=30),
    Column("operator", "经办", width=10),
)
_PENDING = (
    Column("period", "所属期", width=10),
    Column("hospital", "医疗机构", width=24),
    Column("stay_no", "住院号", width=14),
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("blocking", "差错代码", width=14),
    Column("held_fen", "待核金额", "yuan", total=True),
    Column("source", "文件", width=24),
    Column("sheet", "工作表", width=10),
    Column("row", "行", "int", 7),
)
_INPUTS = (
    Column("period", "结算期", width=10),
    Column("kind", "种类", width=14),
    Column("path", "文件", width=40),
    Column("sha256", "SHA-256", width=66),
)
_POSTINGS = (
    Column("number", "序号", "int", 9),
    Column("run", "入账期", width=9),
    Column("period", "所属期", width=9),
    Column("closed_at", "入账时间", width=22),
    Column("hospital", "医疗机构", width=24),
    Column("stay_no", "住院号", width=14),
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("fund", "基金", width=14),
    Column("layer_name", "补偿种类", width=12),
    Column("what_name", "项目", width=10),
    Column("fen", "金额", "yuan"),
)


def write_ledger_book(books: Books, path: Path) -> None:
    """Write the books as one workbook; lines beyond a million go on in a further sheet."""
    with Book(path, title=f"{books.county}台账") as book:
        for sheet in _sheets(books):
            book.table_sheet(
                sheet.name,
                f"{books.county}台账：{sheet.name}",
                sheet.columns,
                sheet.rows,
                right=sheet.right,
                filters=sheet.columns in (_POSTINGS, _PENDING),
            )


def write_ledger_csv(books: Books, folder: Path) -> None:
    """Write the books as CSV files in `folder`, which exists; amounts in yuan."""
    for sheet in _sheets(books):
        shown = sheet.rows.select(_plain(column) for column in sheet.columns)
        write_text(folder / f"{sheet.name}.csv", shown.write_csv(), encoding=_ENCODING)


def _plain(column: Column) -> pl.Expr:
    """A column as CSV has it."""
    value = pl.col(column.key)
    if column.kind == "yuan":
        value = decimal(value, UNITS["yuan"])
    elif column.kind == "text":
        value = value.str.replace(_FORMULA, "'${1}")
    return value.alias(column.title)


def _sheets(books: Books) -> Iterator[_BookSheet]:
    accounts = pl.DataFrame([{**asdict(line), "balance": line.balance} for line in books.accounts])
    trial = pl.DataFrame([asdict(entry) for entry in books.trial])
    yield _BookSheet("记账", _JOURNAL, books.journal)
    yield _BookSheet("关账记录", _CLOSINGS, books.closings)
    yield _BookSheet("基金账户", _ACCOUNTS, accounts, _YUAN)
    yield _BookSheet("试算平衡", _TRIAL, trial, _YUAN)
    yield _BookSheet("预拨", _ADVANCES, books.advances, _YUAN)
    if len(books.hospital_accounts):
        yield _BookSheet("机构往来", ACCOUNT_COLUMNS, books.hospital_accounts, _YUAN)
        yield _BookSheet("机构往来记账", POSTING_COLUMNS, books.hospital_postings, _YUAN)
    yield _BookSheet("待核住院", _PENDING, books.pending, _YUAN)
    yield _BookSheet("文件", _INPUTS, books.inputs)
    for number, part in enumerate(books.postings, 1):
        yield _BookSheet(f"分录{number if number > 1 else ''}", _POSTINGS, part, _YUAN)


_YUAN = "单位：元"
