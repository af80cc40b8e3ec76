"""What a row of an export says of itself: its numbers, its moment, its kind, and whether it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import polars as pl

from onestop_cli.county import platform
from onestop_cli.readers.layout.days import clocks
from onestop_cli.readers.layout.numbers import number_of
from onestop_cli.readers.layout.reading_faults import Faults, read_days
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.stay_refunds import taken_back
from onestop_cli.tables.by_hand import CODE

_YES = {"是", "1", "y", "yes", "true", "中心报销", "手工报销", "零星报销"}


def numbers(table: TypedTable, none: Sequence[str]) -> dict[str, pl.Series]:
    """The number columns of `READ_STAYS`. A number for both hospital and clinic comes after the visit's own."""
    visit, settlement = (number_of(table, name, none) for name in ("visit_no", "settlement_no"))
    own, clinic = (number_of(table, name, none) for name in ("stay_no", "clinic_no"))
    return {
        "stay_no": pl.select(pl.coalesce(own, visit, clinic, settlement)).to_series(),
        "visit_no": visit,
        "settlement_no": settlement,
        "person_no": number_of(table, "person_no", none),
    }


def settled(table: TypedTable, faults: Faults) -> dict[str, pl.Series]:
    """`settled_on` and `settled_at`; a clock counts for the day it stands beside, or that the row was settled on."""
    habit = table.habit()
    day, other = read_days(table, "settled", habit, faults), table.days("settled_time", habit)[0]
    clock = pl.select(pl.coalesce(_clocks(table, "settled_time"), _clocks(table, "settled")))
    _unread_moments(table, faults)
    known = pl.DataFrame({"day": day, "other": other}).with_columns(clock=clock.to_series())
    on = pl.coalesce("day", "other")
    of_day = pl.col("other").is_null() | (pl.col("other") == on)
    found = known.select(on.alias("on"), at=pl.when(of_day).then(on.dt.combine(pl.col("clock"))))
    return {"settled_on": found["on"], "settled_at": found["at"]}


def _clocks(table: TypedTable, field: str) -> pl.Series:
    column = table.first(field)
    if column is None:
        return pl.repeat(None, table.height, dtype=pl.Time, eager=True)
    return clocks(table.columns[column])


def _unread_moments(table: TypedTable, faults: Faults) -> None:
    """Cells of 结算时间 that are neither a day nor, beside a day of settlement, a clock."""
    column = table.first("settled_time")
    if column is None:
        return
    _, wrong = table.days("settled_time", table.habit())
    clock = _clocks(table, "settled_time").is_not_null()
    beside = "settled" in table.header.columns
    faults.unread(column, [row for row in wrong if not (beside and clock[row])], "不是看得懂的日期")


def marks(table: TypedTable) -> dict[str, pl.Series]:
    """`refund_flag`, `inpatient` and `setl_type`."""
    return {
        "refund_flag": taken_back(table),
        "inpatient": _each(table, "visit", platform.inpatient, pl.Boolean),
        "setl_type": _kind_of_settlement(table),
    }


def _kind_of_settlement(table: TypedTable) -> pl.Series:
    """结算类别 by its code; 中心报销 in a column of its own (county exports) is the first of them.

    So is every row of a list that `onestop.toml` says is paid to people.
    """
    kind = _each(table, "setl_type", lambda text: platform.code("setl_type", text))
    by_hand = _each(table, "by_hand", lambda text: "1" if platform.word(text) in _YES else None)
    person = bool(table.layout and table.layout.paid_to)
    return pl.select(pl.coalesce(kind, by_hand, pl.lit(CODE if person else None))).to_series()


def _each(
    table: TypedTable,
    field: str,
    meaning: Callable[[str], object],
    kind: type[pl.DataType] = pl.String,
) -> pl.Series:
    """What each distinct text of `field` means."""
    if field not in table.header.columns:
        return pl.repeat(None, table.height, dtype=kind, eager=True)
    texts = table.take(text=table.words(field)).to_series()
    found = {text: meaning(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(found, default=None, return_dtype=kind)
