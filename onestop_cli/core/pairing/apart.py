"""What the platform settled afterwards (结算类别 3): a second row of a visit whose insurance came first.

Assistance alone, worked out as a stay, would be due the insurance once again. It belongs to the only row that lacks
what it claims; where that cannot be told, all that it may belong to wait with it. A supplement that pays the insurance,
too, belongs to the only row with its bill, and without one it is a stay of its own. Rows that do not stand beside
their whole visit are few, so they are walked one by one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from onestop_cli.tables.schema import CLAIMS, ORDER, Schema, row_place

PARTS: Schema = {"at": pl.Int64, "into": pl.Int64, "joined_place": pl.String}
"""Rows that are parts of one claim, the row that stands for it, and there the places of the others."""

LONELY: Schema = {"at": pl.Int64, "half_why": pl.String}
"""Rows that wait for their other half, or for one that may be theirs, and why."""

BORNE = "waiver_claimed_fen"
"""What the hospital bore is no fund's: both halves of a claim may say it."""

FUNDS = tuple(name for name in CLAIMS if name != BORNE)

_STAY = ("hospital", "who", "admitted_on", "discharged_on")
_WHAT = "单独结算的医疗救助（结算类别为补充）"

Row = Mapping[str, Any]


def settled_apart(rows: pl.DataFrame, closed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`PARTS` and `LONELY` of the rows with `apart`, beside `rows` and the `closed` stays of earlier periods."""
    people = rows.filter("apart").select("hospital", "who").unique()
    near_by = rows.join(people, on=["hospital", "who"], how="semi")
    each = list(near_by.sort(*ORDER).iter_rows(named=True))
    beside = _beside([row for row in each if not row["apart"]])
    near = {row["at"]: (row, beside(row)) for row in each if row["apart"]}
    fits = {at: _fitting(*both) for at, both in near.items()}
    chosen = {at: found[0] for at, found in fits.items() if len(found) == 1}
    claims = Counter(
        (other["at"], name) for at, other in chosen.items() for name in _claimed(near[at][0])
    )
    torn = {at for (at, _), times in claims.items() if times > 1}
    chosen = {at: other for at, other in chosen.items() if other["at"] not in torn}
    alone = [
        near[at] for at in near if at not in chosen and (fits[at] or not _insures(near[at][0]))
    ]
    before = _settled_before(closed.join(people, on=["hospital", "who"], how="semi"))
    told = {at: why for row, others in alone for at, why in _waiting(row, others, before(row))}
    waiting = {at: other for at, other in chosen.items() if other["at"] in told}
    told |= {at: _unsure([other]) for at, other in waiting.items()}
    sure = [(near[at][0], other) for at, other in chosen.items() if at not in waiting]
    return _parts(sure), pl.DataFrame(list(told.items()), schema=LONELY, orient="row")


def _beside(rows: Sequence[Row]) -> Callable[[Row], list[Row]]:
    """Row → those of its visit (就诊ID), else those of its stay with the same bill."""
    visits: dict[Any, list[Row]] = defaultdict(list)
    stays: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        visits[_visit(row)].append(row)
        stays[_bill(row)].append(row)

    def found(row: Row) -> list[Row]:
        own = visits[_visit(row)] if row["visit_no"] is not None else []
        known = row["bill"] is not None and None not in (row[key] for key in _STAY)
        return own or (stays[_bill(row)] if known else [])

    return found


def _visit(row: Row) -> tuple[Any, ...]:
    return row["hospital"], row["who"], row["visit_no"]


def _bill(row: Row) -> tuple[Any, ...]:
    return (*(row[key] for key in _STAY), row["bill"], row["scope"])


def _claimed(row: Row) -> set[str]:
    return {name for name in FUNDS if (row[name] or 0) > 0}


def _insures(row: Row) -> bool:
    return "basic_claimed_fen" in _claimed(row)


def _fitting(row: Row, others: Sequence[Row]) -> list[Row]:
    """Those that lack what `row` claims; where several do, those with its bill. Of a supplement those with its bill."""
    lack = [other for other in others if not _claimed(other) & _claimed(row)]
    told = others if _insures(row) else lack
    same = [other for other in told if row["bill"] is not None and _costs(other) == _costs(row)]
    return lack if len(lack) == 1 and not _insures(row) else same


def _costs(row: Row) -> tuple[Any, ...]:
    return row["bill"], row["scope"]


def _settled_before(closed: pl.DataFrame) -> Callable[[Row], str | None]:
    """Row → the final closed stay of its person and hospital with its visit or its day of admission."""
    final = closed.filter("final").with_columns(place=row_place("period"))
    stays: dict[Any, list[Row]] = defaultdict(list)
    for one in final.iter_rows(named=True):
        stays[one["hospital"], one["who"]].append(one)

    def found(row: Row) -> str | None:
        for one in stays[row["hospital"], row["who"]]:
            visit = row["visit_no"] is not None and one["visit_no"] == row["visit_no"]
            if visit or one["admitted_on"] == row["admitted_on"]:
                return str(one["place"])
        return None

    return found


def _waiting(row: Row, others: Sequence[Row], before: str | None) -> Iterator[tuple[int, str]]:
    """Why `row` waits, and those it may belong to."""
    if others:
        yield row["at"], _unsure(others)
        for other in others:
            yield other["at"], f"同一次就诊的 {row['place']} 是{_WHAT}，对不上是哪一笔的"
    elif before:
        yield row["at"], f"{_WHAT}，医保部分已在前期结算：{before}"
    else:
        yield row["at"], f"{_WHAT}，找不到同一次就诊的医保结算，费用和医保支付不明"


def _unsure(others: Sequence[Row]) -> str:
    return f"{_WHAT}，对不上是 {_places(others)} 中哪一笔的"


def _parts(pairs: Sequence[tuple[Row, Row]]) -> pl.DataFrame:
    """`PARTS`: the row of the insurance stands for the claim."""
    whole: dict[int, list[Row]] = defaultdict(list)
    for row, other in pairs:
        whole[other["at"]].append(row)
    told: list[tuple[int, int, str | None]]
    told = [(into, into, _places(rows)) for into, rows in whole.items()]
    told += [(row["at"], into, None) for into, rows in whole.items() for row in rows]
    return pl.DataFrame(told, schema=PARTS, orient="row")


def _places(rows: Sequence[Row]) -> str:
    return "、".join(row["place"] for row in rows)
