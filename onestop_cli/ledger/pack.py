"""Tables of a posting as the ledger keeps them: parquet behind a checksum, and in it a digest per stay.

The digest of a posting covers every byte of them. That of a stay only tells which stay it was that somebody changed;
the checksum keeps what a failing disk has changed from being read at all.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from zlib import crc32

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

DIGEST = "digest"
"""The column of a stay's digest: SHA-256 over all its other columns and the digest of the stay before."""


def facts_of(stays: pl.DataFrame) -> list[str]:
    """The columns of `stays` that are facts."""
    own = [c for c in stays.columns if c.startswith("x_") or c.endswith("_cost_fen")]
    return [*dict.fromkeys([*FACTS, *own])]


def pack(table: pl.DataFrame) -> bytes:
    """A table as bytes: four of checksum (CRC-32), then parquet. The same table gives the same bytes."""
    whole = BytesIO()
    table.write_parquet(whole, compression="zstd", statistics=False)
    return _checksum(whole.getvalue()) + whole.getvalue()


def _checksum(data: bytes) -> bytes:
    return crc32(data).to_bytes(4, "big")


def _whole(data: bytes) -> BytesIO:
    if data[:4] != _checksum(data[4:]):
        raise ValueError("not a table as it was packed")
    return BytesIO(data[4:])


def unpack(data: bytes, columns: list[str] | None = None) -> pl.DataFrame:
    """The table, or some of its columns; raises `ValueError` for bytes that `pack` did not make."""
    return pl.read_parquet(_whole(data), columns=columns)


def columns_of(data: bytes) -> list[str]:
    """The columns of a table, without reading it."""
    return [*pl.read_parquet_schema(_whole(data))]


def with_digests(table: pl.DataFrame, before: str) -> pl.DataFrame:
    """`table` with `DIGEST`; `before` is the digest of the posting before."""
    return table.with_columns(pl.Series(DIGEST, _digests(table, before), dtype=pl.Binary))


def first_changed(table: pl.DataFrame, before: str) -> int | None:
    """The first row whose digest does not fit; None when all do."""
    rest = table.drop(DIGEST)
    for number, (was, now) in enumerate(zip(table[DIGEST], _digests(rest, before), strict=True)):
        if was != now:
            return number
    return None


def _digests(table: pl.DataFrame, before: str) -> list[bytes]:
    lines = BytesIO()
    table.write_ndjson(lines)
    found, last = [], before.encode()
    for line in lines.getvalue().split(b"\n")[:-1]:
        last = hashlib.sha256(last + line).digest()
        found.append(last)
    return found
