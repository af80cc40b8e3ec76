"""The halves of one claim: a visit whose insurance and assistance were reported as rows of their own.

The second row has the bill once more, what was left of it, or none.
"""

from __future__ import annotations

import polars as pl

from onestop_cli.core.pairing.apart import BORNE, FUNDS, LONELY, PARTS, settled_apart
from onestop_cli.core.pairing.rows import without
from onestop_cli.tables.schema import CLAIMS, ORDER, row_place

_VISIT = ("hospital", "who", "visit", "admitted_on", "discharged_on")
_ONCE = (
    "total_fen",
    "eligible_fen",
    "out_of_scope_fen",
    "first_pay_fen",
    "over_limit_fen",
)


def halves(living: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`PARTS` of the rows that are halves of one claim, and `LONELY`: those that wait for their other half, and why.

    Halves are rows of one visit, person and dates with no layer claimed on two of them, something claimed on each, and
    costs that agree: equal, blank (0 beside a claim is blank), or what the other half left of the bill. An assistance
    settled by itself belongs to the only row of its visit, or of its stay with the same bill, that lacks it. Closed
    stays are no halves: theirs is settled.
    """
    rows = living.filter(~pl.col("closed"))
    alike = _alike(_with_claims(rows.filter("near")))
    left = without(rows, alike)
    if not (left["setl_type"] == "3").any():
        return alike, pl.DataFrame(schema=LONELY)
    left = _with_claims(left)
    if not left["apart"].any():
        return alike, pl.DataFrame(schema=LONELY)
    parts, lonely = settled_apart(left, living.filter("closed"))
    return pl.concat([alike, parts]), lonely


def _with_claims(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows` with what they claim, and of which bill; `apart`: the assistance is settled by itself."""
    rows = rows.with_columns(
        some=pl.any_horizontal(pl.col(FUNDS) > 0).fill_null(value=False),
        paid=pl.sum_horizontal(pl.col(CLAIMS).fill_null(0)),
        place=row_place("period"),
        bill=pl.when(pl.col("total_fen") > 0).then("total_fen"),
        scope=pl.when(pl.col("total_fen") > 0).then("eligible_fen"),
    )
    apart = (pl.col("setl_type") == "3") & pl.col("some")
    return rows.with_columns(apart=apart.fill_null(value=False))


def _alike(rows: pl.DataFrame) -> pl.DataFrame:
    """`PARTS` of visits all whose rows are the halves of one claim; `into` is the first in the contract's order."""
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in _VISIT)
    rows = rows.filter(known).filter(pl.struct(_VISIT).is_duplicated())
    if rows.is_empty():
        return pl.DataFrame(schema=PARTS)
    once = [((pl.col(name) > 0).fill_null(value=False)).sum() <= 1 for name in FUNDS]
    once.append(pl.col(BORNE).filter(pl.col(BORNE) > 0).n_unique() <= 1)
    groups = (
        rows.sort(*ORDER)
        .group_by(_VISIT, maintain_order=True)
        .agg(
            "at",
            "place",
            whole=pl.all_horizontal(pl.col("some").all(), *once, _agree("bill"), _agree("scope")),
        )
        .filter("whole")
    )
    each = groups.select(
        "at",
        into=pl.col("at").list.first(),
        joined_place=pl.col("place").list.slice(1).list.join("、"),
    ).explode("at")
    first = pl.col("at") == pl.col("into")
    return each.with_columns(joined_place=pl.when(first).then("joined_place")).select(*PARTS)


def _agree(cost: str) -> pl.Expr:
    """Whether a cost is the same on all rows that say it, or what the rows with the whole bill left of it."""
    whole = pl.col("bill") == pl.col("bill").max()
    full = pl.col(cost).filter(whole).first()
    rest = full - pl.col("paid").filter(whole).sum()
    same = pl.col(cost).filter(whole).drop_nulls().n_unique() <= 1
    others = pl.col(cost).filter(~whole).drop_nulls()
    return same & ((others == rest) | (others == full)).all()


def joined(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """`rows` (numbered by `at`) with each claim's halves in one row; `parts`: of `halves`.

    Claims stand side by side, but what the hospital bore is said on both; costs come from the half with the whole
    bill. Of 自付 the smallest is what was left at last, and a half without a bill does not say it.
    """
    if parts.is_empty():
        return rows
    bill = pl.col("total_fen").replace(0, None)
    once = [pl.col(name).drop_nulls().first() for name in _ONCE if name in rows.columns]
    both = [
        pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name)
        for name in (*FUNDS, "fund_total_fen")
        if name in rows.columns
    ]
    whole: list[pl.Expr] = [
        pl.col(BORNE).max(),
        pl.when(bill.is_not_null().all()).then(pl.col("self_claimed_fen").min()),
    ]
    whole += [pl.col("has_eligible").any()] if "has_eligible" in rows.columns else []
    faults = [_faults(bill)] if "amount_fault" in rows.columns else []
    merged = (
        rows.join(parts.select("at", "into"), on="at")
        .sort("into", bill, "at", descending=[False, True, False], nulls_last=True)
        .group_by("into", maintain_order=True)
        .agg(*once, *both, *whole, *faults)
    )
    gone = parts.filter(pl.col("at") != pl.col("into"))["at"]
    updated = rows.update(merged.rename({"into": "at"}), on="at", include_nulls=True)
    return updated.filter(~pl.col("at").is_in(gone.implode()))


def _faults(bill: pl.Expr) -> pl.Expr:
    """The cells of all halves that cannot be read; that a half without a bill has none is no fault."""
    said = pl.col("amount_fault").str.split("；")
    unread = said.list.eval(pl.element().filter(~pl.element().str.ends_with("为空")))
    told = pl.when(bill.is_null() & bill.is_not_null().any()).then(unread).otherwise(said)
    texts = told.explode().drop_nulls()
    return pl.when(texts.len() > 0).then(texts.str.join("；")).alias("amount_fault")
