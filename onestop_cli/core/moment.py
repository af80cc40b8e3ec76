"""When a stay takes its turn in the year."""

from __future__ import annotations

import polars as pl


def with_moment(stays: pl.DataFrame) -> pl.DataFrame:
    """`settled_or_discharged` and `settled_second` (of that day, 0 where no file says), as `ORDER` wants them."""
    at, second = pl.col("settled_at"), pl.lit(None, pl.Int64)
    if stays["settled_at"].count():
        second = (at - at.dt.truncate("1d")).dt.total_seconds()
    return stays.with_columns(
        settled_or_discharged=pl.coalesce("settled_on", "discharged_on"),
        settled_second=second.fill_null(0),
    )
