"""应补名单.xlsx: who is owed what, with columns to sign."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

_COLUMNS = (
    Column("number", "编号", "int", 8),
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("township", "乡镇", width=11),
    Column("village", "村", width=11),
    Column("period", "所属期", width=9, align="center"),
    Column("layer_name", "补偿种类", width=12),
    Column("fen", "金额", "yuan", 12, total=True),
    Column("why", "原因", width=40),
    Column("payee", "收款人", width=10, fill=True),
    Column("account", "账号", width=22, fill=True),
    Column("signed", "签收", width=10, fill=True),
    Column("paid_on", "支付日期", width=12, fill=True),
)


def write_owed_book(path: Path, county: str, owed: pl.DataFrame, number: str = "") -> None:
    """Write the list of what is `owed` (`ledger.owed.OWED`) under its `number`."""
    told = pl.format("{}，{} 出院", pl.col("hospital").fill_null(""), "discharged_on")
    why = pl.concat_str(pl.coalesce("because", pl.lit("医院少补")), told, separator="；")
    with Book(path, title="应补名单") as book:
        book.table_sheet(
            "应补名单",
            f"{county}应补未补人员名单",
            list(_COLUMNS),
            owed.with_columns(why=why),
            left=f"编号：{number}" if number else "",
            notes=(
                "付给本人以后，请本人或代领人在签收栏签字并填支付日期，再用 onestop ledger pay 记入台账；"
                "没有签收的留在名单上，以后继续列出。",
            ),
            signers=SIGNERS,
        )
