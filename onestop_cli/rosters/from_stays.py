"""A list of stays that stands for its own roster: everybody is of the kind that the list itself names."""

from __future__ import annotations

import polars as pl

from onestop_cli.tables.schema import READ_ROSTER, REGISTER, empty


def roster_of(stays: pl.DataFrame) -> pl.DataFrame:
    """READ_ROSTER out of READ_STAYS: each number with each kind once, under the name of its first row."""
    said = (
        stays.filter(
            pl.col("category_raw").is_not_null(),
            pl.col("id_raw").is_not_null(),
            ~pl.col("id_numeric"),
        )
        .with_columns(name=pl.col("name").first().over("id_raw"))
        .unique(["id_raw", "category_raw"], keep="first", maintain_order=True)
    )
    known = [name for name in READ_ROSTER if name in ("source", "sheet", "row", "name", "id_raw")]
    rows = said.select(*known, "id_numeric", "category_raw")
    return pl.concat([empty(READ_ROSTER), rows], how="diagonal")


def register_of(hospitals: pl.DataFrame) -> pl.DataFrame:
    """REGISTER out of names and levels (`hospital`, `level`), a row each; nobody is left out for want of a level."""
    rows = hospitals.select("hospital", pl.col("level").fill_null("county"))
    return pl.concat([empty(REGISTER), rows], how="diagonal")
