"""What the books remember for a run: closed stays of its people, as they stand now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date

import polars as pl

from onestop_cli.core.closed import POSTED, WHOLE, History
from onestop_cli.county.periods import Period
from onestop_cli.ledger.pack import from_lines, unpack
from onestop_cli.tables.decisions import CARRIED_OUT


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


def carried_out(ledger: sqlite3.Connection) -> pl.DataFrame:
    """The decisions that closed runs have carried out, as `CARRIED_OUT`."""
    rows = ledger.execute(
        "SELECT d.line, r.period FROM decision d JOIN run r ON r.number = d.run ORDER BY d.number"
    )
    lines = [{**json.loads(line), "carried_out": period} for line, period in rows]
    written = {n: pl.String if kind == pl.Date else kind for n, kind in CARRIED_OUT.items()}
    frame = pl.DataFrame(lines, schema=written)
    return frame.with_columns(pl.col("decided_on").str.to_date())


def history(
    ledger: sqlite3.Connection,
    people: Iterable[str],
    numbers: Iterable[tuple[str, str]],
    layers: Sequence[str],
    *,
    places: Iterable[str] = (),
) -> History:
    """Closed stays of `people`, those with one of the (hospital, 住院号) `numbers`, those at `places` (文件 · 工作表 ·
    第n行) of any period, and everything else of the same persons."""
    periods = closed_periods(ledger)
    _wanted(ledger, people, numbers, [f"{p.id} · {place}" for place in places for p in periods])
    rows = ledger.execute(
        "SELECT s.number, s.run, s.period, s.facts, t.status, t.blocking, t.choices FROM wanted w "
        "CROSS JOIN stay s ON s.number = w.number "
        "JOIN state t ON t.number = (SELECT max(number) FROM state WHERE stay = s.number) "
        "ORDER BY s.number"
    ).fetchall()
    settings = _settings(ledger)
    known = pl.DataFrame(
        {
            "_stay": [row[0] for row in rows],
            "settled_with": [settings[row[1]] for row in rows],
            "period": [row[2] for row in rows],
            "status": [row[4] for row in rows],
            "blocking": [row[5] for row in rows],
        },
        schema={"_stay": pl.Int64, **dict.fromkeys(_TEXTS, pl.String)},
    )
    facts = unpack([row[3] for row in rows])
    whole = pl.concat([facts, known, _chosen([row[6] for row in rows], layers)], how="horizontal")
    posted = whole.join(_posted(ledger, layers), on="_stay", how="left", maintain_order="left")
    return History(posted.drop("_stay"), periods)


_TEXTS = ("settled_with", "period", "status", "blocking")


def _settings(ledger: sqlite3.Connection) -> dict[int, str]:
    """Each run's settings, as JSON."""
    return dict(ledger.execute("SELECT number, json_extract(info, '$.settings') FROM run"))


def _wanted(
    ledger: sqlite3.Connection,
    people: Iterable[str],
    numbers: Iterable[tuple[str, str]],
    places: Iterable[str],
) -> None:
    """The numbers of the stays to fetch, as a temporary table."""
    ledger.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (number INTEGER PRIMARY KEY)")
    ledger.execute("DELETE FROM wanted")
    _want(ledger, "SELECT number FROM stay WHERE hospital = ? AND stay_no = ?", numbers)
    _want(ledger, "SELECT number FROM stay WHERE place = ?", ((place,) for place in places))
    named = ledger.execute(
        "SELECT DISTINCT s.person FROM wanted w CROSS JOIN stay s ON s.number = w.number"
    ).fetchall()
    everybody = {*people, *(person for (person,) in named)}
    _want(ledger, "SELECT number FROM stay WHERE person = ?", ((who,) for who in sorted(everybody)))


def _want(ledger: sqlite3.Connection, query: str, keys: Iterable[tuple[str, ...]]) -> None:
    ledger.executemany(f"INSERT OR IGNORE INTO wanted {query}", keys)


def _chosen(choices: Sequence[str], layers: Sequence[str]) -> pl.DataFrame:
    """Decisions of earlier runs and the document that governed, as columns of their own."""
    amounts = [f"{layer}_{what}_fen" for layer in layers for what in ("docked", "supplement")]
    texts = dict.fromkeys(("released", "category", "rule_id"), pl.String)
    schema = {**texts, "refused": pl.Boolean, **dict.fromkeys(amounts, pl.Int64)}
    return from_lines(choices, schema).select(pl.all().name.prefix("was_"))


def _posted(ledger: sqlite3.Connection, layers: Sequence[str]) -> pl.DataFrame:
    """What was posted so far for each wanted stay: `posted_<layer>_<amount>_fen`, and of the whole stay."""
    rows = ledger.execute(
        "SELECT p.stay, p.layer, p.what, sum(p.fen) FROM wanted w CROSS JOIN posting p ON p.stay = w.number "
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
    sums += [_sum_of("", what).alias(f"posted_{name}") for what, name in WHOLE.items()]
    return lines.group_by("_stay").agg(sums)


def _sum_of(layer: str, what: str) -> pl.Expr:
    return pl.col("fen").filter((pl.col("layer") == layer) & (pl.col("what") == what)).sum()
