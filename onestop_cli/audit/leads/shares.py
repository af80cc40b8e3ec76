"""Patterns of a whole hospital: a kind of stay it has many more of than the other hospitals of its level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from onestop_cli.audit.leads import chance, illness
from onestop_cli.audit.leads.model import (
    Find,
    LeadInput,
    LeadRule,
    Thresholds,
    found,
    stay_ref,
)
from onestop_cli.tables.schema import LEVELS

Kinds = Callable[[Thresholds], Sequence[pl.Expr]]
"""Which stays are meant: one expression, or several of which each is stricter than the one before."""


def beside_others(
    cases: LeadInput, kinds: Sequence[pl.Expr], thresholds: Thresholds
) -> pl.DataFrame:
    """Hospitals with enough stays of a kind, and how far their share is from chance beside the others of their level
    (all others where the level has too few stays); of several kinds the one that is farthest from chance.

    Has `number`, `all`, `others`, `others_all`, `bits`, `usual` (how many would be usual), `paid`, `stays`.
    """
    found = pl.concat(_beside_others(cases, kind, thresholds) for kind in kinds)
    return (
        found.with_columns(bits=pl.col("bits") - chance.tries(len(kinds)))
        .filter(pl.col("bits") >= thresholds.chance_bits)
        .sort("bits", "number", descending=True, maintain_order=True)
        .unique("hospital", keep="first", maintain_order=True)
    )


def _beside_others(cases: LeadInput, kind: pl.Expr, thresholds: Thresholds) -> pl.DataFrame:
    each = (
        cases.current.with_columns(kind=kind.fill_null(value=False), ref=stay_ref())
        .group_by("hospital", "level", maintain_order=True)
        .agg(
            number=pl.col("kind").sum().cast(pl.Int64),
            all=pl.len().cast(pl.Int64),
            paid=pl.col("paid_fen").filter("kind").sum(),
            stays=pl.col("ref").filter("kind"),
        )
    )
    own = {name: pl.col(name).sum().over("level") - pl.col(name) for name in ("number", "all")}
    county = {name: pl.col(name).sum() - pl.col(name) for name in ("number", "all")}
    few = own["all"] < thresholds.peer_stays
    beside = each.with_columns(
        others=pl.when(few).then(county["number"]).otherwise(own["number"]),
        others_all=pl.when(few).then(county["all"]).otherwise(own["all"]),
    ).with_columns(part=pl.col("others") + 1, whole=pl.col("others_all") + 2)
    far = chance.column(beside, "number", "all", "part", "whole") - chance.tries(each.height)
    share, usual = pl.col("number") * pl.col("others_all"), pl.col("others") * pl.col("all")
    return beside.with_columns(
        bits=far, usual=pl.col("all") * pl.col("others") // pl.max_horizontal("others_all", 1)
    ).filter(
        pl.col("others_all") >= thresholds.peer_stays,
        pl.col("number") >= thresholds.share_stays,
        share * 100 >= thresholds.share_ratio * usual,
    )


def more_than_others(kinds: Kinds, words: str) -> Find:
    """A lead for each hospital with far more such stays than the others; at stake is what is paid beyond the usual."""

    def find(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
        hits = beside_others(_with_medians(cases, thresholds), kinds(thresholds), thresholds)
        why = pl.format(
            "{} {} 例住院中有 {} 例{}，占 {}%；{}其他机构占 {}%",
            "hospital",
            "all",
            "number",
            pl.lit(words),
            pl.col("number") * 100 // pl.col("all"),
            pl.col("level").replace_strict(LEVELS, default="全县"),
            pl.col("others") * 100 // pl.col("others_all"),
        )
        beyond = pl.col("number") - pl.col("usual")
        return found(
            hits,
            village=pl.lit(None),
            why=why,
            amount=pl.col("paid") * beyond // pl.col("number"),
            strength=(pl.col("bits") - thresholds.chance_bits + 4).clip(0, 20),
        )

    return find


def elsewhere(shared: Find, single: Find) -> Find:
    """The leads of single stays in hospitals that `shared` does not speak of."""

    def find(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
        whole = shared(cases, thresholds).select("hospital").unique()
        return single(cases, thresholds).join(whole, on="hospital", how="anti")

    return find


def _with_medians(cases: LeadInput, thresholds: Thresholds) -> LeadInput:
    """Medians of the level, and of the illness there where it has enough stays: `usual_total`, `usual_day`."""
    many = pl.len().over("level", "illness") >= thresholds.outlier_peers

    def median(name: str) -> pl.Expr:
        near, level = (
            pl.col(name).median().over(*like) for like in (("level", "illness"), ("level",))
        )
        return pl.when(many).then(near).otherwise(level)

    usual = {"usual_total": median("total_fen"), "usual_day": median("per_day")}
    return replace(cases, stays=cases.stays.with_columns(**usual))


def _on_weekends(thresholds: Thresholds) -> Sequence[pl.Expr]:
    return (pl.col("weekend"),)


def _on_holidays(thresholds: Thresholds) -> Sequence[pl.Expr]:
    return (pl.col("holiday"),)


def _minor(thresholds: Thresholds) -> Sequence[pl.Expr]:
    """What an outpatient window treats, for a few days and less than half of the level's usual stay; or anything for a
    few days and less than a quarter of it."""
    name = illness.cleaned(pl.col("disease"))
    short = pl.col("days") <= thresholds.minor_days
    level = pl.col("total_fen").median().over("level")
    half, quarter = (pl.col("total_fen") * part <= level for part in (2, 4))
    return (name.str.contains(illness.MINOR) & short & half, short & quarter)


LIMITS = ("share_stays", "share_ratio", "peer_stays", "chance_bits")
"""The thresholds of every share."""

RULES = (
    LeadRule(
        "low_standard",
        "低标准入院多",
        "机构收了许多门诊就能看的小病，住几天、花得少，比同级其他机构多得多",
        "条例第十五条、第三十八条第一项；十不准：门诊当住院、诱导消费",
        "入院指征、门诊记录；问患者为什么住院、门诊能不能看",
        25,
        more_than_others(_minor, "住得短、费用低，门诊就能看"),
        ("minor_days", *LIMITS),
    ),
    LeadRule(
        "weekend",
        "周末入院多",
        "周末入院的比例比同级其他机构高得多，可能是上门揽客、集中接人；急诊多的机构可以解释",
        "条例第四十条第一项（诱导住院）；十不准：诱导消费",
        "周末值班安排、入院登记时间、接送车辆；问患者怎样去的",
        20,
        more_than_others(_on_weekends, "在周末入院"),
        LIMITS,
    ),
    LeadRule(
        "holiday",
        "节假日入院多",
        "法定节假日入院的比例比同级其他机构高得多，正是在外的人回家的时候；急诊多的机构可以解释",
        "条例第四十条第一项（诱导住院）；十不准：诱导消费",
        "节日值班安排、入院登记时间；问患者节日里在不在家",
        25,
        more_than_others(_on_holidays, "在法定节假日入院"),
        LIMITS,
    ),
)
