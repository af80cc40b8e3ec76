"""Days on which more people come or go than a hospital's other days let expect."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads import chance
from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    day,
    found,
    stay_ref,
)


def admission_peak(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A day with many times the usual admissions of the hospital (its mean over all days of its stays); half as strong
    where all have one illness, as on a day of screening."""
    days = (pl.col("admitted_on").max() - pl.col("admitted_on").min()).dt.total_days() + 1
    hits = (
        cases.current.sort("stay_no")
        .with_columns(all=pl.len().over("hospital"), span=days.over("hospital"))
        .group_by("hospital", "admitted_on", maintain_order=True)
        .agg(
            pl.col("all", "span", "holiday").first(),
            number=pl.len().cast(pl.Int64),
            kinds=pl.col("illness").n_unique(),
            amount=pl.col("paid_fen").sum(),
            stays=stay_ref(),
        )
        .filter(
            pl.col("number") >= thresholds.day_stays,
            pl.col("number") * pl.col("span") * 100 >= thresholds.day_ratio * pl.col("all"),
        )
        .with_columns(one=pl.lit(1, pl.Int64))
    )
    why = pl.format(
        "{} {}{}一天入院 {} 人，平时平均每天 {}.{} 人",
        "hospital",
        day("admitted_on"),
        pl.when("holiday").then(pl.lit("（法定节日）")).otherwise(pl.lit("")),
        "number",
        pl.col("all") // pl.col("span"),
        pl.col("all") * 10 // pl.col("span") % 10,
    )
    far = chance.column(hits, "number", "all", "one", "span")
    points = ((far - 6) // 2).clip(1, 20)
    one_illness = pl.when(pl.col("kinds") == 1).then(points // 2).otherwise(points)
    return found(hits, village=pl.lit(None), why=why, strength=one_illness)


def period_end(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Many more discharges a day in the last days of the period than before them."""
    last, tail = pl.lit(cases.last), thresholds.surge_days
    left = (last - pl.col("discharged_on")).dt.total_days()
    late = pl.col("left").is_between(0, tail - 1)
    before = pl.col("left") >= tail
    hits = (
        cases.current.with_columns(left=left)
        .group_by("hospital", maintain_order=True)
        .agg(
            late=late.sum().cast(pl.Int64),
            early=before.sum().cast(pl.Int64),
            span=pl.col("left").filter(before).max() - tail + 1,
            paid=pl.col("paid_fen").filter(late).sum(),
            stays=stay_ref().filter(late),
        )
        .filter(
            pl.col("late") >= thresholds.pattern_stays,
            pl.col("early") >= thresholds.pattern_stays,
            pl.col("late") * pl.col("span") * 100
            >= thresholds.surge_ratio * pl.col("early") * tail,
        )
        .with_columns(
            all=pl.col("late") + pl.col("early"),
            tail=pl.lit(tail, pl.Int64),
            whole=pl.col("span") + tail,
        )
    )
    ratio = pl.col("late") * pl.col("span") * 10 // (pl.col("early") * tail)
    why = pl.format(
        "{} 期末 {} 天出院 {} 人，日均是此前的 {}.{} 倍",
        "hospital",
        pl.lit(tail),
        "late",
        ratio // 10,
        ratio % 10,
    )
    usual = pl.col("early") * tail // pl.col("span")
    hits = hits.with_columns(bits=chance.column(hits, "late", "all", "tail", "whole"))
    return found(
        hits.filter(pl.col("bits") >= thresholds.chance_bits),
        village=pl.lit(None),
        why=why,
        amount=pl.col("paid") * (pl.col("late") - usual) // pl.col("late"),
        strength=pl.col("bits").clip(1, 20),
    )


RULES = (
    LeadRule(
        "admission_peak",
        "单日集中入院",
        "某一天入院人数是平时的数倍；流行病、义诊筛查可以解释的除外",
        "条例第四十条第一项（诱导住院）；十不准：诱导消费、门诊当住院",
        "当日入院登记、床位数、值班人员；问患者怎样得知、如何前往",
        20,
        admission_peak,
        ("day_stays", "day_ratio"),
    ),
    LeadRule(
        "period_end",
        "期末集中出院",
        "结算期最后几天出院明显增多，可能为赶结算而提前出院或补录",
        "条例第十五条、第三十八条第一项（分解住院）",
        "期末出院者的病历、下期初是否又入院、登记时间与系统时间",
        15,
        period_end,
        ("surge_days", "surge_ratio", "pattern_stays", "chance_bits"),
    ),
)
