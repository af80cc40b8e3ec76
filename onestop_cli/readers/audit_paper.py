"""检查工作底稿.xlsx as it comes back: the plan it was made from, the filled sample, the household answers."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onestop_cli.audit.filled import ReturnedRow
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.containers.grid import Cell, Grid
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
class FilledPaper:
    """What a filled working paper says; `file` is its name."""

    file: str
    plan: Mapping[str, Any]
    sample: Sequence[ReturnedRow]
    households: Sequence[ReturnedRow]


def read_filled(
    path: Path, plan_sheet: str, sample: SheetSpec, households: SheetSpec
) -> FilledPaper:
    """Read the paper. Raises `CannotRun` for a file that is none, naming every sheet and column that is missing."""
    with named(path):
        return _read(path, plan_sheet, sample, households)


def _read(path: Path, plan_sheet: str, sample: SheetSpec, households: SheetSpec) -> FilledPaper:
    sheets = {grid.sheet: grid for grid in through_the_door(path).grids}
    wanted = (sample, households)
    if not {plan_sheet, sample.name, households.name} & sheets.keys():
        raise stop(
            "这不是检查工作底稿", "请交回用 onestop audit 写出的检查工作底稿.xlsx", path.name
        )
    problems = [
        Problem(f"没有工作表“{name}”", "请在写出的底稿上填写，工作表不要删除、改名", path.name)
        for name in (plan_sheet, *(spec.name for spec in wanted))
        if name not in sheets
    ]
    if problems:
        raise CannotRun(problems)
    read = [_lines(sheets[spec.name], spec, path.name) for spec in wanted]
    problems = [problem for _, found in read for problem in found]
    own = {plan_sheet, sample.name, households.name}
    others = [grid for name, grid in sheets.items() if name not in own and not grid.hidden]
    for spec in wanted:
        problems += _again(others, sheets[spec.name], spec, path.name)
    if problems:
        raise CannotRun(problems)
    return FilledPaper(path.name, _plan(sheets[plan_sheet], path.name), read[0][0], read[1][0])


def _lines(grid: Grid, spec: SheetSpec, file: str) -> tuple[list[ReturnedRow], list[Problem]]:
    """The filled rows below the header, up to the totals row; problems when columns are missing."""
    heads = [[_plain(cell) for cell in row] for row in grid.rows]
    titles = spec.titles
    top = next((at for at, head in enumerate(heads) if len(set(head) & set(titles)) > 3), None)
    if top is None:
        what = f"工作表“{spec.name}”里找不到表头"
        return [], [Problem(what, "请在写出的底稿上填写，不要改动表头", file, spec.name)]
    lacking = [t for t, key in titles.items() if key in spec.needed and t not in heads[top]]
    if lacking:
        what = f"缺少列：{'、'.join(lacking)}"
        return [], [Problem(what, "请恢复被删除或改名的列", file, spec.name, top + 1)]
    at = {key: heads[top].index(title) for title, key in titles.items() if title in heads[top]}
    made = [
        ReturnedRow(
            file, spec.name, place, {key: _cell(key, row[column]) for key, column in at.items()}
        )
        for place, row in enumerate(_spread_merged(grid, top)[top + 1 :], start=top + 2)
    ]
    kept = [line for line in made if line.text("number") not in _PRINTED_ONCE]
    return [line for line in kept if any(map(line.text, at))], []


def _again(others: Sequence[Grid], read: Grid, spec: SheetSpec, file: str) -> Iterator[Problem]:
    """Other sheets with nearly all titles of the one that is read, and something else in them: a copy was filled."""
    for grid in others:
        here = max((len({*map(_plain, row)} & {*spec.titles}) for row in grid.rows), default=0)
        if here * 10 >= len(spec.titles) * 9 and [*grid.rows] != [*read.rows]:
            what = f"表头与工作表“{spec.name}”相同，内容不同"
            yield Problem(what, f"请只填“{spec.name}”，把这一张并进去后删去", file, grid.sheet)


def _spread_merged(grid: Grid, top: int) -> list[list[Cell]]:
    """The rows, every cell of a merged area below the header with what stands in its first one."""
    rows = [list(row) for row in grid.rows]
    for (first, left), (last, right) in grid.merges:
        if first > top:
            for row in rows[first : last + 1]:
                row[left : right + 1] = [rows[first][left]] * (right + 1 - left)
    return rows


def _plain(cell: Cell) -> str:
    return str(cell).strip()


def _cell(key: str, cell: Cell) -> Any:
    """A cell's value; a day that can be read is a date, a whole number has no decimals."""
    if key in _DAYS:
        day, _ = read_day(cell, Habit())
        return day or _plain(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return _plain(cell)


def _plan(grid: Grid, file: str) -> dict[str, Any]:
    """The plan's keys and values, which stand as JSON in two columns."""
    plan = {}
    for key, value, *_ in (row for row in grid.rows if len(row) > 1):
        try:
            plan[_plain(key)] = json.loads(_plain(value))
        except ValueError:
            continue
    if "frame" not in plan:
        raise stop("抽样计划被改动或清空", "请在写出的底稿上填写，不要改动“抽样计划”表", file)
    return plan
