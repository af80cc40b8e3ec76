"""试算平衡: the books seen from both sides, and every law they must keep."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onestop_cli.ledger.accounts import accounts, sums
from onestop_cli.ledger.waiting import pending
from onestop_cli.run import Run
from onestop_cli.tables.run_info import ControlTotals


@dataclass(frozen=True)
class Entry:
    """One account of the trial balance: its balance in fen on the one side or the other, the other is 0."""

    fund: str
    account: str
    debit: int
    credit: int


def trial_balance(ledger: sqlite3.Connection) -> list[Entry]:
    """Per fund what came in, what it was spent on and what is left; what hospitals claimed and what became of it.

    Each side comes from lines of its own, so that both agree only when nothing is missing.
    """
    entries = []
    totals = _sums(ledger)
    advanced = dict(ledger.execute("SELECT fund, sum(fen) FROM advance GROUP BY fund"))
    left = {line.fund: line.balance for line in accounts(ledger)}
    for fund in left:
        part = {what: fen for (name, what), fen in totals.items() if name == fund}
        hospitals = part.get("payable", 0) + part.get("offset", 0)
        entries += [
            Entry(fund, "拨入款项", 0, advanced.get(fund, 0)),
            Entry(fund, "拨付医疗机构", hospitals, 0),
            Entry(fund, "补发患者", part.get("supplement", 0), 0),
            Entry(fund, "结余", max(left[fund], 0), 0),
            Entry(fund, "应补拨", 0, max(-left[fund], 0)),
            Entry(fund, "医疗机构申报", part.get("claimed", 0), 0),
            Entry(fund, "其中：核付", 0, part.get("payable", 0)),
            Entry(fund, "其中：审核扣减", 0, part.get("deducted", 0)),
            Entry(fund, "其中：待核", 0, part.get("held", 0)),
        ]
    return entries


def _sums(ledger: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """(fund, what) → fen, over all lines of a layer."""
    totals: dict[tuple[str, str], int] = {}
    for part in sums(ledger):
        key = part.fund, part.what
        totals[key] = totals.get(key, 0) + part.fen
    return totals


def verify(ledger: sqlite3.Connection) -> list[str]:
    """Every law of the books that does not hold, in Chinese; empty when they close.

    The file is whole; each run's lines give its control totals; per stay and layer claimed = payable + deducted + held;
    what is held is what the stays that wait are held with; both sides of the trial balance agree.
    """
    complaints = [str(row[0]) for row in ledger.execute("PRAGMA integrity_check") if row[0] != "ok"]
    complaints += [
        f"{row[0]} 的记录指向不存在的行" for row in ledger.execute("PRAGMA foreign_key_check")
    ]
    for number, period, posted in ledger.execute(
        "SELECT number, period, json_extract(info, '$.posted') FROM run ORDER BY number"
    ):
        complaints += _unlike_control(ledger, number, period, json.loads(posted))
    return [*complaints, *_unbalanced(ledger)]


def _unbalanced(ledger: sqlite3.Connection) -> Iterator[str]:
    split = ledger.execute(
        "SELECT count(*) FROM (SELECT stay, layer, sum(CASE what WHEN 'claimed' THEN fen "
        "WHEN 'payable' THEN -fen WHEN 'deducted' THEN -fen WHEN 'held' THEN -fen ELSE 0 END) AS gap "
        "FROM posting WHERE layer <> '' GROUP BY stay, layer) WHERE gap <> 0"
    ).fetchone()[0]
    if split:
        yield f"有 {split:,} 笔住院申报 ≠ 核付 + 扣减 + 待核"
    held = ledger.execute(
        "SELECT coalesce(sum(fen), 0) FROM posting WHERE what = 'held'"
    ).fetchone()
    waiting = pending(ledger)["held_fen"].sum()
    if held[0] != waiting + _held_in_part(ledger):
        yield "待核金额与待核住院不符"
    entries = trial_balance(ledger)
    for fund in dict.fromkeys(entry.fund for entry in entries):
        own = [entry for entry in entries if entry.fund == fund]
        if sum(entry.debit for entry in own) != sum(entry.credit for entry in own):
            yield f"{fund}试算不平衡"


def _held_in_part(ledger: sqlite3.Connection) -> int:
    """What is held of settled stays, where the county lets an excess wait (`liability`), fen."""
    row = ledger.execute(
        "SELECT coalesce(sum(p.fen), 0) FROM posting p JOIN state t ON t.number = "
        "(SELECT max(number) FROM state WHERE stay = p.stay) WHERE p.what = 'held' AND t.status = 'settled'"
    ).fetchone()
    return int(row[0])


def _unlike_control(
    ledger: sqlite3.Connection, number: int, period: str, control: dict[str, Any]
) -> Iterator[str]:
    """Where a run's lines do not give the totals it was closed with: of its own stays, and of closed ones."""
    rows = ledger.execute(
        "SELECT s.run = p.run, p.layer, p.what, sum(p.fen) FROM posting p JOIN stay s ON s.number = p.stay "
        "WHERE p.run = ? GROUP BY s.run = p.run, p.layer, p.what",
        (number,),
    )
    posted = {("own" if own else "closed", layer, what): fen for own, layer, what, fen in rows}
    for part, layers in control.items():
        for layer, totals in layers.items():
            for what, fen in totals.items():
                if posted.pop((part, layer, what), 0) != fen:
                    yield f"{period} 的 {layer or '合计'} {what} 与关账时的控制数不符"
    if any(posted.values()):
        yield f"{period} 有控制数以外的分录"


def posted_unlike(ledger: sqlite3.Connection, run: Run, sha256: str) -> list[str]:
    """Where a run folder is not the one that was closed, or its control totals are not those of the books."""
    period = run.period
    row = ledger.execute(
        "SELECT sha256, json_extract(info, '$.control') FROM run WHERE period = ?", (period.id,)
    ).fetchone()
    if row is None:
        return [f"{period.chinese}还没有关账"]
    if row[0] != sha256:
        return [f"{period.chinese}：这个文件夹不是关账时的那一份"]
    return (
        []
        if ControlTotals.model_validate_json(row[1]) == run.info.control
        else [f"{period.chinese}的控制数不符"]
    )
