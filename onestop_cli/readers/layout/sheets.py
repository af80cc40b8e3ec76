"""From files to understood tables: the part of reading that stays, rosters and registers share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.errors import Problem, place_of
from onestop_cli.privacy import without_numbers
from onestop_cli.readers.containers.grid import Cell, Grid, notes_of
from onestop_cli.readers.containers.inbox import Opened
from onestop_cli.readers.guard import each_named
from onestop_cli.readers.layout.aliases import Aliases
from onestop_cli.readers.layout.cells import SCIENTIFIC, cell_text
from onestop_cli.readers.layout.clean import cleaned
from onestop_cli.readers.layout.composed import composed
from onestop_cli.readers.layout.doubts import (
    empty_table,
    no_table,
    overlooked,
    rows_of_people,
    unclear,
)
from onestop_cli.readers.layout.headers import find_header
from onestop_cli.readers.layout.kinds import LEFT
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.side_by_side import side_by_side
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.tables.reading import SheetAccount, SheetReading
from onestop_cli.tables.schema import QUARANTINE

FEWEST_FIELDS = 3
"""A sheet that names fewer is no table of the kind looked for."""


def read_all(
    opened: Sequence[Opened],
    sought: TableSpec,
    settings: Settings,
    read: Callable[[TypedTable], tuple[SheetReading | None, list[Problem]]],
) -> tuple[list[SheetReading], list[Problem]]:
    """Every table of every file through `read`, in order; problems of all of them."""
    readings: list[SheetReading] = []
    problems: list[Problem] = []
    for file in opened:
        with each_named(file.file.path, problems):
            sheets, wrong = _of_file(file, sought, settings)
            problems += wrong
            for sheet in sheets:
                if isinstance(sheet, SheetAccount):
                    readings.append(SheetReading(sheet, warnings=_passed_over(sheet)))
                    continue
                reading, wrong = read(sheet)
                problems += wrong
                readings += [cleaned(_with_notes(reading, sheet.grid))] if reading else []
            problems += [] if sought.empty else _nothing_in(file, sheets, readings, problems)
    return readings, problems


def find_tables(
    opened: Sequence[Opened], sought: TableSpec, settings: Settings
) -> tuple[list[TypedTable | SheetAccount], list[Problem]]:
    """The sheets that are the table looked for, and accounts of those that are not."""
    found: list[TypedTable | SheetAccount] = []
    problems: list[Problem] = []
    for file in opened:
        with each_named(file.file.path, problems):
            sheets, wrong = _of_file(file, sought, settings)
            found += sheets
            problems += wrong
    return found, problems


def _passed_over(sheet: SheetAccount) -> tuple[str, ...]:
    """What to know of a hidden sheet that has people on it: it may be another month, or a draft."""
    place = place_of(sheet.source, sheet.sheet)
    return tuple(f"{place}：{note}" for note in sheet.notes if note.startswith(_HIDDEN_PEOPLE))


_HIDDEN_PEOPLE = "隐藏的工作表里有"


def _with_notes(reading: SheetReading, grid: Grid) -> SheetReading:
    return replace(reading, warnings=(*notes_of(grid), *reading.warnings))


def _nothing_in(
    file: Opened,
    sheets: Sequence[TypedTable | SheetAccount],
    readings: Sequence[SheetReading],
    problems: Sequence[Problem],
) -> list[Problem]:
    """The problem of a file whose tables are all without a row; one empty month among others is none."""
    own = [r for r in readings if r.account.source == file.file.path and r.rows is not None]
    tables = [sheet for sheet in sheets if isinstance(sheet, TypedTable)]
    if problems or not tables or any(len(r.rows) for r in own if r.rows is not None):
        return []
    return [empty_table(tables[0])]


def _of_file(
    file: Opened, sought: TableSpec, settings: Settings
) -> tuple[list[TypedTable | SheetAccount], list[Problem]]:
    found: list[TypedTable | SheetAccount] = []
    problems: list[Problem] = []
    for grid in file.grids:
        layout = settings.layout_for(grid.source, grid.sheet)
        for part in side_by_side(grid, sought.aliases, layout):
            table = None if left_alone(part, layout) else understand(part, sought.aliases, layout)
            if table is None:
                problems += [] if left_alone(part, layout) else overlooked(part, sought)
                found.append(nothing_taken(part, layout))
            elif wrong := unclear(table, sought):
                problems += wrong
            else:
                found.append(table)
    if not problems and not any(isinstance(sheet, TypedTable) for sheet in found):
        problems.append(no_table(file, sought))
    return found, problems


def understand(grid: Grid, aliases: Aliases, layout: FileLayout | None) -> TypedTable | None:
    """The sheet as a table, or None when no header with enough of the columns is found."""
    header = find_header(grid, aliases, layout)
    if header is None:
        return None
    if not (layout and layout.columns) and not _enough({*header.columns, *header.rivals}, aliases):
        return None
    table = TypedTable(grid, header, aliases, layout)
    alike = {
        field: columns[:1]
        for field, columns in header.rivals.items()
        if _same_content(table, columns)
    }
    rivals = {field: columns for field, columns in header.rivals.items() if field not in alike}
    settled = replace(header, columns={**header.columns, **alike}, rivals=rivals)
    return composed(TypedTable(grid, settled, aliases, layout))


def _enough(named: set[str], aliases: Aliases) -> bool:
    """Whether a header names enough to be one: a person and something more, or all that is needed."""
    needed = {field.id for field in aliases.fields.values() if field.needed}
    person = named & {"name", "id_no", "head", "head_id"} or "name" not in aliases.fields
    pair = {"name", "id_no"} <= named or {"head", "head_id"} <= named
    return needed <= named or pair or bool(person and len(named) >= FEWEST_FIELDS)


def left_alone(grid: Grid, layout: FileLayout | None) -> bool:
    """Whether a sheet is not to be looked at: hidden, empty, or so told."""
    return grid.hidden or not grid.rows or bool(layout and layout.skip)


def nothing_taken(grid: Grid, layout: FileLayout | None) -> SheetAccount:
    """The account of a sheet that is no table of the kind looked for."""
    why = (
        "隐藏的工作表"
        if grid.hidden
        else "设置里写明不读"
        if layout and layout.skip
        else "不是数据表"
    )
    blank = sum(1 for row in grid.rows if not any(str(cell).strip() for cell in row))
    left = {"other": len(grid.rows) - blank, "blank": blank}
    notes = (f"{why}，没有读取",) if grid.rows else ("空工作表",)
    if grid.hidden and not (layout and layout.skip) and (people := len(rows_of_people(grid))):
        notes = (f"{_HIDDEN_PEOPLE} {people} 行有身份证号，没有读取；要读的请取消隐藏",)
    return SheetAccount(
        grid.source,
        grid.sheet,
        len(grid.rows),
        0,
        0,
        {k: n for k, n in left.items() if n},
        notes=notes,
    )


def _same_content(table: TypedTable, columns: Sequence[int]) -> bool:
    """Whether rival columns say the same, so that it does not matter which is read."""
    first, *others = (table.text.to_series(column) for column in columns)
    return all(other.equals(first.alias(other.name), null_equal=True) for other in others)


def account(
    table: TypedTable, rows: Sorted, hospital: str | None = None, notes: Sequence[str] = ()
) -> SheetAccount:
    """Where every row of the sheet went."""
    count, header = Counter(rows.kinds), table.header
    used = {c for columns in header.columns.values() for c in columns} | {*header.origin.values()}
    return SheetAccount(
        source=table.grid.source,
        sheet=table.grid.sheet,
        rows_read=len(table.grid.rows),
        taken=count["data"],
        quarantined=count["odd"],
        left={kind: count[kind] for kind in LEFT if count[kind]},
        header=(header.first + 1, header.last + 1),
        columns={
            field: "、".join(header.label(c) for c in columns)
            for field, columns in header.columns.items()
        },
        unused=tuple(
            header.label(c) for c in range(table.grid.width) if header.labels[c] and c not in used
        ),
        unit=table.unit,
        hospital=hospital,
        notes=tuple(notes),
    )


def quarantine(table: TypedTable, rows: Sorted, kind: str) -> pl.DataFrame:
    """The rows that could not be understood, with ID numbers masked in their text."""
    odd = list(rows.reasons)
    return pl.DataFrame(
        {
            "source": [table.grid.source] * len(odd),
            "sheet": [table.grid.sheet] * len(odd),
            "row": [index + 1 for index in odd],
            "kind": [kind] * len(odd),
            "text": [_masked(table.grid.rows[index]) for index in odd],
            "reason": [rows.reasons[index] for index in odd],
        },
        schema=dict(QUARANTINE),
    )


def _masked(cells: Sequence[Cell]) -> str:
    """The filled cells of a row on one line; a number may go on from one cell into the next."""
    texts = (" ".join(cell_text(cell).split()) for cell in cells)
    return without_numbers(" | ".join(filter(None, texts)))


def place_columns(table: TypedTable) -> dict[str, pl.Expr]:
    """`source`, `sheet` and `row` of the body rows."""
    first = table.offset + 1
    return {
        "source": pl.lit(table.grid.source),
        "sheet": pl.lit(table.grid.sheet, pl.String),
        "row": pl.int_range(first, first + table.height, dtype=pl.Int64),
    }


BIRTH_CENTURY = 29
"""Two-digit years of birth above it are of the 1900s."""


def id_numeric(table: TypedTable, field: str) -> pl.Series:
    """Where the ID lost digits: the cell is a number, or text in scientific notation."""
    column = table.first(field)
    if column is None:
        return pl.repeat(False, table.height, dtype=pl.Boolean, eager=True)
    cells = table.columns[column]
    text = table.text.to_series(column).str.contains(SCIENTIFIC).fill_null(False)
    if set(map(type, cells)) == {str}:
        return text
    return text | pl.Series([type(cell) in (float, int) for cell in cells], dtype=pl.Boolean)


def spoiled_ids(table: TypedTable, rows: pl.DataFrame) -> tuple[str, ...]:
    """The sentence for a file most of whose ID numbers lost digits, and how to export it anew."""
    lost = int(rows["id_numeric"].sum())
    if lost * 2 <= rows.height:
        return ()
    return (
        f"{table.grid.place}：{rows.height} 行里有 {lost} 行的身份证号被存成了数字，后几位已经丢失，无法恢复。"
        "请让对方把身份证号一列设为“文本”格式后，从系统重新导出（不要在 Excel 里打开 csv 再保存）",
    )
