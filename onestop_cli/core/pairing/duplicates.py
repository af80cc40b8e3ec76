"""Duplicates (重复申报): rows of one person that tell of one stay.

Where rows agree on every amount one stays and the others are rejected; where they differ, all wait side by side.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.pairing.rows import SAME_DAY
from onestop_cli.tables.schema import CLAIMS, MONEY, ORDER, Schema, row_place

TWINS: Schema = {"at": pl.Int64, "twin": pl.String, "twin_place": pl.String}
"""`twin`: `kept`, `rejected` (agrees with the kept row) or `differs` (held); `twin_place`: the other rows."""

_NAMED = 3
"""How many other rows a duplicate names before it says 等 n 行."""
_SIDES = ("number", "discharged_on")


def twins(rows: pl.DataFrame) -> pl.DataFrame:
    """`TWINS` of every row that tells of a stay which another row tells of."""
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in SAME_DAY)
    busy = rows.filter(known & pl.col("near")).filter(pl.struct(SAME_DAY).is_duplicated())
    if busy.is_empty():
        return pl.DataFrame(schema=TWINS)
    families, torn = _families(busy.with_columns(place=row_place("period")))
    members = (
        families.filter(pl.len().over("family") > 1)
        .with_columns(pl.col(CLAIMS).fill_null(0))
        .sort(pl.col("id_no").is_null(), *ORDER)
        .with_columns(first=pl.int_range(pl.len()).over("family") == 0)
    )
    same = [(pl.col(name).n_unique() == 1).over("family") for name in MONEY]
    same.append((pl.col("name_key").drop_nulls().n_unique() <= 1).over("family"))
    verdict = (
        pl.when(~pl.all_horizontal(same))
        .then(pl.lit("differs"))
        .when("first")
        .then(pl.lit("kept"))
        .otherwise(pl.lit("rejected"))
    )
    judged = members.with_columns(twin=verdict)
    told = judged.join(_others(judged), on="at").select(*TWINS)
    return pl.concat([told, torn])


def _families(busy: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with `family`, and `TWINS` of those that fit several settlements, and so are no copy of one for sure.

    Rows with a settlement number (结算ID) are one family where it is the same, whatever else; rows without one are
    linked by number or discharge, with each other and with the only settlement they fit.
    """
    has = pl.col("settlement_no").is_not_null()
    numbered = busy.filter(has).with_columns(
        family=pl.col("at").min().over("hospital", "who", "settlement_no")
    )
    plain = _linked(busy.filter(~has))
    if numbered.is_empty() or plain.is_empty():
        return pl.concat([numbered, plain], how="diagonal"), pl.DataFrame(schema=TWINS)
    met = pl.concat(
        [
            plain.select(*SAME_DAY, side, own="family").join(
                numbered.select(*SAME_DAY, side, "family", "place"), on=[*SAME_DAY, side]
            ).select("own", "family", "place")
            for side in _SIDES
        ]
    ).unique(maintain_order=True)  # fmt: skip
    fits = met.group_by("own").agg(
        pl.col("family").first().alias("of"),
        pl.col("family").n_unique().alias("fits"),
        pl.col("place").unique().sort().head(_NAMED).str.join("、").alias("twin_place"),
    )
    plain = plain.join(fits, left_on="family", right_on="own", how="left", maintain_order="left")
    several = (pl.col("fits") > 1).fill_null(False)
    torn = plain.filter(several).select("at", "twin_place", twin=pl.lit("differs")).select(*TWINS)
    one = plain.filter(~several).with_columns(family=pl.coalesce("of", "family"))
    return pl.concat([numbered, one.select(numbered.columns)]), torn


def _linked(rows: pl.DataFrame) -> pl.DataFrame:
    """`family`: the smallest `at` of all rows that are linked by number or by discharge, over however many steps."""
    keys = {side: [*SAME_DAY, side, "visit_key"] for side in _SIDES}
    linked = rows.with_columns(family="at", visit_key=_visit_key()).with_columns(
        pl.when(pl.col(side).is_not_null()).then(pl.col("at").min().over(key)).alias(f"by_{side}")
        for side, key in keys.items()
    )
    while True:
        spread = linked
        for side in _SIDES:
            lowest = pl.col("family").min().over(f"by_{side}")
            spread = spread.with_columns(
                family=pl.when(pl.col(f"by_{side}").is_null()).then("family").otherwise(lowest)
            )
        if spread["family"].equals(linked["family"]):
            return spread.drop("visit_key", *(f"by_{side}" for side in _SIDES))
        linked = spread


def _visit_key() -> pl.Expr:
    """What tells the visits (门诊, 慢特病) of one day apart: 就诊ID, else the clock, where all of them have it.

    Null for stays: nobody is twice in one hospital from one day on.
    """
    visits = ~pl.col("inpatient").fill_null(value=True)
    of_day = (*SAME_DAY, visits)
    by = [
        (pl.col("visit_no"), pl.col("visit_no").is_not_null().all().over(of_day)),
        (
            pl.col("settled_second").cast(pl.String),
            (pl.col("settled_second") > 0).all().over(of_day),
        ),
    ]
    key = pl.lit(None, pl.String)
    for told, known in reversed(by):
        key = pl.when(visits & known).then(told).otherwise(key)
    return key


def _others(members: pl.DataFrame) -> pl.DataFrame:
    """Per row the places of its family: of the kept row for a rejected one, else of all others."""
    few = members.group_by("family", maintain_order=True).agg(
        other=pl.col("at").head(_NAMED + 1), place=pl.col("place").head(_NAMED + 1), size=pl.len()
    )
    return (
        members.select("at", "family", "twin")
        .join(few, on="family")
        .explode("other", "place")
        .filter(pl.col("other") != pl.col("at"))
        .group_by("at", maintain_order=True)
        .agg(
            twin_place=pl.when(pl.col("twin").first() == "rejected")
            .then(pl.col("place").first())
            .when(pl.col("size").first() > _NAMED + 1)
            .then(
                pl.format(
                    "{} 等 {} 行",
                    pl.col("place").head(_NAMED).str.join("、"),
                    pl.col("size").first() - 1,
                )
            )
            .otherwise(pl.col("place").str.join("、"))
        )
    )
