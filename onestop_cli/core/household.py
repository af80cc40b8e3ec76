"""Households (以户为单位): whose each stay is, by the 户号 on the rosters.

A number is one of its township, as two townships may both have a first household. Somebody on no roster, without a
number, or with two of them is of no known household: what a household shares can then only be bound-checked.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.tables.schema import HOUSEHOLD


def households(roster: pl.DataFrame) -> pl.DataFrame:
    """(id_no, household) of everybody on an understood roster (or one with identities) who is of one household."""
    known = roster.filter(pl.col("id_no").is_not_null(), pl.col("family_no").is_not_null())
    number = pl.format("{}|{}", pl.col("township").fill_null(""), "family_no")
    return (
        known.select("id_no", household=number)
        .unique()
        .filter(pl.len().over("id_no") == 1)
        .sort("id_no")
    )


def with_household(stays: pl.DataFrame, roster: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """`stays` (identified) with their household, where a document has a limit that households share."""
    if not book.of_households:
        return stays
    known = households(roster).rename({"household": HOUSEHOLD})
    return stays.drop(HOUSEHOLD, strict=False).join(
        known, on="id_no", how="left", validate="m:1", maintain_order="left"
    )


def members(people: pl.Series, roster: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Everybody who shares a household with any of `people` (ID numbers), and these households."""
    known = households(roster)
    homes = known.filter(pl.col("id_no").is_in(people.drop_nulls().implode()))["household"].unique()
    return known.filter(pl.col("household").is_in(homes.implode()))["id_no"], homes


def with_opened(
    stays: pl.DataFrame, brought: pl.DataFrame, roster: pl.DataFrame, book: Rulebook
) -> pl.DataFrame:
    """`stays` with `<layer>_opened_household_fen`: what 期初 says was paid to all members of their household."""
    if not book.of_households or brought.is_empty():
        return stays
    known = households(roster).rename({"household": HOUSEHOLD})
    paid = brought.join(known, on="id_no", how="inner", validate="m:1")
    each = paid.group_by(HOUSEHOLD, "benefit_year").agg(
        pl.col("paid_fen")
        .filter(pl.col("layer") == step.layer)
        .sum()
        .alias(f"{step.layer}_opened_household_fen")
        for step in book.of_households
    )
    return stays.join(each, on=[HOUSEHOLD, "benefit_year"], how="left", maintain_order="left")


def unknown_households(stays: pl.DataFrame, book: Rulebook) -> Iterator[str]:
    """How many listed people of the run are of no known household."""
    if not book.of_households:
        return
    open_ = stays.filter(pl.col(HOUSEHOLD).is_null(), pl.col("category").is_not_null())
    if people := open_["person"].n_unique():
        yield (
            f"政策文件有全户限额，报表里 {people:,} 个在册的人没有户号，或在花名册上有几个户号：这一层只核上限；"
            "请在花名册补上“户号”一列（同一户的人写同一个号）"
        )
