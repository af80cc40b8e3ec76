"""A stay as the ledger keeps it: what was known of it, without what was computed from that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import polars as pl

from onestop_cli.schema import IDENTITY, LINK, READ_STAYS, Schema

FACTS: Schema = {
    **READ_STAYS,
    "hospital": pl.String,
    "in_register": pl.Boolean,
    "level": pl.String,
    "level_stated": pl.String,
    "settled_or_discharged": pl.Date,
    "belongs_to": pl.String,
    "amount_why": pl.String,
    **IDENTITY,
    **LINK,
    "categories": pl.List(pl.String),
    "category_stated": pl.String,
    "age": pl.Int64,
}
"""The columns from which a closed stay is worked out again; a document's own follow as `x_…`, `…_cost_fen`."""


def pack(stays: pl.DataFrame) -> Iterator[str]:
    """Each stay's facts as JSON, blanks left out."""
    own = [c for c in stays.columns if c.startswith("x_") or c.endswith("_cost_fen")]
    for row in stays.select(*FACTS, *own).iter_rows(named=True):
        known = {name: value for name, value in row.items() if value is not None}
        yield json.dumps(known, ensure_ascii=False, default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"not a fact: {type(value).__name__}")


def unpack(texts: Iterable[str]) -> pl.DataFrame:
    """Facts as a table again."""
    rows = [json.loads(text) for text in texts]
    known = {*FACTS}
    own = sorted({name for row in rows for name in row if name not in known})
    schema = dict(FACTS) | {name: _own_kind(name) for name in own}
    days = [name for name, kind in schema.items() if kind == pl.Date]
    texts_first = {name: pl.String if name in days else kind for name, kind in schema.items()}
    frame = pl.DataFrame([{n: r.get(n) for n in texts_first} for r in rows], schema=texts_first)
    return frame.with_columns(pl.col(days).str.to_date("%Y-%m-%d"))


def _own_kind(column: str) -> type[pl.DataType]:
    return pl.Int64 if column.endswith("_fen") else pl.String
