"""Hospitals' discharge exports become stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import Names, names
from onestop_cli.errors import Problem
from onestop_cli.money import yuan
from onestop_cli.readers.containers.inbox import Inbox, open_files
from onestop_cli.readers.layout.aliases import aliases, unit_of
from onestop_cli.readers.layout.clearing import compared, without_statements
from onestop_cli.readers.layout.copies import without_copies
from onestop_cli.readers.layout.doubts import layout_hint, one_row_per_fund, two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.hospital import hospital_named_by
from onestop_cli.readers.layout.identities import proofs
from onestop_cli.readers.layout.row_kinds import Sorted, sort_rows
from onestop_cli.readers.layout.sheets import (
    account,
    id_numeric,
    place_columns,
    quarantine,
    read_all,
    spoiled_ids,
)
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable, named_unit
from onestop_cli.readers.layout.unread import said, stops, unread_columns
from onestop_cli.readers.layout.whose import hospital_named
from onestop_cli.readers.stay_amounts import amounts, rounded
from onestop_cli.readers.stay_days import has_discharge, may_be_a_span, no_discharge, stay_days
from onestop_cli.readers.stay_marks import marks, numbers
from onestop_cli.readers.stay_refunds import refunds_said
from onestop_cli.readers.stay_seal import seal_said
from onestop_cli.readers.stay_words import stay_words
from onestop_cli.tables.reading import TOTALS, Reading, SheetReading, SumProof, together
from onestop_cli.tables.schema import PAYERS, READ_STAYS

_SMALL = 100_00
"""Fen, below which no stay in hospital costs."""

_AROUND = ("title", "footer", "odd")


def read_stays(
    paths: Sequence[Path],
    settings: Settings,
    hospitals: Sequence[str],
    extra_columns: Mapping[str, Sequence[str]] | None = None,
    passwords: Sequence[str] = (),
    layers: Collection[str] | None = None,
    money: Collection[str] = (),
) -> Reading:
    """`stays_of` the files behind `paths`; `passwords` are tried on locked workbooks."""
    inbox = open_files(paths, settings, passwords)
    return stays_of(inbox, settings, hospitals, extra_columns, layers, money)


def stays_of(
    inbox: Inbox,
    settings: Settings,
    hospitals: Sequence[str],
    extra_columns: Mapping[str, Sequence[str]] | None = None,
    layers: Collection[str] | None = None,
    money: Collection[str] = (),
) -> Reading:
    """Every stay in the opened files.

    `hospitals`: the names in the register, against which a file without a hospital column is held.
    `extra_columns`: name → headers of further columns, handed on as strings `x_<name>`. `layers`: of the run; the
    amounts of any other are not read (FI03), and None knows of all. `money`: which of `extra_columns` are amounts;
    they are handed on in plain yuan.
    """
    known, no_number = names(settings), settings.synonyms.no_number
    wanted = Wanted(known, hospitals, extra_columns or {}, layers, no_number, money)
    kept, copies = without_copies(inbox.opened, lambda name: hospital_named(name, known, hospitals))
    kept, apart, statements = without_statements(kept)
    sheets, more = read_all(
        kept,
        stays_sought(),
        settings,
        lambda table: read_stays_table(table, wanted),
    )
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in wanted.extra}}
    inputs = (file.file for file in inbox.opened)
    problems = [*inbox.problems, *more]
    reading = together(schema, [*sheets, *copies, *apart], inputs, problems, inbox.notes)
    more_said = compared(reading.rows, statements)
    return replace(reading, warnings=(*reading.warnings, *more_said))


@dataclass(frozen=True)
class Wanted:
    """What a list of stays is read for: names, the register's hospitals, headers that documents ask for, layers, and
    what the county writes where there is no number, and which of the further headers hold amounts."""

    known: Names
    hospitals: Sequence[str]
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict)
    layers: Collection[str] | None = None
    no_number: Sequence[str] = ()
    money: Collection[str] = ()

    def titles(self, name: str) -> Sequence[str]:
        """The headers of a further column."""
        return (name, *self.extra[name])


def stays_sought() -> TableSpec:
    """What a table of stays has."""
    return TableSpec("住院明细", aliases("stays"), _lacking, empty=False)


def _lacking(header: Header) -> list[str]:
    """The needed columns that are missing; of the payers one is enough."""
    fields = aliases("stays").fields
    here = {*header.columns, *header.rivals}
    here |= {"discharged"} if "admitted" in here and may_be_a_span(header) else set()
    here |= {"admitted", "discharged"} if "span" in here else set()
    missing = [field.title for field in fields.values() if field.needed and field.id not in here]
    payers = [fields[payer].title for payer in ("basic", "assistance")]
    return missing if here.intersection(PAYERS) else [*missing, " 或 ".join(payers)]


def read_stays_table(
    table: TypedTable, wanted: Wanted
) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    extra = wanted.extra
    rows = sort_rows(table, lone_person=False)
    whose, problems = hospital_named_by(table, wanted.known, wanted.hospitals)
    problems += [*two_headers(table, rows), *one_row_per_fund(table)]
    problems += [] if not rows.data.any() or has_discharge(table, rows) else [no_discharge(table)]
    problems += [*_two_units(table, rows), *_tiny(table, rows)]
    asked = [c for name, titles in extra.items() for c in table.headed((name, *titles))]
    unread = unread_columns(table, rows, asked, wanted.layers)
    problems += stops(table, unread)
    if problems:
        return None, problems
    words, notes = stay_words(table, rows, whose, extra)
    stays = _stays(table, words, wanted).filter(rows.data)
    stays = wanted.known.with_places(stays, "township_raw", "village_raw")
    checked = seal_said(table.grid.rows[: table.header.first], stays)
    return SheetReading(
        account(table, rows, whose, notes),
        stays,
        quarantine(table, rows, "stay"),
        _mismatches(table, rows),
        (
            *spoiled_ids(table, stays),
            *rounded(table, rows.data),
            *refunds_said(table, rows),
            *([f"{table.grid.source}：{checked}"] if checked else []),
        ),
        said(table, unread),
        tuple(_proofs(table, rows, stays)),
    ), []


def _proofs(table: TypedTable, rows: Sorted, stays: pl.DataFrame) -> Iterator[SumProof]:
    """The sums that the sheet's columns allow to try."""
    amounts = {field: fen.filter(rows.data) for field, fen in table.amounts.items()}
    own = stays["self_claimed_fen"]
    return proofs(amounts | ({"own": own} if own.count() else {}), stays["row"])


def _two_units(table: TypedTable, rows: Sorted) -> list[Problem]:
    """Lines around the data that name different units."""
    if table.layout and table.layout.unit:
        return []
    around = [row for row, kind in zip(table.grid.rows, rows.kinds, strict=True) if kind in _AROUND]
    units = {unit for row in around for cell in row if (unit := named_unit(str(cell)))}
    if units <= {table.unit}:
        return []
    remedy = "请核对后" + layout_hint(table.grid, 'unit = "元"', "--unit 元")
    what = f"金额单位说法不一：{'、'.join(sorted(units | {table.unit}))}"
    return [Problem(what, remedy, table.grid.source, table.grid.sheet)]


def _tiny(table: TypedTable, rows: Sorted) -> list[Problem]:
    """Bills that nobody has, with amounts finer than a fen: ten thousands of yuan, and nothing says so."""
    total, column = table.amounts["total"].filter(rows.data), table.header.columns["total"][0]
    told = table.units_named or table.unit != "元" or (table.layout and table.layout.unit)
    named = told or any(unit_of(head) for head in table.header.labels[column])
    highest = total.abs().max()
    if named or not highest or int(highest) >= _SMALL or not rounded(table, rows.data):  # type: ignore[arg-type]
        return []
    remedy = (
        "请核对单位，"
        + layout_hint(table.grid, 'unit = "万元"', "--unit 万元")
        + '；确是元的，写 unit = "元"'
    )
    what = f"金额像是以万元为单位：总费用最多 {yuan(int(highest))}，有的金额不足一分"  # type: ignore[arg-type]
    return [Problem(what, remedy, table.grid.source, table.grid.sheet)]


def _stays(table: TypedTable, words: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """Every row below the header in the form of `READ_STAYS`, data or not."""
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in wanted.extra}}
    numeric = id_numeric(table, "id_no").alias("id_numeric")
    return words.with_columns(
        numeric,
        **place_columns(table),
        **stay_days(table),
        **amounts(table, {name: wanted.titles(name) for name in wanted.money}),
        **numbers(table, wanted.no_number),
        **marks(table),
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _mismatches(table: TypedTable, rows: Sorted) -> pl.DataFrame:
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
