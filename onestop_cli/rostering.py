"""What is wrong with a roster, and what changed since the last one (动态管理)."""

from __future__ import annotations

import polars as pl

from onestop_cli.schema import PLACE, Schema, row_place

FAULTS: Schema = {**PLACE, "name": pl.String, "id_no": pl.String, "message": pl.String}
_FOREVER = 4_000_000
"""More days than any calendar has: where an open entitlement begins and ends."""


def roster_faults(roster: pl.DataFrame) -> pl.DataFrame:
    """RO08: what cannot be right in an understood roster, a row of `FAULTS` per entry and reason."""
    rows = roster.with_columns(
        names=pl.col("name").drop_nulls().unique().sort().str.join("、").over("id_no"),
        several=pl.col("name_key").drop_nulls().n_unique().over("id_no") > 1,
        deaths=pl.col("deceased_on").drop_nulls().n_unique().over("id_no"),
    )
    told = [
        rows.filter(holds.fill_null(False)).with_columns(message=message)
        for holds, message in _contradictions()
    ]
    faults = pl.concat([*told, _doubled(rows)], how="diagonal")
    return faults.select(*FAULTS).sort("source", "sheet", "row", "message", nulls_last=True)


def _contradictions() -> list[tuple[pl.Expr, pl.Expr]]:
    """What can be seen in one entry, or in one entry and its person: where it holds, and why."""
    person = pl.col("id_no").is_not_null()
    died = pl.col("deceased_on")
    return [
        (pl.col("id_fault").is_not_null(), pl.col("id_why")),
        (pl.col("name_key").is_null(), pl.lit("姓名为空")),
        (pl.col("category").is_null(), pl.lit("没有写明救助类别")),
        (pl.col("date_fault").is_not_null(), pl.col("date_fault")),
        (
            pl.col("to_on") < pl.col("from_on"),
            pl.format("停止日期 {} 早于起始日期 {}", _iso("to_on"), _iso("from_on")),
        ),
        (
            person & pl.col("several"),
            pl.format("同一证号在花名册上有不同姓名：{}", "names"),
        ),
        (
            pl.max_horizontal("from_on", "to_on") > died,
            pl.format("已于 {} 死亡，之后仍有待遇期", _iso("deceased_on")),
        ),
        (pl.col("dead") & died.is_null(), pl.format("状态为“{}”，没有写明日期", "status_raw")),
        (person & (pl.col("deaths") > 1), pl.lit("同一证号的死亡日期不一致")),
    ]


def _doubled(rows: pl.DataFrame) -> pl.DataFrame:
    """Entries of one ID and category whose entitlement begins before that of an earlier one ends."""
    group = ["id_no", "category"]
    entries = (
        rows.drop_nulls(group)
        .with_columns(
            begin=pl.col("from_on").to_physical().cast(pl.Int64).fill_null(-_FOREVER) + _FOREVER,
            end=pl.col("to_on").to_physical().cast(pl.Int64).fill_null(_FOREVER) + _FOREVER,
        )
        .filter(pl.col("begin") <= pl.col("end"))
        .sort(*group, "begin", "source", "sheet", "row", nulls_last=True)
        .with_columns(last=pl.col("end") * pl.len() + pl.int_range(pl.len()))
        .with_columns(pl.col("last").cum_max().shift(1).over(group))
        .with_columns(other=row_place().gather(pl.col("last") % pl.len()))
    )
    return entries.filter(pl.col("last") // pl.len() >= pl.col("begin")).with_columns(
        message=pl.format("与 {} 重复：同一证号、同一类别，待遇期重叠", "other")
    )


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.to_string("%Y-%m-%d")
