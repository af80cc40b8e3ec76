"""Which stay of one run is which of another: by what names it, then by its place, then by person and days."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

_KEYS: tuple[tuple[str, ...], ...] = (
    ("hospital", "stay_no", "name", "admitted_on", "discharged_on", "total_fen"),
    ("hospital", "stay_no", "name", "admitted_on"),
    ("source", "sheet", "row"),
    ("id_no", "admitted_on", "discharged_on"),
)
"""What is tried in turn. Rows that have all of a key in common, such as copies, are paired in the order they lie in."""

_PLACE = ("source", "sheet", "row")


def paired(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The index of each stay in both tables (`before_at`, `after_at`); null where only one table has it.

    Every row of either table stands in exactly one row of the result.
    """
    old, new = _numbered(before, "before_at"), _numbered(after, "after_at")
    found: list[pl.DataFrame] = []
    for keys in _KEYS:
        both = _by(old, keys).join(_by(new, keys), on=["key", "nth"], validate="1:1")
        found.append(both.select("before_at", "after_at"))
        old = old.join(both, on="before_at", how="anti")
        new = new.join(both, on="after_at", how="anti")
    alone = [
        old.select("before_at", after_at=pl.lit(None, pl.Int64)),
        new.select("after_at", before_at=pl.lit(None, pl.Int64)).select("before_at", "after_at"),
    ]
    return pl.concat([*found, *alone])


def _numbered(stays: pl.DataFrame, name: str) -> pl.DataFrame:
    index = pl.int_range(pl.len(), dtype=pl.Int64).alias(name)
    return stays.with_columns(index).sort(*_PLACE, nulls_last=False)


def _by(stays: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The rows that have the first of `keys`, under one text of all of them and their number among equals."""
    words = [pl.col(name).cast(pl.String).fill_null("") for name in keys]
    return (
        stays.filter(pl.col(keys[0]).is_not_null())
        .with_columns(key=pl.concat_str(words, separator="\x1f"))
        .with_columns(nth=pl.int_range(pl.len(), dtype=pl.Int64).over("key"))
    )
