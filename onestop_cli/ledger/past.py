"""What the books remember for a run: closed stays of its people, as they stand now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from onestop_cli.history import POSTED, History
from onestop_cli.ledger.closing import OWED
from onestop_cli.ledger.facts import unpack
from onestop_cli.periods import Period


def closed_periods(ledger: sqlite3.Connection) -> tuple[Period, ...]:
    """The closed periods, in the order of their closing."""
    rows = ledger.execute("SELECT period, first, last FROM run ORDER BY number")
    return tuple(
        Period(id_, date.fromisoformat(first), date.fromisoformat(last))
        for id_, first, last in rows
    )


def closed_rules(ledger: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """The documents that closed periods were settled by: (id, sha256) → text."""
    return {
        (id_, sha): text for id_, sha, text in ledger.execute("SELECT id, sha256, text FROM rule")
    }


def history(
    ledger: sqlite3.Connection,
    people: Iterable[str],
    numbers: Iterable[tuple[str, str]],
    layers: Sequence[str],
    *,
    with_held: bool = False,
) -> History:
    """Closed stays of `people`, those with one of the (hospital, 住院号) `numbers`, and on demand all that are held."""
    _wanted(ledger, people, numbers, with_held)
    rows = ledger.execute(
        "SELECT s.number, s.period, s.facts, t.status, t.blocking, t.choices FROM wanted w "
        "JOIN stay s ON s.number = w.number "
        "JOIN state t ON t.number = (SELECT max(number) FROM state WHERE stay = s.number) "
        "ORDER BY s.number"
    ).fetchall()
    stays = unpack(row[2] for row in rows)
    known = pl.DataFrame(
        {
            "_stay": [row[0] for row in rows],
            "period": [row[1] for row in rows],
            "status": [row[3] for row in rows],
            "blocking": [row[4] for row in rows],
        },
        schema={"_stay": pl.Int64, "period": pl.String, "status": pl.String, "blocking": pl.String},
    )
    whole = pl.concat([stays, known, _chosen([row[5] for row in rows], layers)], how="horizontal")
    posted = whole.join(_posted(ledger, layers), on="_stay", how="left", maintain_order="left")
    return History(posted.drop("_stay"), closed_periods(ledger))


def _wanted(
    ledger: sqlite3.Connection,
    people: Iterable[str],
    numbers: Iterable[tuple[str, str]],
    with_held: bool,
) -> None:
    """The numbers of the stays to fetch, as a temporary table."""
    ledger.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (number INTEGER PRIMARY KEY)")
    ledger.execute("DELETE FROM wanted")
    find = {
        "SELECT number FROM stay WHERE person = ?": ((person,) for person in people),
        "SELECT number FROM stay WHERE hospital = ? AND stay_no = ?": numbers,
    }
    for query, keys in find.items():
        ledger.executemany(f"INSERT OR IGNORE INTO wanted {query}", keys)
    if with_held:
        ledger.execute(
            "INSERT OR IGNORE INTO wanted SELECT stay FROM state GROUP BY stay "
            "HAVING status = 'held' AND number = max(number)"
        )


def _chosen(choices: Sequence[str], layers: Sequence[str]) -> pl.DataFrame:
    """Decisions of earlier runs, as columns of their own."""
    parsed = [json.loads(text) for text in choices]
    amounts = [f"{layer}_{what}" for layer in layers for what in ("docked", "supplement")]
    columns = {"was_released": pl.Series([p.get("released") for p in parsed], dtype=pl.String)}
    for name in amounts:
        values = [p.get(f"{name}_fen") for p in parsed]
        columns[f"was_{name}_fen"] = pl.Series(values, dtype=pl.Int64)
    return pl.DataFrame(columns)


def _posted(ledger: sqlite3.Connection, layers: Sequence[str]) -> pl.DataFrame:
    """What was posted so far for each wanted stay: `posted_<layer>_<amount>_fen`, `posted_patient_owed_fen`."""
    rows = ledger.execute(
        "SELECT p.stay, p.layer, p.what, sum(p.fen) FROM wanted w JOIN posting p ON p.stay = w.number "
        "GROUP BY p.stay, p.layer, p.what"
    ).fetchall()
    lines = pl.DataFrame(
        rows,
        schema={"_stay": pl.Int64, "layer": pl.String, "what": pl.String, "fen": pl.Int64},
        orient="row",
    )
    sums = [
        _sum_of(layer, what).alias(f"posted_{layer}_{what}_fen")
        for layer in layers
        for what in POSTED
    ]
    return lines.group_by("_stay").agg(*sums, _sum_of("", OWED).alias("posted_patient_owed_fen"))


def _sum_of(layer: str, what: str) -> pl.Expr:
    return pl.col("fen").filter((pl.col("layer") == layer) & (pl.col("what") == what)).sum()
