"""Stays of closed periods that still wait for an answer, with their age: on every statement until someone decides."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE, SEVERITIES
from onestop_cli.core.findings.checks import yuan
from onestop_cli.core.pending import PENDING, REPORTED_AGAIN
from onestop_cli.county.periods import parse_period
from onestop_cli.run import Run
from onestop_cli.statements.statement import numbered


def still_waiting(run: Run) -> pl.DataFrame:
    """`PENDING` as the ledger and this run leave it and someone has to decide it, oldest first, numbered, with `days`
    and `reason`.

    `days`: from the end of the period a stay was posted in to the end of this one; `reason`: the titles of its codes,
    and what made a settled one wait.
    """
    lines = _pending(run).filter(~REPORTED_AGAIN)
    ends = {id_: parse_period(id_).last for id_ in lines["period"].unique()}
    waited = [(run.period.last - ends[id_]).days for id_ in lines["period"]]
    reasons = ["；".join(_titles(codes)) for codes in lines["blocking"].fill_null("")]
    return numbered(
        lines.with_columns(
            days=pl.Series(waited, dtype=pl.Int64),
            reason=pl.concat_str(
                pl.Series(reasons, dtype=pl.String), "because", separator="；", ignore_nulls=True
            ),
        )
    )


def reported_again(run: Run) -> pl.DataFrame:
    """`PENDING` of the rows that only report a settled stay once more."""
    return _pending(run).filter(REPORTED_AGAIN)


def _pending(run: Run) -> pl.DataFrame:
    return pl.DataFrame(run.info.pending, schema=dict(PENDING))


def waiting_findings(run: Run) -> pl.DataFrame:
    """A line per code of every waiting stay, in the columns of shown findings, with its `period`."""
    waits = pl.format("（{} 天），金额 {} 元", "days", yuan(pl.col("held_fen")))
    since = pl.format("{} 关账时已核定，后来转为待核，{}{}", "period", "because", waits)
    message = pl.coalesce(since, pl.format("{} 关账时待核，至今没有处理意见{}", "period", waits))
    titles = {code: entry.title for code, entry in CATALOGUE.items()}
    return still_waiting(run).select(
        "period", "source", "sheet", "row", "hospital", "stay_no", "name", "id_shown",
        code=pl.col("blocking").str.split(";"),
        severity_name=pl.lit(SEVERITIES["blocks"]),
        message=message,
        waits_fen="held_fen",
    ).explode("code").with_columns(
        title=pl.col("code").replace_strict(titles, default=None, return_dtype=pl.String)
    )  # fmt: skip


def _titles(codes: str) -> list[str]:
    return [f"{code} {CATALOGUE[code].title}" for code in codes.split(";") if code in CATALOGUE]
