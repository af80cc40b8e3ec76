"""Husband and wife in one hospital at one time."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.illness import CATCHING
from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, day, found, stay_ref, who
from onestop_cli.audit.leads.together import CATCHING_ILL, INVITED, less_when_catching

_ADULT, _APART = 20, 15
"""Years: husband and wife."""


def couple(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A man and a woman of one household and of one generation, in and out together within a day.

    Stronger on the very same days, for different illnesses, with bills alike; weaker for what one catches from the
    other. Where no household is known: of one village, on the very same days, and nobody else of it; weaker too.
    """
    grown = cases.current.filter(pl.col("age") >= _ADULT, pl.col("sex").is_not_null()).with_columns(
        ref=stay_ref(), who=who()
    )
    homes = _pairs(grown.filter(pl.col("household").is_not_null()), ("household", "hospital"))
    same_home = pl.col("household").is_not_null() & (
        pl.col("household") == pl.col("household_wife")
    )
    village = ("township", "village", "hospital", "admitted_on", "discharged_on")
    neighbours = _pairs(
        grown.filter(pl.len().over(village) == 2, pl.col("village").is_not_null()), village
    ).filter(~same_home.fill_null(value=False), ~_two_homes())
    pairs = pl.concat([homes, neighbours.select(homes.columns)])
    where = pl.when(same_home).then(pl.lit("一户的")).otherwise(pl.lit("一村年龄相近的"))
    why = pl.format(
        "{}、{} 是{}一男一女，{} 前后一起入住{}，{} 前后一起出院",
        "who",
        "who_wife",
        where,
        day("admitted_on"),
        "hospital",
        day("discharged_on"),
    )
    points = _alike() // pl.when(same_home.fill_null(value=False)).then(1).otherwise(2)
    return found(
        pairs,
        why=why,
        amount=pl.col("paid_fen") + pl.col("paid_fen_wife"),
        strength=less_when_catching(points),
        stays=pl.concat_list("ref", "ref_wife"),
    )


def _pairs(stays: pl.DataFrame, on: tuple[str, ...]) -> pl.DataFrame:
    """Every man beside every woman (`…_wife`) that agrees in `on`, of one generation, in and out within a day."""
    sides = [stays.filter(pl.col("sex") == sex) for sex in ("男", "女")]
    keep = [name for name in ("household", "admitted_on", "discharged_on") if name in on]
    wives = sides[1].with_columns(pl.col(name).alias(f"{name}_wife") for name in keep)
    apart = {
        name: (pl.col(f"{side}_on") - pl.col(f"{side}_on_wife")).dt.total_days().abs()
        for name, side in (("come", "admitted"), ("go", "discharged"))
    }
    return (
        sides[0]
        .join(wives, on=list(on), suffix="_wife")
        .with_columns(**apart)
        .filter(
            (pl.col("age") - pl.col("age_wife")).abs() <= _APART,
            pl.col("come") <= 1,
            pl.col("go") <= 1,
        )
        .with_columns(catching=CATCHING_ILL & pl.col("disease_wife").str.contains(CATCHING))
        .select(*_PAIR)
    )


_PAIR = (
    "household", "household_wife", "hospital", "village", "admitted_on", "discharged_on", "come", "go", "who",
    "who_wife", "illness", "illness_wife", "total_fen", "total_fen_wife", "paid_fen", "paid_fen_wife", "catching",
    "ref", "ref_wife",
)  # fmt: skip


def _two_homes() -> pl.Expr:
    """Known to be of two households."""
    return (pl.col("household") != pl.col("household_wife")).fill_null(value=False)


def _alike() -> pl.Expr:
    """Points for what two stays have in common, and for illnesses that they have not."""
    same_illness = (pl.col("illness") == pl.col("illness_wife")).fill_null(value=False)
    bills = (pl.col("total_fen") - pl.col("total_fen_wife")).abs() * 10 <= pl.col("total_fen")
    return (
        4
        + 5 * (pl.col("come") == 0).cast(pl.Int64)
        + 5 * (pl.col("go") == 0).cast(pl.Int64)
        + 3 * (~same_illness).cast(pl.Int64)
        + 3 * bills.cast(pl.Int64)
    )


RULES = (
    LeadRule(
        "couple",
        "夫妻一起住院",
        "一户的一男一女年龄相近，一起住进同一家机构又一起出院；互相传染的病除外",
        INVITED,
        "两人病历、体温单是否雷同；入户分别询问各得什么病、晚上在不在医院",
        25,
        couple,
    ),
)
