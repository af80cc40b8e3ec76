"""The running bill of a stay: what each day cost, before anybody is discharged."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen
from onestop_cli.readers.containers.grid import Cell, Grid, Unreadable
from onestop_cli.readers.containers.inbox import open_one
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.readers.layout.days import Habit, read_day

_DAY = r"(费用|记账|收费|发生)?(日期|时间)"
_TOTAL = r"(当[日天]|每[日天]|本日)?(医药|医疗|住院)?(总?费用?|金额|总金额|合计)"
_ELIGIBLE = r".*(可补偿|可报|合规|保内|范围内).*"
_ASIDE = re.compile(r"[（(].*?[)）]|[\s*:：]")
_SUM = re.compile(r"(合|小|总)\s*计|累\s*计")
_REMEDY = (
    "请给一张表：日期、总费用、可补偿费用（没有的不写这一列），一天一行或几行，写当天的数，不写累计"
)


@dataclass(frozen=True)
class Day:
    """What a stay cost on one day, fen; `eligible` is None where the table has no such column."""

    day: date
    total: int
    eligible: int | None


@dataclass(frozen=True)
class _Head:
    """Where the columns are; `row` is 0-based."""

    row: int
    day: int
    total: int
    eligible: int | None


def read_running_bill(path: Path) -> tuple[Day, ...]:
    """The days in `path` in order, several rows of a day together. Raises `CannotRun` with every row that cannot be
    read, a sum that is not that of its rows, and a day until which more is eligible than was spent."""
    try:
        grids = open_one(path).grids
    except Unreadable as error:
        raise CannotRun([error.problem(path.name)]) from error
    found = [(grid, head) for grid in grids if (head := _head(grid))]
    if len(found) != 1:
        what = (
            "没有找到每天费用表" if not found else f"有 {len(found)} 张每天费用表，不知道用哪一张"
        )
        raise CannotRun([Problem(what, _REMEDY, path.name)])
    ((grid, head),) = found
    problems: list[Problem] = []
    days = _together(list(_rows(grid, head, problems)))
    problems += _impossible(days, path.name)
    if not days and not problems:
        problems.append(Problem("每天费用表里没有一天", _REMEDY, path.name))
    if problems:
        raise CannotRun(problems)
    return days


def _impossible(days: Sequence[Day], file: str) -> Iterator[Problem]:
    """The first day until which more was eligible than spent, or more was given back; single days may be below 0."""
    total = eligible = 0
    for one in days:
        total, eligible = total + one.total, eligible + (one.eligible or 0)
        if eligible > total or min(total, eligible) < 0:
            what = f"到 {one.day} 为止，可补偿费用大于总费用，或退费多于费用"
            yield Problem(what, "请核对这一天和以前的各行", file)
            return


def _head(grid: Grid) -> _Head | None:
    """The first row with one title for the day and one for the cost."""
    for at, row in enumerate(grid.rows):
        titles = [_ASIDE.sub("", cell_text(cell)) for cell in row]
        day, total, eligible = (
            [n for n, title in enumerate(titles) if re.fullmatch(form, title)]
            for form in (_DAY, _TOTAL, _ELIGIBLE)
        )
        if day and total:
            return _Head(at, day[0], total[0], eligible[0] if eligible else None)
    return None


def _rows(grid: Grid, head: _Head, problems: list[Problem]) -> Iterator[Day]:
    """The rows that are days; a row of sums is held to those above it."""
    so_far: list[Day] = []
    for at, row in enumerate(grid.rows[head.row + 1 :], start=head.row + 2):
        if not any(cell_text(cell).strip() for cell in row):
            continue
        day, no_day = read_day(row[head.day], Habit(epoch_1904=grid.epoch_1904))
        total, eligible = _fen(row, head.total), _fen(row, head.eligible)
        if any(_SUM.search(cell_text(cell)) for cell in row):
            if total is not None and total != sum(one.total for one in so_far):
                problems.append(_problem(grid, at, "合计不等于以上各行之和", "请核对漏行或数字"))
        elif day is None:
            what = f"日期“{no_day}”看不懂" if no_day else "没有日期"
            problems.append(_problem(grid, at, what, "请写成 2010-11-03"))
        elif total is None or (head.eligible is not None and eligible is None):
            what = "总费用或可补偿费用空着，或不是金额"
            problems.append(_problem(grid, at, what, "请写元，没有费用的写 0"))
        else:
            so_far.append(Day(day, total, eligible))
    yield from so_far


def _fen(row: Sequence[Cell], at: int | None) -> int | None:
    text = "" if at is None else cell_text(row[at]).strip()
    return parse_fen(text) if text else None


def _problem(grid: Grid, row: int, what: str, remedy: str) -> Problem:
    return Problem(what, remedy, grid.source, grid.sheet, row)


def _together(rows: Sequence[Day]) -> tuple[Day, ...]:
    by_day: dict[date, list[Day]] = defaultdict(list)
    for one in rows:
        by_day[one.day].append(one)
    return tuple(
        Day(
            day,
            sum(one.total for one in same),
            None if same[0].eligible is None else sum(one.eligible or 0 for one in same),
        )
        for day, same in sorted(by_day.items())
    )
