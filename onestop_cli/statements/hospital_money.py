"""机构往来 on a statement: what a hospital is paid now, what is kept back, and what earlier periods left open."""

from __future__ import annotations

import polars as pl

from onestop_cli.statements.statement import Statement, numbered
from onestop_cli.tables.by_hand import PAYEE

BEFORE = ("left", "kept", "paid", "refused")
"""What of earlier periods the books told the run (`run.json`, `hospital_money`), fen."""


def hospital_money(statement: Statement) -> pl.DataFrame:
    """A row per hospital and fund: `before_left_fen` 前期未付, `payment_fen` 本期应拨, `deposit_fen` 质量保证金,
    `to_pay_fen` 需结付, `before_paid_fen` 前期已付 with `paid_on`, `before_refused_fen`, `kept_fen` 保证金余额; no rows
    where the county keeps no such accounts."""
    lines = statement.hospitals.filter(pl.col("hospital") != PAYEE)
    rate = statement.run.info.settings.deposit
    told = pl.DataFrame(
        [dict(row) for row in statement.run.info.hospital_money],
        schema={"hospital": pl.String, "fund": pl.String, **dict.fromkeys(BEFORE, pl.Int64), "paid_on": pl.String},
    )  # fmt: skip
    deposit = "{}_deposit_fen" if rate else None
    now = [
        lines.select(
            "hospital",
            fund=pl.lit(fund.name),
            payment_fen=f"{fund.key}_payment_fen",
            deposit_fen=deposit.format(fund.key) if deposit else pl.lit(0, pl.Int64),
        )
        for fund in statement.funds
    ]
    if not rate and told.is_empty():
        now = [part.clear() for part in now]
    both = pl.concat(now).join(
        told, on=["hospital", "fund"], how="full", coalesce=True, maintain_order="left_right"
    )
    amounts = both.with_columns(pl.col("payment_fen", "deposit_fen", *BEFORE).fill_null(0))
    lines = amounts.select(
        "hospital", "fund", "payment_fen", "deposit_fen", "paid_on",
        before_left_fen="left", before_paid_fen="paid", before_refused_fen="refused",
        to_pay_fen=pl.col("left") + pl.col("payment_fen") - pl.col("deposit_fen"),
        kept_fen=pl.col("kept") + pl.col("deposit_fen"),
    )  # fmt: skip
    moved = pl.any_horizontal(pl.col(pl.Int64) != 0)
    return numbered(lines.filter(moved))
