"""The papers of a batch: the bank's file per fund, 发放名单 with the result to fill in, a list to sign per township."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.money import capital, yuan
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.text import CRLF, write_text
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

LIST = "发放名单.xlsx"


@dataclass(frozen=True)
class BankForm:
    """The file a bank wants: title → field, or a text behind `=`; with or without a header line."""

    columns: Mapping[str, str]
    note: str
    encoding: str
    header: bool
    separator: str


@dataclass(frozen=True)
class PayoutPaper:
    """A batch: a row per person and fund (`line`, name, id_no, id_shown, township, village, fund, fen, bank, holder,
    account, relation, tries, came_back), and the rows without an account."""

    county: str
    batch: int
    rows: pl.DataFrame
    without: pl.DataFrame
    bank: BankForm

    @property
    def title(self) -> str:
        """`示例县一卡通发放第2批`."""
        return f"{self.county or '××县'}一卡通发放第{self.batch}批"


def write_payout(paper: PayoutPaper, folder: Path) -> None:
    """Write everything into `folder`, which exists."""
    if len(paper.rows):
        for fund in paper.rows["fund"].unique(maintain_order=True):
            rows = paper.rows.filter(pl.col("fund") == fund)
            name = f"银行文件_{_safe(fund)}.csv"
            text = _bank_file(paper, rows)
            write_text(folder / name, text, encoding=paper.bank.encoding, newline=CRLF)
    _write_list(paper, folder / LIST)
    towns = folder / "签收表"
    towns.mkdir()
    places = paper.rows["township"].fill_null("其他").unique(maintain_order=True)
    for number, place in enumerate(places, 1):
        rows = paper.rows.filter(pl.col("township").fill_null("其他") == place)
        _write_town(paper, place, rows, towns / f"{number:02d}{_safe(place)}.xlsx")


def _safe(name: str) -> str:
    """A name that is no path."""
    return "".join(char for char in name if char.isalnum()) or "其他"


def _bank_file(paper: PayoutPaper, rows: pl.DataFrame) -> str:
    """Fixed columns, as the bank wants them; nothing in them begins a formula, holds the separator or ends a line."""
    form = paper.bank
    lines = [form.separator.join(form.columns)] if form.header else []
    for row in rows.iter_rows(named=True):
        cells = (_cell(value, row, paper) for value in form.columns.values())
        lines.append(form.separator.join(cells))
    return "\n".join(lines) + "\n"


def _cell(value: str, row: Mapping[str, Any], paper: PayoutPaper) -> str:
    if value.startswith("="):
        return _plain(value[1:], paper.bank.separator)
    found = {
        "序号": row["line"],
        "姓名": row["name"],
        "身份证号": row["id_no"],
        "户名": row["holder"],
        "账号": row["account"],
        "开户行": row["bank"],
        "金额": yuan(row["fen"]).replace(",", ""),
        "金额分": str(row["fen"]),
        "摘要": paper.bank.note,
        "基金": row["fund"],
        "乡镇": row["township"],
        "村": row["village"],
    }[value]
    return _plain(found or "", paper.bank.separator)


def _plain(text: str, separator: str) -> str:
    """A text that cannot be taken for something else: without separators, quotes, line ends and formula signs."""
    bare = "".join(char for char in text if char.isprintable() and char not in {separator, '"'})
    return bare.lstrip("=+@-").strip()


_BEFORE = pl.when(pl.col("tries") > 0).then(
    pl.format("{} 次：{}", "tries", pl.col("came_back").fill_null(""))
)
"""How often credits to this person came back, and why the last time."""

_LINE = Column("line", "序号", width=9, align="center")
_PERSON = (
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11, align="center"),
)
_PLACE = (Column("township", "乡镇", width=9), Column("village", "村", width=9))
_MONEY = (Column("fund", "基金", width=13), Column("fen", "金额", "yuan", 11, total=True))


def _write_list(paper: PayoutPaper, path: Path) -> None:
    """发放名单: all credits of the batch, with the bank's answer to fill in, and who has no account yet."""
    columns = [
        _LINE, *_PERSON, *_PLACE, *_MONEY,
        Column("account_shown", "账号末四位", width=9, align="center"),
        Column("holder", "户名", width=9),
        Column("before", "以前退回", width=14),
        Column("why", "退回原因", width=16, fill=True),
    ]  # fmt: skip
    total = int(paper.rows["fen"].sum())
    with Book(path, title=paper.title, result=False) as book:
        book.table_sheet(
            "发放名单",
            f"{paper.title}名单",
            columns,
            paper.rows.with_columns(before=_BEFORE),
            notes=(
                f"合计 {len(paper.rows):,} 笔，{yuan(total)} 元（大写 {capital(total)}）。银行退回的，"
                "在“退回原因”写上原因；不写的就是到账。不要删行。",
            ),
            signers=SIGNERS,
        )
        missing = [
            *_PERSON, *_PLACE, *_MONEY,
            Column("bank", "开户行", width=16, fill=True),
            Column("holder", "户名", width=10, fill=True),
            Column("account", "账号", width=24, fill=True),
        ]  # fmt: skip
        book.table_sheet(
            "缺账户",
            f"{paper.title}缺账户人员",
            missing,
            paper.without.drop("bank", "holder", "account", strict=False),
            notes=("本批没有发，请乡镇收集账户，填进账户名册，下一批再发。",),
            optional=True,
        )


def _write_town(paper: PayoutPaper, place: str, rows: pl.DataFrame, path: Path) -> None:
    """A township's list to sign."""
    columns = [
        _LINE, *_PERSON, Column("village", "村", width=11), *_MONEY,
        Column("account_shown", "账号末四位", width=11, align="center"),
        Column("holder", "户名", width=10),
        Column("signed", "领款人签字", width=14, fill=True),
        Column("signed_on", "日期", width=12, fill=True),
    ]  # fmt: skip
    with Book(path, title=f"{paper.title} {place}") as book:
        book.table_sheet(
            "签收表",
            f"{paper.title}签收表（{place}）",
            columns,
            rows,
            notes=("代领的请写明代领人和与本人的关系。",),
            signers=("乡镇经办", "村经办", "复核"),
        )


def rows_by_person(
    lines: pl.DataFrame, batch: int
) -> tuple[pl.DataFrame, Sequence[Sequence[tuple[int, str, int]]]]:
    """What can be sent as credits, a row per person and fund, and the parts (stay, layer, fen) of each."""
    keys = ["id_no", "name", "fund"]
    groups = lines.sort("township", "village", "name", "number", nulls_last=True).group_by(
        keys, maintain_order=True
    )
    one = ("id_shown", "township", "village", "bank", "holder", "account", "relation")
    rows = groups.agg(
        pl.col(*one).first(),
        pl.col("fen").sum(),
        pl.col("tries").max(),
        pl.col("came_back").filter(pl.col("came_back") != "").last(),
        parts=pl.struct("number", "layer", "fen"),
    )
    parts = [
        tuple((part["number"], part["layer"], part["fen"]) for part in each)
        for each in rows["parts"].to_list()
    ]
    shown = rows.drop("parts").with_columns(
        line=pl.Series([f"{batch}-{at:04d}" for at in range(1, len(rows) + 1)], dtype=pl.String),
        account_shown=pl.col("account").str.tail(4),
    )
    return shown, parts
