"""Closed stays that wait for an answer, and what patients are still owed."""

from __future__ import annotations

import sqlite3

import polars as pl

from onestop_cli.core.closed import PENDING
from onestop_cli.core.identify import mask_id
from onestop_cli.ledger.accounts import sums


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


def still_owed(ledger: sqlite3.Connection) -> int:
    """应补未补 of all closed periods, less what decisions have paid out since, fen."""
    kinds = {"owed": 1, "supplement": -1}
    return sum(part.fen * kinds.get(part.what, 0) for part in sums(ledger))
