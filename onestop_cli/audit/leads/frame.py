"""The table all rules look at: a run's stays, with closed stays of the ledger beside them."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from onestop_cli.audit.leads.model import Cases
from onestop_cli.run import Run
from onestop_cli.tables.schema import PLACE, Schema

_OPTIONAL: Schema = {"disease": pl.String, "died_on": pl.Date}
"""Columns a run may have beyond the contract's; all null where it has not."""

_KEPT = (
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
    "total_fen",
    "eligible_fen",
    "self_claimed_fen",
    "status",
    *_OPTIONAL,
)


def cases_of(run: Run, closed: pl.DataFrame | None = None) -> Cases:
    """All stays of `run` that are not reversed, and those of `closed` (columns as `run.stays`).

    Adds to the contract's columns: `current` (of this run), `counted` (not a rejected duplicate), `dated`
    (both days are there, in order), `days`, `tail` (last four of the ID), `one` (the ID, else the name: who it
    is when people are counted), `household` (family number of the roster), `amount` and `paid_fen` (what
    the layers claimed, what the funds pay), `<layer>_claimed_fen`, `<layer>_due_fen`, `codes` (finding codes).
    """
    layers = {layer.id: layer.name for layer in run.layers}
    tables = [_plain(run.stays, layers).with_columns(current=pl.lit(value=True))]
    if closed is not None:
        tables.append(_plain(closed, layers).with_columns(current=pl.lit(value=False)))
    stays = pl.concat(tables).filter(pl.col("status") != "reversed")
    return Cases(
        _with_codes(_with_household(stays, run.roster), run.findings),
        run.findings,
        run.period.last,
        layers,
    )


def _plain(stays: pl.DataFrame, layers: Mapping[str, str]) -> pl.DataFrame:
    """The columns rules use, whatever else a table has."""
    missing = {name: kind for name, kind in _OPTIONAL.items() if name not in stays.columns}
    claimed = [f"{layer}_claimed_fen" for layer in layers]
    paid = [f"{layer}_{what}_fen" for layer in layers for what in ("payable", "offset")]
    days = (pl.col("discharged_on") - pl.col("admitted_on")).dt.total_days()
    return stays.with_columns(
        pl.lit(None, dtype=kind).alias(name) for name, kind in missing.items()
    ).select(
        *_KEPT,
        *claimed,
        *(f"{layer}_due_fen" for layer in layers),
        days=days,
        dated=(days >= 0).fill_null(value=False),
        counted=pl.col("status").is_in(["settled", "held"]),
        tail=pl.col("id_no").str.tail(4),
        one=pl.coalesce("id_no", "name"),
        amount=pl.sum_horizontal(pl.col(claimed).fill_null(0)).cast(pl.Int64),
        paid_fen=pl.sum_horizontal(pl.col(paid).fill_null(0)).cast(pl.Int64),
    )


def _with_household(stays: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """The family number the roster has for the person; the same on all rosters, else none."""
    if not {"id_no", "family_no"} <= set(roster.columns):
        return stays.with_columns(household=pl.lit(None, dtype=pl.String))
    families = (
        roster.filter(pl.col("id_no").is_not_null() & pl.col("family_no").is_not_null())
        .group_by("id_no")
        .agg(household=pl.col("family_no").unique())
        .filter(pl.col("household").list.len() == 1)
        .with_columns(pl.col("household").list.first())
    )
    return stays.join(families, on="id_no", how="left", validate="m:1", maintain_order="left")


def _with_codes(stays: pl.DataFrame, findings: pl.DataFrame) -> pl.DataFrame:
    """The finding codes of each stay of this run; null, not known any more, for closed ones."""
    codes = findings.group_by(*PLACE).agg(pl.col("code").unique().sort().alias("codes"))
    return stays.join(
        codes.with_columns(current=pl.lit(value=True)),
        on=[*PLACE, "current"],
        how="left",
        nulls_equal=True,
        validate="m:1",
        maintain_order="left",
    ).with_columns(pl.when("current").then(pl.col("codes").fill_null([])))
