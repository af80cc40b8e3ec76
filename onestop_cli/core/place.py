"""Where a row belongs: its hospital and level by the register, its period, and what else its terms hang on."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.closed import History, belongs_to
from onestop_cli.core.moment import with_moment
from onestop_cli.core.options import Names, named
from onestop_cli.core.register import register_row
from onestop_cli.county.periods import Period
from onestop_cli.money import parse_fen
from onestop_cli.rulebook.book import Rulebook


def place(
    rows: pl.DataFrame,
    register: pl.DataFrame,
    names: Names,
    period: Period,
    history: History | None = None,
) -> pl.DataFrame:
    """Rows with their hospital and level by the register and the period they count in.

    Adds hospital, in_register, register_gap (a hospital of the register, but not on the day), level, level_stated,
    settled_or_discharged, settled_second, outside_period, belongs_to (the earlier period of a late stay, which only a
    ledger can tell from one that is out of place).
    """
    row = register_row(rows, register, names)
    found = register.select(pl.col("hospital", "level").gather(row))
    name = named(rows["hospital_raw"], names.hospital)
    stays = rows.with_columns(
        _register_row=row,
        hospital=pl.coalesce(found["hospital"], name, "hospital_raw"),
        in_register=row.is_not_null(),
        register_gap=row.is_null() & name.is_not_null(),
        level=found["level"],
        level_stated=named(rows["level_raw"], names.level),
    ).pipe(with_moment)
    counted = pl.col("settled_or_discharged")
    late = pl.lit(None, pl.String)
    if history is not None:
        late = belongs_to(counted, period, history.periods)
    outside = ~counted.is_between(period.first, period.last)
    return stays.with_columns(
        belongs_to=late,
        outside_period=outside.fill_null(False) & late.is_null(),
    )


def with_conditions(stays: pl.DataFrame, register: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What else the documents' terms hang on, blank where no file has it: `x_<dimension>`, `<expense>_cost_fen`."""
    dims = [dim for rule in book.rules for dim in rule.dimension]
    for dim in dims:
        column = next((c for c in dim.columns if c in register.columns), None)
        if dim.source == "hospital" and column:
            value = register[column].gather(stays["_register_row"])
            stays = stays.with_columns(value.cast(pl.String).alias(f"x_{dim.id}"))
    wanted = [f"x_{dim.id}" for dim in dims] + [f"x_{e.id}" for e in book.expenses]
    absent = [name for name in dict.fromkeys(wanted) if name not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    costs = (_costs(stays[f"x_{e.id}"], e.id) for e in book.expenses)
    return stays.with_columns(costs).drop("_register_row")


def _costs(texts: pl.Series, expense: str) -> pl.Series:
    """The fen of each distinct text; what is no amount counts as blank."""
    found = {text: parse_fen(text) for text in texts.unique().drop_nulls()}
    fen = texts.replace_strict(found, default=None, return_dtype=pl.Int64)
    return fen.alias(f"{expense}_cost_fen")
