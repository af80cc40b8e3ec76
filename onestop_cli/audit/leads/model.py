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
"""What a rule's function returns, a row for each lead. `amount` is the fen at stake, `strength` (0 to 20) how far
beyond the threshold."""

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
class Cases:
    """What the rules look at.

    `stays` is a table by `cases.cases_of`: reversed stays are not in it. `findings` are those of the run,
    `last` is the last day of its period, `layers` are its layers, id → Chinese name.
    """

    stays: pl.DataFrame
    findings: pl.DataFrame
    last: date
    layers: Mapping[str, str]


def threshold(value: int, title: str, unit: str) -> Any:
    """A field of `Thresholds` with its Chinese title and unit."""
    return field(default=value, metadata={"title": title, "unit": unit})


@dataclass(frozen=True)
class Thresholds:
    """The settings of all rules; whole numbers. Defaults from inspection practice (`docs/audit.md`)."""

    readmission_days: int = threshold(15, "短期再入院间隔", "天以内")
    short_stay_days: int = threshold(1, "短住院", "天以内")
    long_stay_days: int = threshold(60, "超长住院", "天以上")
    group_people: int = threshold(3, "同村或同户结伴住院", "人以上")
    outlier_spread: int = threshold(8, "费用、天数离群", "倍上侧绝对中位差以上")
    outlier_peers: int = threshold(10, "离群比较所需的同类住院", "例以上")
    same_total_people: int = threshold(4, "相同总费用", "人以上")
    round_share: int = threshold(10, "整十元总费用占比", "% 以上")
    percent_share: int = threshold(80, "恰为整百分比的补偿占比", "% 以上")
    pattern_stays: int = threshold(10, "成规律的住院", "例以上")
    surge_days: int = threshold(10, "期末天数", "天")
    surge_ratio: int = threshold(200, "期末与平时日均出院之比", "% 以上")
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


Find = Callable[[Cases, Thresholds], pl.DataFrame]
"""A rule's function: all stays at once → `FOUND`."""


@dataclass(frozen=True)
class LeadRule:
    """A pattern worth a visit; never a judgement.

    `weight` (10 to 40) is what the pattern alone counts in the score. `basis` names the articles that make it
    matter, `fetch` what to look at on site, `thresholds` the settings it uses.
    """

    id: str
    title: str
    meaning: str
    basis: str
    fetch: str
    weight: int
    find: Find
    thresholds: tuple[str, ...] = ()


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


def found(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """`frame` as `FOUND`; `columns` give what it does not have by that name."""
    return frame.with_columns(**columns).select(*FOUND).cast(dict(FOUND))  # type: ignore[arg-type]
