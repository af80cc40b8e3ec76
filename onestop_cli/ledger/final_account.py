"""决算: what the closed runs of a stretch of time booked, by period, hospital, level, category and township.

Everything is a sum of differences: a stay counts in the run that settled it, and what a later run changes about it
counts there, with its visit and its cost where it becomes settled or is no longer. So any stretch is the sum of its
runs, and closed months together are the quarter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from onestop_cli.core.adjustments import COSTS
from onestop_cli.core.options import Mapper
from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import AccountLine, accounts
from onestop_cli.ledger.books import Closing, changes_of, closed_periods, closings, run_of, stays_of
from onestop_cli.ledger.events import (
    NOT_LISTED,
    PAID,
    SIDES,
    PeriodTables,
    columns_needed,
    events_of,
    of_books,
)
from onestop_cli.ledger.hospital_money import hospital_accounts
from onestop_cli.statements.capped import CAPPED
from onestop_cli.statements.care import (
    COUNTED,
    OUTPATIENT,
    SPECIAL,
    LevelLine,
    NamedByCare,
    level_lines,
)
from onestop_cli.statements.funds import Fund, funds_of
from onestop_cli.statements.indicators import Aided, Figures
from onestop_cli.statements.statement import NO_CATEGORY, NOWHERE, numbered, ratio
from onestop_cli.tables.by_hand import LEVEL, PAYEE
from onestop_cli.tables.run_info import LayerInfo, RuleInfo
from onestop_cli.tables.schema import LEVELS


@dataclass(frozen=True)
class FinalAccount(NamedByCare):
    """The closed runs within `period`: `events` has a row per stay and run that booked something about it.

    `runs`: their periods in order of time; `accounts`: each fund's lines of these runs; `hospital_money`:
    accounts with hospitals of these runs (`ledger.hospital_money.ACCOUNT`), empty where none are kept.
    """

    period: Period
    runs: tuple[Period, ...]
    layers: tuple[LayerInfo, ...]
    rules: tuple[RuleInfo, ...]
    events: pl.DataFrame
    accounts: tuple[AccountLine, ...]
    hospital_money: pl.DataFrame = field(default_factory=pl.DataFrame)

    @cached_property
    def funds(self) -> tuple[Fund, ...]:
        """The funds of all these runs, in the order of payment."""
        return funds_of(self.layers, self.rules)

    @property
    def complete(self) -> bool:
        """Whether the whole period is closed."""
        days = sum((run.last - run.first).days + 1 for run in self.runs)
        return days == (self.period.last - self.period.first).days + 1

    @property
    def keys(self) -> tuple[str, ...]:
        """The prefixes of amounts: of every fund, and of all."""
        return (*(fund.key for fund in self.funds), "all")

    def by(self, *keys: str) -> pl.DataFrame:
        """Sums per group; one row without keys. `visits`, costs and `own_fen` are of settled stays, net; `changed`
        are the visits that later runs added or took away; `people` have a stay that is settled in the end."""
        # One group without keys is a group, too: of a column that is the same in every row.
        events = self.events.with_columns(_all=pl.lit(value=True))
        groups = [*keys, "_all"]
        stays = pl.col("visits").sum()
        people = events.group_by(*groups, "person").agg(stays).filter(pl.col("visits") > 0)
        counted = people.group_by(groups).agg(people=pl.len().cast(pl.Int64))
        sums = events.group_by(groups, maintain_order=True).agg(self._sums())
        found = sums.join(counted, on=groups, how="left", validate="1:1", maintain_order="left")
        return found.drop("_all").with_columns(
            pl.col("people").fill_null(0), rate=ratio("all_payment_fen", "total_fen")
        )

    def _sums(self) -> Iterator[pl.Expr]:
        yield pl.col("visits").sum()
        yield pl.col("visits").filter(~pl.col("own")).sum().alias("changed")
        yield pl.col(*COSTS, "own_fen").sum()
        yield pl.col(*(f"{layer.id}_paid_fen" for layer in self.layers)).sum()
        for key in self.keys:
            yield pl.col(*(f"{key}_{side}_fen" for side in SIDES)).sum()

    @cached_property
    def total(self) -> dict[str, int]:
        """All sums, by the same names as the columns of `by`."""
        return self.by().row(0, named=True)

    @cached_property
    def to_people(self) -> dict[str, int]:
        """The part of `total` that is paid to people (零星报销), by the same names; empty where nothing is."""
        found = self.by("hospital").filter(hospital=PAYEE)
        return found.row(0, named=True) if len(found) else {}

    @cached_property
    def periods(self) -> pl.DataFrame:
        """By closed period, in order of time."""
        return self._ordered("period", [run.id for run in self.runs])

    @cached_property
    def levels(self) -> pl.DataFrame:
        """By hospital level, lowest first."""
        return self._ordered("level_name", [*LEVELS.values(), NOT_LISTED, LEVEL])

    @cached_property
    def hospitals(self) -> pl.DataFrame:
        """By hospital, lowest level first."""
        order = {name: rank for rank, name in enumerate(LEVELS.values())}
        rank = pl.col("level_name").replace_strict(order, default=len(order))
        return numbered(self.by("hospital", "level_name").sort(rank, "hospital"))

    @cached_property
    def categories(self) -> pl.DataFrame:
        """By category that applied; people without one last."""
        return numbered(self.by("category").sort(pl.col("category") == NO_CATEGORY, "category"))

    @cached_property
    def townships(self) -> pl.DataFrame:
        """By township; people without a known one last."""
        return numbered(self.by("township").sort(pl.col("township") == NOWHERE, "township"))

    @cached_property
    def has_outpatients(self) -> bool:
        """Whether anybody was treated without a bed (门诊)."""
        return bool(self.events["kind"].is_in([OUTPATIENT, SPECIAL]).any())

    def by_care(self, second: tuple[int, int] = (0, 0)) -> list[LevelLine]:
        """门诊 and 住院 by level, net; `second`: people and fen of 大病二次补偿."""
        counted = self.events.with_columns(
            pl.col(CAPPED).fill_null(value=False), paid_fen="all_payment_fen"
        )
        return level_lines(counted.select(*COUNTED), second)

    def _ordered(self, key: str, names: Sequence[str]) -> pl.DataFrame:
        rank = pl.col(key).replace_strict(list(names), range(len(names)), return_dtype=pl.Int64)
        return numbered(self.by(key).sort(rank))

    def figures(self, counts: Mapping[str, int | None]) -> Figures:
        """What the indicators are made of; `counts` are those of the year."""
        total = self.total
        return Figures(
            year=self.period.first.year,
            whole_year=self.period.is_year and self.complete,
            days=sum((run.last - run.first).days + 1 for run in self.runs),
            stays=total["visits"],
            aided=self._aided(),
            cost=total["total_fen"],
            eligible=total["eligible_fen"],
            own=total["own_fen"],
            paid=total["all_payment_fen"],
            layers=self._by_layer(total, waived=False),
            waived=self._by_layer(total, waived=True),
            funds={fund.name: self.used(fund.name) for fund in self.funds},
            counts=counts,
            adjusted=not self.events["own"].all(),
            outpatients=self._visits(self.events)[0],
            outpatient_cost=self._visits(self.events)[1],
        )

    def _by_layer(self, sums: Mapping[str, int], *, waived: bool) -> dict[str, int]:
        """Layer's name → what its fund pays hospitals; of what these give themselves where `waived`."""
        own = [layer for layer in self.layers if (layer.kind == "waiver") == waived]
        return {layer.name: int(sums[f"{layer.id}_paid_fen"] or 0) for layer in own}

    @staticmethod
    def _visits(events: pl.DataFrame) -> tuple[int, int]:
        """Visits (门诊) and their cost, net."""
        there = events.filter(pl.col("kind").is_in([OUTPATIENT, SPECIAL]))
        return int(there["visits"].sum()), int(there["total_fen"].sum())

    def _aided(self) -> Aided:
        """The part of people with a category."""
        assisted = pl.col("category") != NO_CATEGORY
        rows, events = self.categories.filter(assisted), self.events.filter(assisted)
        people = events.group_by("person").agg(pl.col("visits").sum()).filter(pl.col("visits") > 0)
        sums = rows.sum().row(0, named=True)
        return Aided(
            stays=int(rows["visits"].sum()),
            people=people.height,
            cost=int(rows["total_fen"].sum()),
            own=int(rows["own_fen"].sum()),
            paid=int(rows["all_payment_fen"].sum()),
            layers=self._by_layer(sums, waived=False),
            waived=self._by_layer(sums, waived=True),
            outpatients=self._visits(events)[0],
        )

    def paid(self, fund: Fund, layer: str) -> int:
        """What a fund paid of a layer, fen."""
        if layer not in fund.layers:
            return 0
        each = pl.sum_horizontal(fund.amount(layer, what) for what in PAID)
        return int(self.events.select(each.sum()).item())

    def used(self, fund: str) -> tuple[int, int]:
        """What was approved of a fund, and what there was: the opening balance and all advances, fen."""
        lines = [line for line in self.accounts if line.fund == fund]
        opening = lines[0].opening if lines else 0
        return sum(line.approved for line in lines), opening + sum(line.advanced for line in lines)


def report(ledger: sqlite3.Connection, period: Period, hospital: Mapper = str) -> FinalAccount:
    """The closed runs within `period`; `hospital`: what one is called now.

    Raises `CannotRun` when there is none, or one that reaches beyond it.
    """
    closed = sorted(closed_periods(ledger), key=lambda other: other.first)
    inside = [p for p in closed if period.first <= p.first and p.last <= period.last]
    across = [
        p for p in closed if p not in inside and p.first <= period.last and period.first <= p.last
    ]
    if across:
        names = "、".join(other.id for other in across)
        raise stop(
            f"台账按 {names} 关账，比{period.chinese}长，分不出{period.chinese}的数",
            "请把 --period 写成台账里的结算期，或包含它们的更长的一段；单独一个月的，用 onestop ledger month",
        )
    if not inside:
        have = f"已关账的有：{'、'.join(p.id for p in closed)}" if closed else "还没有关过账"
        raise stop(f"台账里{period.chinese}没有已关账的结算期", f"{have}；关账用 onestop close")
    runs = {other.id for other in inside}
    chosen = [one for one in closings(ledger) if one.period.id in runs]
    books = [run_of(ledger, one) for one in chosen]
    layers, rules = of_books(books)
    lines = tuple(line for line in accounts(ledger) if line.period in runs)
    events = events_of(_tables(ledger, chosen, layers), layers, rules, hospital)
    money = hospital_accounts(ledger, sorted(runs), hospital)
    return FinalAccount(period, tuple(inside), layers, rules, events, lines, money)


def _tables(
    ledger: sqlite3.Connection, closed: Sequence[Closing], layers: Sequence[LayerInfo]
) -> Iterator[PeriodTables]:
    names = columns_needed(layers)
    for one in closed:
        own = stays_of(ledger, one, [*names, "status"])
        yield one.period.id, own, changes_of(ledger, one, [*names, "visits"])
