"""受理冲红: a refund of part of a stay, taken into the stay's own amounts."""

from __future__ import annotations

import polars as pl

from onestop_cli.tables.decisions import ACCEPT
from onestop_cli.tables.schema import CLAIMS, MONEY, row_place

REFUNDS = tuple(f"refund_{name}" for name in MONEY)
"""What refunds that this run accepts take off a stay (fen, not positive), per amount."""


def with_refunds(stays: pl.DataFrame, lines: pl.DataFrame | None) -> pl.DataFrame:
    """`stays` (the run's and closed ones, paired, numbered by `_at`) with accepted refunds: the refund's row leaves
    (`reversed`, `refund_accepted`), and the stay that it names waits for it no more and has its net amounts. Adds
    `REFUNDS`, of this run, and `REFUNDED`, with those of earlier ones.
    """
    if not (stays["refund_why"] == "partial").any():
        return _without_refunds(stays)
    named = [] if lines is None else lines.filter(decision=ACCEPT)["stay"].to_list()
    partial = pl.col("refund_why") == "partial"
    accepted = (pl.col("_at").is_in(named) & partial).fill_null(value=False)
    marked = stays.with_columns(refund_accepted=accepted, _place=row_place("period"))
    sums = (
        marked.filter("refund_accepted")
        .group_by("refund_place")
        .agg(pl.col(name).fill_null(0).sum().alias(f"refund_{name}") for name in MONEY)
    )
    found = marked.join(
        sums.rename({"refund_place": "_place"}),
        on="_place", how="left", validate="m:1", maintain_order="left",
    )  # fmt: skip
    left = marked.filter(partial & ~pl.col("refund_accepted"))["refund_place"]
    net = pl.col("refund_total_fen").is_not_null()
    done = pl.col("refund_accepted") | (net & ~pl.col("_place").is_in(left.implode()))
    return found.with_columns(
        *(_net(name, net) for name in MONEY),
        *(_so_far(name, stays) for name in MONEY),
        reversed=pl.col("reversed") | pl.col("refund_accepted"),
        unpaired=pl.col("unpaired") & ~pl.col("refund_accepted"),
        refund_why=pl.when(~done).then("refund_why"),
        refund_place=pl.when(~done).then("refund_place"),
    ).drop("_place")


def _without_refunds(stays: pl.DataFrame) -> pl.DataFrame:
    """`stays` with the same columns, where nobody refunds part of a stay."""
    absent = (pl.lit(None, pl.Int64).alias(name) for name in REFUNDS)
    found = stays.with_columns(pl.lit(value=False).alias("refund_accepted"), *absent)
    return found.with_columns(_so_far(name, stays) for name in MONEY)


def _net(name: str, net: pl.Expr) -> pl.Expr:
    """An amount less what is refunded; a blank claim claims nothing, a blank cost stays unknown."""
    own = pl.col(name).fill_null(0) if name in CLAIMS else pl.col(name)
    return pl.when(net).then(own + pl.col(f"refund_{name}")).otherwise(name).alias(name)


def _so_far(name: str, stays: pl.DataFrame) -> pl.Expr:
    """What all refunds took off, null where none did."""
    now, before = pl.col(f"refund_{name}"), f"was_refunded_{name}"
    if before not in stays.columns:
        return now.alias(f"refunded_{name}")
    either = pl.coalesce(now, before).is_not_null()
    return pl.when(either).then(pl.sum_horizontal(now, before)).alias(f"refunded_{name}")
