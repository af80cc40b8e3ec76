"""Closed periods and the run at hand: which closed stays are worked out again, and what changes for them.

A closed period is never rewritten. A stay that is reversed, released or refused later, and a stay whose year looks
different after a late one, appears in the current statement as an adjustment line with the period it belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.periods import Period
from onestop_cli.schema import LAYERS, PLACE, row_place

POSTED = ("claimed", "payable", "deducted", "held", "shortfall", "offset", "supplement")
"""The amounts of a layer that a ledger keeps for a stay; adjustment lines are their differences."""

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
    "benefit_year",
)


@dataclass(frozen=True)
class History:
    """What a ledger remembers for this run: closed stays as they stand now, and the closed periods.

    `stays` has the columns of a run's stays, `period`, `status`, `blocking` (codes that held it, joined by `;`) and
    what was posted so far as `posted_<layer>_<amount>_fen` and `posted_patient_owed_fen`.
    """

    stays: pl.DataFrame
    periods: tuple[Period, ...]


def belongs_to(day: pl.Expr, current: Period, closed: Sequence[Period]) -> pl.Expr:
    """The period of a day before `current`: a closed one, else one of the same length; null within `current`."""
    choice: pl.Expr = pl.when(day < current.first).then(_like(day, current))
    for period in closed:
        inside = day.is_between(period.first, period.last) & (day < current.first)
        choice = pl.when(inside).then(pl.lit(period.id)).otherwise(choice)
    return choice


def _like(day: pl.Expr, period: Period) -> pl.Expr:
    """The id of the period of the same length in which a day lies."""
    year = day.dt.year()
    if "Q" in period.id:
        return pl.format("{}Q{}", year, day.dt.quarter())
    if "H" in period.id:
        return pl.format("{}H{}", year, (day.dt.month() - 1) // 6 + 1)
    if "-" in period.id:
        return pl.format("{}-{}", year, day.dt.month().cast(pl.String).str.zfill(2))
    return year.cast(pl.String)


def appended(current: pl.DataFrame, history: History | None) -> pl.DataFrame:
    """The run's stays with the closed ones after them, for which `period` is not null."""
    if history is None:
        absent = ("period", "closed_status", "blocking")
        return current.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    shared = [name for name in current.columns if name in history.stays.columns]
    kept = [c for c in history.stays.columns if c.startswith(("posted_", "was_"))]
    closed = history.stays.select(
        *shared, "period", "blocking", *kept, closed_status="status"
    ).with_columns(pl.col(name).cast(current.schema[name]) for name in shared)
    return pl.concat([current, closed], how="diagonal")


def reopened(both: pl.DataFrame) -> pl.DataFrame:
    """`both` with `kind` and `status` of closed stays, without those that this run does not touch.

    Worked out again are all stays of everybody who has a stay, a reversal or a decision in this run. `kind` says why a
    stay's own status changes: 红冲, 放行 or 拒付; null where only its year may look different.
    """
    closed = pl.col("period").is_not_null()
    struck = both.filter("reversed", ~closed)["reverses_place"].drop_nulls()
    held = closed & (pl.col("closed_status") == "held")
    free = _remaining(pl.col("blocking"), pl.col("released")) == ""
    kind = (
        pl.when(closed & row_place("period").is_in(struck.implode()))
        .then(pl.lit("红冲"))
        .when(held & pl.col("refused"))
        .then(pl.lit("拒付"))
        .when(held & free & pl.col("released").is_not_null())
        .then(pl.lit("放行"))
    )
    changes = {"红冲": "reversed", "拒付": "rejected", "放行": "settled"}
    status = pl.col("kind").replace_strict(changes, default=None, return_dtype=pl.String)
    marked = both.with_columns(kind=kind).with_columns(
        status=pl.when(closed).then(pl.coalesce(status, "closed_status")).otherwise("status")
    )
    decided = pl.col("released").is_not_null() | pl.col("refused")
    people = marked.filter(~closed | pl.col("kind").is_not_null() | decided)["person"]
    return marked.filter(~closed | pl.col("person").is_in(people.unique().implode()))


def _remaining(blocking: pl.Expr, released: pl.Expr) -> pl.Expr:
    """The codes that still hold a stay, joined by `;`."""
    codes, out = blocking.fill_null("").str.split(";"), released.fill_null("").str.split(";")
    return codes.list.set_difference(out).list.join(";")


def adjustments(again: pl.DataFrame, layers: Sequence[str]) -> pl.DataFrame:
    """One line per closed stay with any amount that differs from what was posted: the differences, in fen."""
    if again.is_empty():
        return no_adjustments(layers)
    amounts = [f"{layer}_{what}_fen" for layer in layers for what in POSTED] + ["patient_owed_fen"]
    gone = pl.col("status") == "reversed"
    now = {name: pl.when(gone).then(0).otherwise(pl.col(name).fill_null(0)) for name in amounts}
    decided = [f"{layer}_docked_fen" for layer in layers]
    lines = again.select(
        pl.col("kind").fill_null("重算"),
        "period",
        pl.coalesce("belongs_to", "period").alias("belongs_to"),
        "status",
        "released",
        _remaining(pl.col("blocking"), pl.col("released")).alias("blocking"),
        *ABOUT,
        *decided,
        **{name: now[name] - pl.col(f"posted_{name}").fill_null(0) for name in amounts},
    )
    moved = pl.any_horizontal(pl.col(name) != 0 for name in amounts)
    return lines.filter(moved | (pl.col("kind") != "重算"))


def no_adjustments(layers: Sequence[str] = LAYERS) -> pl.DataFrame:
    """A table of adjustment lines without lines."""
    amounts = [f"{layer}_{what}_fen" for layer in layers for what in POSTED] + ["patient_owed_fen"]
    return pl.DataFrame(
        schema={
            "kind": pl.String,
            **dict.fromkeys(("period", "belongs_to", "status", "released", "blocking"), pl.String),
            **{name: _kind_of(name) for name in ABOUT},
            **dict.fromkeys((f"{layer}_docked_fen" for layer in layers), pl.Int64),
            **dict.fromkeys(amounts, pl.Int64),
        }
    )


def _kind_of(column: str) -> type[pl.DataType]:
    if column.endswith("_on"):
        return pl.Date
    return pl.Int64 if column in ("row", "benefit_year") else pl.String
