"""受理冲红: a refund of part of a stay, taken into the stay's own amounts."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.pairing.rows import CLAIMS, MONEY
from onestop_cli.tables.decisions import ACCEPT
from onestop_cli.tables.schema import row_place

REFUNDS = tuple(f"refund_{name}" for name in MONEY)
"""What refunds that were accepted take off a stay (fen, not positive), per amount."""


def with_refunds(stays: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """`stays` (the run's and closed ones, paired, numbered by `_at`) with accepted refunds: the refund's row leaves
    (`reversed`), and the stay that it names waits for it no more and has its net amounts. Adds `REFUNDS`."""
    accepted = [] if lines is None else lines.filter(decision=ACCEPT)["stay"].to_list()
    stays = stays.with_columns(pl.lit(None, pl.Int64).alias(name) for name in REFUNDS)
    partial = pl.col("_at").is_in(accepted) & (pl.col("refund_why") == "partial").fill_null(False)
    refunds = stays.filter(partial)
    if refunds.is_empty():
        return stays
    sums = refunds.group_by("refund_place").agg(
        pl.col(name).fill_null(0).sum().alias(f"refund_{name}") for name in MONEY
    )
    placed = stays.drop(REFUNDS).with_columns(_place=row_place("period"))
    found = placed.join(
        sums, left_on="_place", right_on="refund_place", how="left", maintain_order="left"
    )
    net = pl.col("refund_total_fen").is_not_null()
    still = _refunds_left(placed, partial)
    waits = pl.col("_place").is_in(still.implode())
    return found.with_columns(
        *(
            (pl.col(name) + pl.col(f"refund_{name}").fill_null(0)).alias(name)
            for name in MONEY
            if name not in CLAIMS
        ),
        *(
            pl.when(net)
            .then(pl.col(name).fill_null(0) + pl.col(f"refund_{name}"))
            .otherwise(name)
            .alias(name)
            for name in CLAIMS
        ),
        reversed=pl.col("reversed") | partial,
        unpaired=pl.col("unpaired") & ~partial,
        refund_why=pl.when(~(partial | (net & ~waits))).then("refund_why"),
        refund_place=pl.when(~(partial | (net & ~waits))).then("refund_place"),
    ).drop("_place")


def _refunds_left(placed: pl.DataFrame, accepted: pl.Expr) -> pl.Series:
    """The places of stays that another refund, not accepted, still waits beside."""
    return placed.filter((pl.col("refund_why") == "partial") & ~accepted)["refund_place"]
