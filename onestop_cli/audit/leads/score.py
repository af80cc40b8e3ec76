"""Which leads come first, and the score that says so: what it is made of is printed beside it.

A day on site is short, so the list goes round: in each round every rule has its best `_OF_A_RULE` leads and every
person `_OF_A_PERSON`, and what is left waits for the next round. Within a round the points count: 规则 (10–35, how
telling the pattern is) + 程度 (0–40, twice the strength: how far beyond the threshold) + 金额 (0–12, steps of what is
at stake) + 同现 (5 for each other rule that met one of the same stays, up to 10). What the reconciliation has found
already and decided, so that no money is at stake any more, waits `_BEHIND` round.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import LEADS

_STEPS = (10_000, 50_000, 200_000, 1_000_000)
"""Fen at stake from which the amount counts 3, 6, 9, 12."""
_OF_A_RULE, _OF_A_PERSON, _BEHIND = 2, 2, 1
_ROUNDS = 10
"""Rounds that a score tells apart; whoever waits longer stands in the last one."""


def ranked(leads: pl.DataFrame, people: pl.DataFrame, recorded: list[str]) -> pl.DataFrame:
    """`LEADS` in their order, with `explained`: the parts of the score in words.

    `leads` is `FOUND` with `rule` and `weight`, `people` names the person (`one`) of each stay (`ref`), `recorded` are
    the rules whose leads the reconciliation has settled.
    """
    numbered = leads.with_row_index("lead")
    merit = _with_merit(numbered).join(_persons(numbered, people), on="lead", how="left")
    ordered = merit.sort("merit", "strength", "amount", "rule", "why", descending=_DOWN)
    settled = pl.col("rule").is_in(recorded) | (pl.col("amount") <= 0)
    nth = {
        "rule": pl.int_range(pl.len()).over("rule") // _OF_A_RULE,
        "person": pl.int_range(pl.len()).over("person") // _OF_A_PERSON,
    }
    alone = pl.when(pl.col("person").is_not_null()).then(nth["person"]).otherwise(0)
    round_ = pl.max_horizontal(nth["rule"], alone) + pl.when(settled).then(_BEHIND).otherwise(0)
    return (
        ordered.with_columns(round=round_.clip(0, _ROUNDS - 1).cast(pl.Int64))
        .with_columns(
            score=(_ROUNDS - 1 - pl.col("round")) * 100 + pl.col("merit"),
            explained=pl.format(
                "第 {} 轮：规则 {} + 程度 {} + 金额 {} + 同现 {}",
                pl.col("round") + 1,
                "weight",
                "degree",
                "money",
                "company",
            ),
        )
        .sort("score", "strength", "amount", "rule", "why", descending=_DOWN)
        .select(*LEADS, "explained")
    )


_DOWN = [True, True, True, False, False]


def _with_merit(leads: pl.DataFrame) -> pl.DataFrame:
    points = sum(((pl.col("amount") >= step).cast(pl.Int64) * 3 for step in _STEPS), pl.lit(0))
    return (
        leads.join(_company(leads), on="lead", how="left", validate="1:1")
        .with_columns(
            money=points,
            company=(pl.col("others").fill_null(0) * 5).clip(0, 10),
            degree=2 * pl.col("strength"),
        )
        .with_columns(
            merit=pl.sum_horizontal("weight", "degree", "money", "company").cast(pl.Int64)
        )
    )


def _persons(leads: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """lead, person: of leads whose stays are all of one person."""
    met = leads.select("lead", ref="stays").explode("ref").drop_nulls("ref")
    return (
        met.join(people, on="ref", how="left")
        .group_by("lead")
        .agg(person=pl.col("one").first(), number=pl.col("one").n_unique())
        .filter(pl.col("number") == 1)
        .select("lead", "person")
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
