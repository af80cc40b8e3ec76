"""A stay as the ledger keeps it: what was known of it, without what was computed from that."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

import polars as pl

from onestop_cli.tables.schema import IDENTITY, LINK, READ_STAYS, Schema

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

_BLANK = r'"[^"\\]+":null,?'
"""A blank in JSON. In a text it cannot stand: there a quotation mark has a backslash before it."""


_OWN = r'"(?:x_[^"\\]+|[^"\\]+_cost_fen)":'


def pack(stays: pl.DataFrame) -> list[str]:
    """Each stay's facts as JSON, blanks left out."""
    own = [c for c in stays.columns if c.startswith("x_") or c.endswith("_cost_fen")]
    whole = stays.select(facts=pl.struct(*FACTS, *own).struct.json_encode())
    bare = pl.col("facts").str.replace_all(_BLANK, "").str.replace(r",\}$", "}")
    return whole.select(bare)["facts"].to_list()


def unpack(texts: Sequence[str]) -> pl.DataFrame:
    """Facts as a table again."""
    schema = {**FACTS, **_own_columns(texts)}
    days = [name for name, kind in schema.items() if kind == pl.Date]
    moments = [name for name, kind in schema.items() if kind == pl.Datetime]
    written = {n: pl.String if n in {*days, *moments} else kind for n, kind in schema.items()}
    return from_lines(texts, written).with_columns(
        pl.col(days).str.to_date(), pl.col(moments).str.to_datetime(time_unit="us")
    )


def from_lines(texts: Sequence[str], schema: Schema) -> pl.DataFrame:
    """A JSON object per text as a table of `schema`; what a text does not have is null."""
    if not texts:
        return pl.DataFrame(schema=schema)
    return pl.read_ndjson(StringIO("\n".join(texts)), schema=schema)


def _own_columns(texts: Sequence[str]) -> Schema:
    """The further columns of any stay."""
    keys = pl.Series(texts, dtype=pl.String).str.extract_all(_OWN).explode().unique().drop_nulls()
    names = sorted(key.strip('":') for key in keys)
    return {name: pl.Int64 if name.endswith("_fen") else pl.String for name in names}
