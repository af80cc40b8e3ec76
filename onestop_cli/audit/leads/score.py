"""The score of a lead: what it is made of is printed beside it.

规则 (10–40, how telling the pattern is) + 程度 (0–20, how far beyond the threshold) + 金额 (0–20, steps of the
amount at stake) + 同现 (5 for each other rule that met one of the same stays, up to 20): 100 at most.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import LEADS

_STEPS = (10_000, 50_000, 200_000, 1_000_000)
"""Fen at stake from which the amount counts 5, 10, 15, 20."""


def scored(leads: pl.DataFrame) -> pl.DataFrame:
    """`LEADS` sorted by score, with `explained`: the parts of the score in words."""
    shown = leads.with_row_index("lead")
    points = sum(((pl.col("amount") >= step).cast(pl.Int64) * 5 for step in _STEPS), pl.lit(0))
    parts = shown.join(_company(shown), on="lead", how="left", validate="1:1").with_columns(
        money=points, company=(pl.col("others").fill_null(0) * 5).clip(0, 20)
    )
    return (
        parts.with_columns(
            score=pl.sum_horizontal("weight", "strength", "money", "company").cast(pl.Int64),
            explained=pl.format(
                "规则 {} + 程度 {} + 金额 {} + 同现 {}", "weight", "strength", "money", "company"
            ),
        )
        .sort("score", "amount", "rule", "why", descending=[True, True, False, False])
        .select(*LEADS, "explained")
    )


def _company(leads: pl.DataFrame) -> pl.DataFrame:
    """How many other rules met one of a lead's stays: lead, others."""
    met = leads.select("lead", "rule", stay="stays").explode("stay").drop_nulls("stay")
    rules = met.group_by("stay").agg(rules=pl.col("rule").unique())
    return (
        met.join(rules, on="stay", validate="m:1")
        .group_by("lead")
        .agg(others=pl.col("rules").explode().n_unique().cast(pl.Int64) - 1)
    )
