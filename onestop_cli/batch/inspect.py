"""How files were understood: sheet, header, columns, styles, rows taken and left, doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PurePosixPath
from typing import Any

import polars as pl
from pydantic import ValidationError

from onestop_cli.batch.start import county_settings
from onestop_cli.county.settings import FILE_NAME, FileLayout, Settings
from onestop_cli.county.spelling import hospitals, offered
from onestop_cli.county.synonyms import Names, names
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.money import yuan
from onestop_cli.readers.containers.grid import Grid, column_letter, notes_of
from onestop_cli.readers.containers.inbox import Opened, open_files
from onestop_cli.readers.enrolment import enrolment_sought, read_enrolment_table
from onestop_cli.readers.guard import each_named
from onestop_cli.readers.insured_list import understood
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.layout.doubts import overlooked, unclear
from onestop_cli.readers.layout.headers import SEARCHED_ROWS
from onestop_cli.readers.layout.identities import holds, sentence
from onestop_cli.readers.layout.row_kinds import sort_rows
from onestop_cli.readers.layout.sheets import (
    account,
    left_alone,
    nothing_taken,
    understand,
)
from onestop_cli.readers.layout.side_by_side import side_by_side
from onestop_cli.readers.layout.styles import sample_of, style_of
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.layout.whose import file_pattern
from onestop_cli.readers.own_forms import INSURED, KNOWN, form_in
from onestop_cli.readers.own_sheets import OwnForm
from onestop_cli.readers.own_table import OwnRow, rows_of
from onestop_cli.readers.register import read_register, register_rows, register_sought
from onestop_cli.readers.roster import read_roster_table, roster_sought
from onestop_cli.readers.stays import Wanted, read_stays_table, stays_sought
from onestop_cli.rosters.quality import place_spellings
from onestop_cli.tables.inspection import ColumnSeen, SheetInfo, Spelling
from onestop_cli.tables.reading import SheetAccount, SheetReading
from onestop_cli.writers.screens.inspect import say, show
from onestop_cli.writers.toolkit.layout_block import append_layouts
from onestop_cli.writers.toolkit.synonym_block import add_synonyms

KINDS = ("stays", "roster", "register")
"""What a file is tried as when nobody says; an enrolment list looks like a roster, and must be asked for."""

ReadTable = Callable[[TypedTable], tuple[SheetReading | None, list[Problem]]]


@dataclass(frozen=True)
class InspectOptions:
    """What `onestop inspect` was asked: what to take the files for, and a layout given by hand."""

    paths: Sequence[Path]
    kind: str | None = None
    layout: FileLayout | None = None
    passwords: Sequence[str] = ()
    save: bool = False


@dataclass(frozen=True)
class _Look:
    """A kind of table, how its rows are read, and which names of theirs are likely others' spellings."""

    sought: TableSpec
    read: ReadTable
    spellings: Callable[[pl.DataFrame], Sequence[Spelling]] = lambda rows: ()


def inspect(asked: InspectOptions) -> tuple[SheetInfo, ...]:
    """Look at files, show how they are understood, and save their layouts when asked.

    Raises `CannotRun` with the files that cannot be opened, after the others were shown.
    """
    settings = county_settings()
    inbox = open_files(asked.paths, settings, asked.passwords)
    if asked.layout:
        settings = settings.model_copy(update={"layout": (*settings.layout, asked.layout)})
    looks = _looks(settings)
    wanted = [asked.kind] if asked.kind else list(KINDS)
    seen: list[SheetInfo] = []
    problems = list(inbox.problems)
    for file in inbox.opened:
        with each_named(file.file.path, problems):
            seen += _file(file, [looks[kind] for kind in wanted], settings)
    show(seen, inbox.notes)
    if problems:
        raise CannotRun(problems)
    if asked.save:
        _save(seen, asked.layout)
    return tuple(seen)


def _looks(settings: Settings) -> Mapping[str, _Look]:
    known = names(settings)
    wanted = Wanted(known, register_names(settings), no_number=settings.synonyms.no_number)
    return {
        "stays": _Look(
            stays_sought(),
            lambda t: read_stays_table(t, wanted),
            lambda rows: _hospital_spellings(rows, wanted),
        ),
        "roster": _Look(roster_sought(), lambda t: read_roster_table(t, known), place_spellings),
        "register": _Look(register_sought(), lambda t: _read_register_table(t, known)),
        "enrolment": _Look(enrolment_sought(), read_enrolment_table),
    }


def _hospital_spellings(rows: pl.DataFrame, wanted: Wanted) -> list[Spelling]:
    """Hospitals that the register has under another name."""
    texts = rows["hospital_raw"].drop_nulls().unique()
    return hospitals(texts, wanted.known, wanted.hospitals) if wanted.hospitals else []


def register_names(settings: Settings) -> list[str]:
    """The names in the county's register; none while there is no readable one."""
    register = settings.reconcile.register_file
    if register is None:
        return []
    try:
        return (
            read_register(settings.folder / register, settings)["hospital"]
            .unique(maintain_order=True)
            .to_list()
        )
    except CannotRun:
        return []


def _read_register_table(
    table: TypedTable, known: Names
) -> tuple[SheetReading | None, list[Problem]]:
    problems: list[Problem] = []
    register_rows(table, known, problems)
    rows = sort_rows(table, lone_person=True)
    return SheetReading(account(table, rows)), problems


def _file(file: Opened, looks: Sequence[_Look], settings: Settings) -> list[SheetInfo]:
    """The sheets of a file, all taken for what most of its columns speak for; a form of our own is only named."""
    seen = (form_in(grid.rows[:SEARCHED_ROWS]) for grid in file.grids if not grid.hidden)
    if len(looks) > 1 and (form := next(filter(None, seen), None)):
        return _form(file, form)
    look = max(looks, key=lambda look: _named(file, look, settings))
    parts = [
        part
        for grid in file.grids
        for part in side_by_side(
            grid, look.sought.aliases, settings.layout_for(grid.source, grid.sheet)
        )
    ]
    return [_sheet(part, file.file.kind, look, settings) for part in parts]


def _form(file: Opened, form: OwnForm) -> list[SheetInfo]:
    """A form of our own: what it is for, and what is wrong with it."""
    notes, problems, lines = list[str](), list[Problem](), list[OwnRow]()
    try:
        lines = rows_of([file], form, notes, KNOWN)
        problems += understood(lines)[1] if form is INSURED else []
    except CannotRun as error:
        problems += error.problems
    use = form.use.format(file=PurePosixPath(file.file.path).name)
    rows = sum(len(grid.rows) for grid in file.grids)
    about = (f"是{form.name}，{len(lines)} 行有内容", use)
    left = {"other": rows - len(lines)}
    made = SheetAccount(file.file.path, None, rows, len(lines), 0, left, notes=about)
    return [SheetInfo(file.file.kind, None, made, problems=tuple(problems), doubts=tuple(notes))]


def _named(file: Opened, look: _Look, settings: Settings) -> tuple[int, bool]:
    """How many columns a kind of table knows in its best sheet, and whether it has all it needs there."""
    headers = [t.header for grid in file.grids if (t := _table(grid, look, settings))]
    return max(
        ((len(h.columns) + len(h.rivals), not look.sought.lacking(h)) for h in headers),
        default=(0, False),
    )


def _table(grid: Grid, look: _Look, settings: Settings) -> TypedTable | None:
    layout = settings.layout_for(grid.source, grid.sheet)
    return None if left_alone(grid, layout) else understand(grid, look.sought.aliases, layout)


def _sheet(grid: Grid, container: str, look: _Look, settings: Settings) -> SheetInfo:
    layout = settings.layout_for(grid.source, grid.sheet)
    table = _table(grid, look, settings)
    if table is None:
        told = [] if left_alone(grid, layout) else overlooked(grid, look.sought)
        return SheetInfo(container, None, nothing_taken(grid, layout), problems=tuple(told))
    problems = unclear(table, look.sought)
    reading: SheetReading | None = None
    if not problems:
        reading, problems = look.read(table)
    rows = sort_rows(table, lone_person=look.sought.name != "住院明细")
    read = reading.rows if reading else None
    spellings = tuple(look.spellings(read)) if read is not None else ()
    return SheetInfo(
        container,
        look.sought.name,
        reading.account if reading else account(table, rows),
        tuple(_columns(table, rows.data)),
        tuple(problems),
        (*notes_of(grid), *_doubts(reading), *offered(spellings, "名称")) if reading else (),
        tuple(sentence(proof) for proof in reading.proofs if holds(proof)) if reading else (),
        read=reading is not None,
        spellings=spellings,
    )


def _columns(table: TypedTable, data: pl.Series) -> list[ColumnSeen]:
    """What each known column means and how it writes its values, from left to right."""
    found = {
        column: _column(table, field, column, data.to_list())
        for field, columns in table.header.columns.items()
        for column in columns
    }
    return [found[column] for column in sorted(found)]


def _column(table: TypedTable, field: str, column: int, kept: Sequence[bool]) -> ColumnSeen:
    known = table.aliases.fields[field]
    cells = [cell for cell, taken in zip(table.columns[column], kept, strict=True) if taken]
    unit = table.unit_of(column)
    other_unit = known.kind == "money" and unit != "元"
    return ColumnSeen(
        column_letter(table.header.origin.get(column, column)),
        table.header.label(column),
        known.title,
        style_of(known.kind, cells) + (f"，单位{unit}" if other_unit else ""),
        sample_of(known.kind, cells),
        vital=known.needed or known.kind == "money",
        alone=len(table.header.columns[field]) == 1,
    )


def _doubts(reading: SheetReading) -> list[str]:
    """What a clerk should look at, though the sheet can be read."""
    doubts = [*reading.warnings, *reading.account.notes]
    if reading.quarantine is not None and len(reading.quarantine):
        first = reading.quarantine.row(0, named=True)
        count = len(reading.quarantine)
        doubts.append(
            f"{count} 行看不懂，没有读进来；第一处在第 {first['row']} 行：{first['reason']}"
        )
    if reading.totals is not None:
        doubts += [_total(total) for total in reading.totals.iter_rows(named=True)]
    doubts += [f"验算 {sentence(proof)}" for proof in reading.proofs if not holds(proof)]
    if reading.findings is not None:
        doubts += reading.findings["message"].to_list()
    rows = reading.rows
    if rows is not None and (lost := int(rows["id_numeric"].sum())):
        doubts.append(f"{lost} 行的身份证号存成了数字，后几位已经丢失")
    if rows is not None and "hospital_raw" in rows.columns and rows["hospital_raw"].is_null().any():
        doubts.append("有的行不知道是哪家医院：表里没写，设置里也没有可用的名册来认文件名")
    for fault in ("amount_fault", "date_fault"):
        if reading.rows is not None and fault in reading.rows.columns:
            doubts += _faulty(reading.rows.filter(pl.col(fault).is_not_null()), fault)
    return doubts


def _total(total: Mapping[str, Any]) -> str:
    stated, computed = yuan(total["stated_fen"]), yuan(total["computed_fen"])
    return (
        f"第 {total['row']} 行“{total['label']}”的{total['column']}写的是 {stated}，"
        f"各行相加是 {computed}"
    )


def _faulty(rows: pl.DataFrame, fault: str) -> list[str]:
    if rows.is_empty():
        return []
    first = rows.row(0, named=True)
    what = {"amount_fault": "金额", "date_fault": "日期"}[fault]
    return [f"{len(rows)} 行的{what}有问题；第一处在第 {first['row']} 行：{first[fault]}"]


def _save(seen: Sequence[SheetInfo], by_hand: FileLayout | None) -> None:
    """Append the layouts of sheets that can be read to onestop.toml, and what is surely another spelling."""
    path = Path(FILE_NAME)
    if not path.is_file():
        raise stop(
            f"这里没有 {FILE_NAME}，没有地方保存", "请到县文件夹里运行，或先运行 onestop init"
        )
    unread = [problem for sheet in seen for problem in sheet.problems]
    if unread:
        raise CannotRun(unread)
    readable = [sheet for sheet in seen if sheet.read]
    sheets_of = Counter(sheet.account.source for sheet in readable)
    layouts = [layout_of(s, by_hand, sheets_of[s.account.source] > 1) for s in readable]
    saved = append_layouts(path, layouts)
    sure = [one for sheet in readable for one in sheet.spellings if one.sure]
    if added := add_synonyms(path, sure):
        say(f"已写入 {FILE_NAME}：{added} 种写法（synonyms）")
    say(
        f"已写入 {FILE_NAME}：{saved} 段 [[layout]]"
        if saved
        else f"{FILE_NAME} 里已有同样的 [[layout]]，没有改动"
    )


def layout_by_hand(said: Mapping[str, object]) -> FileLayout | None:
    """The layout that options make, for every file looked at; None when none was given."""
    given = {key: value for key, value in said.items() if value}
    if not given:
        return None
    refuse_misspelt(said.get("columns"))
    try:
        return FileLayout.model_validate({"file": "*", **given})
    except ValidationError as error:
        keys = "、".join(f"--{str(item['loc'][0]).replace('_', '-')}" for item in error.errors())
        raise stop(f"{keys} 的值不对", "请看 onestop inspect --help") from error


def refuse_misspelt(columns: object) -> None:
    """Raise `CannotRun` for a field of `columns` that is none and looks like one; layers have names of their own."""
    tables = [aliases(table) for table in ("stays", "roster", "register")]
    titles = [field.title for table in tables for field in table.fields.values()]
    for name in columns if isinstance(columns, dict) else ():
        near = get_close_matches(name, titles, 1, 0.7)
        if near and not any(table.field_named(name) for table in tables):
            raise stop(
                f"没有“{name}”这一项", f"是不是 {near[0]}？请写成 --column {near[0]}=表头文字"
            )


def layout_of(sheet: SheetInfo, by_hand: FileLayout | None, by_sheet: bool) -> FileLayout:
    """How to read files like this one: what was given by hand, else the vital columns as they were found.

    `by_sheet`: the layout is for sheets of this name only, because the file has several.
    """
    seen = sheet.account
    found = by_hand or FileLayout.model_validate(
        {
            "file": "",
            "columns": {c.title: c.header for c in sheet.columns if c.vital and c.alone},
            "hospital": seen.hospital,
            "unit": seen.unit if seen.unit != "元" else None,
        }
    )
    place = {"file": file_pattern(PurePosixPath(seen.source).name)}
    own = {"sheet": seen.sheet} if by_sheet and found.sheet is None else {}
    return found.model_copy(update=place | own)
