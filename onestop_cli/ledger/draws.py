"""Every draw of an inspection, kept beside the postings: of which run, with which seeds, which sample.

Draws are no part of the chain of postings: they change no amount, and a run that waits to be closed must not find the
books changed by them. Each carries the digest of the one before it, and the table refuses to be rewritten.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from onestop_cli.ledger.store import transaction

Record = Mapping[str, Any]


def keep_draw(ledger: sqlite3.Connection, period: str, record: Record) -> int:
    """Add a draw from a run of `period`; its number."""
    with transaction(ledger):
        last = ledger.execute(
            "SELECT number, record FROM draw ORDER BY number DESC LIMIT 1"
        ).fetchone()
        number, before = (last[0] + 1, _digest(last[1])) if last else (1, "")
        text = json.dumps({**record, "before": before}, ensure_ascii=False, sort_keys=True)
        ledger.execute("INSERT INTO draw VALUES (?, ?, ?)", (number, period, text))
    return int(number)


def kept_draws(ledger: sqlite3.Connection, period: str) -> list[dict[str, Any]]:
    """The draws from runs of `period`, in order, each with its `number` and whether it continues (`whole`) the one
    before it."""
    found, before = [], ""
    for number, own, text in ledger.execute(
        "SELECT number, period, record FROM draw ORDER BY number"
    ):
        record = _parsed(text)
        whole = record.pop("before", None) == before
        before = _digest(text)
        if own == period:
            found.append({**record, "number": number, "whole": whole})
    return found


def _parsed(text: str) -> dict[str, Any]:
    """A record; what somebody made unreadable is a record of nothing."""
    try:
        record = json.loads(text)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
