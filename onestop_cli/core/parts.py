"""A run in parts: which stays must be worked out together, and how the parts' sums become the whole's.

What the core gives for a stay hangs on the other stays of its person, and on rows without a usable ID that may be that
person's (the same hospital, name and admission day: ST01). So a bucket holds whole persons, and those who share such a
visit go into one bucket; so do people of one name and day of birth, who may be one (RO10). Bucket numbers are hashes
and mean nothing outside one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

PERSON, VISIT, NAMESAKE, BUCKET = "_person", "_visit", "_namesake", "_bucket"
"""Hash of the person; of hospital, name and admission day, and of name and day of birth (null when one is missing);
number of the part."""


def with_keys(stays: pl.DataFrame, buckets: int) -> pl.DataFrame:
    """`stays` (person, hospital, name_key, id_no, admitted_on) with the keys, `_bucket` in [0, `buckets`)."""
    known = pl.col("name_key").is_not_null() & pl.col("admitted_on").is_not_null()
    visit = pl.struct("hospital", "name_key", "admitted_on").hash()
    born = pl.col("name_key").is_not_null() & pl.col("id_no").is_not_null()
    namesake = pl.struct("name_key", pl.col("id_no").str.slice(6, 8)).hash()
    return stays.with_columns(
        pl.col("person").hash().alias(PERSON),
        pl.when(known).then(visit).alias(VISIT),
        pl.when(born).then(namesake).alias(NAMESAKE),
    ).with_columns(bucket_of(pl.col(PERSON), buckets).alias(BUCKET))


def bucket_of(person: pl.Expr, buckets: int) -> pl.Expr:
    """The part that a person's hash belongs to."""
    return (person % buckets).cast(pl.Int64)


def moves(shared: pl.DataFrame, buckets: int) -> pl.DataFrame:
    """(`_person`, `_bucket`) of everybody who has to leave their part for that of the people they belong with.

    `shared` has `_visit` (or `_namesake` under that name) and `_person`, a row for each of the persons who share one.
    """
    linked = shared.unique().with_columns(head=pl.col(PERSON))
    while True:
        spread = linked
        for name in (VISIT, PERSON):
            spread = spread.with_columns(head=pl.col("head").min().over(name))
        if spread["head"].equals(linked["head"]):
            break
        linked = spread
    target = bucket_of(pl.col("head"), buckets)
    return (
        linked.filter(target != bucket_of(pl.col(PERSON), buckets))
        .select(PERSON, target.alias(BUCKET))
        .unique()
    )


def added_up(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The sums of the parts, key by key, as deep as they go; a key that one part lacks counts 0 there."""
    whole: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if isinstance(value, Mapping):
                whole[key] = added_up([whole.get(key, {}), value])
            else:
                whole[key] = whole.get(key, 0) + value
    return whole
