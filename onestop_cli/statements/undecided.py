"""Everything that waits for somebody to decide it, of this period and of closed ones, in one list with its age."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.privacy import mask_id
from onestop_cli.run import Run
from onestop_cli.statements.pending import still_waiting
from onestop_cli.statements.statement import NO_HOSPITAL, numbered

_PLACE = ("source", "sheet", "row")
_COLUMNS = (
    "period", "hospital", "stay_no", "name", "id_shown", "days", "held_fen", "reason", "remedy", *_PLACE,
)  # fmt: skip


def undecided(run: Run) -> pl.DataFrame:
    """A row per held stay, oldest first, numbered.

    `days`: of a stay of this run from its settlement (else discharge) to the end of the period, of a closed one from
    the end of the period it was posted in; `reason`, `remedy`: of every finding that holds it.
    """
    rows = pl.concat([_own(run), _closed(run)], how="vertical_relaxed")
    return numbered(
        rows.sort("days", "hospital", "stay_no", descending=[True, False, False], nulls_last=True)
    )


def _own(run: Run) -> pl.DataFrame:
    held = pl.sum_horizontal(f"{layer.id}_held_fen" for layer in run.layers)
    day = pl.coalesce("settled_on", "discharged_on")
    reasons = (
        run.findings.filter(severity="blocks")
        .group_by(*_PLACE)
        .agg(blocking=pl.col("code").unique().sort().str.join(";"))
    )
    return (
        run.stays.filter(status="held")
        .join(reasons, on=_PLACE, how="left", nulls_equal=True, validate="m:1")
        .with_columns(
            pl.col("hospital").fill_null(NO_HOSPITAL),
            period=pl.lit(run.period.id),
            id_shown=mask_id(pl.col("id_no")),
            held_fen=held,
            days=(pl.lit(run.period.last) - day).dt.total_days().clip(0, None),
        )
        .pipe(_with_words)
    )


def _closed(run: Run) -> pl.DataFrame:
    return still_waiting(run).drop("reason").pipe(_with_words)


def _with_words(rows: pl.DataFrame) -> pl.DataFrame:
    """`reason` and `remedy` out of the codes in `blocking`."""
    codes = [(text or "").split(";") for text in rows["blocking"]]
    known = [[CATALOGUE[code] for code in own if code in CATALOGUE] for own in codes]
    reasons = ["；".join(f"{one.code} {one.title}" for one in own) for own in known]
    remedies = ["".join(one.remedy for one in own) for own in known]
    return rows.with_columns(
        reason=pl.Series(reasons, dtype=pl.String), remedy=pl.Series(remedies, dtype=pl.String)
    ).select(_COLUMNS)
