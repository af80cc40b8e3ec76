"""Patterns in one person's way from stay to stay: back too soon, back under another name, back and forth."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.illness import CYCLES, lengthy
from onestop_cli.audit.leads.model import LeadInput, LeadRule, Thresholds, day, found, who
from onestop_cli.audit.leads.model import stay_ref as ref
from onestop_cli.tables.schema import LEVELS, PLACE

ORDER = ("admitted_on", "discharged_on", "hospital", "stay_no", *PLACE)
_SPAN = "90d"


def in_turn(cases: LeadInput) -> pl.DataFrame:
    """The dated stays of people with an ID and more than one stay, in order, beside the one before.

    Adds `…_before` of hospital, disease, illness, rank; `gap` (days since the discharge before), `rank` (of the level)
    and `nth`. Without planned courses of treatment.
    """
    planned = pl.col("disease").str.contains(CYCLES).fill_null(value=False)
    stays = (
        cases.stays.filter("counted", "dated", pl.col("id_no").is_not_null(), ~planned)
        .filter(pl.len().over("id_no") > 1)
        .sort("id_no", *ORDER)
        .with_columns(rank=pl.col("level").replace_strict(_RANKS, default=None), ref=ref())
    )
    before = {
        f"{name}_before": pl.col(name).shift(1).over("id_no")
        for name in ("hospital", "disease", "illness", "rank", "discharged_on")
    }
    return stays.with_columns(**before, nth=pl.int_range(pl.len()).over("id_no")).with_columns(
        gap=(pl.col("admitted_on") - pl.col("discharged_on_before")).dt.total_days()
    )


_RANKS = {level: rank for rank, level in enumerate(LEVELS)}
_SAME_HOSPITAL = pl.col("hospital") == pl.col("hospital_before")
_KNOWN = pl.col("disease").is_not_null() & pl.col("disease_before").is_not_null()
_SAME_NAME = (pl.col("disease") == pl.col("disease_before")).fill_null(value=False)
_SAME_ILLNESS = (pl.col("illness") == pl.col("illness_before")).fill_null(value=False)
_UPWARD = (pl.col("rank") > pl.col("rank_before")).fill_null(value=False)
_MOVED_UP = _UPWARD & (pl.col("gap") <= 1)


def _chains(stays: pl.DataFrame, linked: pl.Expr, points: pl.Expr) -> pl.DataFrame:
    """One row for each run of stays of which every one is `linked` to the one before.

    `points` of the links add up to the strength; what is at stake is what is paid for all but the first stay.
    """
    link = linked.fill_null(value=False)
    marked = stays.with_columns(link=link, points=pl.when(link).then(points).otherwise(0))
    chain = (~pl.col("link")).cum_sum().over("id_no")
    return (
        marked.with_columns(chain=chain)
        .group_by("id_no", "chain", maintain_order=True)
        .agg(
            pl.col("hospital", "village", "name", "tail").last(),
            number=pl.len(),
            current=pl.col("current").any(),
            days=pl.col("gap").slice(1),
            places=pl.col("hospital").unique(maintain_order=True),
            names=pl.col("disease").drop_nulls().unique(maintain_order=True),
            first=pl.col("admitted_on").first(),
            last=pl.col("discharged_on").last(),
            amount=pl.col("paid_fen").slice(1).sum(),
            strength=pl.col("points").sum().clip(0, 20),
            stays=pl.col("ref"),
        )
        .filter("current", pl.col("number") > 1)
    )


def _gaps() -> pl.Expr:
    return pl.col("days").cast(pl.List(pl.String)).list.join("、")


def _listed(name: str) -> pl.Expr:
    return pl.col(name).list.join("、")


def readmission(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Back within days: at the same hospital, or elsewhere for the same known disease.

    Not another disease where both are known, not a transfer (elsewhere by the next day). All stays that follow each
    other so are one lead; another name for the same illness is `synonym`.
    """
    here = _SAME_HOSPITAL & (_SAME_NAME | ~_KNOWN)
    elsewhere = ~_SAME_HOSPITAL & _SAME_NAME & (pl.col("gap") > 1)
    limit = thresholds.readmission_days
    near = _near() * pl.when(_SAME_NAME).then(2).otherwise(1)
    linked = pl.col("gap").is_between(0, limit) & (here | elsewhere)
    hits = _chains(in_turn(cases), linked, near)
    illness = pl.when(pl.col("names").list.len() == 1).then(
        pl.format("，同为“{}”", pl.col("names").list.first())
    )
    why = pl.format(
        "{} {} 至 {} 在{}连续住院 {} 次，出院后 {} 天又入院{}",
        who(),
        day("first"),
        day("last"),
        _listed("places"),
        "number",
        _gaps(),
        illness.otherwise(pl.lit("")),
    )
    return found(hits, why=why)


def _near() -> pl.Expr:
    """Points for a short gap: 7 by the next day, 5 within three days, 3 within a week, else 2."""
    gap = pl.col("gap")
    return pl.when(gap <= 1).then(7).when(gap <= 3).then(5).when(gap <= 7).then(3).otherwise(2)


def synonym(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Back within days for the same illness under another name; not when moved up to a higher hospital."""
    limit = thresholds.readmission_days
    linked = pl.col("gap").is_between(0, limit) & _KNOWN & _SAME_ILLNESS & ~_SAME_NAME & ~_MOVED_UP
    sideways = 4 * (~_SAME_HOSPITAL & ~_UPWARD).cast(pl.Int64)
    near = _near() + sideways
    hits = _chains(in_turn(cases), linked, near)
    why = pl.format(
        "{} {} 至 {} 在{}住院 {} 次，出院后 {} 天又入院，病名写作“{}”，是同一种病",
        who(),
        day("first"),
        day("last"),
        _listed("places"),
        "number",
        _gaps(),
        pl.col("names").list.join("”“"),
    )
    return found(hits, why=why)


def same_day_elsewhere(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Discharged here and admitted there on the same day, sideways or down, or up for another illness; more so when the
    same two hospitals hand over several patients."""
    other_illness = _KNOWN & ~_SAME_ILLNESS
    moved = (pl.col("gap") == 0) & ~_SAME_HOSPITAL & (~_UPWARD | other_illness)
    pair = ("hospital_before", "hospital")
    stays = in_turn(cases)
    often = stays.filter(moved).group_by(pair).agg(often=pl.len().cast(pl.Int64))
    beside = stays.join(often, on=pair, how="left", nulls_equal=False, maintain_order="left")
    points = (
        pl.when(_UPWARD).then(2).otherwise(8)
        + 4 * _SAME_ILLNESS.cast(pl.Int64)
        + 5 * (pl.col("often") - 1).clip(0, 2)
    )
    hits = _chains(beside, moved, points)
    why = pl.format(
        "{} 从{}出院当天又住进下一家，{} 至 {} 共 {} 次，不像转往上级机构",
        who(),
        _listed("places"),
        day("first"),
        day("last"),
        "number",
    )
    return found(hits, why=why)


def alternating(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Back at the hospital before the last, again and again, within weeks."""
    stays = in_turn(cases).with_columns(
        second=pl.col("hospital_before").shift(1).over("id_no"),
        gap_before=pl.col("gap").shift(1).over("id_no"),
    )
    back = (pl.col("second") == pl.col("hospital")) & ~_SAME_HOSPITAL
    soon = (pl.col("gap") <= 30) & (pl.col("gap_before") <= 30)
    hits = (
        stays.with_columns(back=(back & soon).fill_null(value=False))
        .group_by("id_no", maintain_order=True)
        .agg(
            pl.col("hospital", "village", "name", "tail").last(),
            number=pl.len(),
            current=pl.col("current").any(),
            turns=pl.col("back").sum().cast(pl.Int64),
            places=pl.col("hospital").unique(maintain_order=True),
            gap=pl.col("gap").slice(1).mean().cast(pl.Int64),
            amount=pl.col("paid_fen").slice(1).sum(),
            stays=pl.col("ref"),
        )
        .filter("current", pl.col("turns") >= thresholds.alternations)
    )
    why = pl.format(
        "{} 在{}之间来回住院，共 {} 次，折返 {} 次", who(), _listed("places"), "number", "turns"
    )
    points = 4 * pl.col("turns") + (15 - pl.col("gap")).clip(0, 8)
    return found(hits, why=why, strength=points.clip(0, 20))


def frequent(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Many stays within a quarter of a year; not planned courses, nor where months in bed are usual."""
    stays = in_turn(cases).filter(~lengthy())
    windows = stays.rolling("admitted_on", period=_SPAN, group_by="id_no").agg(
        pl.col("hospital", "village", "name", "tail").last(),
        number=pl.len().cast(pl.Int64),
        current=pl.col("current").any(),
        places=pl.col("hospital").n_unique().cast(pl.Int64),
        kinds=pl.col("illness").n_unique().cast(pl.Int64),
        bed=pl.col("days").sum(),
        amount=pl.col("paid_fen").slice(1).sum(),
        stays=pl.col("ref"),
    )
    hits = (
        windows.filter("current", pl.col("number") >= thresholds.frequent_stays)
        .sort("number", "amount", descending=True, maintain_order=True)
        .unique("id_no", keep="first", maintain_order=True)
    )
    why = pl.format(
        "{} 90 天内在 {} 家机构住院 {} 次，共 {} 天，病名 {} 种",
        who(),
        "places",
        "number",
        "bed",
        "kinds",
    )
    beyond = pl.col("number") - thresholds.frequent_stays
    points = 4 + 3 * beyond + (pl.col("places") - 1).clip(0, 2) + (pl.col("kinds") - 1).clip(0, 2)
    return found(hits, why=why, strength=points.clip(0, 20))


RULES = (
    LeadRule(
        "readmission",
        "短期再入院",
        "出院不久又因相同原因住院，可能是把一次住院拆成几次；按计划的放化疗、透析和转院已排除",
        "条例第十五条、第三十八条第一项（分解住院）",
        "各次病历首页、出院小结和再入院指征；问患者上次出院时是否好转、谁让出院",
        25,
        readmission,
        ("readmission_days",),
    ),
    LeadRule(
        "synonym",
        "换个病名再住院",
        "出院不久又住院，病名不同，其实是同一种病的另一种写法，可能是为了避开再入院的限制",
        "条例第十五条、第三十八条第一项（分解住院）",
        "各次病历首页、诊断依据和检查报告；问患者得的什么病、为什么又住院",
        30,
        synonym,
        ("readmission_days",),
    ),
    LeadRule(
        "same_day_elsewhere",
        "出院当天住进别家",
        "从一家出院当天又住进另一家，可能是两家倒手；因同一种病转往上级机构的已排除",
        "条例第十五条、第三十八条第一项（分解住院、挂床住院）",
        "两家的出入院时间、转院手续、病历和接送情况；问患者当天在哪里过夜",
        25,
        same_day_elsewhere,
    ),
    LeadRule(
        "alternating",
        "两家之间来回住院",
        "在几家机构之间来回住院，间隔很短，可能没有住院必要",
        "条例第十五条、第三十八条第一项（分解住院）",
        "各次入院指征和出院情况；问患者为什么换医院、谁介绍的",
        30,
        alternating,
        ("alternations",),
    ),
    LeadRule(
        "frequent",
        "频繁住院",
        "三个月里多次住院，可能证件在别人手里，或以住院代养；放化疗、透析、精神和康复已排除",
        "条例第十五条、第四十一条第一项（出借凭证）；十不准：冒名顶替",
        "各次病历和本人签字；入户看本人身体状况、证件在谁手里",
        30,
        frequent,
        ("frequent_stays",),
    ),
)
