"""Both funds' accounts, derived from the lines of the books; nothing here is ever stored.

上期结余 + 本期预拨 − 本期核定 = 期末结余. 核定 is what a fund owes by a period's statement: payable and offset of its
stays, adjustments of earlier ones, and what was paid out to patients by decision.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.books import (
    OF_SCHEME,
    Closing,
    Total,
    beginning,
    closed_periods,
    closings,
    layers_of,
)
from onestop_cli.ledger.chain import ADVANCE, MONEY_IN, SECOND, Draft, Entry, append, entries
from onestop_cli.ledger.store import transaction
from onestop_cli.statements.funds import fund_names, fund_of

APPROVED = ("payable", "offset", "supplement")
"""What of a layer its fund pays."""


@dataclass(frozen=True)
class AccountLine:
    """One fund's account in one period, in fen. `adjusted` is the part of `approved` for stays of earlier periods,
    `paid_out` the part that goes to patients; `second` is paid beside stays (大病二次补偿)."""

    fund: str
    period: str
    opening: int
    advanced: int
    approved: int
    adjusted: int
    paid_out: int
    second: int = 0

    @property
    def balance(self) -> int:
        """期末结余; negative: 应补拨."""
        return self.opening + self.advanced - self.approved - self.second


@dataclass(frozen=True)
class Advance:
    """A 预拨 as it is booked: `fen` to `fund` for `period`; a negative amount takes one back, with a new line.
    `corrects`: the number of the posting that is taken back."""

    fund: str
    period: Period
    fen: int
    booked_on: date
    note: str
    operator: str
    corrects: int | None = None


def book_advance(
    ledger: sqlite3.Connection, line: Advance, now: datetime, known: Collection[str] = ()
) -> None:
    """Book an advance; `known` are funds of the county's documents, beside those of closed runs.

    Raises `CannotRun` for an unknown fund, a period that is closed or lies before a closed one, or nothing to book.
    """
    with transaction(ledger):
        names = sorted({*funds(ledger), *known})
        problems = [*doubts(ledger, line), *implausible(ledger, line, now), *_twice(ledger, line)]
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
            **({"corrects": line.corrects} if line.corrects else {}),
        }
        append(ledger, Draft(ADVANCE, content, line.operator, now))


def doubts(ledger: sqlite3.Connection, line: Advance, what: str = "预拨") -> Iterator[Problem]:
    """Why money that came in (`what` it is called) cannot be booked in its period."""
    last = max(closed_periods(ledger), key=lambda period: period.last, default=None)
    if last and line.period.first <= last.last:
        yield Problem(
            f"{line.period.chinese}已经关账（最近关的是 {last.id}），账目不再变动",
            "请记在还没有关账的结算期",
        )
    if line.fen == 0:
        yield Problem(f"{what}金额为零", "请写元，例如 --amount 500000")
    if line.fen < 0 and not line.note:
        yield Problem(f"收回{what}要写明原因", "请加上 --note")


FAR = timedelta(days=366)
"""Further away than this no period and no day can be meant."""


def implausible(ledger: sqlite3.Connection, line: Advance, now: datetime) -> Iterator[Problem]:
    """A period or a day that can only be a slip of the hand; of a line that takes such a slip back they are right."""
    if line.corrects:
        return
    first = beginning(ledger).first_day
    latest = max((period.last for period in closed_periods(ledger)), default=first)
    if line.period.last < first:
        yield Problem(f"台账从 {first} 开始，{line.period.chinese}在它之前", "请核对 --period")
    elif first.year > UNKNOWN and line.period.first > latest + FAR:
        yield Problem(
            f"{line.period.chinese}离台账里最近的一期（{latest}）一年以上，是不是写错了年份",
            "请核对 --period",
        )
    if line.booked_on > now.date() + timedelta(days=1):
        yield Problem(f"到账日期 {line.booked_on} 还没有到", "请核对 --date")
    elif not line.period.first - FAR <= line.booked_on <= line.period.last + FAR:
        yield Problem(
            f"到账日期 {line.booked_on} 和{line.period.chinese}相差一年以上",
            "请核对 --date 和 --period；没有写 --date 的按今天",
        )


UNKNOWN = 1900
"""The year in which books begin of which nobody knows when they did."""


def _twice(ledger: sqlite3.Connection, line: Advance) -> Iterator[Problem]:
    """The same line once more."""
    undone = {entry.content.get("corrects") for entry in entries(ledger, ADVANCE)}
    for entry in entries(ledger, ADVANCE):
        if entry.number in undone or line.corrects:
            continue
        if advance_of(entry) == replace(line, operator=entry.operator):
            yield Problem(
                f"同样的一笔预拨已经记过（第 {entry.number} 号记账，{entry.booked_at[:10]}）",
                "确实是另一笔的，请用 --note 写明文号来区分",
            )


def correction(ledger: sqlite3.Connection, number: int, note: str, operator: str) -> Advance:
    """The line that takes advance `number` back.

    Raises `CannotRun` when there is no such advance, or it was taken back already.
    """
    booked = {entry.number: entry for entry in entries(ledger, ADVANCE)}
    undone = {entry.content.get("corrects") for entry in booked.values()}
    if number not in booked or booked[number].content.get("corrects"):
        raise stop(f"台账里没有第 {number} 号预拨", "用 onestop ledger advance --list 看各笔的序号")
    if number in undone:
        raise stop(f"第 {number} 号预拨已经冲销过", "用 onestop ledger advance --list 看各笔的序号")
    wrong = advance_of(booked[number])
    return replace(wrong, fen=-wrong.fen, note=note, operator=operator, corrects=number)


def funds(ledger: sqlite3.Connection) -> list[str]:
    """The funds that pay a layer, by all closed runs."""
    return fund_names(layers_of(ledger).values())


def accounts(ledger: sqlite3.Connection, upcoming: Period | None = None) -> list[AccountLine]:
    """Every fund's line in every period that has one, in order of time; `upcoming`: a period to be closed next.

    `advanced`: all that came in. Money for a part of a closed period, or for a longer one, counts in the first period
    that it meets.
    """
    approved, adjusted, paid_out = dict[_Key, int](), dict[_Key, int](), dict[_Key, int]()
    for of_run in sums(ledger):
        if of_run.what in APPROVED:
            of_run.add_to(approved)
            of_run.add_to(adjusted, of_run.belongs_to != of_run.period)
            of_run.add_to(paid_out, of_run.what == "supplement")
    settled = [*closed_periods(ledger), *([upcoming] if upcoming else [])]
    advanced, second = dict[_Key, int](), dict[_Key, int]()
    for lines_of, found_in in ((received, advanced), (second_payments, second)):
        for line in lines_of(ledger):
            key = line.fund, meets(line.period, settled).id
            found_in[key] = found_in.get(key, 0) + line.fen
    opened = beginning(ledger).balances
    periods = {p.id: p for p in settled} | {
        name: parse_period(name) for _, name in (*advanced, *second)
    }
    ordered = sorted(periods.values(), key=lambda period: period.first)
    lines = []
    names = [*funds(ledger), *opened, *(fund for fund, _ in (*advanced, *second))]
    for fund in dict.fromkeys(names):
        balance = opened.get(fund, 0)
        for key in ((fund, period.id) for period in ordered):
            amounts = (
                found.get(key, 0) for found in (advanced, approved, adjusted, paid_out, second)
            )
            lines.append(AccountLine(*key, balance, *amounts))
            balance = lines[-1].balance
    return lines


def meets(period: Period, settled: Sequence[Period]) -> Period:
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
    layers = layers_of(ledger)

    def summed(one: Closing, total: Total) -> Sum:
        id_, _, scheme = total.layer.partition(OF_SCHEME)
        fund = fund_of(layers[id_], scheme) if id_ else ""
        return Sum(fund, id_, total.what, one.period.id, total.belongs_to, total.fen)

    return [summed(one, total) for one in closings(ledger) for total in one.totals]


def received(ledger: sqlite3.Connection) -> list[Advance]:
    """All money that came in, in the order of booking: 预拨, and income that is booked by its source."""
    return [advance_of(entry) for entry in entries(ledger, *MONEY_IN)]


def second_payments(ledger: sqlite3.Connection) -> list[Advance]:
    """大病二次补偿 as booked, whole batches: what a fund paid beside stays."""
    return [advance_of(entry) for entry in entries(ledger, SECOND)]


def advances(ledger: sqlite3.Connection) -> list[Advance]:
    """Every 预拨 in the order of booking."""
    return [advance_of(entry) for entry in entries(ledger, ADVANCE)]


def advance_of(entry: Entry) -> Advance:
    """What a posting of money says."""
    content = entry.content
    return Advance(
        content["fund"],
        parse_period(content["period"]),
        content["fen"],
        date.fromisoformat(content["booked_on"]),
        content["note"],
        entry.operator,
        content.get("corrects"),
    )


def standing(ledger: sqlite3.Connection, period: Period) -> dict[str, dict[str, int]]:
    """For the statement of a period that is not closed yet: each fund's opening balance (less what was paid beside
    stays since) and its advances, fen."""
    return {
        line.fund: {"opening_fen": line.opening - line.second, "advanced_fen": line.advanced}
        for line in accounts(ledger, period)
        if line.period == period.id
    }
