"""The halves of one claim: a visit whose insurance and assistance were reported as rows of their own."""

from __future__ import annotations

import polars as pl

from onestop_cli.tables.schema import CLAIMS, ORDER, row_place

_VISIT = ("hospital", "who", "visit", "admitted_on", "discharged_on")
_ONCE = (
    "total_fen",
    "eligible_fen",
    "out_of_scope_fen",
    "first_pay_fen",
    "over_limit_fen",
    "amount_fault",
)


def halves(living: pl.DataFrame) -> pl.DataFrame:
    """(`at`, `into`, `joined_place`) of the rows that are halves of one claim: rows of one visit, person and dates,
    with no layer claimed on two of them, something claimed on each, total and eligible cost equal or blank.

    `into` is the first of them in the contract's order. Closed stays are none: their half is settled.
    """
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in _VISIT)
    rows = living.filter(known & ~pl.col("closed"))
    rows = rows.filter(pl.struct(_VISIT).is_duplicated())
    if rows.is_empty():
        return pl.DataFrame(schema={"at": pl.Int64, "into": pl.Int64, "joined_place": pl.String})
    claimed = {name: (pl.col(name) > 0).fill_null(False) for name in CLAIMS}
    agree = [pl.col(name).drop_nulls().n_unique() <= 1 for name in _ONCE[:2]]
    groups = (
        rows.sort(*ORDER)
        .with_columns(place=row_place("period"), some=pl.any_horizontal(claimed.values()))
        .group_by(_VISIT, maintain_order=True)
        .agg(
            "at",
            "place",
            whole=pl.all_horizontal(
                pl.col("some").all(), *(each.sum() <= 1 for each in claimed.values()), *agree
            ),
        )
        .filter("whole")
    )
    each = groups.select(
        "at",
        into=pl.col("at").list.first(),
        joined_place=pl.col("place").list.slice(1).list.join("、"),
    ).explode("at")
    return each.with_columns(
        joined_place=pl.when(pl.col("at") == pl.col("into")).then("joined_place")
    )


def joined(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """`rows` (numbered by `at`) with each claim's halves in one row; `parts`: of `halves`.

    Claims stand side by side; costs come from whichever half says them; of 自付 the smallest is what was left at last.
    """
    if parts.is_empty():
        return rows
    once = [pl.col(name).drop_nulls().first() for name in _ONCE if name in rows.columns]
    both = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in CLAIMS
    ]
    whole = [pl.col("self_claimed_fen").min()]
    whole += [pl.col("has_eligible").any()] if "has_eligible" in rows.columns else []
    merged = (
        rows.join(parts.select("at", "into"), on="at")
        .sort("into", "at")
        .group_by("into", maintain_order=True)
        .agg(*once, *both, *whole)
    )
    gone = parts.filter(pl.col("at") != pl.col("into"))["at"]
    updated = rows.update(merged.rename({"into": "at"}), on="at")
    return updated.filter(~pl.col("at").is_in(gone.implode()))
