"""封顶: people whose year's limit of a layer is used up, by the columns that explain a stay."""

from __future__ import annotations

import polars as pl

from onestop_cli.statements.statement import Statement

CAPPED = "capped"
"""The column that says of a stay in the books that a yearly limit was used up by it."""


def with_capped(statement: Statement, rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """`rows` of a table by `key` with `capped`: people with a settled stay that used a yearly limit up."""
    counts = _met(statement).group_by(key).agg(capped=pl.col("who").n_unique().cast(pl.Int64))
    joined = rows.join(counts, on=key, how="left", validate="1:1", maintain_order="left")
    return joined.with_columns(pl.col("capped").fill_null(0))


def capped_people(statement: Statement) -> int:
    """How many people used a yearly limit up."""
    return _met(statement)["who"].n_unique()


def counted(statement: Statement) -> pl.DataFrame:
    """What the table by level counts of a run (`care.COUNTED`)."""
    return statement.counted(_met(statement).select("source", "sheet", "row").unique())


def _met(statement: Statement) -> pl.DataFrame:
    """The settled stays that used a limit up."""
    stays, place = statement.run.stays, ["source", "sheet", "row"]
    reached = stays.filter(capped(stays)).select(place)
    return statement.stays.filter("settled").join(reached, on=place, how="semi", nulls_equal=True)


def capped(stays: pl.DataFrame) -> pl.Expr:
    """Whether a yearly limit of any step cut the stay's amount off, or is full after it."""
    steps = [name.removesuffix("_cap_fen") for name in stays.columns if name.endswith("_cap_fen")]
    return pl.any_horizontal(pl.lit(value=False), *(_full(step, stays) for step in steps))


def _full(step: str, stays: pl.DataFrame) -> pl.Expr:
    if step.startswith("pool_") or step.endswith("_household"):
        return (pl.col(f"{step}_left_fen") <= 0).fill_null(value=False)
    own = f"{step}_own_due_fen"
    due = pl.col(own if own in stays.columns else f"{step}_due_fen")
    cap = pl.col(f"{step}_cap_fen")
    full = (pl.col(f"{step}_before_fen") + due >= cap) & (cap > 0)
    if f"{step}_month_limit_fen" in stays.columns:  # what a month cut off is not for the year
        return full.fill_null(value=False)
    return ((pl.col(f"{step}_uncapped_fen") > due) | full).fill_null(value=False)
