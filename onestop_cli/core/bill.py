"""Whether the amounts of a stay are amounts."""

from __future__ import annotations

import polars as pl

from onestop_cli.tables.schema import PAYERS


def amount_why() -> pl.Expr:
    """Why the amounts of a stay cannot be used, null when they can (AM04)."""
    negative = pl.any_horizontal(pl.col(f"{payer}_claimed_fen") < 0 for payer in PAYERS)
    return pl.coalesce(
        "half_why",
        "amount_fault",
        pl.when(pl.col("total_fen").is_null()).then(pl.lit("总费用为空")),
        pl.when(pl.col("has_eligible") & pl.col("eligible_fen").is_null()).then(
            pl.lit("可补偿费用为空")
        ),
        pl.when(pl.col("eligible_fen") < 0).then(pl.lit("可补偿费用为负数")),
        pl.when(negative).then(pl.lit("补偿金额为负数")),
    )
