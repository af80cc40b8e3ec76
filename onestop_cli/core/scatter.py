"""Rows put where their numbers say: what a left join does, where rows are known by number.

Rows are taken from whole columns, since in a column of several chunks every single one would have to be looked for,
and one column after the other, so that each copy is gone before the next one is made.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.threads import at_once
from onestop_cli.errors import Broken


def spread(part: pl.DataFrame, at: pl.Series, height: int) -> pl.DataFrame:
    """`height` rows, of which row `at[n]` is the n-th of `part`; where none stands, all is null.

    Raises `Broken` when two rows want the same place.
    """
    if part.is_empty():
        return part.clear(height)
    numbers = pl.int_range(len(part), dtype=pl.UInt32, eager=True)
    place = pl.Series([None], dtype=pl.UInt32).new_from_index(0, height).scatter(at, numbers)
    if place.count() != len(part):
        raise Broken("two rows stand in one place")
    return gathered(part, place)


def gathered(part: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The `rows` of `part` by their numbers; where there is none, all is null."""
    return pl.DataFrame(at_once(lambda column: _placed(column, rows), part))


def _placed(column: pl.Series, place: pl.Series) -> pl.Series:
    if column.null_count() == len(column):
        return column.clear(len(place))
    return column.rechunk().gather(place)
