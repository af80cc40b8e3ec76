"""Tables of the books for reading: every posting, closed periods, advances, and every amount ever posted."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import polars as pl

from onestop_cli.core.adjustments import POSTED, WHOLE
from onestop_cli.ledger.books import (
    OF_SCHEME,
    Closing,
    changes_of,
    closings,
    layers_of,
    rules_of,
    run_of,
    stays_of,
    together,
)
from onestop_cli.ledger.chain import ADVANCE, KINDS, entries
from onestop_cli.privacy import mask_id
from onestop_cli.statements.funds import fund_of
from onestop_cli.tables.run_info import LayerInfo, RuleInfo, RunInfo
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


def journal(ledger: sqlite3.Connection) -> pl.DataFrame:
    """A row per posting, whatever it was: number, kind, period, booked_at, operator, note, digest."""
    rows = [
        {
            "number": entry.number,
            "kind": KINDS.get(entry.kind, entry.kind),
            "period": entry.content.get("period"),
            "booked_at": entry.booked_at,
            "operator": entry.operator,
            "note": entry.content.get("reason") or entry.content.get("note"),
            "digest": entry.digest,
        }
        for entry in entries(ledger)
    ]
    texts = ("kind", "period", "booked_at", "operator", "note", "digest")
    return pl.DataFrame(rows, schema={"number": pl.Int64, **dict.fromkeys(texts, pl.String)})


def closed_table(ledger: sqlite3.Connection) -> pl.DataFrame:
    """A row per closed period: period, closed_at, operator, sha256, stays, held, changed (adjustment lines), documents,
    inputs."""
    rows = []
    for one in closings(ledger):
        run = run_of(ledger, one)
        held = stays_of(ledger, one, ["status"]).filter(pl.col("status") == "held").height
        rows.append(
            {
                "period": one.period.id,
                "closed_at": one.entry.booked_at,
                "operator": one.entry.operator,
                "sha256": one.sha256,
                "stays": one.stays,
                "held": held,
                "changed": one.changes,
                "documents": "、".join(rule.id for rule in run.rules),
                "inputs": len(run.inputs),
            }
        )
    return pl.DataFrame(rows, schema=_CLOSED)


_CLOSED = {
    **dict.fromkeys(("period", "closed_at", "operator", "sha256"), pl.String),
    **dict.fromkeys(("stays", "held", "changed"), pl.Int64),
    "documents": pl.String,
    "inputs": pl.Int64,
}


def inputs(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every file and document of every closed period with its hash: period, kind, path, sha256."""
    rows = [
        (one.period.id, *source)
        for one in closings(ledger)
        for source in _sources(run_of(ledger, one))
    ]
    schema = dict.fromkeys(("period", "kind", "path", "sha256"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _sources(run: RunInfo) -> Iterator[tuple[str, str, str]]:
    kinds = {
        "stays": "住院报表",
        "roster": "花名册",
        "register": "定点机构名册",
        "insured": "参保激励名单",
    }
    for file in run.inputs:
        yield kinds.get(file.kind, file.kind), file.path, file.sha256
    if run.decisions:
        yield "处理意见", run.decisions.path, run.decisions.sha256
    for rule in run.rules:
        yield "政策文件", rule.id, rule.sha256


def advance_table(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every 预拨 as booked: number, fund, period, fen, booked_on, note, operator, corrects."""
    rows = [
        {**entry.content, "number": entry.number, "operator": entry.operator}
        for entry in entries(ledger, ADVANCE)
    ]
    texts = dict.fromkeys(("booked_on", "note", "operator"), pl.String)
    schema = {"number": pl.Int64, "fund": pl.String, "period": pl.String, "fen": pl.Int64, **texts}
    return pl.DataFrame(rows, schema={**schema, "corrects": pl.Int64})


def postings(ledger: sqlite3.Connection, rows: int = 1_000_000) -> Iterator[pl.DataFrame]:
    """Every amount as `POSTINGS`, in parts of at most `rows`; at least one part, though it be empty."""
    number = 0
    layers, rules, about = layers_of(ledger), rules_of(ledger), pl.DataFrame()
    waiting = pl.DataFrame(schema=dict(POSTINGS))
    for one in closings(ledger):
        own = stays_of(ledger, one)
        about = together([about, own.select("number", "hospital", "stay_no", "name", "id_raw")])
        later = changes_of(ledger, one).drop("hospital", "stay_no", "name", strict=False)
        later = later.join(about, on="number", how="left", maintain_order="left")
        lines = pl.concat([_amounts_of(part, one, layers, rules) for part in (own, later)])
        numbered = lines.with_columns(number=pl.int_range(number + 1, number + 1 + pl.len()))
        number += len(lines)
        waiting = pl.concat([waiting, numbered.select(*POSTINGS)])
        while len(waiting) > rows:
            yield waiting[:rows]
            waiting = waiting[rows:]
    yield waiting


def _amounts_of(
    stays: pl.DataFrame,
    closing: Closing,
    layers: dict[str, LayerInfo],
    rules: dict[str, RuleInfo],
) -> pl.DataFrame:
    """A line for every amount of these stays that is not 0."""
    names = {
        f"{layer.id}_{what}_fen": (layer.id, layer.name, AMOUNTS[what])
        for layer in layers.values()
        for what in POSTED
    } | {name: ("", "", AMOUNTS[what]) for what, name in WHOLE.items()}
    there = [name for name in names if name in stays.columns]
    schemes = {rule.id: rule.scheme for rule in rules.values()}
    lines = (
        stays.select(
            "hospital", "stay_no", "name", *there,
            at=pl.int_range(pl.len()),
            scheme=pl.col("rule_id").replace_strict(schemes, default="", return_dtype=pl.String),
            id_shown=mask_id(pl.col("id_raw")),
            run=pl.lit(closing.period.id),
            period=pl.col("belongs_to").fill_null(closing.period.id),
            closed_at=pl.lit(closing.entry.booked_at),
        )
        .unpivot(there, index=_ABOUT, variable_name="which", value_name="fen")
        .filter(pl.col("fen") != 0)
        .sort("at", maintain_order=True)
    )  # fmt: skip
    named = lines.with_columns(
        pl.col("which")
        .replace_strict({name: names[name][at] for name in there}, return_dtype=pl.String)
        .alias(word)
        for at, word in enumerate(("_layer", "layer_name", "what_name"))
    )
    return named.with_columns(fund=_fund(named, layers)).drop("scheme", "_layer")


def _fund(lines: pl.DataFrame, layers: dict[str, LayerInfo]) -> pl.Expr:
    """The fund of each line's layer and scheme; "" for amounts of no layer."""
    found = {
        id_ + OF_SCHEME + scheme: fund_of(layers[id_], scheme) if id_ else ""
        for id_, scheme in lines.select("_layer", "scheme").unique().iter_rows()
    }
    key = pl.concat_str("_layer", pl.lit(OF_SCHEME), "scheme")
    return key.replace_strict(found, return_dtype=pl.String)


_ABOUT = ("hospital", "stay_no", "name", "at", "scheme", "id_shown", "run", "period", "closed_at")
