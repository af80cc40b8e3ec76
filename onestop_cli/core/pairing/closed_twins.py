"""Duplicates across periods: what closed stays are to rows that come later, and these to them."""

from __future__ import annotations

import polars as pl

from onestop_cli.core.pairing.duplicates import twins
from onestop_cli.core.pairing.rows import same_stay, without
from onestop_cli.tables.schema import ORDER


def closed_twins(living: pl.DataFrame, restated: pl.DataFrame) -> pl.DataFrame:
    """Per closed stay held or rejected as a duplicate that still is one: `twin` and `twin_place`, as of `twins`.

    Beside a final one it stays what it was, and a rejected one beside any that stands for the stay, held or reported
    anew; where there is none of these any more, the duplicates are looked at anew.
    """
    rows = without(living.filter("twinned"), restated)
    stand = living.filter(~pl.col("twinned") & ~pl.col("copy"))
    beside = pl.concat(
        [
            same_stay(rows, living.filter("closed", "final")),
            same_stay(rows.filter(status="rejected"), stand),
        ]
    )
    was = {"held": "differs", "rejected": "rejected"}
    kept = (
        rows.join(beside.group_by("at").agg(twin_place=pl.col("place").first()), on="at")
        .select("at", twin=pl.col("status").replace(was), twin_place="twin_place")
    )  # fmt: skip
    return pl.concat([kept, twins(without(rows, kept))])


def judged_twins(living: pl.DataFrame) -> pl.DataFrame:
    """Closed stays that people refused or released as one of several duplicates which still stand: `at`."""
    beside = same_stay(living.filter("judged_twin"), living.filter("closed"))
    alike = beside.group_by("at").agg(pl.col("place").n_unique())
    return alike.filter(pl.col("place") > 1).select("at")


def copies(living: pl.DataFrame) -> pl.DataFrame:
    """Per row that a final stay of a closed period already is: `closed_place`.

    Of rows held as copies of a stay that has been taken back since, the first is a copy no more.
    """
    rows = living.filter(~pl.col("closed") | pl.col("copy"))
    final = living.filter("closed", "final")
    found = same_stay(rows, final).group_by("at").agg(closed_place=pl.col("place").min())
    orphans = without(rows.filter("copy"), found).sort(*ORDER)
    later = same_stay(orphans, orphans).filter(pl.col("other_nth") < pl.col("nth"))
    return pl.concat([found, later.group_by("at").agg(closed_place=pl.col("place").first())])


def restated(living: pl.DataFrame) -> pl.DataFrame:
    """Per closed stay that is held and reported anew: `restated_place`, where."""
    held = living.filter(pl.col("status") == "held")
    anew = same_stay(held, living.filter(~pl.col("closed")))
    return anew.group_by("at").agg(restated_place=pl.col("place").min())
