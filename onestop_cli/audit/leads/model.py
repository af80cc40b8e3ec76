"""What a lead is, what a rule needs to say about itself, and the thresholds a county may set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import yuan
from onestop_cli.tables.schema import PLACE, Schema

STAY_REF = pl.Struct({**PLACE, "hospital": pl.String, "stay_no": pl.String})
"""How a lead names a stay."""

FOUND: Schema = {
    "hospital": pl.String,
    "village": pl.String,
    "amount": pl.Int64,
    "why": pl.String,
    "strength": pl.Int64,
    "stays": pl.List(STAY_REF),
}
"""What a rule's function returns, a row for each lead. `amount` is the fen at stake: what the funds pay now and would
not have to if the lead came true, never the bill. `strength` (0 to 20) is how far beyond the threshold; it orders the
leads of a rule."""

LEADS: Schema = {
    "rule": pl.String,
    "score": pl.Int64,
    "stays": pl.List(STAY_REF),
    "hospital": pl.String,
    "village": pl.String,
    "amount": pl.Int64,
    "why": pl.String,
}
"""`leads.parquet`."""


@dataclass(frozen=True)
class LeadInput:
    """What the rules look at.

    `stays` is a table by `frame.cases_of`: reversed stays are not in it. `findings` are those of the run,
    `first` and `last` are the days of its period, `layers` are its layers, id → Chinese name.
    """

    stays: pl.DataFrame
    findings: pl.DataFrame
    first: date
    last: date
    layers: Mapping[str, str]

    @property
    def current(self) -> pl.DataFrame:
        """The stays of this run that count and have both days."""
        return self.stays.filter("current", "counted", "dated")


def threshold(value: int, title: str, unit: str) -> Any:
    """A field of `Thresholds` with its Chinese title and unit."""
    return field(default=value, metadata={"title": title, "unit": unit})


@dataclass(frozen=True)
class Thresholds:
    """The settings of all rules; whole numbers. Defaults from inspection practice (`docs/audit.md`)."""

    readmission_days: int = threshold(15, "短期再入院间隔", "天以内")
    short_stay_days: int = threshold(1, "短住院", "天以内")
    long_stay_days: int = threshold(60, "超长住院", "天以上")
    frequent_stays: int = threshold(4, "90 天内频繁住院", "次以上")
    alternations: int = threshold(2, "在两家机构之间折返", "次以上")
    cheap_days: int = threshold(15, "长期低费用住院的天数", "天以上")
    cheap_share: int = threshold(33, "低费用：日均与同级中位数之比", "% 以下")
    dear_share: int = threshold(250, "日均费用与同级中位数之比", "% 以上")
    outside_share: int = threshold(40, "目录外占总费用", "% 以上")
    minor_days: int = threshold(4, "低标准入院的天数", "天以内")
    group_people: int = threshold(3, "同村或同户结伴住院", "人以上")
    wave_people: int = threshold(4, "同村先后住院", "人以上")
    wave_days: int = threshold(14, "同村先后住院的时间", "天以内")
    household_days: int = threshold(21, "同户先后住院的时间", "天以内")
    outlier_spread: int = threshold(8, "费用、天数离群", "倍上侧绝对中位差以上")
    outlier_peers: int = threshold(10, "离群比较所需的同类住院", "例以上")
    same_total_people: int = threshold(4, "相同总费用", "人以上")
    near_equal_people: int = threshold(5, "费用近乎相同", "人以上")
    near_equal_share: int = threshold(10, "费用近乎相同的差距", "‰ 以内")
    share_stays: int = threshold(5, "机构比例所依据的住院", "例以上")
    share_ratio: int = threshold(130, "机构比例与同级之比", "% 以上")
    chance_bits: int = threshold(3, "机构比例偏离偶然", "位以上（2 的几次方分之一）")
    round_share: int = threshold(5, "整十元总费用占比", "% 以上")
    percent_share: int = threshold(5, "恰为整百分比的补偿占比", "% 以上")
    pattern_stays: int = threshold(10, "成规律的住院", "例以上")
    surge_days: int = threshold(10, "期末天数", "天")
    surge_ratio: int = threshold(150, "期末与平时日均出院之比", "% 以上")
    day_stays: int = threshold(8, "单日集中入院", "例以上")
    day_ratio: int = threshold(400, "单日入院与平时日均之比", "% 以上")
    drift_ratio: int = threshold(150, "机构指标与同级中位数之比", "% 以上")
    growth_ratio: int = threshold(150, "机构指标与自身往期之比", "% 以上")
    peer_stays: int = threshold(20, "机构指标比较所需的住院", "例以上")
    peer_hospitals: int = threshold(3, "机构指标比较所需的同级机构", "家以上")
    self_pay_yuan: int = threshold(3_000, "个人负担偏重", "元以上")
    self_pay_share: int = threshold(15, "个人负担偏重占总费用", "% 以上")

    def with_values(self, values: Mapping[str, int]) -> Thresholds:
        """These thresholds with some changed; `CannotRun` names every unknown or unusable one."""
        known = {item.name for item in fields(self)}
        problems = [
            Problem(f"没有“{name}”这个阈值", f"可用的阈值：{'、'.join(sorted(known))}")
            for name in values
            if name not in known
        ]
        problems += [
            Problem(f"阈值 {name} 不能是 {value}", "请给出 1 以上的整数")
            for name, value in values.items()
            if name in known and value < 1
        ]
        if problems:
            raise CannotRun(problems)
        return replace(self, **values)


Find = Callable[[LeadInput, Thresholds], pl.DataFrame]
"""A rule's function: all stays at once → `FOUND`."""


@dataclass(frozen=True)
class LeadRule:
    """A pattern worth a visit; never a judgement.

    `weight` (10 to 35) is what the pattern alone counts in the score. `basis` names the articles that make it
    matter, `fetch` what to look at on site, `thresholds` the settings it uses. `recorded`: the reconciliation has found
    it and done what is to be done with the money, so that it waits behind what is new.
    """

    id: str
    title: str
    meaning: str
    basis: str
    fetch: str
    weight: int
    find: Find
    thresholds: tuple[str, ...] = ()
    recorded: bool = False


def stay_ref() -> pl.Expr:
    """The stay as leads name it."""
    return pl.struct(*PLACE, "hospital", "stay_no")


def money(name: str) -> pl.Expr:
    """A fen column as text in yuan, `12,345.67`."""
    return pl.col(name).map_elements(yuan, return_dtype=pl.String)


def day(name: str) -> pl.Expr:
    """A day as text."""
    return pl.col(name).dt.to_string("%Y-%m-%d")


def who(name: str = "name", tail: str = "tail") -> pl.Expr:
    """A person as papers name one: 姓名（尾号1234）."""
    marked = pl.format("{}（尾号{}）", name, tail)
    return (
        pl.when(pl.col(tail).is_null()).then(pl.col(name)).otherwise(marked).fill_null("姓名不明")
    )


def strength(value: pl.Expr, at: pl.Expr | int, full: pl.Expr | int) -> pl.Expr:
    """0 at the threshold `at`, rising to 20 at `full`."""
    return ((value - at) * 20 // (full - at)).clip(0, 20).cast(pl.Int64)


def bundled(hits: pl.DataFrame, words: str) -> pl.DataFrame:
    """`FOUND` of single stays, those of one hospital in one lead where it has `_BUNDLE` or more of them.

    `hits` has a row a stay with `why`, `strength`, `amount` and `ref` (the stay); `words` say what they are.
    """
    ordered = hits.sort("strength", "amount", "why", descending=[True, True, False])
    many = pl.len().over("hospital") >= _BUNDLE
    told = pl.col("why").head(_TOLD).str.join("；")
    more = pl.when(pl.len() > _TOLD).then(pl.lit("……")).otherwise(pl.lit(""))
    bundles = (
        ordered.filter(many)
        .group_by("hospital", maintain_order=True)
        .agg(
            why=pl.format(
                "{}有 {} 例{}：{}{}",
                pl.col("hospital").first(),
                pl.len(),
                pl.lit(words),
                told,
                more,
            ),
            amount=pl.col("amount").sum(),
            strength=(pl.col("strength").max() + pl.len().cast(pl.Int64)).clip(0, 20),
            stays=pl.col("ref"),
        )
    )
    alone = ordered.filter(~many).with_columns(stays=pl.concat_list("ref"))
    return pl.concat([found(bundles, village=pl.lit(None)), found(alone)])


_BUNDLE, _TOLD = 3, 5


def found(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """`frame` as `FOUND`; `columns` give what it does not have by that name."""
    return frame.with_columns(**columns).select(*FOUND).cast(dict(FOUND))  # type: ignore[arg-type]
