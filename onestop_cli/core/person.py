"""What an ID number says of its person: sex, day of birth, age."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.identify import SEXES, birth_of


def with_person(stays: pl.DataFrame) -> pl.DataFrame:
    """What the ID says of the person (sex, birth, age in whole years on admission), and the sex the file states.

    Where no ID can be used, the age is that of the day of birth which the file states; unknown without one.
    """
    digits = stays["id_no"].str.head(17).cast(pl.Int64, strict=False)
    born = pl.lit(digits // 10**3 % 10**8)
    return stays.with_columns(
        id_sex=pl.lit(pl.Series(SEXES)).gather(pl.lit(digits % 2)),
        id_birth=birth_of(digits),
        age=_years(pl.coalesce(born, _digits(pl.col("birth_on"))), pl.col("admitted_on")),
        sex_key=pl.col("sex_raw").str.extract("([男女])"),
    )


def _years(born: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whole years from a birth, as the number of its eight digits, to `day` (周岁): of the difference of two such
    numbers the last four digits are what is left of a year. Null where either is unknown or the day lies before."""
    years = (_digits(day) - born) // 10_000
    return pl.when(years >= 0).then(years)


def _digits(day: pl.Expr) -> pl.Expr:
    """A day as the number its eight digits make: Polars hands out month and day as eight-bit numbers."""
    year, month = day.dt.year().cast(pl.Int64), day.dt.month().cast(pl.Int64)
    return year * 10_000 + month * 100 + day.dt.day().cast(pl.Int64)
