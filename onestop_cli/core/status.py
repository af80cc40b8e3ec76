"""What becomes of a stay, and the codes that say why."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.findings.checks import released
from onestop_cli.core.findings.rows import CANNOT
from onestop_cli.core.scatter import spread


def with_status(stays: pl.DataFrame, held: pl.Expr) -> pl.DataFrame:
    """reversed > rejected > held > settled; what cannot be worked out stays held whatever was decided."""
    rejected = (pl.col("twin") == "rejected") & ~released("ST01")
    return stays.with_columns(
        status=pl.when("reversed")
        .then(pl.lit("reversed"))
        .when(rejected.fill_null(False) | pl.col("refused"))
        .then(pl.lit("rejected"))
        .when(held | CANNOT)
        .then(pl.lit("held"))
        .otherwise(pl.lit("settled"))
    )


def with_codes(stays: pl.DataFrame, findings: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
    """`codes` and `blocking` of every stay: all its finding codes, and those that hold it, joined by `;`. `rows`: the
    number of each finding's stay."""
    blocking = pl.col("code").filter(pl.col("severity") == "blocks")
    alone = pl.when(pl.col("severity") == "blocks").then("code").otherwise(pl.lit(""))
    told, several = findings.select("code", "severity", row=rows), rows.is_duplicated()
    single = told.filter(~several).select("row", codes="code", blocking=alone)
    each = (
        told.filter(several)
        .group_by("row")
        .agg(
            codes=pl.col("code").unique(maintain_order=True).str.join(";"),
            blocking=blocking.unique(maintain_order=True).str.join(";"),
        )
    )
    all_ = pl.concat([single, each])
    return stays.with_columns(*spread(all_.drop("row"), all_["row"], len(stays)))
