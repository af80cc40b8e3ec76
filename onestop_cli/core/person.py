"""What an ID number says of its person: sex, day of birth, age."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.identify import id_birth, id_sex


def with_person(stays: pl.DataFrame) -> pl.DataFrame:
    """What the ID says of the person (sex, birth, age in whole years on admission), and the sex the file states.

    Where no ID can be used, the age is that of the day of birth which the file states; unknown without one.
    """
    stays = stays.with_columns(id_sex=id_sex(pl.col("id_no")), id_birth=id_birth(pl.col("id_no")))
    return stays.with_columns(
        age=age(pl.coalesce("id_birth", "birth_on"), pl.col("admitted_on")),
        sex_key=pl.col("sex_raw").str.extract("([男女])"),
    )


def age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whole years from `birth` to `day` (周岁); null where either is unknown or the day lies before the birth."""
    years = day.dt.year().cast(pl.Int64) - birth.dt.year().cast(pl.Int64)
    years -= (_in_year(day) < _in_year(birth)).cast(pl.Int64)
    return pl.when(years >= 0).then(years)


def _in_year(day: pl.Expr) -> pl.Expr:
    """Month and day as one number: Polars hands both out as eight-bit numbers, which 1231 does not fit into."""
    return day.dt.month().cast(pl.Int64) * 100 + day.dt.day().cast(pl.Int64)
