"""The days of a stay: of admission and discharge, in two columns or in one, of birth, and the fund year."""

from __future__ import annotations

import polars as pl

from onestop_cli.errors import Problem
from onestop_cli.readers.layout.aliases import tidy
from onestop_cli.readers.layout.days import spans
from onestop_cli.readers.layout.doubts import columns_hint
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.reading_faults import Faults, read_days
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.sheets import BIRTH_CENTURY
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.stay_marks import settled


def may_be_a_span(header: Header) -> bool:
    """住院时间 without a day of discharge is often both days in one cell."""
    return any(
        tidy(header.label(c)) in ("住院时间", "住院日期")
        for c in header.columns.get("admitted", ())
    )


def _span_field(table: TypedTable) -> str | None:
    """The field whose cells hold both days, when the days of admission and discharge have no column each."""
    columns = table.header.columns
    if "admitted" in columns and "discharged" in columns:
        return None
    return "span" if "span" in columns else "admitted"


def has_discharge(table: TypedTable, rows: Sorted) -> bool:
    """Whether a day of discharge can be read in any row, be it beside the admission in one cell."""
    field = _span_field(table)
    column = table.first(field) if field else None
    if column is None:
        return True
    return bool(
        spans(table.columns[column], table.habit())[1].filter(rows.data).is_not_null().any()
    )


def no_discharge(table: TypedTable) -> Problem:
    """The problem of a sheet whose rows all lack the day of discharge."""
    place = table.grid.source, table.grid.sheet, table.header.last + 1
    hint = columns_hint(table.grid, [("出院日期", "表头文字")])
    return Problem("缺少出院日期列", f"请补上这一列；换了叫法的，{hint}", *place)


def stay_days(table: TypedTable) -> dict[str, pl.Series]:
    """The day columns, the fund year, and one sentence on what could not be read."""
    faults = Faults(table)
    found = _of_both_ends(table, faults)
    found |= settled(table, faults)
    found["birth_on"] = read_days(table, "birth", table.habit(century=BIRTH_CENTURY), None)
    found["fund_year"] = _fund_year(table, faults)
    return {**found, "date_fault": faults.series()}


def _of_both_ends(table: TypedTable, faults: Faults) -> dict[str, pl.Series]:
    """Days of admission and discharge, from a column each or from one for both."""
    habit, field = table.habit(), _span_field(table)
    column = table.first(field) if field else None
    if field is None or column is None:
        return {
            f"{field}_on": read_days(table, field, habit, faults, needed=True)
            for field in ("admitted", "discharged")
        }
    first, last, wrong = spans(table.columns[column], habit)
    faults.unread(column, wrong, "不是看得懂的起止日期")
    faults.blank(field, [row for row in first.is_null().arg_true() if row not in set(wrong)])
    return {"admitted_on": first, "discharged_on": last}


def _fund_year(table: TypedTable, faults: Faults) -> pl.Series:
    """基金年份 as a number: `2010`, `2010年`, `2010年度`."""
    column = table.first("fund_year")
    if column is None:
        return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)
    frame = table.take(text=table.words("fund_year")).with_columns(
        year=pl.col("text").str.extract(r"^((?:19|20)\d\d)年?度?$").cast(pl.Int64)
    )
    wrong = frame.select(pl.col("text").is_not_null() & pl.col("year").is_null()).to_series()
    faults.unread(column, list(wrong.arg_true()), "不是年份")
    return frame["year"]
