"""What an ID number says of its person: sex, day of birth, age."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.identify import id_birth, id_sex


def with_person(stays: pl.DataFrame) -> pl.DataFrame:
    """What the ID says of the person (sex, birth, age in whole years on admission), and the sex the file states."""
    stays = stays.with_columns(id_sex=id_sex(pl.col("id_no")), id_birth=id_birth(pl.col("id_no")))
    birth, day = pl.col("id_birth"), pl.col("admitted_on")
    before = (day.dt.month() * 100 + day.dt.day()) < (birth.dt.month() * 100 + birth.dt.day())
    return stays.with_columns(
        age=(day.dt.year() - birth.dt.year()).cast(pl.Int64) - before.cast(pl.Int64),
        sex_key=pl.col("sex_raw").str.extract("([男女])"),
    )
