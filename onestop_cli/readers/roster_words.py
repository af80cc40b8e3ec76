"""What the words of a roster's row say of the person: kind, state, reason, remarks."""

from __future__ import annotations

import re

import polars as pl

from onestop_cli.county import platform
from onestop_cli.readers.layout.cells import worded
from onestop_cli.readers.layout.typed import TypedTable

_OTHERS = re.compile(
    "父|母|夫|妻|配偶|子女|监护|抚养|赡养|户主|家长|联系|经办|村|乡|镇|地址|单位|银行|民族|文化|政治"
)
"""Titles of columns that speak of somebody or something else."""


def kind(table: TypedTable) -> pl.Expr:
    """The category that a row states; in what capacity somebody is insured is none."""
    said = table.words("category")
    texts = table.take(said=said)["said"].unique().drop_nulls()
    insured = [text for text in texts if platform.insured_kind(text)]
    return pl.when(~said.is_in(insured)).then(said)


def remarks(table: TypedTable) -> pl.Expr:
    """What remarks say, and every other column of words that is read as nothing else and speaks of the person."""
    used = {c for columns in table.header.columns.values() for c in columns}
    more = [
        c
        for c in range(table.grid.width)
        if c not in used and not _OTHERS.search(table.header.label(c))
    ]
    columns = [*table.header.columns.get("remark", ()), *died_in_remarks(table), *more]
    said = [worded(pl.col(str(c))) for c in columns]
    if not said:
        return pl.lit(None, pl.String)
    joined = pl.concat_str(
        [pl.when(s.str.contains(r"\p{Han}")).then(s) for s in said],
        separator="；",
        ignore_nulls=True,
    )
    return pl.when(joined != "").then(joined)


def died_in_remarks(table: TypedTable) -> tuple[int, ...]:
    """The column of deaths where it is one of remarks that may also hold a day (备注（死亡时间）)."""
    column = table.first("died")
    return () if column is None or "备注" not in table.header.label(column) else (column,)


def off_the_register(entries: pl.DataFrame) -> pl.DataFrame:
    """A state of 注销 under 户籍状态 is that of the residents' register, not of the entitlement."""
    gone = pl.col("residence").str.contains("注销|销户").fill_null(False)
    return entries.with_columns(
        status_raw=pl.when(gone).then(pl.lit("户籍注销")).otherwise("status_raw")
    )


def watched(entries: pl.DataFrame) -> pl.DataFrame:
    """A risk that is gone ends the entitlement, on its day or on one that nobody wrote down."""
    risk = pl.col("risk").str.replace_all(r"\s", "")
    gone = risk.str.contains(r"^(是|已|1|Y|y)").fill_null(False)
    state = pl.concat_str(
        "status_raw", pl.lit("风险已消除，终止"), separator="；", ignore_nulls=True
    )
    return entries.with_columns(status_raw=pl.when(gone).then(state).otherwise("status_raw"))
