"""指标 of a settlement: one definition each, the same on every paper, for a run and for any stretch of closed books.

All are net of 上期调整: a stay that is released, refused or taken back in a later period counts there, by its
difference. Without a part of it an indicator is 无法计算, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from onestop_cli.county.periods import Period
from onestop_cli.money import FULL
from onestop_cli.statements.statement import NO_CATEGORY, Statement
from onestop_cli.tables.run_info import RunInfo

Indicator = tuple[str, int | None, Literal["percent", "yuan"], str]
"""Name, value (ten-thousandths, or fen per stay; None: 无法计算), kind and definition."""


@dataclass(frozen=True)
class Figures:
    """What indicators are made of; stays are settled ones, amounts fen.

    `layers`: name → what its fund pays hospitals. `paid`: the same of all funds. `funds`: fund → what was approved, and
    what there was to spend (opening balance and advances), None without books. `counts`: of the year, by onestop.toml
    (`insured`, `insured_stays`, `roster`). `adjusted`: something of it changes closed stays.
    """

    year: int
    whole_year: bool
    stays: int
    assisted: int
    cost: int
    eligible: int
    own: int
    paid: int
    layers: Mapping[str, int]
    funds: Mapping[str, tuple[int, int | None]]
    counts: Mapping[str, int | None]
    adjusted: bool = False


def indicators(statement: Statement) -> list[Indicator]:
    """指标 of a run."""
    return [*of_figures(figures(statement))]


def figures(statement: Statement) -> Figures:
    """What the indicators of a run are made of: its settled stays and what changes for closed ones."""
    total, changes, info = statement.total, statement.adjustments, statement.run.info
    assisted = pl.col("category") != NO_CATEGORY
    funds = {
        fund.name: (
            total[f"{fund.key}_payment_fen"] + total[f"{fund.key}_supplement_fen"],
            _available(info, fund.name),
        )
        for fund in statement.funds
    }
    return Figures(
        year=statement.run.period.first.year,
        whole_year=statement.run.period.is_year,
        stays=total["stays"] + int(changes["visits"].sum()),
        assisted=statement.stays.filter(pl.col("settled") & assisted).height
        + int(changes.filter(assisted)["visits"].sum()),
        cost=total["total_fen"] + int(changes["total_fen"].sum()),
        eligible=total["eligible_fen"] + int(changes["eligible_fen"].sum()),
        own=total["self_fen"] + int(changes["changed_self_fen"].sum()),
        paid=total["all_payment_fen"],
        layers={
            layer.name: total[f"{layer.id}_paid_fen"]
            + int(changes[f"{layer.id}_adjusted_fen"].sum())
            for layer in statement.layers
        },
        funds=funds,
        counts=counts_of(info, statement.run.period),
        adjusted=not changes.is_empty(),
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
    yield _share("实际补偿比", made.paid, cost, f"各基金核定应拨 ÷ 住院总费用{net}")
    for name, fen in made.layers.items():
        yield _share(f"其中：{name}", fen, cost, "核定应拨 ÷ 住院总费用")
    yield _share("个人自付率", made.own, cost, "个人自付 ÷ 住院总费用")
    yield _share("可补偿费用占比", made.eligible, cost, "可补偿费用 ÷ 住院总费用")
    yield _mean("次均住院费用", cost, stays, "住院总费用 ÷ 核定人次")
    yield _mean("次均补偿", made.paid, stays, "各基金核定应拨 ÷ 核定人次")
    yield _mean("次均自付", made.own, stays, "个人自付 ÷ 核定人次")
    yield from _admissions(made)
    for fund, (approved, available) in made.funds.items():
        how = "本期核定 ÷（上期结余 + 本期预拨），见台账"
        yield _share(f"{fund}使用率", approved, available, how)


def _admissions(made: Figures) -> Iterator[Indicator]:
    """住院率 of the assisted beside that of all insured."""
    year, part = made.year, "" if made.whole_year else "（未折算全年）"
    roster, insured = made.counts.get("roster"), made.counts.get("insured")
    how = f"有救助身份的核定人次 ÷ {year}年在册救助对象人数{part}"
    yield _share("救助对象住院率", made.assisted, roster, how + _unless(roster, "roster", year))
    everybody = made.counts.get("insured_stays") if made.whole_year else None
    if everybody is not None:
        how = f"{year}年参合人员住院人次 ÷ 参合人数（均取自 onestop.toml）"
    elif made.stays > made.assisted:
        everybody, how = made.stays, f"全部核定人次 ÷ {year}年参合人数{part}"
    else:
        how = "报表里只有救助对象；全年的可在 onestop.toml 写 insured_stays"
    yield _share("参合人员住院率", everybody, insured, how + _unless(insured, "insured", year))


def _unless(count: int | None, key: str, year: int) -> str:
    return "" if count else f"；请在 onestop.toml 的 [counts.{year}] 加一行 {key} = 人数"


def _share(name: str, part: int | None, whole: int | None, how: str) -> Indicator:
    return name, None if part is None else _quotient(part * FULL, whole), "percent", how


def _mean(name: str, fen: int, count: int, how: str) -> Indicator:
    return name, _quotient(fen, count), "yuan", how


def _quotient(part: int, whole: int | None) -> int | None:
    """Half up; None when there is no whole."""
    return (part * 2 + whole) // (2 * whole) if whole is not None and whole > 0 else None
