"""检查工作底稿.xlsx as it comes back: the plan it was made from, the filled sample, the household answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl

from onestop_cli.audit.filled import Line
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.guard import named, through_the_door
from onestop_cli.readers.layout.days import Habit, read_day

_DAYS = ("admitted_on", "discharged_on", "checked_on")
_PRINTED_ONCE = ("合计", "（无）")


@dataclass(frozen=True)
class SheetSpec:
    """A sheet to read: its name, title → key of its columns, and the keys that must be there."""

    name: str
    titles: Mapping[str, str]
    needed: Collection[str]


@dataclass(frozen=True)
class Filled:
    """What a filled working paper says; `file` is its name."""

    file: str
    plan: Mapping[str, Any]
    sample: Sequence[Line]
    households: Sequence[Line]


def read_filled(path: Path, plan_sheet: str, sample: SheetSpec, households: SheetSpec) -> Filled:
    """Read the paper. Raises `CannotRun` for a file that is none, naming every sheet and column that is missing."""
    through_the_door(path)
    with named(path):
        return _read(path, plan_sheet, sample, households)


def _read(path: Path, plan_sheet: str, sample: SheetSpec, households: SheetSpec) -> Filled:
    book = _book(path)
    wanted = (sample, households)
    problems = [
        Problem(f"没有工作表“{name}”", "请在写出的底稿上填写，不要删除工作表", path.name)
        for name in (plan_sheet, *(spec.name for spec in wanted))
        if name not in book.sheetnames
    ]
    if problems:
        raise CannotRun(problems)
    read = [_lines(book[spec.name], spec, path.name) for spec in wanted]
    problems = [problem for _, found in read for problem in found]
    if problems:
        raise CannotRun(problems)
    return Filled(path.name, _plan(book[plan_sheet], path.name), read[0][0], read[1][0])


def _book(path: Path) -> Any:
    try:
        return openpyxl.load_workbook(path, data_only=True)
    except Exception as error:  # the library speaks up in many ways
        raise stop(
            "收回的底稿打不开，不是 xlsx 工作簿",
            "请交回用 onestop audit 写出的检查工作底稿.xlsx",
            str(path),
        ) from error


def _lines(sheet: Any, spec: SheetSpec, file: str) -> tuple[list[Line], list[Problem]]:
    """The filled rows below the header, up to the totals row; problems when columns are missing."""
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    heads = [[_plain(cell) for cell in row] for row in rows]
    titles = spec.titles
    top = next((at for at, head in enumerate(heads) if len(set(head) & set(titles)) > 3), None)
    if top is None:
        what = f"工作表“{sheet.title}”里找不到表头"
        return [], [Problem(what, "请在写出的底稿上填写，不要改动表头", file, sheet.title)]
    lacking = [t for t, key in titles.items() if key in spec.needed and t not in heads[top]]
    if lacking:
        what = f"缺少列：{'、'.join(lacking)}"
        return [], [Problem(what, "请恢复被删除或改名的列", file, sheet.title, top + 1)]
    at = {key: heads[top].index(title) for title, key in titles.items() if title in heads[top]}
    _spread_merged(sheet, rows, top)
    made = [
        Line(file, sheet.title, place, {key: _cell(key, row[column]) for key, column in at.items()})
        for place, row in enumerate(rows[top + 1 :], start=top + 2)
    ]
    kept = [line for line in made if line.text("number") not in _PRINTED_ONCE]
    return [line for line in kept if any(map(line.text, at))], []


def _spread_merged(sheet: Any, rows: list[list[Any]], top: int) -> None:
    """Every cell of a merged area below the header gets what stands in its first one."""
    for area in _merged_areas(sheet, top):
        first = rows[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row - 1, area.max_row):
            for column in range(area.min_col - 1, min(area.max_col, len(rows[row]))):
                rows[row][column] = first


def _merged_areas(sheet: Any, top: int) -> Iterator[Any]:
    return (area for area in sheet.merged_cells.ranges if area.min_row > top + 1)


def _plain(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def _cell(key: str, cell: Any) -> Any:
    """A cell's value; a day that can be read is a date, a whole number has no decimals."""
    if key in _DAYS and cell is not None:
        day, _ = read_day(cell, Habit())
        return day or _plain(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _plain(cell)


def _plan(sheet: Any, file: str) -> dict[str, Any]:
    """The plan's keys and values, which stand as JSON in two columns."""
    plan = {}
    for key, value, *_ in sheet.iter_rows(values_only=True, max_col=2):
        try:
            plan[_plain(key)] = json.loads(_plain(value))
        except ValueError:
            continue
    if "frame" not in plan:
        raise stop("抽样计划被改动或清空", "请在写出的底稿上填写，不要改动“抽样计划”表", file)
    return plan
