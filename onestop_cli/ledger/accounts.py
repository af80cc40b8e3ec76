"""Both funds' accounts, derived from the lines of the books; nothing here is ever stored.

上期结余 + 本期预拨 − 本期核定 = 期末结余. 核定 is what a fund owes by a period's statement: payable and offset of its
stays, adjustments of earlier ones, and what was paid out to patients by decision.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.load import closed_periods
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


def book_advance(ledger: sqlite3.Connection, line: Advance, known: Collection[str] = ()) -> None:
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
        ledger.execute(
            "INSERT INTO advance (fund, period, fen, booked_on, note, operator) VALUES (?, ?, ?, ?, ?, ?)",
            (line.fund, line.period.id, line.fen, line.booked_on.isoformat(), line.note, line.operator),
        )  # fmt: skip


def _doubts(ledger: sqlite3.Connection, line: Advance) -> list[Problem]:
    doubts = []
    last = ledger.execute("SELECT period, last FROM run ORDER BY last DESC LIMIT 1").fetchone()
    if last and line.period.first.isoformat() <= last[1]:
        doubts.append(
            Problem(
                f"{line.period.chinese}已经关账（最近关的是 {last[0]}），账目不再变动",
                "请记在还没有关账的结算期",
            )
        )
    if line.fen == 0:
        doubts.append(Problem("预拨金额为零", "请写元，例如 --amount 500000"))
    if line.fen < 0 and not line.note:
        doubts.append(Problem("收回预拨要写明原因", "请加上 --note"))
    return doubts


def funds(ledger: sqlite3.Connection) -> dict[str, str]:
    """Layer id → the fund that pays it, by all closed runs."""
    found: dict[str, str] = {}
    for (layers,) in ledger.execute(
        "SELECT json_extract(info, '$.layers') FROM run ORDER BY number"
    ):
        found |= {layer["id"]: layer["fund"] for layer in json.loads(layers)}
    return found


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
    advanced: dict[tuple[str, str], int] = {}
    for fund, name, fen in _advances(ledger):
        key = fund, _meets(parse_period(name), settled).id
        advanced[key] = advanced.get(key, 0) + fen
    periods = {p.id: p for p in settled} | {name: parse_period(name) for _, name in advanced}
    ordered = sorted(periods.values(), key=lambda period: period.first)
    lines = []
    for fund in dict.fromkeys([*funds(ledger).values(), *(fund for fund, _ in advanced)]):
        balance = 0
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
    """The lines of the books, summed: one pass over an index, whatever is asked of them."""
    of = funds(ledger) | {"": ""}
    rows = ledger.execute(
        "SELECT p.layer, p.what, r.period, p.period, p.fen FROM (SELECT run, layer, what, period, "
        "sum(fen) AS fen FROM posting GROUP BY run, layer, what, period) p JOIN run r ON r.number = p.run"
    )
    return [Sum(of[layer], layer, *rest) for layer, *rest in rows]


def _advances(ledger: sqlite3.Connection) -> list[tuple[str, str, int]]:
    return ledger.execute(
        "SELECT fund, period, sum(fen) FROM advance GROUP BY fund, period"
    ).fetchall()


def standing(ledger: sqlite3.Connection, period: Period) -> dict[str, dict[str, int]]:
    """For the statement of a period that is not closed yet: each fund's opening balance and its advances, fen."""
    return {
        line.fund: {"opening_fen": line.opening, "advanced_fen": line.advanced}
        for line in accounts(ledger, period)
        if line.period == period.id
    }
