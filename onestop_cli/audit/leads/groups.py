"""Patterns between stays at one hospital: people together, equal or round figures, days with a rush."""

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


def _current(cases: Cases) -> pl.DataFrame:
    return cases.stays.filter("current", "counted", "dated")


def _together(cases: Cases, place: tuple[str, ...], people: int) -> pl.DataFrame:
    """`people` or more of one `place` in one hospital, in and out on the same days."""
    return (
        _current(cases)
        .filter(pl.col(name).is_not_null() for name in place)
        .sort("stay_no")
        .group_by(*place, "hospital", "admitted_on", "discharged_on", maintain_order=True)
        .agg(
            people=pl.col("one").n_unique(),
            names=who().unique(maintain_order=True),
            amount=pl.col("amount").sum(),
            stays=stay_ref(),
            place=pl.concat_str("township", "village", ignore_nulls=True).first(),
        )
        .filter(pl.col("people") >= people)
    )


def village_group(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """People of one village."""
    hits = _together(cases, ("township", "village"), thresholds.group_people)
    why = pl.format(
        "{} {} 人 {} 同日入住{}、{} 同日出院：{}",
        "place",
        "people",
        day("admitted_on"),
        "hospital",
        day("discharged_on"),
        pl.col("names").list.join("、"),
    )
    limit = thresholds.group_people
    return found(hits, why=why, strength=strength(pl.col("people"), limit - 1, limit + 5))


def household_group(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """People of one household."""
    hits = _together(cases, ("household",), thresholds.group_people)
    why = pl.format(
        "同一户 {} 人 {} 同日入住{}、{} 同日出院：{}",
        "people",
        day("admitted_on"),
        "hospital",
        day("discharged_on"),
        pl.col("names").list.join("、"),
    )
    limit = thresholds.group_people
    return found(
        hits,
        village=pl.lit(None),
        why=why,
        strength=strength(pl.col("people"), limit - 1, limit + 3),
    )


def same_total(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Different people with the same total to the fen; a price per disease (one disease, known) is fine."""
    one_disease = (pl.col("disease").n_unique() == 1) & pl.col("disease").is_not_null().all()
    hits = (
        _current(cases)
        .filter(pl.col("total_fen") > 0)
        .sort("admitted_on", "stay_no")
        .group_by("hospital", "total_fen", maintain_order=True)
        .agg(
            people=pl.col("one").n_unique(),
            priced=one_disease,
            amount=pl.col("amount").sum(),
            stays=stay_ref(),
        )
        .filter(~pl.col("priced") & (pl.col("people") >= thresholds.same_total_people))
    )
    why = pl.format(
        "{}有 {} 人的总费用同为 {} 元，分毫不差", "hospital", "people", money("total_fen")
    )
    limit = thresholds.same_total_people
    return found(
        hits,
        village=pl.lit(None),
        why=why,
        strength=strength(pl.col("people"), limit - 1, limit + 6),
    )


def round_totals(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Many totals of a hospital are whole tens of yuan; by chance one in a thousand would be."""
    is_round = pl.col("total_fen") % 1_000 == 0
    hits = (
        _current(cases)
        .filter(pl.col("total_fen") > 0)
        .group_by("hospital", maintain_order=True)
        .agg(
            all=pl.len(),
            round=is_round.sum(),
            amount=pl.col("amount").filter(is_round).sum(),
            stays=stay_ref().filter(is_round),
        )
        .filter(
            pl.col("round") >= thresholds.pattern_stays,
            pl.col("round") * 100 >= thresholds.round_share * pl.col("all"),
        )
    )
    why = pl.format("{} {} 例住院中有 {} 例总费用是整十元", "hospital", "all", "round")
    return found(
        hits,
        village=pl.lit(None),
        why=why,
        strength=strength(pl.col("round") * 100 // pl.col("all"), thresholds.round_share, 100),
    )


def round_percent(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """A layer's claims are one whole percentage of the totals, and not what the rules give.

    Amounts made from a percentage rather than from bills. A flat rate on a bill that is wholly in scope gives
    whole percentages too: there the claim is what is due, and the stay does not count.
    """
    return pl.concat(_round_percent(cases, thresholds, layer) for layer in cases.layers)


def _round_percent(cases: Cases, thresholds: Thresholds, layer: str) -> pl.DataFrame:
    claimed, due, total = f"{layer}_claimed_fen", f"{layer}_due_fen", pl.col("total_fen")
    percent = (pl.col(claimed) * 200 + total) // (2 * total)
    exact = (pl.col(claimed) * 100 - total * percent).abs() <= 100
    expected = (pl.col(claimed) - pl.col(due)).abs() <= 1
    whole_bill = pl.col(due).is_null() & (pl.col("eligible_fen") == total).fill_null(value=True)
    stays = _current(cases).filter(total > 10_000, pl.col(claimed) > 0)
    counts = (
        stays.with_columns(percent=percent, exact=exact)
        .with_columns(odd=pl.col("exact") & ~expected.fill_null(value=False) & ~whole_bill)
        .with_columns(all=pl.len().over("hospital"))
        .filter("odd")
        .group_by("hospital", "percent", maintain_order=True)
        .agg(
            pl.col("all").first(),
            odd=pl.len(),
            amount=pl.col(claimed).sum(),
            stays=stay_ref(),
        )
    )
    hits = counts.filter(
        pl.col("odd") >= thresholds.pattern_stays,
        pl.col("odd") * 100 >= thresholds.percent_share * pl.col("all"),
    )
    why = pl.format(
        "{} {} 例中有 {} 例的{}恰为总费用的 {}%，又与政策计算不符，像是按比例倒算",
        "hospital",
        "all",
        "odd",
        pl.lit(cases.layers[layer]),
        "percent",
    )
    return found(hits, village=pl.lit(None), why=why, strength=pl.lit(20))


def admission_peak(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """A day with many times the usual admissions of the hospital (its mean over all days of its stays)."""
    days = (pl.col("admitted_on").max() - pl.col("admitted_on").min()).dt.total_days() + 1
    hits = (
        _current(cases)
        .sort("stay_no")
        .with_columns(all=pl.len().over("hospital"), span=days.over("hospital"))
        .group_by("hospital", "admitted_on", maintain_order=True)
        .agg(
            pl.col("all", "span").first(),
            number=pl.len(),
            amount=pl.col("amount").sum(),
            stays=stay_ref(),
        )
        .filter(
            pl.col("number") >= thresholds.day_stays,
            pl.col("number") * pl.col("span") * 100 >= thresholds.day_ratio * pl.col("all"),
        )
    )
    holiday = pl.col("admitted_on").dt.to_string("%m-%d").is_in(["01-01", "05-01", "10-01"])
    why = pl.format(
        "{} {}{}一天入院 {} 人，平时平均每天 {}.{} 人",
        "hospital",
        day("admitted_on"),
        pl.when(holiday).then(pl.lit("（法定节日）")).otherwise(pl.lit("")),
        "number",
        pl.col("all") // pl.col("span"),
        pl.col("all") * 10 // pl.col("span") % 10,
    )
    usual = thresholds.day_ratio * pl.col("all") // 100 // pl.col("span") + 1
    return found(
        hits,
        village=pl.lit(None),
        why=why,
        strength=strength(pl.col("number"), usual, 4 * usual),
    )


def period_end(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Many more discharges a day in the last days of the period than before them."""
    last, tail = pl.lit(cases.last), thresholds.surge_days
    left = (last - pl.col("discharged_on")).dt.total_days()
    late = pl.col("left").is_between(0, tail - 1)
    before = pl.col("left") >= tail
    hits = (
        _current(cases)
        .with_columns(left=left)
        .group_by("hospital", maintain_order=True)
        .agg(
            late=late.sum(),
            early=before.sum(),
            span=pl.col("left").filter(before).max() - tail + 1,
            amount=pl.col("amount").filter(late).sum(),
            stays=stay_ref().filter(late),
        )
        .filter(
            pl.col("late") >= thresholds.pattern_stays,
            pl.col("early") >= thresholds.pattern_stays,
            pl.col("late") * pl.col("span") * 100
            >= thresholds.surge_ratio * pl.col("early") * tail,
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
    return found(
        hits,
        village=pl.lit(None),
        why=why,
        strength=strength(ratio * 10, thresholds.surge_ratio, 3 * thresholds.surge_ratio),
    )


RULES = (
    LeadRule(
        "village_group",
        "同村结伴住院",
        "同村几人同日住进同一家机构又同日出院，可能是上门揽客或借证；集体事故、传染病除外",
        "条例第四十条第一项（诱导、协助他人虚假就医）；十不准：冒名顶替、诱导消费",
        "入院登记、接送情况、各人病历是否雷同；分别入户询问谁叫去的、有没有给好处",
        30,
        village_group,
        ("group_people",),
    ),
    LeadRule(
        "household_group",
        "同户结伴住院",
        "同一户几人同日住进同一家机构又同日出院",
        "条例第四十条第一项（诱导、协助他人虚假就医）；十不准：冒名顶替、诱导消费",
        "各人病历、体温单、用药记录是否雷同；入户询问各人病情",
        30,
        household_group,
        ("group_people",),
    ),
    LeadRule(
        "same_total",
        "总费用相同",
        "几位患者的总费用一分不差，可能是套用一份费用清单；同病种定额除外",
        "条例第四十条第二、三项（伪造资料、虚构服务）；十不准：未开展项目制假",
        "各人费用清单、处方和检查报告是否雷同",
        30,
        same_total,
        ("same_total_people",),
    ),
    LeadRule(
        "round_totals",
        "总费用多为整数",
        "机构的总费用很多是整十元，逐项计费的账单很少这样",
        "条例第四十条第二项；十不准：物品变通药品、生活费列住院费",
        "费用清单与收费系统流水核对",
        15,
        round_totals,
        ("round_share", "pattern_stays"),
    ),
    LeadRule(
        "round_percent",
        "补偿恰为整百分比",
        "补偿金额恰为总费用的整百分比而不是按政策计算，像是按比例倒算填报",
        "条例第十五条（如实报送）、第四十条第二项",
        "结算系统原始记录、补偿计算单、发票存根",
        30,
        round_percent,
        ("percent_share", "pattern_stays"),
    ),
    LeadRule(
        "admission_peak",
        "单日集中入院",
        "某一天入院人数是平时的数倍；流行病、义诊筛查可以解释的除外",
        "条例第四十条第一项（诱导住院）；十不准：诱导消费、门诊当住院",
        "当日入院登记、床位数、值班人员；问患者怎样得知、如何前往",
        15,
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
        ("surge_days", "surge_ratio", "pattern_stays"),
    ),
)
