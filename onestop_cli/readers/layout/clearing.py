"""The platform's own statements among the lists of stays (3202 details and results, 3201 sums): told and set apart.

A detail has no header: 结算ID, 就诊ID, 人员编号, 医疗费总额, 基金支付总额, 个人账户支出, 退费标志, and maybe a remark,
blank as `null`. It says by 结算ID what the platform has, so that an export can be held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from onestop_cli.core.clearing import AGREES, DETAILS, EXTRA, MISSING, OTHER, SUMS, beside_details
from onestop_cli.county.platform import code, word
from onestop_cli.money import parse_fen, yuan
from onestop_cli.readers.containers.grid import Cell, Grid
from onestop_cli.readers.containers.inbox import Opened
from onestop_cli.readers.layout.cells import cell_text
from onestop_cli.tables.reading import SheetAccount, SheetReading

_NUMBER = re.compile(r"[A-Za-z]?\d{6,40}")
_FLAG = re.compile(r"0{0,2}[01]?|null", re.IGNORECASE)
_RESULT = {"stmtrslt", "对账结果"}
_SUMS = {"fixmedinssetlcnt", "stmtbegndate", "对账开始日期", "定点医药机构结算笔数"}
_HEADS = {
    "settlement_no": {"setlid", "结算id"},
    "total_fen": {"medfeesumamt", "医疗费总额"},
    "fund_fen": {"fundpaysumamt", "基金支付总额"},
}
_OF_SUMS = {
    "insutype": {"insutype", "险种类型", "险种"},
    "clr_type": {"clrtype", "清算类别"},
    "first": {"stmtbegndate", "对账开始日期"},
    "last": {"stmtenddate", "对账结束日期"},
    "total_fen": {"medfeesumamt", "医疗费总额"},
    "fund_fen": {"fundpaysumamt", "基金支付总额"},
    "count": {"fixmedinssetlcnt", "定点医药机构结算笔数"},
    "flag": {"refdsetlflag", "退费结算标志"},
    "result": _RESULT,
}
_NEEDED_OF_SUMS = ("first", "last", "total_fen", "fund_fen", "count")
_DETAIL = {"settlement_no": 0, "total_fen": 3, "fund_fen": 4}
_NAMED = 5

_NAMES = {"detail": "3202 对账明细", "result": "3202 对账结果", "sums": "3201 对账汇总"}


@dataclass(frozen=True)
class ClearingStatement:
    """A statement of the platform that was among the files: its kind, what it says by 结算ID (`DETAILS`) or as sums
    (`SUMS`), and how many of its lines could not be read."""

    source: str
    kind: str
    rows: pl.DataFrame
    unread: int = 0


def without_statements(
    opened: Iterable[Opened],
) -> tuple[list[Opened], list[SheetReading], list[ClearingStatement]]:
    """The files and sheets that are no statements, an account of each that is one, and what they say."""
    kept: list[Opened] = []
    accounts: list[SheetReading] = []
    found: list[ClearingStatement] = []
    for file in opened:
        kinds = [(grid, _kind(grid)) for grid in file.grids]
        mine = [(grid, kind) for grid, kind in kinds if kind]
        others = [grid for grid, kind in kinds if not kind and grid.rows]
        if others or not mine:
            kept.append(replace(file, grids=[grid for grid, kind in kinds if not kind]))
        accounts += [_account(grid, kind) for grid, kind in mine]
        found += [_read(grid, kind) for grid, kind in mine]
    return kept, accounts, found


def _kind(grid: Grid) -> str | None:
    """What kind of statement a sheet is; None for anything else."""
    for row in grid.rows[:5]:
        heads = {word(cell_text(cell)) for cell in row}
        if heads & _RESULT and heads & (_HEADS["settlement_no"] | _SUMS):
            return "sums" if heads & _SUMS else "result"
        if len(heads & _SUMS) > 1:
            return "sums"
    rows = (row for row in grid.rows if any(cell_text(cell).strip() for cell in row))
    first = next(rows, None)
    detail = first is not None and _is_detail(first) and all(map(_is_detail, rows))
    return "detail" if detail else None


def _is_detail(row: Sequence[Cell]) -> bool:
    cells = [cell_text(cell).strip() for cell in row]
    while len(cells) > 7 and not cells[-1]:
        cells.pop()
    if not 7 <= len(cells) <= 8:
        return False
    numbers = all(_NUMBER.fullmatch(cell) for cell in cells[:3])
    money = [None if c.casefold() in ("", "null") else parse_fen(c) for c in cells[3:6]]
    return numbers and money[0] is not None and bool(_FLAG.fullmatch(cells[6]))


def _account(grid: Grid, kind: str) -> SheetReading:
    rows = len(grid.rows)
    note = f"是{_NAMES[kind]}，不是住院明细，没有当作住院读"
    return SheetReading(
        SheetAccount(grid.source, grid.sheet, rows, 0, 0, {"other": rows}, notes=(note,)),
        warnings=(f"{grid.source}：{note}",),
    )


def _read(grid: Grid, kind: str) -> ClearingStatement:
    """What a statement says, line by line below its header."""
    if kind == "sums":
        return _sums(grid)
    places = {**_DETAIL} if kind == "detail" else _places(grid, {**_HEADS, "result": _RESULT})
    if not _HEADS.keys() <= places.keys():
        return ClearingStatement(grid.source, kind, pl.DataFrame(schema=DETAILS))
    rows, unread = [], 0
    for _, cells in _lines(grid, places):
        amounts = [parse_fen(cells[name]) for name in ("total_fen", "fund_fen")]
        if not _NUMBER.fullmatch(cells["settlement_no"]) or amounts[0] is None:
            unread += 1
            continue
        rows.append((grid.source, cells["settlement_no"], *amounts, cells.get("result")))
    return ClearingStatement(
        grid.source, kind, pl.DataFrame(rows, schema=DETAILS, orient="row"), unread
    )


def _sums(grid: Grid) -> ClearingStatement:
    places = _places(grid, _OF_SUMS)
    if any(name not in places for name in _NEEDED_OF_SUMS):
        return ClearingStatement(grid.source, "sums", pl.DataFrame(schema=SUMS), len(grid.rows) - 1)
    rows, unread = [], 0
    for number, cells in _lines(grid, places):
        days = [_day(cells[name]) for name in ("first", "last")]
        amounts = [parse_fen(cells[name]) for name in ("total_fen", "fund_fen")]
        if None in (*days, *amounts) or not cells["count"].isdecimal():
            unread += 1
            continue
        kinds = [code(name, cells.get(name)) for name in ("insutype", "clr_type")]
        refunds = cells.get("flag", "").strip("0") != "" or not cells.get("flag")
        told = (int(cells["count"]), *amounts, cells.get("result"))
        rows.append((grid.source, number, *kinds, *days, refunds, *told))
    return ClearingStatement(
        grid.source, "sums", pl.DataFrame(rows, schema=SUMS, orient="row"), unread
    )


def _lines(grid: Grid, places: Mapping[str, int]) -> Iterator[tuple[int, dict[str, str]]]:
    """Every row that is neither blank nor a header: its number and its cells by field, as plain text."""
    heads = set().union(*_HEADS.values(), *_OF_SUMS.values())
    for number, row in enumerate(grid.rows, start=1):
        cells = {name: cell_text(row[place]).strip() for name, place in places.items()}
        if any(cells.values()) and not all(word(text) in heads for text in cells.values()):
            yield number, cells


def _day(text: str) -> date | None:
    """A day as the platform writes it: 2024-10-01, with or without a clock behind, or 20241001."""
    found = re.match(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)", text.replace("/", "-"))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _places(grid: Grid, wanted: Mapping[str, set[str]]) -> dict[str, int]:
    """Where a statement with a header has its columns: of the row that names most of them."""
    best: dict[str, int] = {}
    for row in grid.rows[:5]:
        heads = [word(cell_text(cell)) for cell in row]
        places = {
            field: next((n for n, head in enumerate(heads) if head in names), None)
            for field, names in wanted.items()
        }
        found = {field: place for field, place in places.items() if place is not None}
        best = max(best, found, key=len)
    return best


def compared(stays: pl.DataFrame, statements: Sequence[ClearingStatement]) -> Iterator[str]:
    """What the platform's details and the stays that were read say of each other, in a sentence."""
    told = [one for one in statements if one.kind != "sums" and len(one.rows)]
    if not told:
        return
    found = beside_details(stays, pl.concat([one.rows for one in told]))
    places = "、".join(dict.fromkeys(one.source for one in told))
    parts = {
        MISSING: ("对账明细有、住院表里没有", "theirs_fen"),
        EXTRA: ("住院表里有、对账明细没有", "ours_fen"),
        OTHER: ("金额不同", "theirs_fen"),
    }
    rows = {verdict: found.filter(verdict=verdict) for verdict in parts}
    said = [
        f"{len(rows[verdict])} 笔{words}{_some(rows[verdict], amount)}"
        for verdict, (words, amount) in parts.items()
        if len(rows[verdict])
    ]
    agree = found.filter(verdict=AGREES).height
    yield f"与{places}按结算ID核对：{'，'.join([f'{agree} 笔相符', *said])}"


def _some(rows: pl.DataFrame, amount: str) -> str:
    """The first few by number, which is cut to its last digits, with their amount."""
    few = rows.head(_NAMED).select("settlement_no", amount).rows()
    shown = "、".join(f"…{number[-6:]} {yuan(fen)}" for number, fen in few)
    return f"（{shown}{' 等' if len(rows) > _NAMED else ''}）"
