"""零星（手工）报销: what the centre pays to the person. No hospital advanced it or is paid, none need be registered."""

from __future__ import annotations

import polars as pl

CODE = "1"
"""结算类别 of such a row; 中心报销 = 是 in exports that have that column."""

PAYEE = "零星报销（付本人）"
"""What stands in statements and books where the paid hospital would."""

LEVEL = "付本人"
"""What stands in papers where the level of a hospital would."""


def by_hand(stays: pl.DataFrame) -> pl.Expr:
    """Which rows of `stays` are paid to the person."""
    if "setl_type" not in stays.columns:
        return pl.lit(value=False)
    return (pl.col("setl_type") == CODE).fill_null(value=False)


def with_payee(stays: pl.DataFrame) -> pl.DataFrame:
    """`stays` with whom the money goes to as their `hospital`, and where the patient was as `treated_at`.

    What is paid to the person has no level: it is no hospital's.
    """
    person = by_hand(stays)
    return stays.with_columns(
        hospital=pl.when(person).then(pl.lit(PAYEE)).otherwise("hospital"),
        level=pl.when(~person).then("level"),
        treated_at="hospital",
    )
