"""Blank cells that mean “same as above”, only where that is meant."""

from __future__ import annotations

import polars as pl

_HEAD = r"^(户主|本人|本户户主|户主本人|申请人)$"


def same_as_above(column: pl.Series, data: pl.Series) -> tuple[pl.Series, int]:
    """A hospital column with its blanks filled where the file means that, and how many were filled.

    It is meant when one name stands for the whole sheet, or when each name heads a block of rows of its
    own: every name once, and more blanks than names. Anything else stays blank.
    """
    named = column.filter(data)
    blanks = int(named.null_count())
    written = named.drop_nulls()
    if not blanks or written.is_empty():
        return column, 0
    if written.n_unique() == 1:
        return column.fill_null(written[0]), blanks
    heads = written.n_unique() == len(written) and named[0] is not None and blanks > len(written)
    if not heads:
        return column, 0
    frame = pl.DataFrame({"name": column, "data": data})
    known = pl.when("data").then("name").forward_fill()
    return frame.select(pl.coalesce("name", known).alias(column.name)).to_series(), blanks


def same_household(column: pl.Series, relation: pl.Series, data: pl.Series) -> pl.Series:
    """A household column (户主, 家庭编号) filled down to members who stand below their head."""
    frame = pl.DataFrame({"value": column, "relation": relation, "data": data})
    member = pl.col("relation").is_not_null() & ~pl.col("relation").str.contains(_HEAD)
    above = pl.when("data").then("value").forward_fill()
    return frame.select(
        pl.when(pl.col("value").is_null() & member & pl.col("data"))
        .then(above)
        .otherwise("value")
        .alias(column.name)
    ).to_series()
