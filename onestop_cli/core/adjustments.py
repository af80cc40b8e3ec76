"""Adjustment lines: what a run changes of stays that were posted, as differences of amounts, costs and visits."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from onestop_cli.core.corrected import CORRECTED, changed, facts_now
from onestop_cli.tables.schema import (
    KIND_OF_CARE,
    LAYERS,
    MONEY,
    PLACE,
    Schema,
)

POSTED = ("claimed", "payable", "deducted", "held", "shortfall", "offset", "supplement")
"""The amounts of a layer that a ledger keeps for a stay; adjustment lines are their differences."""

WHOLE = {"owed": "patient_owed_fen", "own": "self_fen"}
"""The amounts of no layer that a ledger keeps for a stay, and their columns: 应补未补, 个人自付."""

REFUNDED = tuple(f"refunded_{name}" for name in MONEY)
"""What refunds of part of a stay took off it since it was posted, per amount (fen, not positive)."""

COSTS = ("total_fen", "eligible_fen")
"""What a settled stay cost."""

_ABOUT_CHANGE: Schema = {
    **dict.fromkeys(("because", "period", "belongs_to", "status", "blocking"), pl.String),
    **dict.fromkeys(("released", "decided_category", "decided_id_no", "rule_id"), pl.String),
    "facts_now": pl.String,
    "refused": pl.Boolean,
}

ABOUT = (
    *PLACE,
    "hospital",
    "level",
    "stay_no",
    "name",
    "id_no",
    "category",
    "township",
    "village",
    "admitted_on",
    "discharged_on",
    "settled_on",
    "setl_type",
    "benefit_year",
    *KIND_OF_CARE,
)


def adjustments(
    again: pl.DataFrame, layers: Sequence[str], corrected: Collection[str] = ()
) -> pl.DataFrame:
    """One line per closed stay with any amount that differs from what was posted: the differences, in fen; and of those
    that were looked up again with other facts. `corrected`: documents that say something else than then.

    `visits`: 1 for a stay that becomes settled, -1 for one that is no longer; the `COSTS` come and go with it.
    """
    if again.is_empty():
        return no_adjustments(layers)
    amounts = _amounts(layers)
    gone = pl.col("status") == "reversed"
    visits = _settled("status") - _settled("closed_status")
    anew = changed(again, corrected)
    now = {name: pl.when(gone).then(0).otherwise(pl.col(name).fill_null(0)) for name in amounts}
    lines = again.select(
        pl.coalesce("kind", pl.when(anew.is_not_null()).then(pl.lit(CORRECTED)), pl.lit("重算")),
        pl.coalesce("because", anew, _otherwise()).alias("because"),
        "period",
        pl.coalesce("belongs_to", "period").alias("belongs_to"),
        "status",
        "blocking",
        "released",
        "decided_category",
        "decided_id_no",
        "rule_id",
        "refused",
        facts_now(again).alias("facts_now"),
        *ABOUT,
        *REFUNDED,
        *(f"{layer}_docked_fen" for layer in layers),
        visits=visits,
        **{name: _cost_change(name, visits) for name in COSTS},
        **{name: now[name] - pl.col(f"posted_{name}").fill_null(0) for name in amounts},
    )
    moved = pl.any_horizontal(pl.col(name) != 0 for name in amounts)
    return lines.filter(moved | (pl.col("kind") != "重算"))


def explained(again: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Of the stays worked out `again` those with an adjustment line, with every column they were worked out from, what
    was posted so far (`posted_…`), and the line's `kind` and `because`."""
    keys = ["period", *PLACE]
    known = again.drop("kind", "because", pl.selectors.starts_with("_"), strict=False)
    why = lines.select(*keys, "kind", "because")
    return known.join(why, on=keys, how="inner", nulls_equal=True, maintain_order="left")


def _otherwise() -> pl.Expr:
    """Why a stay changes that neither another row nor a decision nor other facts changed by themselves."""
    return (
        pl.when(pl.col("kind") == "解除待核")
        .then(pl.lit("使它待核的情况已经没有了"))
        .when(pl.col("kind") == "转待核")
        .then(pl.format("现在有 {}", "blocking"))
        .otherwise(pl.lit("同一年度的其他住院有变动，按年度顺序重算"))
    )


def _cost_change(name: str, visits: pl.Expr) -> pl.Expr:
    """What a stay's cost adds to a period: all of it with a visit, and what is refunded of one that stays settled."""
    refund = pl.when(status="settled").then(f"refund_{name}").fill_null(0)
    return pl.when(visits == 0).then(refund).otherwise(pl.col(name).fill_null(0) * visits)


def _settled(status: str) -> pl.Expr:
    return (pl.col(status) == "settled").fill_null(value=False).cast(pl.Int64)


def no_adjustments(layers: Sequence[str] = LAYERS) -> pl.DataFrame:
    """A table of adjustment lines without lines."""
    return pl.DataFrame(
        schema={
            "kind": pl.String,
            **_ABOUT_CHANGE,
            **{name: _kind_of(name) for name in ABOUT},
            **dict.fromkeys((f"{layer}_docked_fen" for layer in layers), pl.Int64),
            **dict.fromkeys((*REFUNDED, "visits", *COSTS), pl.Int64),
            **dict.fromkeys(_amounts(layers), pl.Int64),
        }
    )


def _amounts(layers: Sequence[str]) -> list[str]:
    """The columns whose differences make an adjustment line."""
    return [f"{layer}_{what}_fen" for layer in layers for what in POSTED] + [*WHOLE.values()]


def _kind_of(column: str) -> type[pl.DataType]:
    if column.endswith("_on"):
        return pl.Date
    if column == "inpatient":
        return pl.Boolean
    return pl.Int64 if column in ("row", "benefit_year") else pl.String
