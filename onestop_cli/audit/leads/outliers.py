"""Stays far from their like: dear, long, dear by the day, much of the bill outside the list."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from onestop_cli.audit.leads.illness import lengthy
from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    bundled,
    found,
    money,
    stay_ref,
    strength,
    who,
)
from onestop_cli.audit.leads.shares import LIMITS, elsewhere, more_than_others
from onestop_cli.tables.schema import LEVELS

_ALONE = pl.concat_list(stay_ref())
_LEAST_OUTSIDE = 50_000
"""Fen outside the list that are worth a word."""


def _outlying(cases: LeadInput, thresholds: Thresholds, value: str, part: int = 1) -> pl.DataFrame:
    """Stays of this run far above the median of their like: same level, same illness where it is known.

    `spread` is the median of what the upper half lies above the median: a skewed, small group neither hides
    nor makes outliers as a standard deviation would. Adds `peers`, `median`, `level_median`, `spread`,
    `times` (tenths).
    `part`: the spread counts only so many times less.
    """
    like = ("level", "illness")
    above = pl.col(value) - pl.col("median")
    upper = pl.when(above > 0).then(above)
    return (
        cases.stays.filter("counted", "dated", pl.col(value) > 0)
        .with_columns(
            peers=pl.len().over(like),
            median=pl.col(value).median().over(like).cast(pl.Int64),
            level_median=pl.col(value).median().over("level").cast(pl.Int64),
        )
        .with_columns(spread=upper.median().over(like).cast(pl.Int64))
        .filter(
            "current",
            pl.col("peers") >= thresholds.outlier_peers,
            pl.col("spread") > 0,
            above * part >= thresholds.outlier_spread * pl.col("spread"),
        )
        .with_columns(times=pl.col(value) * 10 // pl.col("median"))
    )


def _like() -> pl.Expr:
    """The group a stay was compared with, in words."""
    illness = pl.when(pl.col("illness").is_not_null()).then(pl.format("“{}”", "illness"))
    return pl.format("{}机构{} {} 例", _level(), illness.otherwise(pl.lit("")), "peers")


def _level() -> pl.Expr:
    return pl.col("level").replace_strict(LEVELS, default="同级")


def _beyond(value: str, thresholds: Thresholds) -> pl.Expr:
    """0 at the threshold, 20 at three times as far from the median."""
    limit = thresholds.outlier_spread * pl.col("spread")
    return strength(pl.col(value) - pl.col("median"), limit, 3 * limit)


def _excess(value: str) -> pl.Expr:
    """What is paid for the part above the median."""
    return pl.col("paid_fen") * (pl.col(value) - pl.col("median")) // pl.col(value)


def cost_outlier(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A total far above its like."""
    hits = _outlying(cases, thresholds, "total_fen")
    level = pl.col("total_fen") // pl.max_horizontal(pl.col("level_median"), pl.lit(1))
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
        amount=_excess("total_fen"),
        strength=(_beyond("total_fen", thresholds) + level.clip(0, 20)) // 2,
        stays=_ALONE,
    )


def days_outlier(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A stay far longer than its like, where months in bed are not usual."""
    hits = _outlying(cases, thresholds, "days").filter(~lengthy())
    why = pl.format(
        "{} 在{}住院 {} 天，{}的中位数是 {} 天", who(), "hospital", "days", _like(), "median"
    )
    return found(
        hits,
        why=why,
        amount=_excess("days"),
        strength=_beyond("days", thresholds),
        stays=_ALONE,
    )


def _dear_days(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Days that cost many times what they do at the level and for the illness; an operation makes a day dear too."""
    hits = _outlying(cases, thresholds, "per_day", 2).filter(
        pl.col("days") > thresholds.short_stay_days,
        pl.col("times") * 10 >= thresholds.dear_share,
    )
    why = pl.format(
        "{} 在{}住院 {} 天，日均费用 {} 元，是{}的中位数 {} 元的 {}.{} 倍",
        who(),
        "hospital",
        "days",
        money("per_day"),
        _like(),
        money("median"),
        pl.col("times") // 10,
        pl.col("times") % 10,
    )
    made = hits.with_columns(
        why=why,
        amount=_excess("per_day"),
        strength=_beyond("per_day", thresholds),
        ref=stay_ref(),
    )
    return bundled(made, "日均费用远高于同类的住院")


def _outside_stays(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """A bill of which a large part is not covered, well above what is usual at the level.

    The funds pay the less for it; at stake is what the patient pays above the usual share.
    """
    outer = pl.col("total_fen") - pl.col("eligible_fen")
    share = outer * 100 // pl.col("total_fen")
    hits = (
        cases.stays.filter("counted", pl.col("total_fen") > 0, pl.col("eligible_fen").is_not_null())
        .with_columns(outer=outer, share=share)
        .with_columns(usual=pl.col("share").median().over("level").cast(pl.Int64))
        .filter(
            "current",
            pl.col("share") >= thresholds.outside_share,
            pl.col("share") >= 2 * pl.col("usual"),
            pl.col("outer") >= _LEAST_OUTSIDE,
        )
    )
    why = pl.format(
        "{} 在{}总费用 {} 元，目录外 {} 元，占 {}%，{}机构的中位数是 {}%",
        who(),
        "hospital",
        money("total_fen"),
        money("outer"),
        "share",
        _level(),
        "usual",
    )
    limit = thresholds.outside_share
    made = hits.with_columns(
        why=why,
        amount=pl.col("total_fen") * (pl.col("share") - pl.col("usual")) // 100,
        strength=strength(pl.col("share"), limit, limit + 40),
        ref=stay_ref(),
    )
    return bundled(made, "目录外占比高的住院")


def _dear(thresholds: Thresholds) -> Sequence[pl.Expr]:
    longer = pl.col("days") > thresholds.short_stay_days
    shares = (thresholds.dear_share, thresholds.dear_share * 3 // 2)
    return tuple(
        longer & (pl.col("per_day") * 100 >= share * pl.col("usual_day")) for share in shares
    )


def _outside(thresholds: Thresholds) -> Sequence[pl.Expr]:
    outer = pl.col("total_fen") - pl.col("eligible_fen")
    return (outer * 100 >= thresholds.outside_share * pl.col("total_fen"),)


_DEAR_SHARE = more_than_others(_dear, "日均费用远高于同类")
_OUTSIDE_SHARE = more_than_others(_outside, "目录外费用占比高")

RULES = (
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
        "dear_days",
        "日均费用远高于同类",
        "每天的费用是同级别（同病种）的几倍；手术也会使日均费用高，要看费用由什么组成",
        "条例第三十八条第二、三项（过度诊疗、重复收费）",
        "费用日清单与医嘱、检查报告逐日核对",
        20,
        elsewhere(_DEAR_SHARE, _dear_days),
        ("outlier_spread", "outlier_peers", "dear_share"),
    ),
    LeadRule(
        "dear_share",
        "日均费用高的住院多",
        "每天费用远高于同类的住院，比同级其他机构多得多",
        "条例第三十八条第二、三项（过度诊疗、重复收费）；定点服务协议的费用控制条款",
        "收费价格表、费用日清单与医嘱核对",
        25,
        _DEAR_SHARE,
        ("dear_share", *LIMITS),
    ),
    LeadRule(
        "outside",
        "目录外占比高",
        "总费用里不在报销范围的部分占得很多，加重患者负担，也可能是串换或诱导自费",
        "条例第十五条（自费项目应经患者同意）、第三十八条第五项（串换）；十不准：不能报销的变通",
        "自费项目告知书和签字、目录外费用清单；问患者知不知道、有没有选择",
        20,
        elsewhere(_OUTSIDE_SHARE, _outside_stays),
        ("outside_share",),
    ),
    LeadRule(
        "outside_share",
        "目录外占比高的住院多",
        "总费用里目录外占很大部分的住院，比同级其他机构多得多",
        "条例第十五条（自费项目应经患者同意）、第三十八条第五项（串换）",
        "自费项目告知书和签字、目录外费用清单、采购和库存",
        20,
        _OUTSIDE_SHARE,
        ("outside_share", *LIMITS),
    ),
)
