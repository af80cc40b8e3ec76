"""指标 of a settlement: one definition each, the same on every paper, for a run and for any stretch of closed books.

All are net of 上期调整: a stay that is released, refused or taken back in a later period counts there, by its
difference. Without a part of it an indicator is 无法计算, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from onestop_cli.county.periods import Period
from onestop_cli.money import FULL, percent, yuan
from onestop_cli.statements.care import OUTPATIENT, bill_of
from onestop_cli.statements.statement import NO_CATEGORY, Statement
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.wording import wording

Indicator = tuple[str, int | None, Literal["percent", "yuan"], str]
"""Name, value (ten-thousandths, or fen per stay; None: 无法计算), kind and definition."""


@dataclass(frozen=True)
class Aided:
    """救助对象: settled stays of people who had a category on the admission day, net of 上期调整; amounts fen.

    `layers`: name → what its fund pays hospitals; `paid`: the same of all funds; `waived`: name → what hospitals give
    themselves. `outpatients`: of the stays, visits.
    """

    stays: int
    people: int
    cost: int
    own: int
    paid: int
    layers: Mapping[str, int]
    outpatients: int = 0
    waived: Mapping[str, int] = field(default_factory=dict)

    @property
    def inpatients(self) -> int:
        """Stays in hospital."""
        return self.stays - self.outpatients


@dataclass(frozen=True)
class Figures:
    """What indicators are made of; stays are settled ones, amounts fen.

    `layers`: name → what its fund pays hospitals. `paid`: the same of all funds. `waived`: name → what hospitals give
    themselves. `funds`: fund → what was approved, and
    what there was to spend (opening balance and advances), None without books. `counts`: of the year, by onestop.toml
    (`insured`, `insured_stays`, `roster`). `days`: of the periods that it is made of. `adjusted`: something of it
    changes closed stays. `outpatients`, `outpatient_cost`: of the stays, visits (门诊).
    """

    year: int
    whole_year: bool
    days: int
    stays: int
    aided: Aided
    cost: int
    eligible: int
    own: int
    paid: int
    layers: Mapping[str, int]
    funds: Mapping[str, tuple[int, int | None]]
    counts: Mapping[str, int | None]
    adjusted: bool = False
    outpatients: int = 0
    outpatient_cost: int = 0
    waived: Mapping[str, int] = field(default_factory=dict)

    @property
    def inpatients(self) -> int:
        """Stays in hospital."""
        return self.stays - self.outpatients

    @property
    def aided_inpatients(self) -> int:
        """Those of people with a category."""
        return self.aided.inpatients

    @property
    def assisted(self) -> int:
        """Stays of people with a category."""
        return self.aided.stays


def indicators(statement: Statement) -> list[Indicator]:
    """指标 of a run."""
    return [*of_figures(figures(statement))]


def figures(statement: Statement) -> Figures:
    """What the indicators of a run are made of: its settled stays and what changes for closed ones."""
    total, changes, info = statement.total, statement.adjustments, statement.run.info
    period = statement.run.period
    funds = {
        fund.name: (
            total[f"{fund.key}_payment_fen"] + total[f"{fund.key}_supplement_fen"],
            _available(info, fund.name),
        )
        for fund in statement.funds
    }
    visits = _outpatients(statement, total=True)
    return Figures(
        year=period.first.year,
        whole_year=period.is_year,
        days=(period.last - period.first).days + 1,
        stays=total["stays"] + int(changes["visits"].sum()),
        aided=_aided(statement),
        cost=total["total_fen"] + int(changes["total_fen"].sum()),
        eligible=total["eligible_fen"] + int(changes["eligible_fen"].sum()),
        own=total["self_fen"] + int(changes["changed_self_fen"].sum()),
        paid=total["all_payment_fen"],
        layers={
            layer.name: total[f"{layer.id}_paid_fen"]
            + int(changes[f"{layer.id}_adjusted_fen"].sum())
            for layer in statement.paying
        },
        waived={
            layer.name: total[f"{layer.id}_paid_fen"]
            + int(changes[f"{layer.id}_adjusted_fen"].sum())
            for layer in statement.waivers
        },
        funds=funds,
        counts=counts_of(info, period),
        adjusted=not changes.is_empty(),
        outpatients=visits[0],
        outpatient_cost=visits[1],
    )


def _outpatients(statement: Statement, *, total: bool) -> tuple[int, int]:
    """Visits (门诊) and their cost, net; of everybody (`total`), else of people with a category."""
    who = (pl.col("care") == OUTPATIENT) & (pl.lit(total) | (pl.col("category") != NO_CATEGORY))
    own = statement.stays.filter(pl.col("settled") & who)
    later = statement.adjustments.filter(who)
    cost = int(own["total_fen"].sum()) + int(later["total_fen"].sum())
    return own.height + int(later["visits"].sum()), cost


def _aided(statement: Statement) -> Aided:
    assisted = pl.col("category") != NO_CATEGORY
    rows, changes = statement.categories.filter(assisted), statement.adjustments.filter(assisted)
    stays = statement.stays.filter(pl.col("settled") & assisted)
    return Aided(
        stays=stays.height + int(changes["visits"].sum()),
        people=stays["who"].n_unique(),
        cost=int(rows["total_fen"].sum()) + int(changes["total_fen"].sum()),
        own=int(rows["self_fen"].sum()) + int(changes["changed_self_fen"].sum()),
        paid=int(rows["all_payment_fen"].sum()),
        layers={
            layer.name: int(rows[f"{layer.id}_paid_fen"].sum())
            + int(changes[f"{layer.id}_adjusted_fen"].sum())
            for layer in statement.paying
        },
        waived={
            layer.name: int(rows[f"{layer.id}_paid_fen"].sum())
            + int(changes[f"{layer.id}_adjusted_fen"].sum())
            for layer in statement.waivers
        },
        outpatients=_outpatients(statement, total=False)[0],
    )


def _available(info: RunInfo, fund: str) -> int | None:
    """What there was to spend, by the books the run was made against."""
    account = info.accounts.get(fund)
    return account.opening_fen + account.advanced_fen if account else None


def counts_of(info: RunInfo, period: Period) -> Mapping[str, int | None]:
    """The counts of the period's year in `run.json`; nothing while onestop.toml does not give them."""
    return info.counts_by_year.get(str(period.first.year), {})


def of_figures(made: Figures) -> Iterator[Indicator]:
    """指标 of any figures."""
    cost, stays = made.cost, made.stays
    net = "（都含上期调整）" if made.adjusted else ""
    bill = bill_of(bool(made.outpatients))
    yield _share("实际补偿比", made.paid, cost, f"各基金核定应拨 ÷ {bill}{net}")
    for name, fen in made.layers.items():
        yield _share(f"其中：{name}", fen, cost, f"核定应拨 ÷ {bill}")
    for name, fen in made.waived.items():
        how = f"{name} ÷ {bill}；由医疗机构承担，不计入实际补偿比"
        yield _share(f"{name}占比", fen, cost, how)
    yield _share("个人自付率", made.own, cost, f"个人自付 ÷ {bill}")
    yield _share("可补偿费用占比", made.eligible, cost, f"可补偿费用 ÷ {bill}")
    in_bed = "住院人次" if made.outpatients else "核定人次"
    how = f"住院总费用 ÷ {in_bed}"
    yield _mean("次均住院费用", cost - made.outpatient_cost, made.inpatients, how)
    if made.outpatients:
        yield _mean("次均门诊费用", made.outpatient_cost, made.outpatients, "门诊费用 ÷ 门诊人次")
    yield _mean("次均补偿", made.paid, stays, "各基金核定应拨 ÷ 核定人次")
    yield _mean("次均自付", made.own, stays, "个人自付 ÷ 核定人次")
    yield from _admissions(made)
    for fund, (approved, available) in made.funds.items():
        how = "本期核定 ÷（上期结余 + 本期预拨），见台账"
        yield _share(f"{fund}使用率", approved, available, how)


_YEAR = 365


def aided_line(made: Figures) -> str:
    """救助对象 in one line: stays, people, cost, each fund's part, what is covered and what is left, and how often they
    are admitted in a year beside all insured."""
    aided = made.aided
    if not aided.stays:
        return "救助对象：没有核定的住院。"
    layers = "、".join(f"{name} {yuan(fen)} 元" for name, fen in aided.layers.items() if fen)
    sums = f"；{layers}，合计 {yuan(aided.paid)} 元" if layers else "；各基金没有应拨"
    sums += "".join(f"，另有{name} {yuan(fen)} 元" for name, fen in aided.waived.items() if fen)
    covered = _percent(_quotient(aided.paid * FULL, aided.cost))
    own = _percent(_quotient(aided.own * FULL, aided.cost))
    rest = aided.cost - aided.paid - aided.own - sum(aided.waived.values())
    short = f"，其余 {yuan(rest)} 元是还没有付的应补未补等" if rest > 0 else ""
    visits = f"，其中门诊 {aided.outpatients:,} 人次" if aided.outpatients else ""
    what = f"{'就诊' if visits else '住院'} {aided.stays:,} 人次{visits}"
    return (
        f"救助对象{what}（{aided.people:,} 人），总费用 {yuan(aided.cost)} 元{sums}；"
        f"实际补偿比 {covered}，个人自付率 {own}{short}；{_yearly(made)}。"
    )


def _yearly(made: Figures) -> str:
    """The rate of admission in a year, and its gap to that of all insured."""
    rate = _per_year(made, made.aided_inpatients, made.counts.get("roster"))
    if rate is None:
        return "年住院率无法计算" + _unless(None, "roster", made.year).replace("；", "，")
    how = "" if made.whole_year else f"（{made.days} 天折算全年）"
    said = f"年住院率 {_percent(rate)}{how}"
    insured, reported = made.counts.get("insured"), made.counts.get("insured_stays")
    if reported is not None:
        everybody = _quotient(reported * FULL, insured)
    else:
        more = made.inpatients > made.aided_inpatients
        everybody = _per_year(made, made.inpatients, insured) if more else None
    if everybody is None:
        return f"{said}，参合人员住院率无法计算"
    gap = rate - everybody
    points = percent(abs(gap), FULL).removesuffix("%").strip()
    beside = f"比参合人员 {_percent(everybody)} {'高' if gap > 0 else '低'} {points} 个百分点"
    return f"{said}，{beside if gap else f'与参合人员 {_percent(everybody)} 相同'}"


def _per_year(made: Figures, stays: int, people: int | None) -> int | None:
    """Stays of these days as a share of `people` in a whole year, ten-thousandths."""
    if made.whole_year or not people:
        return _quotient(stays * FULL, people)
    return _quotient(stays * FULL * _YEAR, people * made.days)


def _percent(share: int | None) -> str:
    return "无法计算" if share is None else percent(share, FULL)


def _admissions(made: Figures) -> Iterator[Indicator]:
    """住院率 of the assisted beside that of all insured."""
    year, part = made.year, "" if made.whole_year else "（未折算全年）"
    said = wording(year).insured
    roster, insured = made.counts.get("roster"), made.counts.get("insured")
    how = f"有救助身份的核定人次 ÷ {year}年在册救助对象人数{part}"
    yield _share(
        "救助对象住院率", made.aided_inpatients, roster, how + _unless(roster, "roster", year)
    )
    everybody = made.counts.get("insured_stays") if made.whole_year else None
    if everybody is not None:
        how = f"{year}年{said}人员住院人次 ÷ {said}人数（均取自 onestop.toml）"
    elif made.inpatients > made.aided_inpatients:
        everybody, how = made.inpatients, f"全部核定人次 ÷ {year}年{said}人数{part}"
    else:
        how = "报表里只有救助对象；全年的可在 onestop.toml 写 insured_stays"
    name = f"{said}人员住院率"
    yield _share(name, everybody, insured, how + _unless(insured, "insured", year))


def _unless(count: int | None, key: str, year: int) -> str:
    return "" if count else f"；请在 onestop.toml 的 [counts.{year}] 加一行 {key} = 人数"


def _share(name: str, part: int | None, whole: int | None, how: str) -> Indicator:
    return name, None if part is None else _quotient(part * FULL, whole), "percent", how


def _mean(name: str, fen: int, count: int, how: str) -> Indicator:
    return name, _quotient(fen, count), "yuan", how


def _quotient(part: int, whole: int | None) -> int | None:
    """Half up; None when there is no whole."""
    return (part * 2 + whole) // (2 * whole) if whole is not None and whole > 0 else None
