"""Patterns in a single stay: very short, very long, long for little money, a heavy burden."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.audit.leads.illness import CYCLES, DAYTIME, lengthy
from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    bundled,
    day,
    found,
    money,
    stay_ref,
    strength,
    who,
)
from onestop_cli.audit.leads.shares import LIMITS, elsewhere, more_than_others
from onestop_cli.tables.schema import LEVELS, VILLAGE

_ALONE = pl.concat_list(stay_ref())


def _short_stay(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """In and out within a day at the price of a whole stay; not day surgery and cycles, not who died, not who was
    transferred. What a day costs less than half of the level's usual stay is left to the hospital's share."""
    dated = cases.stays.filter("counted", "dated").sort("id_no", "admitted_on", "discharged_on")
    next_in = pl.col("admitted_on").shift(-1).over("id_no")
    next_at = pl.col("hospital").shift(-1).over("id_no")
    moved = (next_at != pl.col("hospital")) & (
        (next_in - pl.col("discharged_on")).dt.total_days().is_between(0, 1)
    )
    moved &= pl.col("id_no").is_not_null()
    median = pl.col("total_fen").median().over("level").cast(pl.Int64)
    hits = dated.with_columns(moved=moved.fill_null(value=False), median=median).filter(
        "current",
        ~pl.col("moved"),
        pl.col("days") <= thresholds.short_stay_days,
        pl.col("total_fen") * 2 >= pl.col("median"),
        ~pl.col("disease").str.contains(DAYTIME).fill_null(value=False),
        ~(pl.col("died_on") <= pl.col("discharged_on").dt.offset_by("1d")).fill_null(value=False),
    )
    long = pl.when(pl.col("days") == 0).then(pl.lit("当天入院当天出院"))
    why = pl.format(
        "{} {} 入住{}，{}，总费用 {} 元，同级每次住院的中位数是 {} 元",
        who(),
        day("admitted_on"),
        "hospital",
        long.otherwise(pl.format("住院 {} 天", "days")),
        money("total_fen"),
        money("median"),
    )
    times = pl.col("total_fen") * 10 // pl.max_horizontal(pl.col("median"), pl.lit(1))
    made = hits.with_columns(
        why=why, amount=pl.col("paid_fen"), strength=strength(times, 5, 25), ref=stay_ref()
    )
    return bundled(made, "当天或一天的住院，费用抵得上一次住院")


def _within_a_day(thresholds: Thresholds) -> Sequence[pl.Expr]:
    """At the price of half a usual stay, or a whole one; a cheap day is `low_standard`."""
    planned = pl.col("disease").str.contains(DAYTIME).fill_null(value=False)
    short = (pl.col("days") <= thresholds.short_stay_days) & ~planned
    return tuple(short & (pl.col("total_fen") * part >= pl.col("usual_total")) for part in (2, 1))


def long_stay(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Longer than `long_stay_days`, where months in bed are not usual; what is at stake is what the days beyond the
    level's usual stay cost."""
    median = pl.col("days").median().over("level").cast(pl.Int64)
    hits = (
        cases.stays.filter("counted", "dated")
        .with_columns(median=median)
        .filter("current", pl.col("days") >= thresholds.long_stay_days, ~lengthy())
    )
    why = pl.format(
        "{} 在{}住院 {} 天（{} 至 {}）",
        who(),
        "hospital",
        "days",
        day("admitted_on"),
        day("discharged_on"),
    )
    limit = thresholds.long_stay_days
    return found(
        hits,
        why=why,
        amount=pl.col("paid_fen") * (pl.col("days") - pl.col("median")) // pl.col("days"),
        strength=strength(pl.col("days"), limit * 9 // 10, limit * 3 // 2),
        stays=_ALONE,
    )


def long_cheap(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Weeks in bed for a fraction of what a day usually costs at the level: nobody may have lain there."""
    usual_day = pl.col("per_day").median().over("level").cast(pl.Int64)
    hits = (
        cases.stays.filter("counted", "dated", pl.col("total_fen") > 0)
        .with_columns(usual=usual_day)
        .filter(
            "current",
            pl.col("days") >= thresholds.cheap_days,
            pl.col("per_day") * 100 <= thresholds.cheap_share * pl.col("usual"),
            ~lengthy(),
            ~pl.col("disease").str.contains(CYCLES).fill_null(value=False),
        )
    )
    why = pl.format(
        "{} 在{}住院 {} 天，总费用 {} 元，日均 {} 元，{}机构日均的中位数是 {} 元",
        who(),
        "hospital",
        "days",
        money("total_fen"),
        money("per_day"),
        pl.col("level").replace_strict(LEVELS, default="同级"),
        money("usual"),
    )
    below = pl.col("usual") * 10 // pl.max_horizontal(pl.col("per_day"), pl.lit(1))
    worth = pl.col("days") * below // thresholds.cheap_days
    made = hits.with_columns(
        why=why, amount=pl.col("paid_fen"), strength=strength(worth, 20, 180), ref=stay_ref()
    )
    return bundled(made, "住得久、花得少的住院")


def village_beds(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A stay in hospital at a village clinic, which has no beds."""
    hits = cases.stays.filter("current", "counted", pl.col("level") == VILLAGE)
    why = pl.format(
        "{} 在{}报了住院（{}），总费用 {} 元，村级机构没有病床",
        who(),
        "hospital",
        day("admitted_on"),
        money("total_fen"),
    )
    made = hits.with_columns(
        why=why,
        amount=pl.col("paid_fen"),
        strength=strength(pl.col("total_fen"), 5_000, 200_000),
        ref=stay_ref(),
    )
    return bundled(made, "村级机构报的住院")


def burden(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A person entitled to assistance left with a large share: assistance may have been missed.

    At stake is what the person bears beyond `self_pay_yuan`; it is the patient's, not the fund's.
    """
    own = pl.col("total_fen") - pl.col("amount")
    share = own * 100
    limit = thresholds.self_pay_yuan * 100
    hits = cases.stays.with_columns(own=own).filter(
        "current",
        pl.col("status") == "settled",
        pl.col("category").is_not_null(),
        pl.col("own") >= limit,
        share >= thresholds.self_pay_share * pl.col("total_fen"),
    )
    why = pl.format(
        "{}（{}）在{}总费用 {} 元，个人负担 {} 元，占 {}%",
        who(),
        "category",
        "hospital",
        money("total_fen"),
        money("own"),
        share // pl.col("total_fen"),
    )
    return found(
        hits,
        why=why,
        amount=pl.col("own") - limit,
        strength=strength(pl.col("own"), limit, 4 * limit),
        stays=_ALONE,
    )


_SHORT_SHARE = more_than_others(_within_a_day, "只住一天或当天出院，费用抵得上一次住院")

RULES = (
    LeadRule(
        "short_stay",
        "当天或一天住院",
        "住院时间很短、费用却抵得上一次住院，可能是门诊当住院；日间手术、放化疗、转院和死亡已排除",
        "条例第十五条、第三十八条第一项；十不准：门诊当住院",
        "病历首页、体温单、护理记录和医嘱时间；问患者是否过夜、床位在哪里",
        20,
        elsewhere(_SHORT_SHARE, _short_stay),
        ("short_stay_days",),
    ),
    LeadRule(
        "short_share",
        "一日住院多",
        "当天或一天的住院、费用却抵得上一次住院的，比同级其他机构多得多；日间手术、放化疗已排除",
        "条例第十五条、第三十八条第一项；十不准：门诊当住院",
        "病历首页、体温单、床位数；问患者是否过夜",
        20,
        _SHORT_SHARE,
        ("short_stay_days", *LIMITS),
    ),
    LeadRule(
        "long_stay",
        "超长住院",
        "住院天数很长，可能挂床或推迟出院登记；精神、康复、结核等已排除",
        "条例第三十八条第一项（挂床住院）；十不准：虚开住院天数",
        "护理记录、查房记录、费用日清单有无空白日；问家属实际回家日期",
        25,
        long_stay,
        ("long_stay_days",),
    ),
    LeadRule(
        "village_beds",
        "村级机构报住院",
        "村卫生室没有病床，报的是住院：可能是门诊当住院，或就诊类型填错",
        "条例第十五条、第三十八条第一项；十不准：门诊当住院",
        "门诊登记、处方；问患者是否在村卫生室过夜",
        30,
        village_beds,
    ),
    LeadRule(
        "long_cheap",
        "住得久、花得少",
        "住院几周，每天的费用只有同级的几分之一，可能人不在院（挂床）；精神、康复、结核等已排除",
        "条例第三十八条第一项（挂床住院）；十不准：虚开住院天数",
        "体温单、护理记录、医嘱有无空白日；夜间查床；问患者晚上住在哪里",
        30,
        long_cheap,
        ("cheap_days", "cheap_share"),
    ),
    LeadRule(
        "burden",
        "困难群众个人负担偏重",
        "救助对象个人负担大，可能漏救、封顶或目录外费用多；查的是待遇有没有落实",
        "《社会救助暂行办法》医疗救助一章；条例第十五条（自费项目应经患者同意）",
        "自费项目告知书、目录外费用清单；问患者实际付了多少、有没有收押金、是否知道可以救助",
        15,
        burden,
        ("self_pay_yuan", "self_pay_share"),
    ),
)
