"""Both funds' accounts, derived from the lines of the books; nothing here is ever stored.

上期结余 + 本期预拨 − 本期核定 = 期末结余. 核定 is what a fund owes by a period's statement: payable and offset of its
stays, adjustments of earlier ones, and what was paid out to patients by decision.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.errors import stop
from onestop_cli.history import PENDING
from onestop_cli.identify import mask_id
from onestop_cli.ledger.store import transaction

APPROVED = ("payable", "offset", "supplement")
"""What of a layer its fund pays."""


@dataclass(frozen=True)
class Line:
    """One fund's account in one period, in fen. `adjusted` is the part of `approved` for stays of closed periods."""

    fund: str
    period: str
    opening: int
    advanced: int
    approved: int
    adjusted: int

    @property
    def balance(self) -> int:
        """期末结余; negative: 应补拨."""
        return self.opening + self.advanced - self.approved


def advance(
    ledger: sqlite3.Connection,
    fund: str,
    period: str,
    fen: int,
    booked_on: date,
    note: str,
    operator: str,
) -> None:
    """Book a 预拨 to `fund` for `period`; a negative amount takes one back, with a new line."""
    known = sorted({name for _, name in funds(ledger).items()})
    if known and fund not in known:
        raise stop(f"台账里没有“{fund}”这个基金", f"请写：{'、'.join(known)}")
    with transaction(ledger):
        ledger.execute(
            "INSERT INTO advance (fund, period, fen, booked_on, note, operator) VALUES (?, ?, ?, ?, ?, ?)",
            (fund, period, fen, booked_on.isoformat(), note, operator),
        )


def funds(ledger: sqlite3.Connection) -> dict[str, str]:
    """Layer id → the fund that pays it, by all closed runs."""
    found: dict[str, str] = {}
    for (info,) in ledger.execute("SELECT info FROM run ORDER BY number"):
        found |= {layer["id"]: layer["fund"] for layer in json.loads(info)["layers"]}
    return found


def accounts(ledger: sqlite3.Connection) -> list[Line]:
    """Every fund's line in every period that has one, in order of time."""
    approved, adjusted, advanced = _approved(ledger), _adjusted(ledger), _advanced(ledger)
    lines = []
    for fund in dict.fromkeys([*funds(ledger).values(), *(fund for fund, _ in advanced)]):
        balance = 0
        for period in _periods(ledger):
            key = (fund, period)
            line = Line(
                fund,
                period,
                balance,
                advanced.get(key, 0),
                approved.get(key, 0),
                adjusted.get(key, 0),
            )
            balance = line.balance
            lines.append(line)
    return lines


def _periods(ledger: sqlite3.Connection) -> list[str]:
    """Closed periods in order, then periods that have only an advance so far."""
    closed = [row[0] for row in ledger.execute("SELECT period FROM run ORDER BY first")]
    ahead = [
        row[0] for row in ledger.execute("SELECT DISTINCT period FROM advance ORDER BY period")
    ]
    return closed + [period for period in ahead if period not in closed]


def _approved(ledger: sqlite3.Connection) -> dict[tuple[str, str], int]:
    return _by_fund(ledger, "")


def _adjusted(ledger: sqlite3.Connection) -> dict[tuple[str, str], int]:
    return _by_fund(ledger, "AND p.period <> r.period")


def _by_fund(ledger: sqlite3.Connection, condition: str) -> dict[tuple[str, str], int]:
    """(fund, period of the statement) → what the fund owes by it."""
    of = funds(ledger)
    marks = ", ".join("?" for _ in APPROVED)
    rows = ledger.execute(
        "SELECT p.layer, r.period, sum(p.fen) FROM posting p JOIN run r ON r.number = p.run "
        f"WHERE p.what IN ({marks}) {condition} GROUP BY p.layer, r.period",
        APPROVED,
    )
    sums: dict[tuple[str, str], int] = {}
    for layer, period, fen in rows:
        sums[of[layer], period] = sums.get((of[layer], period), 0) + fen
    return sums


def _advanced(ledger: sqlite3.Connection) -> dict[tuple[str, str], int]:
    rows = ledger.execute("SELECT fund, period, sum(fen) FROM advance GROUP BY fund, period")
    return {(fund, period): fen for fund, period, fen in rows}


def standing(ledger: sqlite3.Connection, period: str) -> dict[str, dict[str, int]]:
    """For the statement of a period that is not closed yet: each fund's opening balance and its advances, fen."""
    found: dict[str, dict[str, int]] = {}
    for line in accounts(ledger):
        if line.period == period:
            found[line.fund] = {"opening_fen": line.opening, "advanced_fen": line.advanced}
        elif found.get(line.fund, {}).get("advanced_fen", 0) == 0:
            found[line.fund] = {"opening_fen": line.balance, "advanced_fen": 0}
    return found


def pending(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every closed stay that is still held, as `PENDING`."""
    rows = ledger.execute(
        "SELECT s.period, s.facts ->> 'source', s.facts ->> 'sheet', s.facts ->> 'row', s.hospital, "
        "s.stay_no, s.facts ->> 'name', s.facts ->> 'id_raw', t.blocking, "
        "(SELECT coalesce(sum(fen), 0) FROM posting WHERE stay = s.number AND what = 'held') "
        "FROM state t JOIN stay s ON s.number = t.stay WHERE t.status = 'held' "
        "AND NOT EXISTS (SELECT 1 FROM state n WHERE n.stay = t.stay AND n.number > t.number) "
        "ORDER BY s.number"
    ).fetchall()
    shown = pl.DataFrame(rows, schema=dict(PENDING), orient="row")
    return shown.with_columns(id_shown=mask_id(pl.col("id_shown")))


def verify(ledger: sqlite3.Connection) -> list[str]:
    """Every law of the books that does not hold, in Chinese; empty when they close.

    The file is whole, each run's lines give its control totals, and per stay claimed = payable + deducted + held.
    """
    complaints = [str(row[0]) for row in ledger.execute("PRAGMA integrity_check") if row[0] != "ok"]
    complaints += [
        f"{row[0]} 的记录指向不存在的行" for row in ledger.execute("PRAGMA foreign_key_check")
    ]
    for number, period, info in ledger.execute(
        "SELECT number, period, info FROM run ORDER BY number"
    ):
        complaints += _unlike_control(ledger, number, period, json.loads(info))
    unbalanced = ledger.execute(
        "SELECT count(*) FROM (SELECT stay, layer, sum(CASE what WHEN 'claimed' THEN fen "
        "WHEN 'payable' THEN -fen WHEN 'deducted' THEN -fen WHEN 'held' THEN -fen ELSE 0 END) AS gap "
        "FROM posting WHERE layer <> '' GROUP BY stay, layer) WHERE gap <> 0"
    ).fetchone()[0]
    if unbalanced:
        complaints.append(f"有 {unbalanced} 笔住院申报 ≠ 核付 + 扣减 + 待核")
    return complaints


def _unlike_control(
    ledger: sqlite3.Connection, number: int, period: str, info: dict[str, Any]
) -> Iterator[str]:
    """Where the lines of a run's own stays do not give the totals the run was closed with."""
    rows = ledger.execute(
        "SELECT p.layer, p.what, sum(p.fen) FROM posting p JOIN stay s ON s.number = p.stay "
        "WHERE p.run = ? AND s.run = ? GROUP BY p.layer, p.what",
        (number, number),
    )
    posted = {(layer, what): fen for layer, what, fen in rows}
    for layer, totals in info["posted"].items():
        for what, fen in totals.items():
            if posted.get((layer, what), 0) != fen:
                yield f"{period} 的 {layer} {what} 合计与关账时的控制数不符"
