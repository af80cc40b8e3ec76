"""Books of onestop 0.1.0 brought to today's tables: the same stays, amounts, decisions and accounts, now in a chain.

Version 1 had a table per kind of thing: run, rule, stay (facts as JSON), state, posting, advance, decision. Each run
becomes a closing, each advance a posting before the first closing of its period; the books begin with the first day of
the first closed period.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import polars as pl

from onestop_cli.core.adjustments import ABOUT, COSTS, POSTED, WHOLE
from onestop_cli.county.periods import parse_period
from onestop_cli.ledger.books import CHANGES, RUN, STAYS
from onestop_cli.ledger.chain import (
    ADVANCE,
    CLOSING,
    OPENING,
    Draft,
    append,
    end_of,
    keep_documents,
    sha256,
)
from onestop_cli.ledger.pack import FACTS, pack, with_digests
from onestop_cli.tables.schema import Schema

_OLD = ("decision", "posting", "state", "advance", "stay", "rule", "run")
"""The tables of version 1, each before those it names."""

_OWN = r'"(?:x_[^"\\]+|[^"\\]+_cost_fen)":'
"""A fact of a document's own, in JSON."""


def bring_forward(
    ledger: sqlite3.Connection, make_tables: Callable[[sqlite3.Connection], None]
) -> None:
    """Post everything of version 1 anew; within a transaction of the caller."""
    if ledger.execute("PRAGMA user_version").fetchone()[0] != 1:
        return
    make_tables(ledger)
    runs = ledger.execute(
        "SELECT number, period, first, closed_at, operator, sha256, info FROM run ORDER BY number"
    ).fetchall()
    append(ledger, _opening(runs))
    keep_documents(ledger, (data for _, data in _documents(ledger)))
    advances = _advances(ledger)
    for run in runs:
        last = parse_period(run[1]).last
        for advance in [a for a in advances if parse_period(a.content["period"]).first <= last]:
            append(ledger, advance)
            advances.remove(advance)
        append(ledger, _closing(ledger, run))
    for advance in advances:
        append(ledger, advance)
    for table in _OLD:
        ledger.execute(f"DROP TABLE {table}")


def _opening(runs: Sequence[tuple[Any, ...]]) -> Draft:
    first = min((run[2] for run in runs), default="1900-01-01")
    moment = _moment(runs[0][3]) if runs else datetime.fromisoformat(first).replace(tzinfo=UTC)
    content: dict[str, Any] = {"first_day": first, "balances": {}, "migrated": 1}
    return Draft(OPENING, content, "", moment)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _documents(ledger: sqlite3.Connection) -> Iterator[tuple[str, bytes]]:
    """(SHA-256, bytes) of every document; a mark at the beginning of the file was not kept."""
    for digest, text in ledger.execute("SELECT sha256, text FROM rule"):
        plain = text.encode()
        marked = plain if sha256(plain) == digest else b"\xef\xbb\xbf" + plain
        yield digest, marked


def _advances(ledger: sqlite3.Connection) -> list[Draft]:
    rows = ledger.execute(
        "SELECT fund, period, fen, booked_on, note, operator FROM advance ORDER BY number"
    )
    return [
        Draft(
            ADVANCE,
            {"fund": fund, "period": period, "fen": fen, "booked_on": day, "note": note},
            operator,
            datetime.fromisoformat(day).replace(tzinfo=UTC),
        )
        for fund, period, fen, day, note, operator in rows
    ]


def _closing(ledger: sqlite3.Connection, run: tuple[Any, ...]) -> Draft:
    number, period, _, closed_at, operator, digest, text = run
    info = json.loads(text)
    info.pop("posted", None)
    layers = [layer["id"] for layer in info["layers"]]
    stays, changes = _stays(ledger, number, layers), _changes(ledger, number, layers)
    content = {
        "period": period,
        "first_stay": int(stays["number"].min() or 0),  # type: ignore[arg-type]
        "stays": len(stays),
        "changes": len(changes),
        "totals": _totals(ledger, number),
        "documents": sorted({rule["sha256"] for rule in info["rules"]}),
        "sha256": digest,
    }
    parts = {
        RUN: json.dumps(info, ensure_ascii=False).encode(),
        STAYS: pack(with_digests(stays, end_of(ledger)[1])),
        CHANGES: pack(changes),
    }
    return Draft(CLOSING, content, operator, _moment(closed_at), parts)


def _totals(ledger: sqlite3.Connection, run: int) -> list[tuple[Any, ...]]:
    rows = ledger.execute(
        "SELECT s.run = p.run, p.layer, p.what, p.period, sum(p.fen) FROM posting p "
        "JOIN stay s ON s.number = p.stay WHERE p.run = ? GROUP BY 1, 2, 3, 4 ORDER BY 1 DESC, 2, 3, 4",
        (run,),
    )
    return [(bool(own), *rest) for own, *rest in rows]


def _stays(ledger: sqlite3.Connection, run: int, layers: Sequence[str]) -> pl.DataFrame:
    """The stays of a run as they were posted by it."""
    rows = ledger.execute(
        "SELECT s.number, s.facts, t.status, t.blocking, t.choices FROM stay s "
        "JOIN state t ON t.stay = s.number AND t.run = s.run WHERE s.run = ? ORDER BY s.number",
        (run,),
    ).fetchall()
    facts = _facts([row[1] for row in rows])
    amounts = _posted(ledger, run, layers)
    claimed = [name for name in facts.columns if name in amounts.columns]
    whole = pl.concat(
        [_states(rows, (0, 2, 3)), facts.drop(claimed), _choices([row[4] for row in rows], layers)],
        how="horizontal",
    )
    return whole.join(amounts, on="number", how="left", maintain_order="left").with_columns(
        pl.col(amounts.columns).exclude("number").fill_null(0)
    )


def _changes(ledger: sqlite3.Connection, run: int, layers: Sequence[str]) -> pl.DataFrame:
    """What a run changed about stays that were closed before, as lines of adjustment."""
    rows = ledger.execute(
        "SELECT s.number, s.facts, t.status, t.blocking, t.choices, s.period, "
        "(SELECT b.status FROM state b WHERE b.stay = t.stay AND b.number < t.number "
        "ORDER BY b.number DESC LIMIT 1) FROM state t JOIN stay s ON s.number = t.stay "
        "WHERE t.run = ? AND s.run <> t.run ORDER BY t.number",
        (run,),
    ).fetchall()
    facts = _facts([row[1] for row in rows])
    states = _states(rows, (0, 2, 3, 5, 6), period=pl.String, before=pl.String)
    about = facts.select(*(c for c in ABOUT if c in facts.columns), "person", "belongs_to")
    whole = pl.concat([states, about, _choices([row[4] for row in rows], layers)], how="horizontal")
    settled = (pl.col(c) == "settled" for c in ("status", "before"))
    now, then = (part.fill_null(value=False).cast(pl.Int64) for part in settled)
    costs = facts.select(COSTS)
    lines = (
        whole.hstack(costs)
        .with_columns(visits=now - then)
        .with_columns(
            pl.lit("").alias("kind"),
            pl.coalesce("belongs_to", "period").alias("belongs_to"),
            *(pl.col(cost).fill_null(0) * pl.col("visits") for cost in COSTS),
        )
    )
    amounts = _posted(ledger, run, layers)
    return (
        lines.drop("before")
        .join(amounts, on="number", how="left", maintain_order="left")
        .with_columns(pl.col(amounts.columns).exclude("number").fill_null(0))
    )


def _states(
    rows: Sequence[tuple[Any, ...]], places: Sequence[int], **more: type[pl.DataType]
) -> pl.DataFrame:
    schema: Schema = {"number": pl.Int64, "status": pl.String, "blocking": pl.String, **more}
    picked = [tuple(row[place] for place in places) for row in rows]
    return pl.DataFrame(picked, schema=dict(schema), orient="row")


def _choices(texts: Sequence[str], layers: Sequence[str]) -> pl.DataFrame:
    """What had been decided, and the document that governed."""
    names = {"released": pl.String, "category": pl.String, "rule_id": pl.String}
    docked = dict.fromkeys((f"{layer}_docked_fen" for layer in layers), pl.Int64)
    found = _from_lines(texts, {**names, "refused": pl.Boolean, **docked})
    return found.with_columns(pl.col("refused").fill_null(value=False)).rename(
        {"category": "decided_category"}
    )


def _posted(ledger: sqlite3.Connection, run: int, layers: Sequence[str]) -> pl.DataFrame:
    """Per stay what a run posted: `number`, `<layer>_<amount>_fen`, and of the whole stay."""
    rows = ledger.execute(
        "SELECT stay, layer, what, sum(fen) FROM posting WHERE run = ? GROUP BY stay, layer, what",
        (run,),
    ).fetchall()
    texts = dict.fromkeys(("layer", "what"), pl.String)
    lines = pl.DataFrame(rows, schema={"number": pl.Int64, **texts, "fen": pl.Int64}, orient="row")
    names = {(layer, what): f"{layer}_{what}_fen" for layer in layers for what in POSTED}
    names |= {("", what): name for what, name in WHOLE.items()}
    return lines.group_by("number").agg(
        pl.col("fen")
        .filter((pl.col("layer") == layer) & (pl.col("what") == what))
        .sum()
        .alias(name)
        for (layer, what), name in names.items()
    )


def _facts(texts: Sequence[str]) -> pl.DataFrame:
    """Facts as a table; days and moments were kept as text."""
    schema = {**FACTS, **_own_columns(texts)}
    days = [name for name, kind in schema.items() if kind == pl.Date]
    moments = [name for name, kind in schema.items() if kind == pl.Datetime]
    written = {n: pl.String if n in (*days, *moments) else kind for n, kind in schema.items()}
    return _from_lines(texts, written).with_columns(
        pl.col(days).str.to_date(), pl.col(moments).str.to_datetime(time_unit="us")
    )


def _own_columns(texts: Sequence[str]) -> Schema:
    keys = pl.Series(texts, dtype=pl.String).str.extract_all(_OWN).explode().unique().drop_nulls()
    names = sorted(key.strip('":') for key in keys)
    return {name: pl.Int64 if name.endswith("_fen") else pl.String for name in names}


def _from_lines(texts: Sequence[str], schema: Schema) -> pl.DataFrame:
    """A JSON object per text as a table of `schema`; what a text does not have is null."""
    if not texts:
        return pl.DataFrame(schema=schema)
    return pl.read_ndjson(StringIO("\n".join(texts)), schema=schema)
