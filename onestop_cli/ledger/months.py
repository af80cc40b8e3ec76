"""月报 out of books that are closed by the quarter, and of a run that is not closed yet.

A stay belongs to the month it was settled in; what a run changes about closed stays, and late stays, belong to the last
month of the run's period. So the months of a closed period are its sum, and its account's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from onestop_cli.core.options import Mapper
from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.ledger.accounts import Advance, accounts, advances, meets, second_payments
from onestop_cli.ledger.books import changes_of, closings, run_of, stays_of
from onestop_cli.ledger.closing import would_post
from onestop_cli.ledger.events import PeriodTables, columns_needed, events_of, of_books
from onestop_cli.ledger.final_account import FinalAccount
from onestop_cli.ledger.hospital_money import KEPT, deposits_by
from onestop_cli.ledger.income import NO_SOURCE, incomes
from onestop_cli.ledger.second import paid_again
from onestop_cli.run import Run
from onestop_cli.tables.run_info import LayerInfo, RuleInfo


@dataclass(frozen=True)
class MonthAccount:
    """A fund in a month, in fen: what was left, what came in by source, what it paid, and what is left."""

    fund: str
    opening: int
    income: Mapping[str, int]
    outlay: int

    @property
    def received(self) -> int:
        """All that came in."""
        return sum(self.income.values())

    @property
    def balance(self) -> int:
        """月末结余; negative: 应补拨."""
        return self.opening + self.received - self.outlay


@dataclass(frozen=True)
class MonthReport:
    """A month: its own sums, those of the year up to its end, and its funds.

    `second`, `second_year`: people and fen of 大病二次补偿 in the month and in the year up to its end.
    `deposits`: 质量保证金 of hospitals by the end of the month (`hospital_money.KEPT`). `holder`: the
    period that it was settled in, `closed`: whether that is closed. `missing`: days of the year before it
    that no closed period has.
    """

    month: FinalAccount
    year: FinalAccount
    accounts: tuple[MonthAccount, ...]
    holder: Period
    closed: bool
    missing: bool
    second: tuple[int, int] = (0, 0)
    second_year: tuple[int, int] = (0, 0)
    deposits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(KEPT)))

    @property
    def heard(self) -> set[str]:
        """The hospitals with a stay in the month, however it was settled."""
        own = self.month.events.filter(pl.col("own") & pl.col("belongs_to").is_null())
        return set(own["hospital"])


def month_report(
    ledger: sqlite3.Connection, month: Period, run: Run | None, hospital: Mapper = str
) -> MonthReport:
    """The report of `month` by the closed period that it lies in, else by `run`.

    Raises `CannotRun` when neither has it.
    """
    closed = [one for one in closings(ledger) if one.period.first.year == month.first.year]
    settled = [one.period for one in closed]
    holder = next((period for period in settled if _within(month, period)), None)
    known = holder is not None
    if holder is None:
        if run is None or not _within(month, run.period):
            raise stop(
                f"{month.chinese}还没有关账，也没有核对过",
                f"请先核对：onestop reconcile --period {month.id}，再写上它的结果文件夹",
            )
        holder = run.period
    open_run = None if known else run
    earlier = [period for period in settled if period.first < month.first]
    layers, rules = _of_books(ledger, open_run)
    events = events_of(_tables(ledger, month, layers, open_run), layers, rules, hospital)
    events = _with_month(events, {p.id: p for p in [*settled, holder]})
    own = events.filter(pl.col("month") == month.id)
    shown = FinalAccount(month, (holder,), layers, rules, own, ())
    until = FinalAccount(
        replace(month, first=date(month.first.year, 1, 1)),
        tuple(dict.fromkeys([*earlier, holder])),
        layers,
        rules,
        events.filter(pl.col("month") <= month.id),
        (),
    )
    lines = tuple(_accounts(ledger, month, holder, events, shown, known=known))
    begun = min((period.first for period in [*earlier, holder]), default=month.first)
    days = sum((p.last - p.first).days + 1 for p in dict.fromkeys([*earlier, holder]))
    gaps = days != (holder.last - begun).days + 1
    return MonthReport(
        shown, until, lines, holder, known, gaps,
        paid_again(ledger, month), paid_again(ledger, until.period),
        deposits_by(ledger, month, hospital),
    )  # fmt: skip


def _within(inner: Period, outer: Period) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _of_books(
    ledger: sqlite3.Connection, run: Run | None
) -> tuple[tuple[LayerInfo, ...], tuple[RuleInfo, ...]]:
    """All layers of the books and of the run, as the last of them calls them, and their documents."""
    runs = [run_of(ledger, one) for one in closings(ledger)]
    return of_books([*runs, *([run.info] if run else [])])


def _tables(
    ledger: sqlite3.Connection, month: Period, layers: Sequence[LayerInfo], run: Run | None
) -> Iterator[PeriodTables]:
    """What was posted in the year up to the month, and what closing the run would post."""
    names = columns_needed(layers)
    for one in closings(ledger):
        if one.period.first.year == month.first.year and one.period.first <= month.first:
            yield (
                one.period.id,
                stays_of(ledger, one, [*names, "status"]),
                changes_of(ledger, one, [*names, "visits"]),
            )
    if run is not None:
        own, later = would_post(ledger, run)
        kept = [[name for name in (*names, more) if name in table.columns]
                for table, more in ((own, "status"), (later, "visits"))]  # fmt: skip
        yield run.period.id, own.select(kept[0]), later.select(kept[1])


def _with_month(events: pl.DataFrame, periods: Mapping[str, Period]) -> pl.DataFrame:
    """`month`: as the module says."""
    first, last = (
        pl.col("period").replace_strict(
            {id_: getattr(period, end) for id_, period in periods.items()},
            default=None,
            return_dtype=pl.Date,
        )
        for end in ("first", "last")
    )
    day = pl.coalesce("settled_on", "discharged_on")
    own = pl.col("own") & pl.col("belongs_to").is_null() & day.is_between(first, last)
    return events.with_columns(month=pl.when(own).then(day).otherwise(last).dt.strftime("%Y-%m"))


def _accounts(
    ledger: sqlite3.Connection,
    month: Period,
    holder: Period,
    events: pl.DataFrame,
    shown: FinalAccount,
    *,
    known: bool,
) -> Iterator[MonthAccount]:
    """Each fund: what the holder began with, money and outlay of its months before, and those of the month."""
    settled = [one.period for one in closings(ledger)] + ([] if known else [holder])
    opening = {
        line.fund: line.opening
        for line in accounts(ledger, None if known else holder)
        if line.period == holder.id
    }
    before = (pl.col("period") == holder.id) & (pl.col("month") < month.id)
    outlay = events.filter(before)
    came: dict[tuple[str, str], dict[str, int]] = {}
    for line, source in _money(ledger):
        if meets(line.period, settled).id == holder.id:
            key = line.fund, _month_of(line, holder)
            part = came.setdefault(key, {})
            part[source] = part.get(source, 0) + line.fen
    beside: dict[tuple[str, str], int] = {}
    for line in second_payments(ledger):
        if meets(line.period, settled).id == holder.id:
            key = line.fund, _month_of(line, holder)
            beside[key] = beside.get(key, 0) + line.fen
    for fund in shown.funds:
        paid = [f"{fund.key}_payment_fen", f"{fund.key}_supplement_fen"]
        spent = sum(int(outlay[name].sum()) for name in paid) + sum(
            fen for (name, when), fen in beside.items() if name == fund.name and when < month.id
        )
        earlier = sum(
            sum(part.values())
            for (name, when), part in came.items()
            if name == fund.name and when < month.id
        )
        own = came.get((fund.name, month.id), {})
        start = opening.get(fund.name, 0) + earlier - spent
        mine = sum(shown.total[name] for name in paid) + beside.get((fund.name, month.id), 0)
        yield MonthAccount(fund.name, start, own, mine)


def _money(ledger: sqlite3.Connection) -> Iterator[tuple[Advance, str]]:
    yield from ((line, NO_SOURCE) for line in advances(ledger))
    yield from ((line, line.source) for line in incomes(ledger).values())


def _month_of(line: Advance, holder: Period) -> str:
    """The month of the day money came, within the period that counts it."""
    return f"{min(max(line.booked_on, holder.first), holder.last):%Y-%m}"
