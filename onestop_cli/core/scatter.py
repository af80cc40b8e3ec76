"""Rows put where their numbers say: what a left join does, where rows are known by number.

Rows are taken from whole columns, since in a column of several chunks every single one would have to be looked for. A
column that is blank stays a literal, which takes no memory however many rows there are.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.errors import Broken


def spread(part: pl.DataFrame, at: pl.Series, height: int) -> pl.DataFrame:
    """`height` rows, of which row `at[n]` is the n-th of `part`; where none stands, all is null.

    Raises `Broken` when two rows want the same place.
    """
    nowhere = pl.Series("_place", [None], dtype=pl.UInt32).new_from_index(0, height)
    if part.is_empty():
        return gathered(part, nowhere)
    numbers = pl.int_range(len(part), dtype=pl.UInt32, eager=True)
    place = nowhere.scatter(at, numbers)
    if place.count() != len(part):
        raise Broken("two rows stand in one place")
    return gathered(part, place)


def gathered(part: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """The `rows` of `part` by their numbers; where there is none, all is null."""
    blank = [column.name for column in part if column.null_count() == len(column)]
    filled = part.drop(blank)
    found = filled.rechunk()[rows] if filled.width else rows.to_frame("_row")
    literals = (pl.lit(None, part.schema[name]).alias(name) for name in blank)
    return found.with_columns(literals).select(part.columns)
