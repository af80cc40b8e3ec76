"""Findings about files and rosters: totals that do not add up, rows nobody understands, entries that contradict."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.core.findings.checks import yuan
from onestop_cli.tables.schema import FINDINGS, empty


def roster_findings(faults: pl.DataFrame) -> pl.DataFrame:
    """RO08 for every roster entry that repeats or contradicts another."""
    return _findings("RO08", faults)


def total_findings(totals: pl.DataFrame) -> pl.DataFrame:
    """FI01 for every 合计 row that differs from the rows it totals."""
    stated, computed = pl.col("stated_fen"), pl.col("computed_fen")
    message = pl.format(
        "“{}”行的{}为 {}，其上各行相加为 {}", "label", "column", yuan(stated), yuan(computed)
    )
    rows = totals.with_columns(
        message=message, claimed_fen=stated, due_fen=computed, diff_fen=stated - computed
    )
    return _findings("FI01", rows)


def row_findings(quarantine: pl.DataFrame) -> pl.DataFrame:
    """FI02 for every row that nobody understands."""
    return _findings("FI02", quarantine.with_columns(message=pl.col("reason")))


def file_findings(told: pl.DataFrame) -> pl.DataFrame:
    """Findings about files and cells, by their own codes (`FILE_FINDINGS`)."""
    codes = told["code"].unique(maintain_order=True)
    return pl.concat(
        [empty(FINDINGS), *(_findings(code, told.filter(code=code)) for code in codes)]
    )


def _findings(code: str, rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` as findings of one code; columns they do not have are null."""
    rows = rows.with_columns(
        code=pl.lit(code, pl.String), severity=pl.lit(CATALOGUE[code].severity, pl.String)
    )
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in FINDINGS.items()
    )
