"""The register of hospitals: name and level, and what else the county keeps there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import Names, key, names, near
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.containers.inbox import Opened, open_files
from onestop_cli.readers.guard import each_named
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.doubts import two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.row_kinds import sort_rows
from onestop_cli.readers.layout.sheets import find_tables, left_alone
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.statements.payees import LOST_ACCOUNT, PAYEE
from onestop_cli.tables.schema import LEVELS, REGISTER

_ACCOUNT = PAYEE["account"]
_EXACT = 10**15
"""From here on a spreadsheet's number does not keep every digit."""


def read_register(path: Path, settings: Settings) -> pl.DataFrame:
    """The hospitals in `path` as `REGISTER`, further columns as strings under their own headers.

    Raises `CannotRun` with every row that has no name, an unknown level, or days that another row of its hospital has.
    """
    inbox = open_files([path], settings)
    problems = list(inbox.problems)
    sheets, more = find_tables(inbox.opened, register_sought(), settings)
    tables = [sheet for sheet in sheets if isinstance(sheet, TypedTable)]
    problems += more
    if problems:
        raise CannotRun(problems)
    known = names(settings)
    problems += _overlooked(inbox.opened, tables, settings)
    rows: list[pl.DataFrame] = []
    for table in tables:
        with each_named(table.grid.source, problems):
            rows.append(register_rows(table, known, problems))
    if not rows:
        raise CannotRun(problems)
    found = pl.concat(rows, how="diagonal")
    problems += _backwards(found, path) or _doubled(found, path)
    if found.is_empty() and not problems:
        problems.append(Problem("名册里没有一家医疗机构", "请填上机构名称和级别", path.name))
    if problems:
        raise CannotRun(problems)
    return found.drop("row")


_HOSPITAL = re.compile(r".{2,}(院|中心|卫生所|卫生室|门诊部|诊所)")


def _overlooked(
    opened: Sequence[Opened], tables: Sequence[TypedTable], settings: Settings
) -> Iterator[Problem]:
    """Sheets that are seen, have hospitals beside levels, and no header that is known."""
    known = names(settings)
    read = {(t.grid.source, re.sub("（[左右]半）$", "", t.grid.sheet or "")) for t in tables}
    for grid in (grid for file in opened for grid in file.grids):
        layout = settings.layout_for(grid.source, grid.sheet)
        if (grid.source, grid.sheet or "") in read or left_alone(grid, layout):
            continue
        texts = [[cell_text(cell).strip() for cell in row] for row in grid.rows]
        rows = [
            number
            for number, row in enumerate(texts, 1)
            if any(map(_HOSPITAL.fullmatch, row)) and any(map(known.canonical_level, row))
        ]
        if rows:
            what = f"有 {len(rows)} 行像是医疗机构，但没有找到表头"
            remedy = "请补上表头一行（机构名称、机构级别 …）；不是名册的，请把这个工作表隐藏"
            yield Problem(what, remedy, grid.source, grid.sheet, rows[0])


def register_sought() -> TableSpec:
    """What a register has."""
    return TableSpec("定点机构名册", aliases("register"), _lacking)


def _lacking(header: Header) -> list[str]:
    fields = aliases("register").fields.values()
    here = {*header.columns, *header.rivals}
    return [field.title for field in fields if field.needed and field.id not in here]


def register_rows(table: TypedTable, known: Names, problems: list[Problem]) -> pl.DataFrame:
    """The hospitals of one sheet, with their row; faults go to `problems`."""
    fields = ("hospital", "level", "ownership")
    hospital, level, ownership = table.take(**{f: table.words(f) for f in fields})
    ids = level.map_elements(known.canonical_level, return_dtype=pl.String)
    sorted_rows = sort_rows(table, lone_person=True)
    problems += two_headers(table, sorted_rows)
    kinds = pl.Series(sorted_rows.body, dtype=pl.String)
    named = hospital.is_not_null() | level.is_not_null()
    data = kinds.is_in(["data", "odd"]) & named
    faulty = (data & (hospital.is_null() | ids.is_null())).arg_true()
    problems += [_faulty(table, index, hospital[index], level[index]) for index in faulty]
    days = _days(table, data, problems)
    used = {c for columns in table.header.columns.values() for c in columns}
    further = {
        table.header.label(c): _as_far_as_whole(table, c)
        for c in range(table.grid.width)
        if table.header.labels[c] and c not in used
    }
    first = table.offset + 1
    columns = {
        "hospital": hospital,
        "level": ids,
        "ownership": ownership,
        "hospital_code": table.take(code=table.words("hospital_code")).to_series(),
        **days,
        "row": pl.Series(range(first, first + table.height), dtype=pl.Int64),
        **{name: series for name, series in further.items() if name not in (*REGISTER, "row")},
    }
    return pl.DataFrame(columns).filter(data & hospital.is_not_null())


def _as_far_as_whole(table: TypedTable, column: int) -> pl.Series:
    """A column's texts; an account number that a spreadsheet has made a number of, and so lost the last digits of, says
    so instead: it is optional, and must not stop a quarter, but never be paid to."""
    texts = table.text.to_series(column)
    if not re.search(_ACCOUNT, table.header.label(column)):
        return texts
    lost = pl.Series([_has_lost_digits(cell) for cell in table.columns[column]], dtype=pl.Boolean)
    return texts.set(lost, LOST_ACCOUNT)


def _has_lost_digits(cell: Cell) -> bool:
    """A long number, or one that was saved as `6.22848E+18`."""
    if isinstance(cell, int | float):
        return abs(cell) >= _EXACT
    return isinstance(cell, str) and bool(re.fullmatch(r"\s*[\d.]+[eE]\+?\d+\s*", cell))


def _faulty(table: TypedTable, index: int, hospital: str | None, level: str | None) -> Problem:
    row = table.offset + index + 1
    if hospital is None:
        return Problem("没有机构名称", "请补上", table.grid.source, table.grid.sheet, row)
    accepted = "、".join(LEVELS.values())
    what = f"“{hospital}”的级别“{level}”不认识" if level else f"“{hospital}”没有级别"
    close = near(level, list(LEVELS.values())) if level else []
    guess = f"（是不是{close[0]}？）" if close else ""
    return Problem(
        what,
        f"请写成 {accepted} 之一{guess}，或在 onestop.toml 的 [synonyms.level] 加上这种写法",
        table.grid.source,
        table.grid.sheet,
        row,
    )


def _days(table: TypedTable, data: pl.Series, problems: list[Problem]) -> dict[str, pl.Series]:
    """First and last day of each row; a month stands for its first or last day, what is no day is a problem."""
    found = {}
    for field, month in (("from", "first"), ("to", "last")):
        read, wrong = table.days(field, table.habit(month=month))  # type: ignore[arg-type]
        found[f"{field}_on"] = read
        title = table.aliases.fields[field].title
        place = table.grid.source, table.grid.sheet
        problems += [
            Problem(f"{title}看不懂", "请写成 2010-10-31 的样子", *place, table.offset + index + 1)
            for index in wrong
            if data[index]
        ]
    return found


def _backwards(found: pl.DataFrame, path: Path) -> list[Problem]:
    """Rows that end before they begin."""
    wrong = found.filter(pl.col("to_on") < pl.col("from_on"))
    return [
        Problem(f"“{hospital}”的终止日期早于起始日期", "请改正", path.name, row=row)
        for hospital, row in wrong.select("hospital", "row").iter_rows()
    ]


def _doubled(found: pl.DataFrame, path: Path) -> list[Problem]:
    """Rows of one hospital (one name, or one code) of which more than one holds on some day."""
    earlier: dict[str, list[dict[str, Any]]] = defaultdict(list)
    problems = []
    for row in found.to_dicts():
        same = [key(row["hospital"]), *([row["hospital_code"]] if row["hospital_code"] else [])]
        others = [other for name in same for other in earlier[name] if _meet(row, other)]
        if others:
            problems.append(_twice(row, others[0], path))
        for name in same:
            earlier[name].append(row)
    return problems


def _meet(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two rows hold on a common day."""
    first, last = date.min, date.max
    return max(one["from_on"] or first, other["from_on"] or first) <= min(
        one["to_on"] or last, other["to_on"] or last
    )


def _twice(row: Mapping[str, Any], other: Mapping[str, Any], path: Path) -> Problem:
    hospital, place = row["hospital"], f"第 {other['row']} 行"
    dated = any(r[day] for r in (row, other) for day in ("from_on", "to_on"))
    if dated:
        what = f"“{hospital}”与{place}的起止日期重叠"
        return Problem(what, "请改正起始日期、终止日期，使其前后相接", path.name, row=row["row"])
    remedy = "请只留一行；级别或名称变过的，两行都写上起始日期、终止日期"
    return Problem(f"“{hospital}”登记了两次（{place}已有）", remedy, path.name, row=row["row"])
