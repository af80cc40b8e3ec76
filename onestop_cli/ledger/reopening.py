"""Taking back the last closed period, as a posting of its own: the closing stays in the books and counts no more."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from onestop_cli.errors import stop
from onestop_cli.ledger.books import Closing, closings
from onestop_cli.ledger.chain import REOPENING, Draft, append
from onestop_cli.ledger.hospital_money import booked_for
from onestop_cli.ledger.store import transaction


def last_closing(ledger: sqlite3.Connection) -> Closing:
    """The closing that can be taken back; raises `CannotRun` when there is none."""
    closed = closings(ledger)
    if not closed:
        raise stop("台账里没有已关账的结算期，没有可以撤销的", "用 onestop ledger show 看台账")
    return closed[-1]


def reopen(
    ledger: sqlite3.Connection, closing: Closing, operator: str, now: datetime, reason: str
) -> None:
    """Take back `closing`; raises `CannotRun` when it is not the last any more."""
    with transaction(ledger):
        if last_closing(ledger).entry.number != closing.entry.number:
            raise stop("台账刚刚有变动，没有撤销", "请再运行一次")
        if paid := booked_for(ledger, closing.period.id):
            raise stop(
                f"{closing.period.chinese}已经记了机构往来（第 {'、'.join(map(str, paid))} 号），不能撤销关账",
                "请先用 onestop ledger hospital --undo 序号 逐笔冲销",
            )
        content = {"entry": closing.entry.number, "period": closing.period.id, "reason": reason}
        append(ledger, Draft(REOPENING, content, operator, now))
