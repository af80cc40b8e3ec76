"""Leads that the reconciliation has already recorded as findings: they only need a visit."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, found, stay_ref, who
from onestop_cli.tables.schema import LEVELS, PLACE


def _by_stay(*codes: str) -> Callable[[LeadInput, Thresholds], pl.DataFrame]:
    """A lead for each stay with one of `codes`, in the finding's own words."""

    def find(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
        texts = (
            cases.findings.filter(pl.col("code").is_in(codes))
            .group_by(*PLACE, maintain_order=True)
            .agg(
                text=pl.col("message").unique(maintain_order=True).str.join("；"),
                grave=(pl.col("severity") == "blocks").any(),
            )
        )
        hits = cases.stays.filter("current").join(
            texts, on=[*PLACE], nulls_equal=True, validate="1:1", maintain_order="left"
        )
        return found(
            hits,
            why=pl.format("{} 在{}住院：{}", who(), "hospital", "text"),
            amount=pl.col("paid_fen"),
            strength=pl.when("grave").then(20).otherwise(8),
            stays=pl.concat_list(stay_ref()),
        )

    return find


def _by_hospital(
    words: str, wanted: Callable[[], pl.Expr]
) -> Callable[[LeadInput, Thresholds], pl.DataFrame]:
    """A lead for each hospital with enough findings that are `wanted`."""

    def find(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
        marked = cases.findings.filter(wanted()).select(*PLACE).unique()
        hits = (
            cases.stays.filter("current")
            .with_columns(all=pl.len().over("hospital"))
            .join(marked, on=[*PLACE], how="semi", nulls_equal=True, maintain_order="left")
            .group_by("hospital", maintain_order=True)
            .agg(
                pl.col("all").first(),
                number=pl.len(),
                amount=pl.col("paid_fen").sum(),
                stays=stay_ref(),
            )
            .filter(pl.col("number") >= thresholds.pattern_stays)
        )
        why = pl.format("{} {} 例中有 {} 例{}", "hospital", "all", "number", pl.lit(words))
        percent = pl.col("number") * 100 // pl.col("all")
        return found(hits, village=pl.lit(None), why=why, strength=(percent // 5).clip(0, 20))

    return find


def cap_rush(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """People whose payments of the year reach the cap or come close to it."""
    texts = (
        cases.findings.filter(pl.col("code").is_in(["CA01", "CA02"]))
        .group_by(*PLACE, maintain_order=True)
        .agg(over=(pl.col("code") == "CA01").any())
    )
    hits = (
        cases.stays.filter("current", pl.col("id_no").is_not_null())
        .join(texts, on=[*PLACE], nulls_equal=True, validate="1:1", maintain_order="left")
        .group_by("id_no", maintain_order=True)
        .agg(
            pl.col("hospital", "village", "name", "tail").last(),
            number=pl.len(),
            places=pl.col("hospital").n_unique(),
            over=pl.col("over").any(),
            amount=pl.col("paid_fen").sum(),
            stays=stay_ref(),
        )
    )
    reached = pl.when(pl.col("over")).then(pl.lit("已超过")).otherwise(pl.lit("已接近"))
    why = pl.format(
        "{} 本年补偿{}封顶线，涉及 {} 家机构 {} 次住院", who(), reached, "places", "number"
    )
    return found(hits, why=why, strength=pl.when(pl.col("over")).then(20).otherwise(10))


def _higher_level() -> pl.Expr:
    """AM01 whose diagnosis is another level's rate, paid too much."""
    levels = "|".join(LEVELS)
    return (
        (pl.col("code") == "AM01")
        & (pl.col("diff_fen") > 0)
        & pl.col("cause").str.contains(rf"^level:({levels})")
    )


def _unusable_id() -> pl.Expr:
    return pl.col("code").is_in(["ID01", "ID03"])


RULES = (
    LeadRule(
        "impostor",
        "疑似冒名",
        "证号与花名册姓名不符，或与在册的另一人高度相似，可能是冒名、借证或登记错误",
        "条例第四十条第一项、第四十一条第一项；十不准：冒名顶替",
        "身份证原件、入院身份核对记录、病历签字和照片；向本人和村委会核对是否住过院",
        30,
        _by_stay("ID04", "RO06"),
        recorded=True,
    ),
    LeadRule(
        "cap_rush",
        "冲刺封顶",
        "当年补偿达到或接近封顶线，多次住院是否必要值得看一看",
        "条例第十五条、第三十八条第一、二项",
        "各次住院的病历与费用清单；问患者各次住院的原因",
        20,
        cap_rush,
        recorded=True,
    ),
    LeadRule(
        "not_entitled",
        "待遇资格存疑",
        "申报了医疗救助，但入院时不在册、不在待遇期或类别不符",
        "《社会救助暂行办法》医疗救助一章；条例第四十一条第二项",
        "民政审批档案、动态调整文件；问本人何时纳入或退出",
        20,
        _by_stay("RO01", "RO03", "RO04"),
        recorded=True,
    ),
    LeadRule(
        "unpaired",
        "红冲没有原单",
        "冲销行找不到对应的原结算，可能原单已在别处或没有申报",
        "条例第十五条（如实报送）",
        "结算系统的冲销记录、原结算单和退款凭证",
        15,
        _by_stay("ST06"),
        recorded=True,
    ),
    LeadRule(
        "not_designated",
        "非定点机构",
        "申报机构不在定点名单上",
        "条例第十五条；定点服务协议",
        "定点协议及有效期、机构执业许可证",
        25,
        _by_stay("HO01"),
        recorded=True,
    ),
    LeadRule(
        "level_rate",
        "成批按别级补偿",
        "多笔住院的金额恰好等于按另一级机构的比例计算，可能级别设错",
        "补偿方案的分级比例；条例第十五条（如实报送）",
        "结算系统的级别参数、级别批复文件",
        25,
        _by_hospital("按别的机构级别计算且多付", _higher_level),
        ("pattern_stays",),
        recorded=True,
    ),
    LeadRule(
        "bad_ids",
        "证号成批无效",
        "机构有多笔住院证号缺失、无效或丢失精度，无法确认是谁",
        "条例第十五条（核验凭证）；十不准：冒名顶替",
        "入院身份核对记录、身份证复印件留存；抽几位当面核对",
        20,
        _by_hospital("证号缺失、无效或丢失精度", _unusable_id),
        ("pattern_stays",),
        recorded=True,
    ),
)
