"""处理意见.xlsx: the filled columns of 差错清单.xlsx, read as decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.core.decisions.complete import lacking
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen
from onestop_cli.readers import own_forms
from onestop_cli.readers.guard import named
from onestop_cli.readers.layout.days import Habit, read_day, why_no_day
from onestop_cli.readers.own_table import OwnRow, read_own
from onestop_cli.tables.decisions import DECISIONS, KINDS

_TO_FILL = (
    "decision",
    "amount_fen",
    "category",
    "id_no",
    "reason",
    "evidence",
    "made_by",
    "checked_by",
)
"""A row with none of these is a finding that nobody has decided."""


def read_decisions(path: Path, layers: Mapping[str, str], notes: list[str]) -> pl.DataFrame:
    """The filled lines of `path` as `DECISIONS`; `layers` maps a layer's Chinese name to its id. What was not read is
    told in `notes`.

    Raises `CannotRun` for a file that is no workbook, has no such table, or has cells that cannot be read.
    """
    with named(path):
        return _read(path, layers, notes)


def anything_filled(path: Path) -> bool:
    """Whether somebody wrote into the columns to fill of a list; one that cannot be read has nothing."""
    try:
        with named(path):
            return any(map(_is_filled, read_own(path, own_forms.DECISIONS, [])))
    except CannotRun:
        return False


def _is_filled(line: OwnRow) -> bool:
    return any(_text(line.cells.get(field)) for field in _TO_FILL)


def _read(path: Path, layers: Mapping[str, str], notes: list[str]) -> pl.DataFrame:
    rows, wanting = [], list[Problem]()
    lines = [line for line in read_own(path, own_forms.DECISIONS, notes) if _is_filled(line)]
    problems = [*_elsewhere(lines)]
    for line in lines:
        row, faults = _row(line.row, line.cells, layers)
        rows.append(row)
        problems += [line.problem(fault, f"请改正后重新运行{how}") for fault, how in faults]
        wanting += [] if faults else lacking(row, path.name)
    if problems:
        raise CannotRun([*problems, *wanting])
    return pl.DataFrame(rows, schema=dict(DECISIONS))


def _elsewhere(lines: Sequence[OwnRow]) -> Iterator[Problem]:
    """Decisions on a second sheet: a line is known by its row, in the run's papers and in the books."""
    sheets = dict.fromkeys((line.file, line.sheet) for line in lines)
    for place in [*sheets][1:]:
        mine = [line for line in lines if (line.file, line.sheet) == place]
        what = f"有 {len(mine)} 条处理意见，和{lines[0].seen_from(mine[0])}起的不在一张表上"
        yield mine[0].problem(what, "请把处理意见都写在一张工作表里")


def _row(
    line: int, cells: Mapping[str, Any], layers: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """One decision, and what of it cannot be read, each with how it is written."""
    text = {field: _text(cells.get(field)) for field in own_forms.DECISION_TITLES.values()}
    text["decision"] = (text["decision"] or "").rstrip("。，；、.,;") or None
    row: dict[str, Any] = {**text, "line": line}
    faults = []
    if text["decision"] and text["decision"] not in KINDS:
        faults.append((f"看不懂处理决定“{text['decision']}”，只能是 {'、'.join(KINDS)}", ""))
    row["row"] = int(text["row"]) if text["row"] and text["row"].isdigit() else None
    row["amount_fen"] = parse_fen(text["amount_fen"]) if text["amount_fen"] else None
    if text["amount_fen"] and row["amount_fen"] is None:
        faults.append((f"看不懂金额“{text['amount_fen']}”", "，金额写元，如 91.46"))
    row["layer"] = layers.get(text["layer"] or "")
    if text["layer"] and row["layer"] is None:
        faults.append((f"看不懂补偿种类“{text['layer']}”，只能是 {'、'.join(layers)}", ""))
    row["decided_on"], fault = read_day(cells.get("decided_on") or "", Habit())
    if fault:
        faults.append((f"日期“{fault}”{why_no_day(fault)}", "，日期写成 2011-01-08 的样子"))
    return row, faults


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, float):
        cell = int(cell) if cell.is_integer() else Decimal(repr(cell))
    return str(cell).strip() or None
