"""Patterns between people of one village or one household: together, or one after the other."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads import chance
from onestop_cli.audit.leads.illness import CATCHING
from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    day,
    found,
    stay_ref,
    strength,
    who,
)

_PLACE = pl.concat_str("township", "village", ignore_nulls=True)
CATCHING_ILL = pl.col("disease").str.contains(CATCHING).fill_null(value=False)
_LEAST_BITS = 0
"""A wave of one village: as many as one by chance in a whole county."""
_ODD = 3
"""Bits for a hospital that is not where most of the village goes, and for stays that are all equally long."""


def _together(cases: LeadInput, place: tuple[str, ...], people: int) -> pl.DataFrame:
    """`people` or more of one `place` in one hospital, in and out on the same days."""
    return (
        cases.current.filter(pl.col(name).is_not_null() for name in place)
        .sort("stay_no")
        .group_by(*place, "hospital", "admitted_on", "discharged_on", maintain_order=True)
        .agg(
            people=pl.col("one").n_unique().cast(pl.Int64),
            names=who().unique(maintain_order=True),
            catching=CATCHING_ILL.all(),
            amount=pl.col("paid_fen").sum(),
            stays=stay_ref(),
            place=_PLACE.first(),
        )
        .filter(pl.col("people") >= people)
    )


def less_when_catching(points: pl.Expr) -> pl.Expr:
    """Half as strong when all had what one may catch from another."""
    return pl.when("catching").then(points // 2).otherwise(points)


def village_group(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
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
    points = strength(pl.col("people"), limit - 2, limit + 3)
    points = pl.min_horizontal(points, _far(cases, hits))
    return found(hits, why=why, strength=less_when_catching(points))


def _far(cases: LeadInput, hits: pl.DataFrame) -> pl.Series:
    """Bits against chance that so many of those of the village who were there came and went on the same days: less in a
    large village at its own hospital. A day of admission and one of some four of discharge."""
    group = ("township", "village", "hospital")
    of = _of(cases).filter(pl.col("of") > 1)
    beside = hits.join(of, on=list(group), how="left", maintain_order="left").select(
        more=pl.col("people") - 1,
        others=pl.col("of") - 1,
        one=pl.lit(1, pl.Int64),
        span=pl.lit(4 * _span(cases), pl.Int64),
        tries=pl.col("of"),
    )
    taken = [chance.tries(number) for number in beside["tries"]]
    far = chance.column(beside, "more", "others", "one", "span")
    return (far - pl.Series(taken, dtype=pl.Int64) - chance.tries(of.height)).clip(1, 20)


def _of(cases: LeadInput) -> pl.DataFrame:
    """People of each village in each hospital (`of`) and in all (`all`)."""
    group = ("township", "village", "hospital")
    return (
        cases.current.filter(pl.col("village").is_not_null(), pl.col("township").is_not_null())
        .group_by(group)
        .agg(of=pl.col("one").n_unique().cast(pl.Int64))
        .with_columns(all=pl.col("of").sum().over("township", "village"))
    )


def _span(cases: LeadInput) -> int:
    """Days from the first admission to the last."""
    days = cases.current.select(pl.col("admitted_on").max() - pl.col("admitted_on").min()).item()
    return days.days + 1 if days is not None else 1


def household_group(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
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
    points = strength(pl.col("people"), limit - 2, limit + 2)
    return found(hits, village=pl.lit(None), why=why, strength=less_when_catching(points))


def _waves(stays: pl.DataFrame, group: tuple[str, ...], days: int) -> pl.DataFrame:
    """For each stay of a group, those admitted in so many days up to it: people, days of admission, stays."""
    return (
        stays.sort(*group, "admitted_on", "stay_no")
        .rolling("admitted_on", period=f"{days}d", group_by=list(group))
        .agg(
            people=pl.col("one").n_unique().cast(pl.Int64),
            mornings=pl.col("admitted_on").n_unique().cast(pl.Int64),
            spread=pl.col("days").max() - pl.col("days").min(),
            width=(pl.col("admitted_on").max() - pl.col("admitted_on").min()).dt.total_days() + 1,
            first=pl.col("admitted_on").min(),
            last=pl.col("admitted_on").max(),
            names=who().unique(maintain_order=True),
            houses=pl.col("hospital").unique(maintain_order=True),
            catching=CATCHING_ILL.all(),
            amount=pl.col("paid_fen").sum(),
            place=_PLACE.first(),
            stays=stay_ref(),
        )
    )


def village_wave(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """People of one village admitted to one hospital one after the other, more of them within days than their stays of
    the whole period let expect; groups of one day are `village_group`."""
    group = ("township", "village", "hospital")
    stays = cases.current.filter(pl.col("village").is_not_null(), pl.col("township").is_not_null())
    of = _of(cases)
    looked = of.filter(pl.col("of") >= thresholds.wave_people).height
    hits = (
        _waves(stays, group, thresholds.wave_days)
        .filter(pl.col("people") >= thresholds.wave_people, pl.col("mornings") > 2)
        .join(of, on=list(group), validate="m:1", maintain_order="left")
        .with_columns(
            more=pl.col("people") - 1,
            others=pl.col("of") - 1,
            span=pl.lit(_span(cases), pl.Int64),
        )
    )
    far = chance.column(hits, "more", "others", "width", "span")
    taken = [chance.tries(number * thresholds.wave_days) for number in hits["of"]]
    hits = (
        hits.with_columns(
            far=far
            - pl.Series(taken, dtype=pl.Int64)
            - chance.tries(looked)
            + _ODD * ((pl.col("of") * 2 < pl.col("all")).cast(pl.Int64) + (pl.col("spread") <= 3))
        )
        .filter(pl.col("far") >= _LEAST_BITS)
        .sort("far", "people", "last", descending=True)
        .unique(list(group), keep="first", maintain_order=True)
    )
    why = pl.format(
        "{} {} 人 {} 至 {} 先后入住{}（该村本期在此住院共 {} 人）：{}",
        "place",
        "people",
        day("first"),
        day("last"),
        "hospital",
        "of",
        pl.col("names").list.join("、"),
    )
    return found(hits, why=why, strength=less_when_catching((4 + pl.col("far") * 2).clip(0, 20)))


def household_wave(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Members of one household admitted one after the other within weeks, not all on one day."""
    stays = cases.current.filter(pl.col("household").is_not_null())
    least = thresholds.group_people
    hits = (
        _waves(stays, ("household",), thresholds.household_days)
        .filter(pl.col("people") >= least, pl.col("mornings") > 1)
        .sort("people", "amount", "last", descending=True)
        .unique("household", keep="first", maintain_order=True)
    )
    why = pl.format(
        "同一户 {} 人 {} 至 {} 先后入住{}：{}",
        "people",
        day("first"),
        day("last"),
        pl.col("houses").list.join("、"),
        pl.col("names").list.join("、"),
    )
    one_house = (pl.col("houses").list.len() == 1).cast(pl.Int64)
    close = (thresholds.household_days - pl.col("width")) * 6 // thresholds.household_days
    points = 5 * (pl.col("people") - least) + 6 * one_house + close
    return found(
        hits,
        hospital=pl.col("houses").list.last(),
        village=pl.lit(None),
        why=why,
        strength=less_when_catching(points.clip(0, 20)),
    )


INVITED = "条例第四十条第一项（诱导、协助他人虚假就医）；十不准：冒名顶替、诱导消费"

RULES = (
    LeadRule(
        "village_group",
        "同村结伴住院",
        "同村几人同日住进同一家机构又同日出院，可能是上门揽客或借证；集体事故、传染病除外",
        INVITED,
        "入院登记、接送情况、各人病历是否雷同；分别入户询问谁叫去的、有没有给好处",
        30,
        village_group,
        ("group_people",),
    ),
    LeadRule(
        "village_wave",
        "同村先后住院",
        "同村许多人在几天里一个接一个住进同一家机构，比该村平时多得多，可能是有人组织；传染病除外",
        INVITED,
        "入院登记、接送情况、各人病历是否雷同；分别入户询问谁叫去的、有没有给好处",
        30,
        village_wave,
        ("wave_people", "wave_days"),
    ),
    LeadRule(
        "household_group",
        "同户结伴住院",
        "同一户几人同日住进同一家机构又同日出院",
        INVITED,
        "各人病历、体温单、用药记录是否雷同；入户询问各人病情",
        30,
        household_group,
        ("group_people",),
    ),
    LeadRule(
        "household_wave",
        "同户先后住院",
        "同一户几人在几周里先后住院，可能是轮流挂名；传染病除外",
        INVITED,
        "各人病历、用药记录是否雷同；入户询问各人病情、谁陪护",
        25,
        household_wave,
        ("group_people", "household_days"),
    ),
)
