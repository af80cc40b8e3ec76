"""Both funds' accounts, derived from the lines of the books; nothing here is ever stored.

上期结余 + 本期预拨 − 本期核定 = 期末结余. 核定 is what a fund owes by a period's statement: payable and offset of its
stays, adjustments of earlier ones, and what was paid out to patients by decision.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.books import beginning, closed_periods, closings, layers_of
from onestop_cli.ledger.chain import ADVANCE, Draft, append, entries
from onestop_cli.ledger.store import transaction

APPROVED = ("payable", "offset", "supplement")
"""What of a layer its fund pays."""


@dataclass(frozen=True)
class Line:
    """One fund's account in one period, in fen. `adjusted` is the part of `approved` for stays of earlier periods,
    `paid_out` the part that goes to patients."""

    fund: str
    period: str
    opening: int
    advanced: int
    approved: int
    adjusted: int
    paid_out: int

    @property
    def balance(self) -> int:
        """期末结余; negative: 应补拨."""
        return self.opening + self.advanced - self.approved


@dataclass(frozen=True)
class Advance:
    """A 预拨 as it is booked: `fen` to `fund` for `period`; a negative amount takes one back, with a new line."""

    fund: str
    period: Period
    fen: int
    booked_on: date
    note: str
    operator: str


def book_advance(
    ledger: sqlite3.Connection, line: Advance, now: datetime, known: Collection[str] = ()
) -> None:
    """Book an advance; `known` are funds of the county's documents, beside those of closed runs.

    Raises `CannotRun` for an unknown fund, a period that is closed or lies before a closed one, or nothing to book.
    """
    with transaction(ledger):
        names = sorted({*funds(ledger).values(), *known})
        problems = [*_doubts(ledger, line)]
        if names and line.fund not in names:
            problems.append(
                Problem(f"没有“{line.fund}”这个基金", f"--fund 可写：{'、'.join(names)}")
            )
        if problems:
            raise CannotRun(problems)
        content = {
            "fund": line.fund,
            "period": line.period.id,
            "fen": line.fen,
            "booked_on": line.booked_on.isoformat(),
            "note": line.note,
        }
        append(ledger, Draft(ADVANCE, content, line.operator, now))


def _doubts(ledger: sqlite3.Connection, line: Advance) -> Iterator[Problem]:
    last = max(closed_periods(ledger), key=lambda period: period.last, default=None)
    if last and line.period.first <= last.last:
        yield Problem(
            f"{line.period.chinese}已经关账（最近关的是 {last.id}），账目不再变动",
            "请记在还没有关账的结算期",
        )
    if line.fen == 0:
        yield Problem("预拨金额为零", "请写元，例如 --amount 500000")
    if line.fen < 0 and not line.note:
        yield Problem("收回预拨要写明原因", "请加上 --note")


def funds(ledger: sqlite3.Connection) -> dict[str, str]:
    """Layer id → the fund that pays it, by all closed runs."""
    return {id_: layer.fund for id_, layer in layers_of(ledger).items()}


def accounts(ledger: sqlite3.Connection, upcoming: Period | None = None) -> list[Line]:
    """Every fund's line in every period that has one, in order of time; `upcoming`: a period to be closed next.

    An advance for a part of a closed period, or for a longer one, counts in the first period that it meets.
    """
    approved, adjusted, paid_out = dict[_Key, int](), dict[_Key, int](), dict[_Key, int]()
    for of_run in sums(ledger):
        if of_run.what in APPROVED:
            of_run.add_to(approved)
            of_run.add_to(adjusted, of_run.belongs_to != of_run.period)
            of_run.add_to(paid_out, of_run.what == "supplement")
    settled = [*closed_periods(ledger), *([upcoming] if upcoming else [])]
    advanced: dict[_Key, int] = {}
    for line in advances(ledger):
        key = line.fund, _meets(line.period, settled).id
        advanced[key] = advanced.get(key, 0) + line.fen
    opened = beginning(ledger).balances
    periods = {p.id: p for p in settled} | {name: parse_period(name) for _, name in advanced}
    ordered = sorted(periods.values(), key=lambda period: period.first)
    lines = []
    names = [*funds(ledger).values(), *opened, *(fund for fund, _ in advanced)]
    for fund in dict.fromkeys(names):
        balance = opened.get(fund, 0)
        for key in ((fund, period.id) for period in ordered):
            amounts = (found.get(key, 0) for found in (advanced, approved, adjusted, paid_out))
            lines.append(Line(*key, balance, *amounts))
            balance = lines[-1].balance
    return lines


def _meets(period: Period, settled: Sequence[Period]) -> Period:
    """The first settled period that has a day of `period`, else `period` itself."""
    ordered = sorted(settled, key=lambda other: other.first)
    met = (p for p in ordered if p.first <= period.last and period.first <= p.last)
    return next(met, period)


_Key = tuple[str, str]
"""A fund and the period of a statement."""


@dataclass(frozen=True)
class Sum:
    """All lines of one layer and kind that the run of `period` posted for stays of `belongs_to`, fen. Lines of no layer
    have no fund."""

    fund: str
    layer: str
    what: str
    period: str
    belongs_to: str
    fen: int

    def add_to(self, sums: dict[_Key, int], holds: bool = True) -> None:
        """Add to the sum of its fund and statement, when it `holds`."""
        if holds:
            key = self.fund, self.period
            sums[key] = sums.get(key, 0) + self.fen


def sums(ledger: sqlite3.Connection) -> list[Sum]:
    """What the closings posted, summed when they did; `verify` adds it all up again."""
    of = funds(ledger) | {"": ""}
    return [
        Sum(of[total.layer], total.layer, total.what, one.period.id, total.belongs_to, total.fen)
        for one in closings(ledger)
        for total in one.totals
    ]


def advances(ledger: sqlite3.Connection) -> list[Advance]:
    """Every 预拨 in the order of booking."""
    return [
        Advance(
            entry.content["fund"],
            parse_period(entry.content["period"]),
            entry.content["fen"],
            date.fromisoformat(entry.content["booked_on"]),
            entry.content["note"],
            entry.operator,
        )
        for entry in entries(ledger, ADVANCE)
    ]


def standing(ledger: sqlite3.Connection, period: Period) -> dict[str, dict[str, int]]:
    """For the statement of a period that is not closed yet: each fund's opening balance and its advances, fen."""
    return {
        line.fund: {"opening_fen": line.opening, "advanced_fen": line.advanced}
        for line in accounts(ledger, period)
        if line.period == period.id
    }
