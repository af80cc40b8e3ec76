"""A run in parts: which stays must be worked out together, and how the parts' sums become the whole's.

What the core gives for a stay hangs on the other stays of its person, closed ones included, and on rows without a
usable ID that may be that person's (the same hospital, name and admission day: ST01). So a bucket holds whole persons,
and those who share such a visit go into one bucket; so do people of one name and day of birth, who may be one (RO10),
those under one stay number, of which one may take back the other's (ST06), and all about whom something is decided.
Bucket numbers are hashes and mean nothing outside one run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from onestop_cli.tables.decisions import IDENTIFY
from onestop_cli.tables.schema import PLACE

PERSON, VISIT, NAMESAKE, NUMBER, BUCKET = "_person", "_visit", "_namesake", "_number", "_bucket"
"""Hash of the person; of hospital, name and admission day, of name and day of birth, and of hospital, stay number and
both days (null when one is missing); number of the part."""
KEYS = (VISIT, NAMESAKE, NUMBER)
"""What people share who must be worked out together; a visit only where one of them has no usable ID (`LOOSE`)."""
LOOSE = "_loose"
MARKS = (PERSON, *KEYS, LOOSE)
"""What a row that is dealt out carries beside what was read."""
_DECIDED = 0
"""Stands for what everybody shares about whom something is decided."""


def with_keys(stays: pl.DataFrame, buckets: int) -> pl.DataFrame:
    """`stays` (person, hospital, name_key, id_no, stay_no, admitted_on, discharged_on) with `MARKS`, `_bucket` in
    [0, `buckets`)."""
    known = pl.col("name_key").is_not_null() & pl.col("admitted_on").is_not_null()
    visit = pl.struct("hospital", "name_key", "admitted_on").hash()
    born = pl.col("name_key").is_not_null() & pl.col("id_no").is_not_null()
    namesake = pl.struct("name_key", pl.col("id_no").str.slice(6, 8)).hash()
    number = pl.col("stay_no").str.strip_chars()
    dated = pl.col("admitted_on").is_not_null() & pl.col("discharged_on").is_not_null()
    same_number = pl.struct("hospital", number, "admitted_on", "discharged_on").hash()
    return stays.with_columns(
        pl.col("person").hash().alias(PERSON),
        pl.when(known).then(visit).alias(VISIT),
        pl.when(born).then(namesake).alias(NAMESAKE),
        pl.when(dated & (number != "")).then(same_number).alias(NUMBER),
        pl.col("id_no").is_null().alias(LOOSE),
    ).with_columns(bucket_of(pl.col(PERSON), buckets).alias(BUCKET))


def bonds(rows: pl.DataFrame) -> pl.DataFrame:
    """(`_visit`, `_person`): every key of `rows` that is known, under the one name, beside the person who has it."""
    each = [rows.select(pl.col(key).alias(VISIT), PERSON) for key in KEYS]
    return pl.concat(each).drop_nulls()


def bonds_as_known(rows: pl.DataFrame, also: pl.DataFrame) -> pl.DataFrame:
    """The bonds of `rows` and of the same rows under another identity (`also`), and between the two."""
    one, other = with_keys(rows, 1), with_keys(also, 1)
    same = one.with_row_index("_row").select(pl.col("_row").hash(seed=1).alias(VISIT), PERSON)
    again = same.select(VISIT, other[PERSON])
    return pl.concat([bonds(one), bonds(other), same, again])


def bonds_of_decided(rows: pl.DataFrame, lines: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """The bonds of everybody about whom something may be decided: with each other, and with all whom a recognised
    number or a listed name brings them together with. `rows`: all that the decisions `lines` may mean."""
    known = with_keys(pl.concat(_as_decided(rows, lines, roster), how="vertical_relaxed"), 1)
    named = lines["id_no"].drop_nulls().hash().alias(PERSON).to_frame()
    everybody = pl.concat([known.select(PERSON), named]).unique()
    decided = everybody.select(pl.lit(_DECIDED, pl.UInt64).alias(VISIT), PERSON)
    return pl.concat([bonds(known), decided])


def _as_decided(
    rows: pl.DataFrame, lines: pl.DataFrame, roster: pl.DataFrame
) -> list[pl.DataFrame]:
    """`rows` as they are, under each number that may be recognised for them, and under the roster's names of all
    these numbers."""
    numbers = lines.filter(decision=IDENTIFY).drop_nulls("id_no")
    found = [rows]
    for on in (("hospital", "stay_no"), (*PLACE,)):
        now = numbers.select(*on, now="id_no").unique()
        met = rows.join(now, on=on, nulls_equal=True)
        found.append(met.with_columns(id_no="now", person="now").select(rows.columns))
    known = pl.concat(found)
    listed = roster.filter(pl.col("id_no").is_not_null(), pl.col("name_key").is_not_null())
    names = listed.unique("id_no", keep="first", maintain_order=True).select(
        "id_no", now="name_key"
    )
    met = known.join(names, on="id_no").with_columns(name_key="now")
    return [known, met.select(rows.columns)]


def decided_people(decided: pl.DataFrame) -> pl.Series:
    """The hashes of all about whom something is decided, out of `bonds_of_decided`."""
    return decided.filter(pl.col(VISIT) == _DECIDED)[PERSON]


def part_of(people: pl.Series, going: pl.DataFrame, buckets: int) -> pl.Series:
    """The part of each of `people` (hashes), some of whom leave theirs (`moves`)."""
    own = people.alias(PERSON).to_frame()
    now = own.join(going, on=PERSON, how="left", validate="m:1", maintain_order="left")
    return now.select(pl.coalesce(BUCKET, bucket_of(pl.col(PERSON), buckets))).to_series()


def bucket_of(person: pl.Expr, buckets: int) -> pl.Expr:
    """The part that a person's hash belongs to."""
    return (person % buckets).cast(pl.Int64)


def moves(shared: pl.DataFrame, buckets: int) -> pl.DataFrame:
    """(`_person`, `_bucket`) of everybody who has to leave their part for that of the people they belong with.

    `shared` has `_visit` (or another key under that name) and `_person`, a row for each of the persons who share one.
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
