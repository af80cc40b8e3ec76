"""Hospitals' discharge exports become stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from onestop_cli.errors import Problem
from onestop_cli.readers.aliases import aliases
from onestop_cli.readers.cells import unread_money
from onestop_cli.readers.faults import Faults, read_days
from onestop_cli.readers.headers import Header
from onestop_cli.readers.hospital import hospital_column, hospital_named_by
from onestop_cli.readers.inbox import open_files
from onestop_cli.readers.reading import TOTALS, Reading, SheetReading, together
from onestop_cli.readers.rows import Sorted, sort_rows
from onestop_cli.readers.sheets import (
    BIRTH_CENTURY,
    Sought,
    account,
    id_numeric,
    place_columns,
    quarantine,
    read_all,
    spoiled_ids,
    two_headers,
)
from onestop_cli.readers.table import Table, named_unit
from onestop_cli.schema import PAYERS, READ_STAYS
from onestop_cli.settings import Settings
from onestop_cli.synonyms import Names, names

_AMOUNTS = ("total", "eligible", "out_of_scope", "first_pay", "over_limit")
_AROUND = ("title", "footer", "odd")
_STRUCK = r"^(-1|红冲|冲红|冲账|冲销|退费|退款|负)"


def read_stays(
    paths: Sequence[Path],
    settings: Settings,
    hospitals: Sequence[str],
    extra_columns: Mapping[str, Sequence[str]] | None = None,
    passwords: Sequence[str] = (),
) -> Reading:
    """Every stay in the files behind `paths`; `passwords` are tried on locked workbooks.

    `hospitals`: the names in the register, against which a file without a hospital column is held.
    `extra_columns`: name → headers of further columns, handed on as strings `x_<name>`.
    """
    extra = extra_columns or {}
    sought = Sought("住院明细", aliases("stays").with_extra(extra), _lacking)
    opened, problems = open_files(paths, passwords)
    known = names(settings)
    sheets, more = read_all(
        opened, sought, settings, lambda table: _read(table, known, hospitals, extra)
    )
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in extra}}
    return together(schema, sheets, (file.file for file in opened), [*problems, *more])


def _lacking(header: Header) -> list[str]:
    """The needed columns that are missing; of the payers one is enough."""
    fields = aliases("stays").fields
    here = {*header.columns, *header.rivals}
    missing = [field.title for field in fields.values() if field.needed and field.id not in here]
    payers = [fields[payer].title for payer in ("basic", "assistance")]
    return missing if here.intersection(PAYERS) else [*missing, " 或 ".join(payers)]


def _read(
    table: Table, known: Names, hospitals: Sequence[str], extra: Mapping[str, Sequence[str]]
) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    rows = sort_rows(table, lone_person=False)
    whose, problems = hospital_named_by(table, known, hospitals)
    problems += two_headers(table, rows)
    problems += [] if rows.data.any() else [_empty(table)]
    problems += _two_units(table, rows)
    if problems:
        return None, problems
    column, notes = hospital_column(table, rows)
    hospital = pl.Series([whose] * table.height, dtype=pl.String) if whose else column
    stays = _stays(table, hospital, extra).filter(rows.data)
    return SheetReading(
        account(table, rows, whose, notes),
        stays,
        quarantine(table, rows, "stay"),
        _mismatches(table, rows),
        spoiled_ids(table, stays),
    ), []


def _empty(table: Table) -> Problem:
    return Problem(
        "有表头，但没有一行能读成住院记录",
        "请让医院重新导出；本期确实没有住院的，请把文件移出文件夹",
        table.grid.source,
        table.grid.sheet,
        table.header.last + 1,
    )


def _two_units(table: Table, rows: Sorted) -> list[Problem]:
    """Lines around the data that name different units."""
    if table.layout and table.layout.unit:
        return []
    around = [row for row, kind in zip(table.grid.rows, rows.kinds, strict=True) if kind in _AROUND]
    units = {unit for row in around for cell in row if (unit := named_unit(str(cell)))}
    if units <= {table.unit}:
        return []
    hint = f'[[layout]] file = "{table.grid.source}" unit = "元"'
    return [
        Problem(
            f"金额单位说法不一：{'、'.join(sorted(units | {table.unit}))}",
            f"请在 onestop.toml 写明：{hint}",
            table.grid.source,
            table.grid.sheet,
        )
    ]


def _stays(table: Table, hospital: pl.Series, extra: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """Every row below the header in the form of `READ_STAYS`, data or not."""
    words = {
        "hospital_raw": hospital,
        "level_raw": table.words("level"),
        "stay_no": table.words("stay_no"),
        "name": table.trimmed("name"),
        "id_raw": table.raw("id_no"),
        "category_raw": table.words("category"),
        "township_raw": table.words("township"),
        "village_raw": table.words("village"),
        "address_raw": table.words("address"),
        "sex_raw": table.words("sex"),
        "disease": table.words("disease"),
        "scheme_raw": table.words("scheme"),
        "referral_raw": table.words("referral"),
        "visit_raw": table.words("visit"),
        **{f"x_{name}": table.words(f"x_{name}") for name in extra},
    }
    if table.layout and table.layout.level and "level" not in table.header.columns:
        words["level_raw"] = pl.Series([table.layout.level] * table.height, dtype=pl.String)
    columns = {**words, **_days(table), **_money(table), "id_numeric": id_numeric(table, "id_no")}
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in extra}}
    frame = pl.DataFrame({name: columns[name] for name in schema if name in columns})
    return frame.with_columns(**place_columns(table)).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def _days(table: Table) -> dict[str, pl.Series]:
    """The day columns, the fund year, and one sentence on what could not be read."""
    habit, faults = table.habit(), Faults(table)
    found = {
        f"{field}_on": read_days(table, field, habit, faults)
        for field in ("admitted", "discharged", "settled")
    }
    found["birth_on"] = read_days(table, "birth", table.habit(century=BIRTH_CENTURY), None)
    for field in ("admitted", "discharged"):
        empty = found[f"{field}_on"].is_null() & table.words(field).is_null()
        faults.blank(field, list(empty.arg_true()))
    found["fund_year"] = _fund_year(table, faults)
    return {**found, "date_fault": faults.series()}


def _fund_year(table: Table, faults: Faults) -> pl.Series:
    """基金年份 as a number: `2010`, `2010年`, `2010年度`."""
    text = table.words("fund_year")
    year = text.str.extract(r"^((?:19|20)\d\d)年?度?$").cast(pl.Int64)
    column = table.first("fund_year")
    if column is not None:
        faults.unread(column, list((text.is_not_null() & year.is_null()).arg_true()), "不是年份")
    return year


def _money(table: Table) -> dict[str, pl.Series]:
    """Amounts in fen and one sentence on cells that are none."""
    none = pl.Series([None] * table.height, dtype=pl.Int64)
    amounts, faults = table.amounts, Faults(table)
    found = {f"{field}_fen": amounts.get(field, none) for field in _AMOUNTS}
    found |= {f"{p}_claimed_fen": amounts.get(p, none) for p in (*PAYERS, "self")}
    found["has_eligible"] = pl.Series(["eligible" in amounts] * table.height, dtype=pl.Boolean)
    for column, fen in table.money_columns.items():
        wrong = unread_money(table.text.to_series(column), fen)
        faults.unread(column, list(wrong.arg_true()), "不是金额")
    for field in ("total", "eligible"):
        if field in amounts:
            empty = amounts[field].is_null() & table.words(field).is_null()
            faults.blank(field, list(empty.arg_true()))
    _struck(table, faults)
    return {**found, "amount_fault": faults.series()}


def _struck(table: Table, faults: Faults) -> None:
    """A row marked as a reversal whose total is not negative cannot be taken as either."""
    if "reversal" in table.header.columns and "total" in table.amounts:
        marked = table.words("reversal").str.contains(_STRUCK).fill_null(False)
        for index in (marked & (table.amounts["total"] > 0).fill_null(False)).arg_true():
            faults.say(index, "冲红标志与正数金额矛盾")


def _mismatches(table: Table, rows: Sorted) -> pl.DataFrame:
    """Total rows that differ from their rows."""
    return pl.DataFrame(
        [
            {
                "source": table.grid.source,
                "sheet": table.grid.sheet,
                "row": table.offset + m.row + 1,
                "label": m.label,
                "column": table.aliases.fields[m.field].title,
                "stated_fen": m.stated_fen,
                "computed_fen": m.computed_fen,
            }
            for m in rows.mismatches
        ],
        schema=dict(TOTALS),
    )
