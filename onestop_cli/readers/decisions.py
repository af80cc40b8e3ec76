"""处理意见.xlsx: the filled columns of 差错清单.xlsx, read as decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.core.decisions.complete import lacking
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.money import parse_fen
from onestop_cli.readers.guard import named, through_the_door
from onestop_cli.readers.layout.days import Habit, read_day, why_no_day
from onestop_cli.tables.decisions import DECISIONS, KINDS

COLUMNS = {
    "所属期": "period",
    "文件": "source",
    "工作表": "sheet",
    "行": "row",
    "医疗机构": "hospital",
    "住院号": "stay_no",
    "姓名": "name",
    "代码": "code",
    "处理决定": "decision",
    "补偿种类": "layer",
    "金额": "amount_fen",
    "认定类别为": "category",
    "认定证号为": "id_no",
    "理由": "reason",
    "依据": "evidence",
    "经办人": "made_by",
    "复核人": "checked_by",
    "日期": "decided_on",
}
"""Header → field. A decision names its stay by 文件, 工作表 and 行, or by 医疗机构, 住院号, 姓名 and 代码."""

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

_NEEDED = ("处理决定", "医疗机构", "住院号")


def read_decisions(path: Path, layers: Mapping[str, str]) -> pl.DataFrame:
    """The filled lines of `path` as `DECISIONS`; `layers` maps a layer's Chinese name to its id.

    Raises `CannotRun` for a file that is no workbook, has no such table, or has cells that cannot be read.
    """
    with named(path):
        return _read(path, layers)


def anything_filled(path: Path) -> bool:
    """Whether somebody wrote into the columns to fill of a list; one that cannot be read has nothing."""
    try:
        with named(path):
            return any(_text(cells.get(field)) for _, cells in _table(path) for field in _TO_FILL)
    except CannotRun:
        return False


def _read(path: Path, layers: Mapping[str, str]) -> pl.DataFrame:
    rows, problems, wanting = [], list[Problem](), list[Problem]()
    for line, cells in _table(path):
        if not any(_text(cells.get(field)) for field in _TO_FILL):
            continue
        row, faults = _row(line, cells, layers)
        rows.append(row)
        problems += [
            Problem(fault, f"请改正后重新运行{how}", path.name, row=line) for fault, how in faults
        ]
        wanting += [] if faults else lacking(row, path.name)
    if problems:
        raise CannotRun([*problems, *wanting])
    return pl.DataFrame(rows, schema=dict(DECISIONS))


def _table(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(row number, field → cell) below the header, wherever in the workbook it is."""
    for grid in through_the_door(path).grids:
        header: dict[int, str] | None = None
        for number, cells in enumerate(grid.rows, 1):
            if header is None:
                header = _header(cells)
            else:
                yield number, {field: cells[at] for at, field in header.items() if cells[at] != ""}
        if header is not None:
            return
    raise stop(
        f"处理意见中没有找到表头（应有 {'、'.join(_NEEDED)}）",
        "请用差错清单.xlsx 的“全部差错”填写",
        str(path),
    )


def _header(cells: Sequence[Any]) -> dict[int, str] | None:
    """Column number → field, when this row is the header."""
    titles = [str(cell).strip() if cell is not None else "" for cell in cells]
    if not all(needed in titles for needed in _NEEDED):
        return None
    return {at: COLUMNS[title] for at, title in enumerate(titles) if title in COLUMNS}


def _row(
    line: int, cells: Mapping[str, Any], layers: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """One decision, and what of it cannot be read, each with how it is written."""
    text = {field: _text(cells.get(field)) for field in COLUMNS.values()}
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
