"""应补名单: what patients are owed by closed periods, per stay and layer, and the payments they signed for.

A payment is a posting of its own, and from then on nothing is owed by it. The next run carries it into its statement
as 补发, so that statement and books go on saying the same; a payment is `open` until a closing has done so.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from onestop_cli.errors import stop
from onestop_cli.ledger.books import changes_of, closings, layers_of, stays_of, together
from onestop_cli.ledger.chain import PAYMENT, Draft, Entry, append, end_of, entries
from onestop_cli.ledger.store import transaction
from onestop_cli.privacy import mask_id
from onestop_cli.tables.schema import Schema

OWED: Schema = {
    "number": pl.Int64,
    "layer": pl.String,
    "layer_name": pl.String,
    "fen": pl.Int64,
    **dict.fromkeys(("name", "id_shown", "township", "village", "period", "hospital"), pl.String),
    "discharged_on": pl.Date,
    "because": pl.String,
}
"""What is owed to the patient of stay `number` by a layer, fen, and since which change (`because`, null when it was so
from the start)."""

_ABOUT = ("number", "name", "id_raw", "township", "village", "hospital", "discharged_on")


@dataclass(frozen=True)
class Payment:
    """What was paid to the patient of stay `number` for a layer, fen, and when."""

    number: int
    layer: str
    fen: int
    on: date


def owed(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Everything that funds owe (`OWED`), by township, village and name; a waiver is the hospital's to give."""
    layers = {id_: la for id_, la in layers_of(ledger).items() if la.kind != "waiver"}
    parts = [*_parts(ledger, list(layers))]
    if not parts:
        return pl.DataFrame(schema=dict(OWED))
    each = (
        together(parts)
        .group_by("number")
        .agg(pl.col(*layers).fill_null(0).sum(), pl.col("because").drop_nulls().last())
    )
    paid = open_payments(ledger)
    lines = (
        each.unpivot(
            list(layers), index=["number", "because"], variable_name="layer", value_name="due"
        )
        .join(paid.select("number", "layer", "paid"), on=["number", "layer"], how="left")
        .with_columns(fen=pl.col("due") - pl.col("paid").fill_null(0))
        .filter(pl.col("fen") > 0)
    )
    names = {id_: layer.name for id_, layer in layers.items()}
    return (
        lines.join(_about(ledger, lines["number"]), on="number")
        .with_columns(
            layer_name=pl.col("layer").replace_strict(names), id_shown=mask_id(pl.col("id_raw"))
        )
        .select(*OWED)
        .sort("township", "village", "name", "number", "layer", nulls_last=True)
    )


def _parts(ledger: sqlite3.Connection, layers: Sequence[str]) -> Iterator[pl.DataFrame]:
    """What each closing added to what is owed, per stay and layer."""
    kinds = ("shortfall", "offset", "supplement")
    amounts = [f"{layer}_{kind}_fen" for layer in layers for kind in kinds]
    for one in closings(ledger):
        for table in (stays_of, changes_of):
            rows = table(ledger, one, ["number", "because", *amounts])
            absent = [name for name in amounts if name not in rows.columns]
            rows = rows.with_columns(pl.lit(0, pl.Int64).alias(name) for name in absent)
            why = pl.col("because") if "because" in rows.columns else pl.lit(None, pl.String)
            left = {
                layer: pl.col(f"{layer}_shortfall_fen")
                - pl.col(f"{layer}_offset_fen")
                - pl.col(f"{layer}_supplement_fen")
                for layer in layers
            }
            yield rows.select("number", because=why, **left)


def _about(ledger: sqlite3.Connection, numbers: pl.Series) -> pl.DataFrame:
    wanted = pl.col("number").is_in(numbers.implode())
    return together(
        [
            stays_of(ledger, one, _ABOUT).filter(wanted).with_columns(period=pl.lit(one.period.id))
            for one in closings(ledger)
        ]
    )


def open_payments(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Payments that no closing has carried yet: number, layer, `paid` fen, and `payment`, the postings in words."""
    carried = max((one.entry.number for one in closings(ledger)), default=0)
    rows = [
        {
            "number": line["number"],
            "layer": line["layer"],
            "paid": line["fen"],
            "entry": _said(entry),
        }
        for entry in entries(ledger, PAYMENT)
        if entry.number > carried
        for line in entry.content["lines"]
    ]
    schema = {"number": pl.Int64, "layer": pl.String, "paid": pl.Int64, "entry": pl.String}
    frame = pl.DataFrame(rows, schema=schema)
    return frame.group_by("number", "layer", maintain_order=True).agg(
        pl.col("paid").sum(), payment=pl.col("entry").unique(maintain_order=True).str.join("、")
    )


def _said(entry: Entry) -> str:
    return f"应补名单已支付（第 {entry.number} 号记账）"


def pay(
    ledger: sqlite3.Connection,
    payments: Sequence[Payment],
    file: Mapping[str, str],
    operator: str,
    now: datetime,
    seen: int,
) -> None:
    """Book payments out of a signed list (`file`: its path and sha256). `seen`: the last posting when what is owed was
    looked at; raises `CannotRun` when there is a later one."""
    with transaction(ledger):
        if end_of(ledger)[0] != seen:
            raise stop("台账刚刚有变动，没有记账", "请再运行一次")
        post_payments(ledger, payments, file, operator, now)


def post_payments(
    ledger: sqlite3.Connection,
    payments: Sequence[Payment],
    file: Mapping[str, str],
    operator: str,
    now: datetime,
) -> None:
    """Book payments out of `file` as one posting; within a transaction of the caller."""
    lines = [
        {"number": p.number, "layer": p.layer, "fen": p.fen, "on": p.on.isoformat()}
        for p in payments
    ]
    append(ledger, Draft(PAYMENT, {"lines": lines, "file": dict(file)}, operator, now))
