"""Where a row belongs: its hospital and level by the register, its period, and what else its terms hang on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from onestop_cli.core.closed import History
from onestop_cli.core.moment import with_moment
from onestop_cli.core.options import NameLookup, named
from onestop_cli.core.register import register_row
from onestop_cli.county.periods import Period
from onestop_cli.money import parse_fen
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import Expense
from onestop_cli.tables.by_hand import by_hand


def place(
    rows: pl.DataFrame,
    register: pl.DataFrame,
    names: NameLookup,
    period: Period,
    history: History | None = None,
) -> pl.DataFrame:
    """Rows with their hospital and level by the register and the period they count in.

    Adds hospital, in_register, register_gap (a hospital of the register, but not on the day), level, level_stated,
    settled_or_discharged, settled_second, outside_period, belongs_to (the earlier period of a late stay, which only a
    ledger can tell from one that is out of place).
    """
    row, name = register_row(rows, register, names)
    found = register.select(pl.col("hospital", "level").gather(row))
    stays = rows.with_columns(
        _register_row=row,
        hospital=pl.coalesce(found["hospital"], name, "hospital_raw"),
        in_register=row.is_not_null(),
        register_gap=row.is_null() & name.is_not_null(),
        level=found["level"],
        level_stated=named(rows["level_raw"], names.level),
    ).pipe(with_moment)
    stays = stays.with_columns(level=pl.coalesce("level", _of_the_list(stays)))
    counted = pl.col("settled_or_discharged")
    late = pl.lit(None, pl.String)
    if history is not None:
        late = history.late(counted, period)
    outside = ~counted.is_between(period.first, period.last)
    return stays.with_columns(
        belongs_to=late,
        outside_period=outside.fill_null(False) & late.is_null(),
    )


def _of_the_list(stays: pl.DataFrame) -> pl.Expr:
    """The level that the list states, where the person is paid and the hospital need not be in the register."""
    return pl.when(by_hand(stays) & ~pl.col("in_register")).then("level_stated")


def looked_up(
    history: History | None, register: pl.DataFrame, names: NameLookup, book: Rulebook
) -> History | None:
    """Closed stays under the present names of their hospitals: what comes later about them says these. Those of periods
    found wrong have the level and conditions that the register gives now."""
    if history is None:
        return None
    stays = history.stays.with_columns(_said="hospital_raw", hospital_raw="hospital")
    row, said = register_row(stays, register, names)
    found = register.select(pl.col("hospital", "level").gather(row))
    name = pl.coalesce(found["hospital"], said, "hospital")
    again = pl.col("recomputed") & history.register_too
    stays = stays.with_columns(
        hospital=name,
        hospital_raw="_said",
        level=pl.when(again)
        .then(pl.coalesce(found["level"], pl.when(by_hand(stays)).then("level_stated")))
        .otherwise("level"),
        in_register=pl.when(again).then(row.is_not_null()).otherwise("in_register"),
        **{
            column: pl.when(again).then(said).otherwise(column)
            for column, said in _of_hospital(row, register, book)
            if column in stays.columns
        },
    )
    return replace(history, stays=stays.drop("_said"))


def with_conditions(stays: pl.DataFrame, register: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What else the documents' terms hang on, blank where no file has it: `x_<dimension>`, `<expense>_cost_fen`."""
    stays = stays.with_columns(
        said.alias(column) for column, said in _of_hospital(stays["_register_row"], register, book)
    )
    dims = [dim for rule in book.rules for dim in rule.dimension]
    wanted = [f"x_{dim.id}" for dim in dims] + [f"x_{e.id}" for e in book.expenses]
    absent = [name for name in dict.fromkeys(wanted) if name not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return _with_costs(stays, book.expenses).drop("_register_row")


def _of_hospital(
    row: pl.Series, register: pl.DataFrame, book: Rulebook
) -> Iterator[tuple[str, pl.Expr]]:
    """`x_<dimension>` of every dimension that the register knows, for stays whose hospital is its `row`."""
    dims = [dim for rule in book.rules for dim in rule.dimension if dim.source == "hospital"]
    for id_ in dict.fromkeys(dim.id for dim in dims):
        heads = dict.fromkeys(name for dim in dims if dim.id == id_ for name in dim.columns)
        known = [register[name] for name in heads if name in register.columns]
        if known:
            said = [pl.lit(column.gather(row)).cast(pl.String) for column in known]
            yield f"x_{id_}", pl.coalesce(said)


def _with_costs(stays: pl.DataFrame, expenses: Sequence[Expense]) -> pl.DataFrame:
    """`<expense>_cost_fen` of what an expense is a share of; a text that is no amount is an amount fault (AM04)."""
    for expense in expenses:
        texts = stays[f"x_{expense.id}"]
        found = {text: parse_fen(text) for text in texts.unique().drop_nulls()}
        fen = texts.replace_strict(found, default=None, return_dtype=pl.Int64)
        unread = pl.lit(texts.is_not_null() & fen.is_null())
        fault = pl.format("{}“{}”不是金额", pl.lit(expense.name), pl.lit(texts))
        stays = stays.with_columns(
            fen.alias(f"{expense.id}_cost_fen"),
            amount_fault=pl.coalesce("amount_fault", pl.when(unread).then(fault)),
        )
    return stays
