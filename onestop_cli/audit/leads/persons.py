"""Patterns in who it was: in two places at once, claimed twice, dead, under two numbers."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, day, found, strength, who
from onestop_cli.audit.leads.model import stay_ref as ref
from onestop_cli.audit.leads.returning import ORDER

_SIDE = (
    "hospital",
    "stay_no",
    "admitted_on",
    "discharged_on",
    "paid_fen",
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
        .sort(*on, *ORDER)
        .with_columns(ref=ref(), nth=pl.int_range(pl.len()).over(on))
        .filter(pl.len().over(on) > 1)
    )
    before = dated.select(*on, *(pl.col(name).alias(f"{name}_before") for name in _SIDE))
    return dated.join(before, on=on).filter(
        (pl.col("nth_before") < pl.col("nth")) & (pl.col("current") | pl.col("current_before"))
    )


_BOTH = pl.concat_list("ref_before", "ref")
_SAME_HOSPITAL = pl.col("hospital") == pl.col("hospital_before")
_SAME_DAYS = (pl.col("admitted_on") == pl.col("admitted_on_before")) & (
    pl.col("discharged_on") == pl.col("discharged_on_before")
)


def overlap(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
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
        amount=pl.min_horizontal("paid_fen", "paid_fen_before"),
        strength=strength(pl.col("shared"), 0, 10),
        stays=_BOTH,
    )


def repeat(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
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
        amount=pl.min_horizontal("paid_fen", "paid_fen_before"),
        strength=pl.lit(20),
        stays=_BOTH,
    )


def after_death(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
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
        amount=pl.col("paid_fen"),
        strength=pl.when(late).then(20).otherwise(10),
        stays=pl.concat_list(ref()),
    )


def visit_inside(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """An outpatient visit on a day of a stay, neither its first nor its last."""
    people = cases.stays.filter(
        "dated", pl.col("id_no").is_not_null(), pl.col("status") != "rejected"
    )
    people = people.with_columns(ref=ref())
    visits = people.filter("visit").select(
        "id_no", "paid_fen", "current", seen="admitted_on", seen_at="hospital", seen_ref="ref"
    )
    hits = (
        people.filter(~pl.col("visit"))
        .join(visits, on="id_no", suffix="_seen")
        .filter(
            pl.col("seen") > pl.col("admitted_on"),
            pl.col("seen") < pl.col("discharged_on"),
            pl.col("current") | pl.col("current_seen"),
        )
        .sort("id_no", "admitted_on", "seen")
        .group_by("ref", maintain_order=True)
        .agg(
            pl.col("hospital", "village", "name", "tail", "admitted_on", "discharged_on").first(),
            number=pl.len().cast(pl.Int64),
            places=pl.col("seen_at").unique(maintain_order=True),
            days=pl.col("seen").dt.to_string("%m-%d").unique(maintain_order=True),
            amount=pl.max_horizontal(pl.col("paid_fen").first(), pl.col("paid_fen_seen").sum()),
            visits=pl.col("seen_ref"),
        )
    )
    why = pl.format(
        "{} {} 至 {} 在{}住院，其间 {} 又在{}看门诊 {} 次",
        who(),
        day("admitted_on"),
        day("discharged_on"),
        "hospital",
        pl.col("days").list.join("、"),
        pl.col("places").list.join("、"),
        "number",
    )
    return found(
        hits,
        why=why,
        strength=(8 + 4 * pl.col("number")).clip(0, 20),
        stays=pl.concat_list(pl.concat_list("ref"), "visits"),
    )


RULES = (
    LeadRule(
        "overlap",
        "住院时间重叠",
        "同一人在一次住院没有结束时又有另一次住院，可能是冒名、挂床或日期登记错误",
        "条例第十五条、第三十八条第一项（挂床住院）、第四十条第一项（冒名）；十不准：冒名顶替、虚开住院天数",
        "两家机构的入院登记、体温单、护理记录、医嘱和费用日清单；向本人或家属核对住过哪里、几天",
        35,
        overlap,
    ),
    LeadRule(
        "repeat",
        "同一住院重复申报",
        "同一次住院在本期或不同结算期申报了两次",
        "条例第三十八条第三项（重复收费）、第四十一条第二项（重复享受待遇）",
        "两次结算单、发票存根、住院号登记簿；与已拨付的台账核对",
        35,
        repeat,
    ),
    LeadRule(
        "after_death",
        "去世后仍有住院",
        "花名册载明的去世日期早于入院，或早于出院一天以上，可能是冒名或花名册登记错误",
        "条例第四十条第一项、第二项；十不准：冒名顶替",
        "死亡证明或户口注销证明、入院登记与身份核对记录、病历签字；走访家属和村委会",
        35,
        after_death,
    ),
    LeadRule(
        "visit_inside",
        "住院期间看门诊",
        "登记住院的日子里又在门诊就诊，可能人不在院（挂床）或冒名；入院、出院当天的不算",
        "条例第三十八条第一项（挂床住院）、第四十条第一项（冒名）",
        "护理记录、医嘱、请假条；门诊病历和取药签字；问本人那天在哪里",
        30,
        visit_inside,
    ),
)
