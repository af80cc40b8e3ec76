"""Patterns in the stays of one person: overlaps, readmissions, repeated claims, stays after death."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import Cases, LeadRule, Thresholds, day, found, strength, who
from onestop_cli.audit.leads.model import stay_ref as ref
from onestop_cli.tables.schema import PLACE

CYCLES = "化疗|放疗|化学治疗|放射治疗|透析|血透|腹透|尿毒"
"""Treatments that bring a patient back by plan."""

_ORDER = ("admitted_on", "discharged_on", "hospital", "stay_no", *PLACE)
_SIDE = (
    "hospital",
    "stay_no",
    "admitted_on",
    "discharged_on",
    "disease",
    "amount",
    "current",
    "nth",
    "ref",
)


def pairs(stays: pl.DataFrame, on: tuple[str, ...] = ("id_no",)) -> pl.DataFrame:
    """Every two dated stays that agree in `on`, the earlier one's columns as `…_before`; one of them current.

    Runs of stays are short, so the join stays small.
    """
    dated = (
        stays.filter("dated", *(pl.col(name).is_not_null() for name in on))
        .sort(*on, *_ORDER)
        .with_columns(ref=ref(), nth=pl.int_range(pl.len()).over(on))
        .filter(pl.len().over(on) > 1)
    )
    before = dated.select(*on, *(pl.col(name).alias(f"{name}_before") for name in _SIDE))
    return dated.join(before, on=on).filter(
        (pl.col("nth_before") < pl.col("nth")) & (pl.col("current") | pl.col("current_before"))
    )


_BOTH = pl.concat_list("ref_before", "ref")
_ADJACENT = pl.col("nth_before") + 1 == pl.col("nth")
_GAP = (pl.col("admitted_on") - pl.col("discharged_on_before")).dt.total_days()
_SAME_HOSPITAL = pl.col("hospital") == pl.col("hospital_before")
_SAME_DAYS = (pl.col("admitted_on") == pl.col("admitted_on_before")) & (
    pl.col("discharged_on") == pl.col("discharged_on_before")
)


def overlap(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Each begins before the other ends; a transfer on the day of discharge is fine."""
    shared = (
        pl.min_horizontal("discharged_on", "discharged_on_before") - pl.col("admitted_on")
    ).dt.total_days()
    hits = (
        pairs(cases.stays.filter("counted"))
        .filter(
            (pl.col("admitted_on") < pl.col("discharged_on_before"))
            & (pl.col("admitted_on_before") < pl.col("discharged_on"))
            & ~_SAME_DAYS
        )
        .with_columns(shared=shared)
    )
    why = pl.format(
        "{} {} 至 {} 在{}住院，其间又于 {} 至 {} 在{}住院，重叠 {} 天",
        who(),
        day("admitted_on_before"),
        day("discharged_on_before"),
        "hospital_before",
        day("admitted_on"),
        day("discharged_on"),
        "hospital",
        "shared",
    )
    return found(
        hits,
        why=why,
        amount=pl.min_horizontal("amount", "amount_before"),
        strength=strength(pl.col("shared"), 0, 10),
        stays=_BOTH,
    )


def readmission(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Back within days: at the same hospital, or elsewhere for the same known disease.

    Not planned cycles, not another disease where both are known, not a transfer (elsewhere by the next day).
    """
    known = pl.col("disease").is_not_null() & pl.col("disease_before").is_not_null()
    same = pl.col("disease") == pl.col("disease_before")
    cycle = pl.concat_str("disease", "disease_before", ignore_nulls=True).str.contains(CYCLES)
    here = _SAME_HOSPITAL & (same | ~known).fill_null(value=True)
    elsewhere = ~_SAME_HOSPITAL & (known & same).fill_null(value=False) & (_GAP > 1)
    hits = (
        pairs(cases.stays.filter("counted"))
        .filter(
            _ADJACENT
            & _GAP.is_between(0, thresholds.readmission_days)
            & (here | elsewhere)
            & ~cycle.fill_null(value=False)
        )
        .with_columns(gap=_GAP)
    )
    why = pl.format(
        "{} {} 从{}出院，{}再次入住{}{}",
        who(),
        day("discharged_on_before"),
        "hospital_before",
        pl.when(pl.col("gap") == 0).then(pl.lit("当天")).otherwise(pl.format("{} 天后", "gap")),
        "hospital",
        pl.when(known & same).then(pl.format("，同为“{}”", "disease")).otherwise(pl.lit("")),
    )
    limit = thresholds.readmission_days
    return found(
        hits,
        why=why,
        amount=pl.col("amount"),
        strength=strength(pl.lit(limit) - pl.col("gap"), 0, limit),
        stays=_BOTH,
    )


def repeat(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """The same stay claimed twice: same person and days, or same hospital, 住院号 and admission day."""
    by_person = pairs(cases.stays).filter(_SAME_DAYS)
    by_number = pairs(cases.stays, ("hospital", "stay_no", "admitted_on"))
    hits = pl.concat([by_person, by_number.select(by_person.columns)]).unique(
        ["ref", "ref_before"], maintain_order=True
    )
    where = pl.when(_SAME_HOSPITAL).then(pl.col("hospital"))
    why = pl.format(
        "{} {} 至 {} 的住院申报了两次（{}）{}",
        who(),
        day("admitted_on"),
        day("discharged_on"),
        where.otherwise(pl.format("{}、{}", "hospital_before", "hospital")),
        pl.when(pl.col("current") & pl.col("current_before"))
        .then(pl.lit(""))
        .otherwise(pl.lit("，其中一次在已关账的结算期")),
    )
    return found(
        hits,
        why=why,
        amount=pl.min_horizontal("amount", "amount_before"),
        strength=pl.lit(20),
        stays=_BOTH,
    )


def after_death(cases: Cases, thresholds: Thresholds) -> pl.DataFrame:
    """Admitted after the day of death, or discharged more than a day after it (papers take a day)."""
    late = pl.col("admitted_on") > pl.col("died_on")
    hits = cases.stays.filter(
        "current", "dated", late | (pl.col("discharged_on") > pl.col("died_on").dt.offset_by("1d"))
    )
    why = pl.format(
        "{} 花名册载 {} 去世，{}登记 {} 至 {} 住院",
        who(),
        day("died_on"),
        "hospital",
        day("admitted_on"),
        day("discharged_on"),
    )
    return found(
        hits,
        why=why,
        strength=pl.when(late).then(20).otherwise(10),
        stays=pl.concat_list(ref()),
    )


RULES = (
    LeadRule(
        "overlap",
        "住院时间重叠",
        "同一人在一次住院没有结束时又有另一次住院，可能是冒名、挂床或日期登记错误",
        "条例第十五条、第三十八条第一项（挂床住院）、第四十条第一项（冒名）；十不准：冒名顶替、虚开住院天数",
        "两家机构的入院登记、体温单、护理记录、医嘱和费用日清单；向本人或家属核对住过哪里、几天",
        40,
        overlap,
    ),
    LeadRule(
        "readmission",
        "短期再入院",
        "出院不久又因相同原因住院，可能是把一次住院拆成几次；按计划的放化疗、透析和转院已排除",
        "条例第十五条、第三十八条第一项（分解住院）",
        "两次病历首页、出院小结和再入院指征；问患者上次出院时是否好转、谁让出院",
        25,
        readmission,
        ("readmission_days",),
    ),
    LeadRule(
        "repeat",
        "同一住院重复申报",
        "同一次住院在本期或不同结算期申报了两次",
        "条例第三十八条第三项（重复收费）、第四十一条第二项（重复享受待遇）",
        "两次结算单、发票存根、住院号登记簿；与已拨付的台账核对",
        40,
        repeat,
    ),
    LeadRule(
        "after_death",
        "去世后仍有住院",
        "花名册载明的去世日期早于入院，或早于出院一天以上，可能是冒名或花名册登记错误",
        "条例第四十条第一项、第二项；十不准：冒名顶替",
        "死亡证明或户口注销证明、入院登记与身份核对记录、病历签字；走访家属和村委会",
        40,
        after_death,
    ),
)
