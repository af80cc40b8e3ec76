"""Patterns in a single stay: very short, very long, far from its like, a heavy burden for the patient."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import (
    Cases,
    LeadRule,
    Thresholds,
    day,
    found,
    money,
    stay_ref,
    strength,
    who,
)
from onestop_cli.audit.leads.persons import CYCLES
from onestop_cli.tables.schema import LEVELS

_DAYTIME = f"日间|{CYCLES}"
_LENGTHY = "精神|康复|护理院|结核|麻风|荣军|荣康"
"""Hospitals and illnesses for which months in bed are usual."""


def short_stay(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """In and out within a day; not day surgery and cycles, not who died, not who was transferred."""
    dated = cases.stays.filter("counted", "dated").sort("id_no", "admitted_on", "discharged_on")
    next_in = pl.col("admitted_on").shift(-1).over("id_no")
    next_at = pl.col("hospital").shift(-1).over("id_no")
    moved = (next_at != pl.col("hospital")) & (
        (next_in - pl.col("discharged_on")).dt.total_days().is_between(0, 1)
    )
    moved &= pl.col("id_no").is_not_null()
    hits = dated.with_columns(moved=moved.fill_null(value=False)).filter(
        "current",
        ~pl.col("moved"),
        pl.col("days") <= thresholds.short_stay_days,
        ~pl.col("disease").str.contains(_DAYTIME).fill_null(value=False),
        ~(pl.col("died_on") <= pl.col("discharged_on").dt.offset_by("1d")).fill_null(value=False),
    )
    long = pl.when(pl.col("days") == 0).then(pl.lit("当天入院当天出院"))
    why = pl.format(
        "{} {} 入住{}，{}，总费用 {} 元",
        who(),
        day("admitted_on"),
        "hospital",
        long.otherwise(pl.format("住院 {} 天", "days")),
        money("total_fen"),
    )
    return found(
        hits,
        why=why,
        strength=strength(pl.col("total_fen"), 0, 300_000),
        stays=pl.concat_list(stay_ref()),
    )


def long_stay(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Longer than `long_stay_days`, where months in bed are not usual."""
    usual = pl.concat_str("hospital", "disease", ignore_nulls=True).str.contains(_LENGTHY)
    hits = cases.stays.filter(
        "current", "counted", "dated", pl.col("days") >= thresholds.long_stay_days, ~usual
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
        strength=strength(pl.col("days"), limit, 3 * limit),
        stays=pl.concat_list(stay_ref()),
    )


def _outlying(cases: Cases, thresholds: Thresholds, value: str) -> pl.DataFrame:
    """Stays of this run far above the median of their like: same level, same disease where it is known.

    `spread` is the median of what the upper half lies above the median: a skewed, small group neither hides
    nor makes outliers as a standard deviation would. Adds `peers`, `median`, `spread`, `times`.
    """
    like = ("level", "disease")
    above = pl.col(value) - pl.col("median")
    upper = pl.when(above > 0).then(above)
    return (
        cases.stays.filter("counted", "dated", pl.col(value) > 0)
        .with_columns(
            peers=pl.len().over(like),
            median=pl.col(value).median().over(like).cast(pl.Int64),
        )
        .with_columns(spread=upper.median().over(like).cast(pl.Int64))
        .filter(
            "current",
            pl.col("peers") >= thresholds.outlier_peers,
            pl.col("spread") > 0,
            above >= thresholds.outlier_spread * pl.col("spread"),
        )
        .with_columns(times=pl.col(value) * 10 // pl.col("median"))
    )


def _like() -> pl.Expr:
    """The group a stay was compared with, in words."""
    level = pl.col("level").replace_strict(LEVELS, default="同级")
    disease = pl.when(pl.col("disease").is_not_null()).then(pl.format("“{}”", "disease"))
    return pl.format("{}机构{} {} 例", level, disease.otherwise(pl.lit("")), "peers")


def cost_outlier(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """A total far above its like."""
    hits = _outlying(cases, thresholds, "total_fen")
    why = pl.format(
        "{} 在{}总费用 {} 元，是{}的中位数 {} 元的 {}.{} 倍",
        who(),
        "hospital",
        money("total_fen"),
        _like(),
        money("median"),
        pl.col("times") // 10,
        pl.col("times") % 10,
    )
    return found(
        hits,
        why=why,
        strength=_beyond("total_fen", thresholds),
        stays=pl.concat_list(stay_ref()),
    )


def days_outlier(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """A stay far longer than its like, where months in bed are not usual."""
    usual = pl.concat_str("hospital", "disease", ignore_nulls=True).str.contains(_LENGTHY)
    hits = _outlying(cases, thresholds, "days").filter(~usual)
    why = pl.format(
        "{} 在{}住院 {} 天，{}的中位数是 {} 天", who(), "hospital", "days", _like(), "median"
    )
    return found(
        hits, why=why, strength=_beyond("days", thresholds), stays=pl.concat_list(stay_ref())
    )


def _beyond(value: str, thresholds: Thresholds) -> pl.Expr:
    """0 at the threshold, 20 at three times as far from the median."""
    limit = thresholds.outlier_spread * pl.col("spread")
    return strength(pl.col(value) - pl.col("median"), limit, 3 * limit)


def burden(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """A person entitled to assistance left with a large share: assistance may have been missed."""
    own = pl.col("total_fen") - pl.col("amount")
    share = own * 100
    hits = cases.stays.with_columns(own=own).filter(
        "current",
        pl.col("status") == "settled",
        pl.col("category").is_not_null(),
        pl.col("own") >= thresholds.self_pay_yuan * 100,
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
    limit = thresholds.self_pay_yuan * 100
    return found(
        hits,
        why=why,
        amount=pl.col("own"),
        strength=strength(pl.col("own"), limit, 5 * limit),
        stays=pl.concat_list(stay_ref()),
    )


RULES = (
    LeadRule(
        "short_stay",
        "当天或一天住院",
        "住院时间很短，可能是门诊当住院；日间手术、放化疗、转院和死亡已排除",
        "条例第十五条、第三十八条第一项；十不准：门诊当住院",
        "病历首页、体温单、护理记录和医嘱时间；问患者是否过夜、床位在哪里",
        20,
        short_stay,
        ("short_stay_days",),
    ),
    LeadRule(
        "long_stay",
        "超长住院",
        "住院天数很长，可能挂床或推迟出院登记；精神、康复、结核等已排除",
        "条例第三十八条第一项（挂床住院）；十不准：虚开住院天数",
        "护理记录、查房记录、费用日清单有无空白日；问家属实际回家日期",
        20,
        long_stay,
        ("long_stay_days",),
    ),
    LeadRule(
        "cost_outlier",
        "费用远高于同类",
        "总费用远高于同级别（同病种）住院的中位数，需要看清费用由什么组成",
        "条例第十五条、第三十八条第二、三项（过度诊疗、重复收费）；十不准：生活费列住院费",
        "费用清单与医嘱、检查报告、用药记录逐项核对；问患者做过哪些检查和治疗",
        20,
        cost_outlier,
        ("outlier_spread", "outlier_peers"),
    ),
    LeadRule(
        "days_outlier",
        "天数远高于同类",
        "住院天数远高于同级别（同病种）住院的中位数",
        "条例第三十八条第一项（挂床住院）；十不准：虚开住院天数",
        "体温单、护理记录、医嘱和费用日清单；问患者实际住了几天",
        15,
        days_outlier,
        ("outlier_spread", "outlier_peers"),
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
