"""Where a row belongs: its hospital and level by the register, its period, and what else its terms hang on."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.closed import History, belongs_to
from onestop_cli.core.options import Names, named
from onestop_cli.county.periods import Period
from onestop_cli.money import parse_fen
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.tables.schema import PAYERS


def place(
    rows: pl.DataFrame,
    register: pl.DataFrame,
    names: Names,
    period: Period,
    history: History | None = None,
) -> pl.DataFrame:
    """Rows with their hospital and level by the register, the period they count in, and bad amounts said.

    Adds hospital, in_register, level, level_stated, settled_or_discharged, outside_period, belongs_to (the earlier
    period of a late stay, which only a ledger can tell from one that is out of place), amount_why.
    """
    known = dict(zip(register["hospital"], register["level"], strict=True))
    hospital = named(rows["hospital_raw"], names.hospital)
    stays = rows.with_columns(
        hospital=pl.coalesce(hospital, "hospital_raw"),
        in_register=hospital.is_not_null(),
        level_stated=named(rows["level_raw"], names.level),
        settled_or_discharged=pl.coalesce("settled_on", "discharged_on"),
    )
    level = pl.col("hospital").replace_strict(known, default=None, return_dtype=pl.String)
    counted = pl.col("settled_or_discharged")
    late = pl.lit(None, pl.String)
    if history is not None:
        late = belongs_to(counted, period, history.periods)
    outside = ~counted.is_between(period.first, period.last)
    return stays.with_columns(
        level=level,
        belongs_to=late,
        outside_period=outside.fill_null(False) & late.is_null(),
        amount_why=_amount_why(),
    )


def _amount_why() -> pl.Expr:
    """Why the amounts of a row cannot be used, null when they can (AM04)."""
    negative = pl.any_horizontal(pl.col(f"{payer}_claimed_fen") < 0 for payer in PAYERS)
    return pl.coalesce(
        "amount_fault",
        pl.when(pl.col("total_fen").is_null()).then(pl.lit("总费用为空")),
        pl.when(pl.col("has_eligible") & pl.col("eligible_fen").is_null()).then(
            pl.lit("可补偿费用为空")
        ),
        pl.when(pl.col("eligible_fen") < 0).then(pl.lit("可补偿费用为负数")),
        pl.when(negative).then(pl.lit("补偿金额为负数")),
    )


def with_conditions(stays: pl.DataFrame, register: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """What else the documents' terms hang on, blank where no file has it: `x_<dimension>`, `<expense>_cost_fen`."""
    dims = [dim for rule in book.rules for dim in rule.dimension]
    for dim in dims:
        column = next((c for c in dim.columns if c in register.columns), None)
        if dim.source == "hospital" and column:
            known = dict(zip(register["hospital"], register[column], strict=True))
            value = pl.col("hospital").replace_strict(known, default=None, return_dtype=pl.String)
            stays = stays.with_columns(value.alias(f"x_{dim.id}"))
    wanted = [f"x_{dim.id}" for dim in dims] + [f"x_{e.id}" for e in book.expenses]
    absent = [name for name in dict.fromkeys(wanted) if name not in stays.columns]
    stays = stays.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return stays.with_columns(_costs(stays[f"x_{e.id}"], e.id) for e in book.expenses)


def _costs(texts: pl.Series, expense: str) -> pl.Series:
    """The fen of each distinct text; what is no amount counts as blank."""
    found = {text: parse_fen(text) for text in texts.unique().drop_nulls()}
    fen = texts.replace_strict(found, default=None, return_dtype=pl.Int64)
    return fen.alias(f"{expense}_cost_fen")
