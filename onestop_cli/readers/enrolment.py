"""Enrolment lists (参合名册, 参保名册) become rows: who is enrolled, and who the list says paid for him."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from onestop_cli.county.settings import Settings
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.layout.copies import without_copies
from onestop_cli.readers.layout.doubts import two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.reading_faults import Faults
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
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.layout.unread import sentence, unread_columns
from onestop_cli.tables.reading import Reading, SheetReading, together
from onestop_cli.tables.schema import READ_ENROLMENT

_WORDS = {"township": "township", "village": "village", "marked_raw": "marked"}
"""Column of `READ_ENROLMENT` → field."""

_MONEY = ("own", "subsidy")


def read_enrolment(
    paths: Sequence[Path], settings: Settings, passwords: Sequence[str] = ()
) -> Reading:
    """Every row of the enrolment lists behind `paths`, as `READ_ENROLMENT`."""
    inbox = open_files(paths, settings, passwords)
    kept, copies = without_copies(inbox.opened)
    sheets, more = read_all(kept, enrolment_sought(), settings, read_enrolment_table)
    inputs = (file.file for file in inbox.opened)
    return together(
        READ_ENROLMENT, [*sheets, *copies], inputs, [*inbox.problems, *more], inbox.notes
    )


def enrolment_sought() -> TableSpec:
    """What an enrolment list has."""
    return TableSpec("参合名册", aliases("enrolment"), _lacking)


def _lacking(header: Header) -> list[str]:
    fields = aliases("enrolment").fields.values()
    here = {*header.columns, *header.rivals}
    return [field.title for field in fields if field.needed and field.id not in here]


def read_enrolment_table(table: TypedTable) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    rows = sort_rows(table, lone_person=True)
    if problems := two_headers(table, rows):
        return None, problems
    people = _people(table).filter(rows.data)
    return SheetReading(
        account(table, rows),
        people,
        quarantine(table, rows, "enrolment"),
        warnings=(*spoiled_ids(table, people), *_unread(table, rows)),
    ), []


def _unread(table: TypedTable, rows: Sorted) -> Iterator[str]:
    """Columns of amounts that nobody reads: one of them may say who paid."""
    for one in unread_columns(table, rows, (), None):
        yield f"{table.grid.place}：{sentence(one)}；是资助或个人缴费的，请在 [[layout]] 写明是哪一项"


def _people(table: TypedTable) -> pl.DataFrame:
    """Every row below the header in the form of `READ_ENROLMENT`, data or not."""
    words = table.take(
        name=table.trimmed("name"),
        id_raw=table.raw("id_no"),
        **{column: table.words(field) for column, field in _WORDS.items()},
    )
    return words.with_columns(
        id_numeric(table, "id_no").alias("id_numeric"),
        **place_columns(table),
        **_amounts(table),
    ).select(pl.col(name).cast(dtype) for name, dtype in READ_ENROLMENT.items())


def _amounts(table: TypedTable) -> dict[str, pl.Series | pl.Expr]:
    """What was paid, in fen, and the cells that are no amounts."""
    faults, (_, wrong) = Faults(table), table.money
    for column, rows in wrong.items():
        faults.unread(int(column), rows, "不是金额")
    found = {f"{field}_fen": table.amounts.get(field, pl.lit(None)) for field in _MONEY}
    return {**found, "amount_fault": faults.series()}
