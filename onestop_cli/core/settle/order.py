"""The contract's order of stays: each person's year in time, by columns of whole numbers as far as these tell."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.fingerprint import fingerprint
from onestop_cli.core.identify import id_number
from onestop_cli.tables.schema import ORDER

_BITS = 64


def years_in_time(stays: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """The numbers of the rows in the contract's order, each person's year together and these in any order; and, in that
    order, which stays begin a year. Needs id_no, benefit_year and `ORDER`.

    What is sorted are numbers that hold all at once: the head of a hash of person and year, the day, and the number of
    the row. Values are sorted in half the time that finding their order takes, and the rows are read off their ends.
    Texts are only compared where a day has several stays of a person, and where two years share the head of a hash.
    """
    who, height = id_number(stays["id_no"]), len(stays)
    day = pl.col(ORDER[0]).to_physical().cast(pl.Int64)
    days = stays.select((day - day.min() + 1).fill_null(0).cast(pl.UInt64)).to_series()
    of_row = height.bit_length()
    of_day = of_row + int(days.max() or 0).bit_length()  # type: ignore[arg-type]
    head = pl.lit((1 << _BITS) - (1 << of_day), pl.UInt64)
    year = fingerprint(stays.select("benefit_year", who=who), "who", "benefit_year")
    numbers = pl.int_range(height, dtype=pl.UInt64)
    keys = pl.select(pl.lit(year) & head | pl.lit(days) * (1 << of_row) | numbers)
    ordered = keys.to_series().sort()
    place = (ordered & ((1 << of_row) - 1)).cast(pl.UInt32)
    first = _begins(stays, who, place)
    heads, moments = ordered // (1 << of_day), ordered // (1 << of_row)
    ahead = (moments == moments.shift(-1)).fill_null(value=False)
    tied = ahead | ahead.shift(1, fill_value=False)
    mixed = heads.filter(first & (heads == heads.shift(1)).fill_null(value=False)).unique()
    if len(mixed):
        tied |= heads.is_in(mixed.implode())
    place = _put_right(stays, place, tied, heads)
    return place, _begins(stays, who, place) if len(mixed) else first


def _begins(stays: pl.DataFrame, who: pl.Series, place: pl.Series) -> pl.Series:
    """Whether a stay is the first of its person's year, in turn."""
    marks = [mark for mark in (who, stays["benefit_year"]) if _varies(mark)]
    if who.null_count():
        marks.append(stays.select(pl.when(who.is_null()).then("id_no")).to_series())
    begins = pl.int_range(len(place), eager=True) == 0
    for mark in marks:
        ordered = mark.rechunk().gather(place)
        begins |= ordered.ne_missing(ordered.shift(1))
    return begins


def _varies(values: pl.Series) -> bool:
    return values.null_count() > 0 or values.min() != values.max()


def _put_right(
    stays: pl.DataFrame, place: pl.Series, tied: pl.Series, heads: pl.Series
) -> pl.Series:
    """`place` with the `tied` rows of each head in the whole order."""
    rows = place.filter(tied)
    among = stays[rows].with_columns(heads.filter(tied).alias("_head"))
    order = among.select(pl.arg_sort_by("_head", "id_no", "benefit_year", *ORDER)).to_series()
    return place.scatter(tied.arg_true(), rows.gather(order))
