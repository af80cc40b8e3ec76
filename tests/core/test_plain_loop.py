"""The whole core agrees to the fen with a plain loop over stays, written from the document alone."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import or_

import polars as pl
import pytest

from benchmarks.data import County
from benchmarks.peers import CODES, onestop, python_loop, whole
from samples.fabricate.many import many_stays


def wrong_now_and_then(stays: pl.DataFrame) -> pl.DataFrame:
    """Every n-th stay claimed in another wrong way: nothing, a fen more, far too much, before the cap."""
    row, basic, aid = pl.col("row"), pl.col("basic_claimed_fen"), pl.col("assistance_claimed_fen")
    return stays.with_columns(
        basic_claimed_fen=pl.when(row % 7 == 0)
        .then(basic + 1)
        .when(row % 11 == 0)
        .then(0)
        .when(row % 13 == 0)
        .then(basic - 40_000)
        .when(row % 17 == 0)
        .then(pl.col("eligible_fen"))
        .when(row % 5 == 0)
        .then(_before_any_cap())
        .otherwise(basic)
        .clip(lower_bound=0),
        assistance_claimed_fen=pl.when(row % 19 == 0)
        .then(0)
        .when(row % 9 == 0)
        .then(aid - 1)
        .when(row % 23 == 0)
        .then(aid + 30_000)
        .when(row % 4 == 0)
        .then((pl.col("total_fen") - basic).clip(upper_bound=600_000))
        .otherwise(aid)
        .clip(lower_bound=0),
    )


def _before_any_cap() -> pl.Expr:
    """The insurance of a roster person by the stay alone."""
    rates = {"乡": 80, "县": 70, "市": 60, "省": 50}
    rate = pl.col("hospital_raw").str.head(1).replace_strict(rates, return_dtype=pl.Int64)
    return (pl.col("eligible_fen") * rate + 50) // 100


def lapsing(roster: pl.DataFrame) -> pl.DataFrame:
    """Some entries that begin or end within the year."""
    row = pl.col("row")
    return roster.with_columns(
        from_on=pl.when(row % 6 == 0).then(date(2010, 5, 20)).otherwise("from_on"),
        to_on=pl.when(row % 7 == 0).then(date(2010, 8, 31)).otherwise("to_on"),
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> County:
    """3,000 stays of 300 people: ten in a year, so that caps fill up."""
    county = County(tmp_path_factory.mktemp("many"))
    many = many_stays(3_000, people=300, seed=16)
    wrong_now_and_then(many.stays).write_parquet(county.stays)
    lapsing(many.roster).write_parquet(county.roster)
    many.register.write_parquet(county.register)
    return county


@pytest.fixture(scope="module")
def plain(home: County) -> pl.DataFrame:
    return python_loop.run(home)


def test_the_stays_are_wrong_in_every_way_the_loop_knows(plain: pl.DataFrame) -> None:
    """A finding or a part of the money that no stay has would never be compared."""
    seen = reduce(or_, plain["codes"].unique().to_list())
    assert seen == reduce(or_, CODES.values())
    assert all((plain[part] > 0).any() for part in plain.columns)


@pytest.mark.parametrize("way", [onestop, whole], ids=["settling alone", "the whole core"])
def test_every_amount_and_finding_is_the_same(
    way: object, home: County, plain: pl.DataFrame
) -> None:
    """Due, payable, deducted, short, made up, owed and the findings of every stay."""
    found = way.run(home).sort("row").select(plain.columns)  # type: ignore[attr-defined]
    differs = found.filter(~pl.Series(map(tuple.__eq__, found.rows(), plain.sort("row").rows())))
    assert differs.is_empty(), differs.head(3).to_dicts()
