"""Tables of the books for reading: closed periods, advances, and every line ever posted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import polars as pl

from onestop_cli.core.identify import mask_id
from onestop_cli.ledger.accounts import funds
from onestop_cli.tables.schema import Schema

AMOUNTS = {
    "claimed": "申报",
    "payable": "核付",
    "deducted": "审核扣减",
    "held": "待核",
    "shortfall": "少付",
    "offset": "层间调整",
    "supplement": "补发患者",
    "owed": "应补患者",
    "own": "个人自付",
}
"""What a posting says, in Chinese."""

POSTINGS: Schema = {
    "number": pl.Int64,
    "run": pl.String,
    "period": pl.String,
    "closed_at": pl.String,
    "hospital": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_shown": pl.String,
    "fund": pl.String,
    "layer_name": pl.String,
    "what_name": pl.String,
    "fen": pl.Int64,
}
"""A line of the books: `run` is the period by whose statement it was posted, `period` the one it belongs to."""


def closings(ledger: sqlite3.Connection) -> pl.DataFrame:
    """A row per closed period: period, closed_at, operator, sha256, stays, held, changed (adjustment lines), documents,
    inputs."""
    held = _counts(ledger, "AND t.run = s.run AND t.status = 'held'")
    changed, stays = _counts(ledger, "AND t.run <> s.run"), _counts(ledger, "AND t.run = s.run")
    rows = [
        {
            "period": period,
            "closed_at": at,
            "operator": operator,
            "sha256": digest,
            "stays": stays.get(number, 0),
            "held": held.get(number, 0),
            "changed": changed.get(number, 0),
            "documents": "、".join(rule["id"] for rule in json.loads(rules)),
            "inputs": len(json.loads(inputs or "[]")),
        }
        for number, period, at, operator, digest, rules, inputs in ledger.execute(
            "SELECT number, period, closed_at, operator, sha256, json_extract(info, '$.rules'), "
            "json_extract(info, '$.inputs') FROM run ORDER BY number"
        )
    ]
    return pl.DataFrame(rows, schema=_CLOSINGS)


_CLOSINGS = {
    **dict.fromkeys(("period", "closed_at", "operator", "sha256"), pl.String),
    **dict.fromkeys(("stays", "held", "changed"), pl.Int64),
    "documents": pl.String,
    "inputs": pl.Int64,
}


def _counts(ledger: sqlite3.Connection, condition: str) -> dict[int, int]:
    """Run → how many states it posted that fit the condition."""
    return dict(
        ledger.execute(
            f"SELECT t.run, count(*) FROM state t JOIN stay s ON s.number = t.stay {condition} GROUP BY t.run"
        )
    )


def inputs(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every file and document of every closed period with its hash: period, kind, path, sha256."""
    rows = [
        (period, kind, path, digest)
        for period, files, rules in ledger.execute(
            "SELECT period, json_extract(info, '$.inputs'), json_extract(info, '$.rules') FROM run ORDER BY number"
        )
        for kind, path, digest in _sources(files, rules)
    ]
    schema = dict.fromkeys(("period", "kind", "path", "sha256"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sources(files: str | None, rules: str) -> Iterator[tuple[str, str, str]]:
    kinds = {"stays": "住院报表", "roster": "花名册", "register": "定点机构名册"}
    for file in json.loads(files or "[]"):
        yield kinds.get(file["kind"], file["kind"]), file["path"], file["sha256"]
    for rule in json.loads(rules):
        yield "政策文件", rule["id"], rule["sha256"]


def advances(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every 预拨 as booked: number, fund, period, fen, booked_on, note, operator."""
    rows = ledger.execute(
        "SELECT number, fund, period, fen, booked_on, note, operator FROM advance ORDER BY number"
    ).fetchall()
    texts = dict.fromkeys(("booked_on", "note", "operator"), pl.String)
    schema = {"number": pl.Int64, "fund": pl.String, "period": pl.String, "fen": pl.Int64, **texts}
    return pl.DataFrame(rows, schema=schema, orient="row")


def postings(ledger: sqlite3.Connection, rows: int = 1_000_000) -> Iterator[pl.DataFrame]:
    """Every line as `POSTINGS`, in parts of at most `rows`; at least one part, though it be empty."""
    names = layer_names(ledger)
    of = funds(ledger)
    cursor = ledger.execute(
        "SELECT p.number, r.period, p.period, r.closed_at, s.hospital, s.stay_no, s.facts ->> 'name', "
        "s.facts ->> 'id_raw', p.layer, p.layer, p.what, p.fen FROM posting p JOIN run r ON r.number = p.run "
        "JOIN stay s ON s.number = p.stay ORDER BY p.number"
    )
    first = True
    while (part := cursor.fetchmany(rows)) or first:
        first = False
        yield pl.DataFrame(part, schema=dict(POSTINGS), orient="row").with_columns(
            id_shown=mask_id(pl.col("id_shown")),
            fund=pl.col("fund").replace_strict(of, default="", return_dtype=pl.String),
            layer_name=pl.col("layer_name").replace_strict(
                names, default="", return_dtype=pl.String
            ),
            what_name=pl.col("what_name").replace_strict(AMOUNTS),
        )


def layer_names(ledger: sqlite3.Connection) -> dict[str, str]:
    """Layer id → its Chinese name, by all closed runs."""
    found: dict[str, str] = {}
    for (layers,) in ledger.execute(
        "SELECT json_extract(info, '$.layers') FROM run ORDER BY number"
    ):
        found |= {layer["id"]: layer["name"] for layer in json.loads(layers)}
    return found
