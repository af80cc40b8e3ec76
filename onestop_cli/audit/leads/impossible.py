"""An illness that the patient cannot have: of the other sex, of another age."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads import illness
from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    bundled,
    found,
    stay_ref,
    who,
)

_ALONE = pl.concat_list(stay_ref())
_WEAK, _MOST_WEAK = 2, 7
"""How strong an illness is that is seldom at an age, and many of them in one hospital: less than an impossible one."""


def sex_diagnosis(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """An illness that the patient's sex cannot have. The ID says the sex; of a newborn it is often the mother's."""
    name = illness.cleaned(pl.col("disease"))
    other = (
        pl.when((pl.col("sex") == "男") & name.str.contains(illness.WOMEN))
        .then(pl.lit("男"))
        .when((pl.col("sex") == "女") & name.str.contains(illness.MEN))
        .then(pl.lit("女"))
    )
    hits = cases.current.with_columns(other=other).filter(
        pl.col("other").is_not_null(), ~name.str.contains("新生儿|胎儿").fill_null(value=True)
    )
    why = pl.format(
        "{}（{}，{} 岁）在{}的病名是“{}”",
        who(),
        "other",
        pl.col("age").cast(pl.String).fill_null("—"),
        "hospital",
        "disease",
    )
    return found(hits, why=why, amount=pl.col("paid_fen"), strength=pl.lit(20), stays=_ALONE)


def age_diagnosis(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """An illness that people of the patient's age do not have; weak, and those of a hospital together, where it is only
    seldom at that age: names that come from a list and not from the ward show in numbers.

    A newborn treated under its mother's ID is left out: a woman from 16 to 49 with an illness of newborns.
    """
    name = illness.cleaned(pl.col("disease"))
    infant = name.str.contains("新生儿|婴儿") & (pl.col("sex") == "女")
    mother = (infant & pl.col("age").is_between(16, 49)).fill_null(value=False)
    never, seldom = (
        illness.years_off(pl.col("disease"), pl.col("age"), table)
        for table in (illness.AGES, illness.SELDOM)
    )
    hits = cases.current.with_columns(
        never=never,
        seldom=seldom,
        why=pl.format("{} {} 岁，在{}的病名是“{}”", who(), "age", "hospital", "disease"),
        amount=pl.col("paid_fen"),
        ref=stay_ref(),
    ).filter(~mother)
    certain = (8 + pl.col("never")).clip(0, 20)
    impossible = found(hits.filter(pl.col("never") > 0), strength=certain, stays=_ALONE)
    rare = hits.filter(pl.col("never") == 0, pl.col("seldom") > 0)
    weak = bundled(rare.with_columns(strength=pl.lit(_WEAK)), "在该年龄少见的病")
    return pl.concat([impossible, weak.with_columns(pl.col("strength").clip(0, _MOST_WEAK))])


RULES = (
    LeadRule(
        "sex_diagnosis",
        "性别与病名不符",
        "病名是另一性别才有的病，可能冒名或编造；证号登记错误也会这样",
        "条例第四十条第一、二项；十不准：冒名顶替",
        "入院身份核对记录、病历、检查报告；问本人得的什么病",
        35,
        sex_diagnosis,
    ),
    LeadRule(
        "age_diagnosis",
        "年龄与病名不符",
        "病名与证号上的年龄对不上，可能冒名或编造；只是少见的，同一机构有 3 例以上合成一条；新生儿用母亲证号的已排除",
        "条例第四十条第一、二项；十不准：冒名顶替",
        "入院身份核对记录、病历、检查报告；问本人得的什么病",
        35,
        age_diagnosis,
    ),
)
