"""Patterns of a hospital as a whole: indicators far from its peers or its own past, one-sided small differences."""

from __future__ import annotations

import polars as pl

from onestop_cli.audit.leads.model import (
    LeadInput,
    LeadRule,
    Thresholds,
    found,
    money,
    stay_ref,
    strength,
)
from onestop_cli.audit.profiles import Indicator, indicators, profile


def _watched(
    cases: LeadInput, thresholds: Thresholds
) -> tuple[tuple[Indicator, ...], pl.DataFrame]:
    """The indicators of which more is notable, and their values for hospitals with enough stays."""
    wanted = indicators(thresholds.readmission_days, thresholds.short_stay_days)
    table = profile(cases.stays, wanted).filter(
        pl.col("stays") >= thresholds.peer_stays,
        pl.col("indicator").is_in([item.id for item in wanted if item.high]),
    )
    return wanted, table


def drift_peers(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """An indicator far above the median of the other hospitals of its level."""
    wanted, table = _watched(cases, thresholds)
    enough = table.filter(pl.col("peers") >= thresholds.peer_hospitals)
    enough = enough.with_columns(beside="peer_median")
    return _drift(cases, enough, thresholds.drift_ratio, "同级机构中位数", wanted)


def drift_past(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """An indicator far above what the hospital had in the closed periods."""
    wanted, table = _watched(cases, thresholds)
    enough = table.filter(pl.col("past_stays") >= thresholds.peer_stays)
    enough = enough.with_columns(beside="past")
    return _drift(cases, enough, thresholds.growth_ratio, "本机构往期", wanted)


def _drift(
    cases: LeadInput, table: pl.DataFrame, ratio: int, words: str, wanted: tuple[Indicator, ...]
) -> pl.DataFrame:
    """Values at least `ratio` percent of those `beside` and more than the indicator's least above them.

    At stake is the part above of what is paid for the stays that show it.
    """
    least = {item.id: item.least for item in wanted}
    titles = {item.id: item.title for item in wanted}
    kinds = {item.id: item.kind for item in wanted}
    above = pl.col("value") - pl.col("beside")
    hits = table.filter(
        pl.col("value") * 100 >= ratio * pl.col("beside"),
        above >= pl.col("indicator").replace_strict(least),
    ).with_columns(kind=pl.col("indicator").replace_strict(kinds, return_dtype=pl.String))
    shown = pl.concat([_showing(cases, hits, item) for item in wanted])
    why = pl.format(
        "{}{} {}，{} {}（本期 {} 例）",
        "hospital",
        pl.col("indicator").replace_strict(titles, return_dtype=pl.String),
        _shown("value"),
        pl.lit(words),
        _shown("beside"),
        "stays",
    )
    times = pl.col("value") * 100 // pl.max_horizontal(pl.col("beside"), 1)
    return found(
        hits.with_columns(why=why, strength=strength(times, ratio, 3 * ratio), above=above)
        .drop("stays")
        .join(shown, on=["hospital", "indicator"], validate="1:1", maintain_order="left"),
        village=pl.lit(None),
        amount=pl.col("paid") * pl.col("above") // pl.col("value"),
    )


def _showing(cases: LeadInput, hits: pl.DataFrame, item: Indicator) -> pl.DataFrame:
    """hospital, indicator, stays of this run that have more of it than what stands beside, what is paid for them."""
    beside = hits.filter(indicator=item.id).select("hospital", "indicator", "beside")
    return (
        cases.current.filter(pl.col("total_fen") > 0)
        .with_columns(each=item.each, ref=stay_ref())
        .join(beside, on="hospital", validate="m:1", maintain_order="left")
        .filter(pl.col("each") > pl.col("beside"))
        .group_by("hospital", "indicator", maintain_order=True)
        .agg(stays=pl.col("ref"), paid=pl.col("paid_fen").sum())
    )


def _shown(name: str) -> pl.Expr:
    """An indicator's value with its unit; fen and hundredths print alike."""
    kind, number = pl.col("kind"), money(name)
    return (
        pl.when(kind == "percent")
        .then(number + "%")
        .when(kind == "days")
        .then(number + " 天")
        .otherwise(number + " 元")
    )


def one_sided(cases: LeadInput, thresholds: Thresholds) -> pl.DataFrame:
    """Differences within the tolerance that nearly all favour one side: a habit of rounding, not chance."""
    small = cases.findings.filter(
        pl.col("code") == "AM02", pl.col("hospital").is_not_null(), pl.col("diff_fen") != 0
    )
    ref = pl.struct("source", "sheet", "row", "hospital", "stay_no")
    up = (pl.col("diff_fen") > 0).sum()
    hits = (
        small.group_by("hospital", "layer", maintain_order=True)
        .agg(all=pl.len(), up=up, amount=pl.col("diff_fen").sum().abs(), stays=ref)
        .with_columns(most=pl.max_horizontal("up", pl.col("all") - pl.col("up")))
        .filter(pl.col("all") >= thresholds.pattern_stays, pl.col("most") * 10 >= pl.col("all") * 9)
    )
    side = pl.when(pl.col("up") == pl.col("most")).then(pl.lit("偏高")).otherwise(pl.lit("偏低"))
    layer = pl.col("layer").replace_strict(dict(cases.layers), return_dtype=pl.String)
    why = pl.format(
        "{}{}尾差 {} 例中 {} 例{}，合计 {} 元",
        "hospital",
        layer,
        "all",
        "most",
        side,
        money("amount"),
    )
    return found(hits, village=pl.lit(None), why=why, strength=pl.lit(10))


RULES = (
    LeadRule(
        "drift_peers",
        "指标高于同级",
        "机构的次均费用、住院日、目录外占比等明显高于同级其他机构的中位数",
        "条例第十五条、第三十八条第二项（过度诊疗）；定点服务协议的费用控制条款",
        "机构画像所列指标的明细；病种构成、收治重症情况、收费价格表",
        15,
        drift_peers,
        ("drift_ratio", "peer_stays", "peer_hospitals"),
    ),
    LeadRule(
        "drift_past",
        "指标高于自身往期",
        "机构的指标比已关账的往期明显升高",
        "条例第十五条、第三十八条第二项（过度诊疗）；定点服务协议的费用控制条款",
        "两期病种、收费和床位变化；新增科室、设备或人员情况",
        15,
        drift_past,
        ("growth_ratio", "peer_stays"),
    ),
    LeadRule(
        "one_sided",
        "尾差偏向一边",
        "容差以内的小差额几乎都偏向一边，是取整习惯而不是偶然",
        "结算办法的取整约定（四舍五入到分）",
        "结算系统的取整设置；窗口是否按角、按元收付",
        10,
        one_sided,
        ("pattern_stays",),
    ),
)
