"""The platform's own statements among the lists of stays (3202 details and results, 3201 sums): told and set apart.

A detail has no header: 结算ID, 就诊ID, 人员编号, 医疗费总额, 基金支付总额, 个人账户支出, 退费标志, and maybe a remark,
blank as `null`. It says by 结算ID what the platform has, so that an export can be held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import polars as pl

from onestop_cli.county.platform import word
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
_DETAIL = {"settlement_no": 0, "total_fen": 3, "fund_fen": 4}
_NAMED = 5

_NAMES = {"detail": "3202 对账明细", "result": "3202 对账结果", "sums": "3201 对账汇总"}


@dataclass(frozen=True)
class Statement:
    """A statement of the platform that was among the files: its kind, and what it says by 结算ID (fen)."""

    source: str
    kind: str
    rows: pl.DataFrame


def without_statements(
    opened: Iterable[Opened],
) -> tuple[list[Opened], list[SheetReading], list[Statement]]:
    """The files and sheets that are no statements, an account of each that is one, and what they say."""
    kept: list[Opened] = []
    accounts: list[SheetReading] = []
    found: list[Statement] = []
    for file in opened:
        kinds = [(grid, _kind(grid)) for grid in file.grids]
        mine = [(grid, kind) for grid, kind in kinds if kind]
        others = [grid for grid, kind in kinds if not kind and grid.rows]
        if others or not mine:
            kept.append(replace(file, grids=[grid for grid, kind in kinds if not kind]))
        accounts += [_account(grid, kind) for grid, kind in mine]
        found += [Statement(grid.source, kind, _read(grid, kind)) for grid, kind in mine]
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


def _read(grid: Grid, kind: str) -> pl.DataFrame:
    """`settlement_no`, `total_fen`, `fund_fen` of every row; none for sums, which have no 结算ID."""
    schema = {"settlement_no": pl.String, "total_fen": pl.Int64, "fund_fen": pl.Int64}
    places = _DETAIL if kind == "detail" else _places(grid)
    if kind == "sums" or places is None:
        return pl.DataFrame(schema=schema)
    texts = [[cell_text(row[place]).strip() for place in places.values()] for row in grid.rows]
    rows = [
        (number, parse_fen(total), parse_fen(fund))
        for number, total, fund in texts
        if _NUMBER.fullmatch(number)
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _places(grid: Grid) -> dict[str, int] | None:
    """Where a result with a header has its columns."""
    for row in grid.rows[:5]:
        heads = [word(cell_text(cell)) for cell in row]
        found = {
            field: next((n for n, head in enumerate(heads) if head in names), None)
            for field, names in _HEADS.items()
        }
        if all(place is not None for place in found.values()):
            return {field: place for field, place in found.items() if place is not None}
    return None


def compared(stays: pl.DataFrame, statements: Sequence[Statement]) -> Iterator[str]:
    """What the platform's details and the stays that were read say of each other, by 结算ID, in a sentence each.

    A refund stands on both sides as plus and minus, so that amounts are added up by number.
    """
    rows = [one.rows for one in statements if len(one.rows)]
    if not rows:
        return
    theirs = _added(pl.concat(rows), "fund_fen").rename({"sums": "theirs", "total_fen": "total"})
    ours = _added(stays.drop_nulls("settlement_no"), "fund_total_fen")
    both = ours.join(theirs, on="settlement_no", how="full", coalesce=True)
    places = "、".join(dict.fromkeys(one.source for one in statements if len(one.rows)))
    missing = both.filter(pl.col("total_fen").is_null() & (pl.col("total") != 0))
    extra = both.filter(pl.col("total").is_null())
    other = both.filter(
        (pl.col("total_fen") != pl.col("total")) | (pl.col("sums") != pl.col("theirs"))
    )
    parts = {
        "对账明细有、住院表里没有": (missing, "total"),
        "住院表里有、对账明细没有": (extra, "total_fen"),
        "金额不同": (other, "total"),
    }
    agree = len(both) - sum(len(rows) for rows, _ in parts.values())
    told = [f"{len(r)} 笔{w}{_some(r, amount)}" for w, (r, amount) in parts.items() if len(r)]
    yield f"与{places}按结算ID核对：{'，'.join([f'{agree} 笔相符', *told])}"


def _added(rows: pl.DataFrame, fund: str) -> pl.DataFrame:
    return rows.group_by("settlement_no").agg(
        total_fen=pl.col("total_fen").sum(),
        sums=pl.when(pl.col(fund).count() > 0).then(pl.col(fund).sum()),
    )


def _some(rows: pl.DataFrame, amount: str) -> str:
    """The first few by number, which is cut to its last digits, with their amount."""
    few = rows.sort("settlement_no").head(_NAMED).select("settlement_no", amount).rows()
    shown = "、".join(f"…{number[-6:]} {yuan(fen)}" for number, fen in few)
    return f"（{shown}{' 等' if len(rows) > _NAMED else ''}）"
