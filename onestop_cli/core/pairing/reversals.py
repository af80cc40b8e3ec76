"""Reversals (红冲) and refunds: which rows take each other back, and which wait because it cannot be told.

The partner of a negative row is an earlier row with *every* amount opposite, or every other amount the same where the
export puts the minus on the total only: with the total alone, which of several rows is taken back would hang on their
order. A settlement number (结算ID) on both says so before the days do: a refund may carry the day it was made on.
Groups with a negative or struck row are few, so they are walked row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.tables.schema import CLAIMS, MONEY, ORDER, Schema, row_place

_SAME_STAY = ("hospital", "person", "admitted_on", "discharged_on")
_SAME_NUMBER = ("hospital", "number", "admitted_on", "discharged_on")
_SAME_PATIENT = ("hospital", "number", "person")
_SAME_SETTLEMENT = ("hospital", "person", "settlement_no")

STRUCK: Schema = {
    "at": pl.Int64,
    "reversed": pl.Boolean,
    "unpaired": pl.Boolean,
    "reverses_place": pl.String,
    "refund_why": pl.String,
    "refund_place": pl.String,
}
"""`reversed`: the row and another take each other back. `unpaired`: a negative or struck row without a partner.
`refund_why`, why a row waits: `alone`, `amounts` (only the totals are opposite), `akin` (the total of a stay of that
number, whose days or person are others), `partial` (a refund of part of a stay), `refunded` (the stay it is of),
`struck` (marked as taken back, and no row that does it), `repeats` (the same as such a row). `refund_place`: the
other row. `reverses_place`: the closed stay that this row takes back."""

Row = Mapping[str, Any]


def reversals(rows: pl.DataFrame) -> pl.DataFrame:
    """`STRUCK` of every row that is taken back, takes back, or waits for that.

    Closed stays that are gone are partners still: what was reported anew while it waited may be taken back later, and
    what was taken back keeps its partner from another row.
    """
    flagged = pl.col("refund_flag").fill_null(False)
    odd = rows.filter(_negative() | flagged)
    if odd.is_empty():
        return pl.DataFrame(schema=STRUCK)
    own = odd.select(_SAME_STAY).unique()
    near = odd.filter(pl.col("number").is_not_null()).select(_SAME_NUMBER).unique()
    paid = odd.filter(pl.col("settlement_no").is_not_null()).select(_SAME_SETTLEMENT).unique()
    beside = pl.concat(
        [
            odd.select("at"),
            rows.join(own, on=_SAME_STAY, how="semi").select("at"),
            rows.join(near, on=_SAME_NUMBER, how="semi").select("at"),
            rows.join(odd, on=_SAME_PATIENT, how="semi").select("at"),
            rows.join(paid, on=_SAME_SETTLEMENT, how="semi").select("at"),
        ]
    ).unique()
    lines = (
        rows.join(beside, on="at", how="semi")
        .with_columns(
            pl.col(CLAIMS).fill_null(0), flagged, place=row_place("period"), negative=_negative()
        )
        .sort(*ORDER[:2], "negative", *ORDER[2:])
    )
    every = list(lines.iter_rows(named=True))
    found: dict[int, Row] = {}
    for keys in (_SAME_SETTLEMENT, _SAME_STAY):
        for group in _grouped((row for row in every if row["at"] not in found), keys):
            found.update(_taken_back(group))
    found.update(_waiting(every, found))
    return pl.DataFrame([{"at": at, **said} for at, said in sorted(found.items())], schema=STRUCK)


def _negative() -> pl.Expr:
    """Whether a row takes something back: a negative total or, where it has no bill, negative claims."""
    total, claims = pl.col("total_fen").fill_null(0), pl.col(CLAIMS).fill_null(0)
    return (total < 0) | ((total == 0) & (pl.sum_horizontal(claims) < 0))


def _grouped(lines: Iterable[Row], keys: Sequence[str]) -> Iterable[list[Row]]:
    """Rows that share `keys`, as they come; of settlements only those that have a number."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in lines:
        if keys != _SAME_SETTLEMENT or None not in (row[key] for key in keys):
            groups[tuple(row[key] for key in keys)].append(row)
    return groups.values()


def _taken_back(group: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """Each negative row takes back an earlier one that still stands: one of its visit, a struck one, else the first."""
    standing: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in group:
        if not row["negative"]:
            standing[_amounts(row, 1)].append(row)
            continue
        partners = standing[_amounts(row, -1)] or standing[_only_total_signed(row)]
        partner = min(partners, key=lambda other: _distance(row, other), default=None)
        if partner is not None:
            partners.remove(partner)
            yield partner["at"], _struck(partner, row)
            yield row["at"], _struck(row, partner)


def _distance(row: Row, other: Row) -> tuple[bool, bool]:
    """The smaller, the likelier it is `other` that `row` takes back: of the same visit, marked as refunded."""
    same = row["visit_no"] is not None and row["visit_no"] == other["visit_no"]
    return not same, not other["refund_flag"]


def _amounts(row: Row, sign: int) -> tuple[Any, ...]:
    return tuple(None if row[name] is None else row[name] * sign for name in MONEY)


def _only_total_signed(row: Row) -> tuple[Any, ...]:
    """The amounts of the stay that a row takes back when its export puts the minus on the total only."""
    return _amounts({**row, "total_fen": -(row["total_fen"] or 0)}, 1)


def _struck(row: Row, partner: Row) -> Row:
    back = partner["place"] if partner["closed"] and not row["closed"] else None
    return {"reversed": True, "unpaired": False, "reverses_place": back}


def _waits(why: str, other: Row | None, *, unpaired: bool) -> Row:
    place = None if other is None else other["place"]
    return {"reversed": False, "unpaired": unpaired, "refund_why": why, "refund_place": place}


def _waiting(lines: Sequence[Row], found: Mapping[int, Row]) -> Iterator[tuple[int, Row]]:
    """Rows that take something back or are marked so, without a partner, and the stays they may be about."""
    left = [row for row in lines if row["at"] not in found and not row["gone"]]
    stays = [row for row in left if not row["negative"]]
    for row in left:
        if row["negative"]:
            yield from _lonely(row, stays)
        elif row["refund_flag"]:
            yield row["at"], _waits("struck", None, unpaired=True)
            same = [
                s for s in stays
                if _one(s, row, _SAME_STAY) and _alike(s, row, MONEY) and not s["refund_flag"]
            ]  # fmt: skip
            yield from ((other["at"], _waits("repeats", row, unpaired=False)) for other in same)


def _lonely(row: Row, stays: Sequence[Row]) -> Iterator[tuple[int, Row]]:
    """A negative row: beside a stay of the opposite total, or a refund of part of one, or by itself.

    Where the number is a stay's own and the total its opposite, days or the person were written otherwise: the stay is
    not paid while its minus row waits.
    """
    taken = -(row["total_fen"] or 0)
    opposite = [s for s in stays if taken and s["total_fen"] == taken]
    same = [s for s in opposite if _one(s, row, _SAME_STAY)]
    akin = [s for s in opposite if _one(s, row, _SAME_NUMBER) or _one(s, row, _SAME_PATIENT)]
    larger = [s for s in stays if _one(s, row, _SAME_NUMBER) and (s["total_fen"] or 0) > taken]
    own = [s for s in larger if s["person"] == row["person"]] or larger
    readings = ((same, "amounts", "amounts"), (akin, "akin", "akin"), (own, "partial", "refunded"))
    for others, why, back in readings:
        if others:
            yield row["at"], _waits(why, others[0], unpaired=True)
            yield from ((other["at"], _waits(back, row, unpaired=False)) for other in others)
            return
    yield row["at"], _waits("alone", None, unpaired=True)


def _one(one: Row, other: Row, keys: Sequence[str]) -> bool:
    """Whether two rows are of one stay, by known `keys` or by the number of their settlement."""
    sides = (keys, _SAME_SETTLEMENT)
    return any(_alike(one, other, k) and None not in (one[key] for key in k) for k in sides)


def _alike(one: Row, other: Row, keys: Sequence[str]) -> bool:
    return all(one[key] == other[key] for key in keys)
